# A query and the values that a small index holds open -> its best records: each distinct value is compared once, what it
# says is added up record by record, and those that can reach theta are weighed exactly. Header-only.
from batches cimport add_lanes, soft_minimum
from candidates cimport is_hopeless, is_open, offer_row, settle
from comparisons cimport LANES, MAX_COMPARISONS, OP_PART, Comparison
from held cimport Held, HeldField
from held_levels cimport (
    Asked,
    UP_TO,
    begin_asked,
    level_of_value,
    levels_of_texts,
    levels_of_words,
    rarity_with,
)
from held_swaps cimport by_swapped, is_moved, is_swapped
from hold cimport has_texts
from libc.stdint cimport INT32_MIN, int32_t, uint8_t, uint32_t
from libc.string cimport memcpy, memset
from linkage._kernels.score cimport Scorer
from name_levels cimport PART_NEAR, PART_SWAPPED
from search cimport DATE_UNKNOWN, Search

cdef enum:
    FIRST_BITS = 2048         # records within eight bits of the highest bound are weighed before all others

cdef inline int32_t weight_of_row(Search *s, Scorer scorer, const Asked *a, uint32_t row) noexcept nogil:
    """A record's weight, as the scorer has it."""
    cdef int32_t lanes[LANES]
    cdef uint8_t codes[MAX_COMPARISONS]
    cdef const Comparison *c
    cdef const HeldField *h
    cdef uint8_t *level
    cdef int k, i, code, at
    cdef uint32_t v = 0
    memcpy(lanes, s.prior, sizeof(lanes))
    for k in range(s.n_comparisons):
        c = &s.comparisons[k]
        i = a.field_of[k]
        code = 0
        if i >= 0:
            h = &s.held.fields[i]
            v = h.of_row[row]
            level = s.levels + s.held.first_level[i] + v
            if level[0] & UP_TO:
                level[0] = <uint8_t> level_of_value(c, &a.values[i], h, v)
            code = level[0]
            if 0 < code < PART_NEAR and c.op == OP_PART and s.fields[i].swaps:
                if c.partner >= 0 and is_swapped(s, a, i, row) or is_moved(s, a, i, row):
                    code = PART_SWAPPED
        codes[k] = <uint8_t> code
        at = c.base + code
        if c.parent >= 0:
            at += codes[c.parent] * c.n_codes
        add_lanes(lanes, &s.weights[at * LANES], &c.rarity_of[0], rarity_with(s, a, k, code, i, v) if code else 0)
    return soft_minimum(&scorer.program, lanes)

cdef inline void consider_rows(Search *s, Scorer scorer, const Asked *a, int32_t least, int32_t below) noexcept nogil:
    """Weigh the records whose bounds are in this range; score those that reach theta."""
    cdef uint32_t row
    cdef int32_t most, w
    for row in range(s.held.n_records):
        most = s.most_of_rows[row]
        if least <= most < below and is_open(s, row):
            w = weight_of_row(s, scorer, a, row)
            if not is_hopeless(s, w, row):
                offer_row(s, row, w, DATE_UNKNOWN)
    settle(s, scorer)

cdef inline void begin_rows(Search *s, const Asked *a) noexcept nogil:
    """What records say at most of whose values all are unlike the query's, by the fields that they hold."""
    cdef const Held *h = s.held
    cdef int32_t *sums = s.most_of_rows + h.n_records
    cdef int32_t base = s.prior[0]
    cdef uint32_t p, row
    cdef int k, i
    for k in range(s.n_comparisons):
        base += a.most[k][0]
    for p in range(h.n_patterns):
        sums[p] = base
        for k in range(s.n_comparisons):
            i = a.field_of[k]
            if i >= 0 and h.patterns[p] >> i & 1:
                sums[p] += a.most[k][1] + a.rarest[k][1] - a.most[k][0]
    for row in range(h.n_records):
        s.most_of_rows[row] = sums[h.pattern_of_row[row]]

cdef inline void by_values(Search *s, Scorer scorer) noexcept nogil:
    """All records of a small index."""
    cdef Asked a
    cdef uint32_t row
    cdef int32_t highest = INT32_MIN, first
    cdef int k, i
    begin_asked(s, &a)
    begin_rows(s, &a)
    for k in range(s.n_comparisons):
        i = a.field_of[k]
        if i < 0:
            continue
        memset(s.levels + s.held.first_level[i], 1, s.held.fields[i].n_values + 1)
        s.levels[s.held.first_level[i]] = 0
        if has_texts(&s.fields[i]):
            levels_of_texts(s, &a, k, i)
        else:
            levels_of_words(s, &a, k, i)
        by_swapped(s, &a, k, i)
    s.n_scanned = s.held.n_records
    for row in range(s.held.n_records):
        highest = s.most_of_rows[row] if s.most_of_rows[row] > highest else highest
    first = highest - FIRST_BITS if highest - FIRST_BITS > s.theta else s.theta
    consider_rows(s, scorer, &a, first, 1 << 30)
    consider_rows(s, scorer, &a, s.theta, first)
