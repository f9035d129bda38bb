# Pairs that their sketches leave possible, a batch of them -> the codes and weights of those that reach a floor.
# Header-only.
#
# First the distinct values, one field at a time, and only of pairs that can still reach the floor; then the rest of the
# rows, fetched in the meantime. Codes are all known by then, so each pair's lanes are summed in a register, at once.
from batches cimport PAIRS, Batch, Program, any_below, fill_cheap_codes, prefetch_row, soft_minimum
from comparisons cimport LANES, MAX_COMPARISONS, Comparison, costly_code, term_frequency
from hashing cimport prefetch
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset
from name_levels cimport NAME_ELSE
from sketch_lanes cimport is_any_below, settle_lanes

cdef extern from *:
    """
    /* Rows of weights, and rarities where their masks say so, as one sum. */
    static inline void linkage_sum_levels(int32_t *lanes, const int32_t *prior, const int32_t *weights, const int32_t *at,
                                          int n, const int32_t *const *masks, const int32_t *rarities, int n_rare) {
        linkage_lanes sum = *(const linkage_lanes *)prior;
        for (int i = 0; i < n; i++) sum += *(const linkage_lanes *)(weights + at[i]);
        for (int i = 0; i < n_rare; i++) {
            int32_t x = rarities[i];
            linkage_lanes all = {x, x, x, x, x, x, x, x};
            sum += all & *(const linkage_lanes *)masks[i];
        }
        *(linkage_lanes *)lanes = sum;
    }
    """
    void sum_levels "linkage_sum_levels"(int32_t *lanes, const int32_t *prior, const int32_t *weights, const int32_t *at,
                                         int n, const int32_t **masks, const int32_t *rarities, int n_rare) noexcept nogil

# Two values of one comparison on their way to a code.
cdef struct Asked:
    int pair
    uint32_t left, right

# The pairs of live whose values are to be compared, which are fetched; all others have their code.
cdef inline int ask_values(const Program *p, int i, Batch *batch, int n_live, Asked *asked) noexcept nogil:
    cdef const Comparison *c = &p.comparisons[i]
    cdef uint8_t *codes = &batch.codes[i][0]
    # A pair whose names are apart needs no look at them.
    cdef uint32_t x, y, apart = 1u << p.name_of[i] if p.name_of[i] >= 0 else 0
    cdef int j, k, n = 0
    for j in range(n_live):
        k = batch.live[j]
        codes[k] = 0
        if batch.apart[k] & apart:
            codes[k] = NAME_ELSE
            continue
        x = p.rows[batch.left[k] * p.width + c.word]
        y = p.rows[batch.right[k] * p.width + c.word]
        asked[n].pair = k
        asked[n].left = x
        asked[n].right = y
        if x and y:
            n += 1
            if x != y:
                prefetch(&c.values[x])
                prefetch(&c.values[y])
    return n

# Compare distinct values, one field at a time, and drop the pairs that cannot reach floor any more; returns how many
# are left in live.
cdef inline int drop_hopeless(const Program *p, Batch *batch, int32_t floor) noexcept nogil:
    cdef Asked asked[PAIRS]
    cdef int i, j, k, n, lane, code, n_live = batch.n
    cdef int32_t rarity
    cdef const Comparison *c
    for k in range(n_live):
        batch.live[k] = k
    for i in range(p.n_cheap, p.n):
        c = &p.comparisons[i]
        lane = c.lane
        if lane < 0:
            continue
        n = ask_values(p, i, batch, n_live, asked)
        for j in range(n):
            k = asked[j].pair
            code = costly_code(c, &p.rows[batch.left[k] * p.width], &p.rows[batch.right[k] * p.width])
            # Most pairs differ in what has no rarity: theirs is never fetched.
            if c.tf_part[code] and c.tf != NULL:
                prefetch(&c.tf[4 * <int64_t> asked[j].left])
                prefetch(&c.tf[4 * <int64_t> asked[j].right])
            batch.codes[i][k] = <uint8_t> code
        for j in range(n):
            k = asked[j].pair
            code = batch.codes[i][k]
            rarity = term_frequency(c, code, asked[j].left, asked[j].right) if c.tf_part[code] else 0
            settle_lanes(&p.lane_bounds, lane, &batch.states[k][0], batch.allowed[k][lane], code, rarity,
                         &batch.lanes[k][0])
        n = 0
        for j in range(n_live):
            k = batch.live[j]
            batch.live[n] = k
            n += not is_any_below(&batch.lanes[k][0], floor)
        n_live = n
        # Most pairs that are left now stay, and need the rest of their rows.
        if i == p.n_cheap:
            for j in range(n_live):
                prefetch_row(p, batch.left[batch.live[j]])
                prefetch_row(p, batch.right[batch.live[j]])
    return n_live

# Only the live pairs, side by side.
cdef inline void keep_only_live(const Program *p, Batch *batch, int n_live) noexcept nogil:
    cdef int i, j
    for j in range(n_live):
        batch.left[j] = batch.left[batch.live[j]]
        batch.right[j] = batch.right[batch.live[j]]
    for i in range(p.n_cheap, p.n):
        for j in range(n_live):
            batch.codes[i][j] = batch.codes[i][batch.live[j]]
    batch.n = n_live

# Codes of what a batch does not know yet: of row words, and of values that have no lane in the sketches.
cdef inline void fill_other_codes(const Program *p, Batch *batch) noexcept nogil:
    cdef int i, k
    cdef const Comparison *c
    cdef const uint32_t *a
    cdef const uint32_t *b
    for i in range(p.n):
        c = &p.comparisons[i]
        if i < p.n_cheap:
            fill_cheap_codes(p, c, batch, &batch.codes[i][0])
        elif c.lane < 0:
            for k in range(batch.n):
                a = &p.rows[batch.left[k] * p.width]
                b = &p.rows[batch.right[k] * p.width]
                batch.codes[i][k] = <uint8_t> (costly_code(c, a, b) if a[c.word] and b[c.word] else 0)

# Fill weight and gamma of the pairs that reach floor, which are live afterwards; returns how many.
cdef inline int weigh(const Program *p, Batch *batch, int32_t floor) noexcept nogil:
    cdef int i, k, code, at, n_rare, n_live = 0
    cdef uint64_t gamma
    cdef const Comparison *c
    cdef const uint32_t *a
    cdef const uint32_t *b
    cdef int32_t places[MAX_COMPARISONS]
    cdef int32_t rarities[MAX_COMPARISONS]
    cdef const int32_t *masks[MAX_COMPARISONS]
    cdef int32_t lanes[LANES]
    cdef int32_t nothing[LANES]
    memset(nothing, 0, sizeof(nothing))
    for k in range(batch.n):
        a = &p.rows[batch.left[k] * p.width]
        b = &p.rows[batch.right[k] * p.width]
        gamma = 0
        n_rare = 0
        for i in range(p.n):
            c = &p.comparisons[i]
            code = batch.codes[i][k]
            gamma |= <uint64_t> code << c.shift
            at = c.base + code
            if c.parent >= 0:
                at += batch.codes[c.parent][k] * c.n_codes
            places[i] = at * LANES
            if c.tf_part[code]:
                masks[n_rare] = &c.rarity_of[0]
                rarities[n_rare] = term_frequency(c, code, a[c.word], b[c.word])
                n_rare += 1
        sum_levels(lanes, p.prior, p.weights, places, p.n, masks, rarities, n_rare)
        if any_below(lanes, nothing, floor):
            continue                # the weight is at most the smallest lane
        batch.weight[k] = soft_minimum(p, lanes)
        batch.gamma[k] = gamma
        batch.live[n_live] = k
        n_live += batch.weight[k] >= floor
    return n_live
