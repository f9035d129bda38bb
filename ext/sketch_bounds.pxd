# A scorer's weights -> what each field can say at most: against strangers, whatever its parent says, and in each
# lane, by the states of both. Header-only.
from batches cimport Program
from comparisons cimport (
    LANES,
    OP_CATEGORY,
    OP_DATE,
    OP_EMAIL,
    OP_IDENTIFIER,
    OP_NAME,
    OP_PART,
    OP_TEXT,
    Comparison,
    weighs_rarer,
)
from libc.stdint cimport INT32_MIN, int32_t, uint8_t
from libc.string cimport memset
from name_levels cimport NAME_ELSE, NAME_NEAR, PART_NEAR
from number_levels cimport CATEGORY_COMPATIBLE, CATEGORY_EXACT, ID_ELSE
from sketch cimport DIGIT_LANES, HASH_LANES, NAMES, NOTHING, Bounds, half_bits
from sketch_lanes cimport (
    APART_STATE,
    DATE_SLOT,
    DIGIT_SLOT,
    FAR_DIGITS,
    GROUP_STATE,
    MISSING_STATE,
    NEAR_DIGITS,
    NO_SLOT,
    OTHER_STATE,
    STATES,
    LaneBounds,
)
from text_levels cimport EMAIL_LOCAL, TEXT_NEAR

cdef enum:
    NEVER = -(1 << 28)          # of no level; sums of it stay within 32 bits

cdef inline int32_t highest(const Comparison *c, int first, int last) noexcept nogil:
    cdef int code
    cdef int32_t w = c.top[first]
    for code in range(first + 1, last + 1):
        w = c.top[code] if c.top[code] > w else w
    return w

# The most that a level says against strangers, whatever the code of the parent.
cdef inline int32_t most_of(const Program *p, const Comparison *c, int code) noexcept nogil:
    cdef int parent, n_parents = p.comparisons[c.parent].n_codes if c.parent >= 0 else 1
    cdef int32_t most = INT32_MIN, w
    for parent in range(n_parents):
        w = p.weights[(c.base + parent * c.n_codes + code) * LANES]
        most = w if w > most else most
    return most

# The last level of two values whose hashes differ.
cdef inline int last_of_others(const Comparison *c) noexcept nogil:
    if c.op == OP_NAME:
        return NAME_NEAR
    if c.op == OP_PART:
        return PART_NEAR
    if c.op == OP_TEXT:
        return TEXT_NEAR
    if c.op == OP_EMAIL:
        return EMAIL_LOCAL
    if c.op == OP_CATEGORY:
        return 1
    return c.n_codes - 2 if c.op == OP_IDENTIFIER or c.op == OP_DATE else c.n_codes - 1

# The levels that a state leaves possible, from first[0] to the one returned.
cdef inline int levels_of_state(const Program *p, const Comparison *c, int slot, int state, int *first) noexcept nogil:
    first[0] = 1
    if slot == NO_SLOT:
        first[0] = 0
        return c.n_codes - 1
    if slot == DATE_SLOT:
        first[0] = state
        return state
    if state == MISSING_STATE:
        first[0] = 0
        return 0
    if slot >= DIGIT_SLOT:
        return ID_ELSE if state == FAR_DIGITS else c.n_codes - 2 if state == NEAR_DIGITS else c.n_codes - 1
    if c.op == OP_CATEGORY and state == GROUP_STATE:
        first[0] = CATEGORY_COMPATIBLE if c.grouped else CATEGORY_EXACT
        return c.n_codes - 1
    return NAME_ELSE if state == APART_STATE else c.last_other if state == OTHER_STATE else c.n_codes - 1

# The slot of a comparison, and how many states its two values can be in.
cdef inline int slot_of(const Program *p, int i) noexcept nogil:
    if i < 0 or i != p.dated and p.comparisons[i].lane < 0:
        return NO_SLOT
    if i == p.dated:
        return DATE_SLOT
    return p.comparisons[i].lane + (DIGIT_SLOT if p.digit_lane[i] else 0)

cdef inline int n_states(const Program *p, int i) noexcept nogil:
    cdef int slot = slot_of(p, i)
    return 1 if slot == NO_SLOT else p.comparisons[i].n_codes if slot == DATE_SLOT else STATES

# How many rows of lanes the comparisons need.
cdef inline int n_lane_rows(const Program *p) noexcept nogil:
    cdef int i, n = 0
    for i in range(p.n):
        n += n_states(p, p.comparisons[i].parent) * (p.comparisons[i].n_codes + 2 * STATES)
    return n

# The most that each level says in each lane, by the state of the parent; `rows` has room for LANES of each.
cdef inline void fill_levels_by_parent(const Program *p, int i, int32_t *rows) noexcept nogil:
    cdef const Comparison *c = &p.comparisons[i]
    cdef int state, code, parent, k, first = 0, last = 0, slot = slot_of(p, c.parent)
    cdef int32_t w
    for state in range(n_states(p, c.parent)):
        if c.parent >= 0:
            last = levels_of_state(p, &p.comparisons[c.parent], slot, state, &first)
        for code in range(c.n_codes):
            for k in range(LANES):
                rows[k] = INT32_MIN
                for parent in range(first, last + 1):
                    w = p.weights[(c.base + parent * c.n_codes + code) * LANES + k]
                    rows[k] = w if w > rows[k] else rows[k]
            rows += LANES

# The most of the levels of each state, of levels without rarity and with it, which the sketches have added to what is
# said against strangers.
cdef inline void fill_states(const Program *p, int i, const int32_t *levels, int32_t *rows) noexcept nogil:
    cdef const Comparison *c = &p.comparisons[i]
    cdef int _parent, state, code, k, last, first = 0, slot = slot_of(p, i)
    cdef int32_t w
    for _parent in range(n_states(p, c.parent)):
        for state in range(STATES):
            last = levels_of_state(p, c, slot, state, &first)
            for k in range(LANES):
                rows[k] = rows[LANES + k] = NEVER
                for code in range(first, last + 1):
                    w = levels[code * LANES + k]
                    if slot < DIGIT_SLOT and c.tf != NULL and c.tf_part[code] and c.rarity_of[k]:
                        w -= c.top[code]
                        rows[LANES + k] = w if w > rows[LANES + k] else rows[LANES + k]
                    else:
                        rows[k] = w if w > rows[k] else rows[k]
            rows += 2 * LANES
        levels += c.n_codes * LANES

# Fill the rows of lanes, which stay where they are; the bounds have begun.
cdef inline void fill_lane_bounds(Program *p, int32_t *rows) noexcept nogil:
    cdef LaneBounds *bounds = &p.lane_bounds
    cdef const Comparison *c
    cdef int i, k, n, slot, state, at = 0
    cdef int32_t w, most
    bounds.rows = rows
    bounds.dated = p.dated >= 0
    for k in range(LANES):
        bounds.base[k] = p.prior[k]
    for i in range(p.n):
        c = &p.comparisons[i]
        n = n_states(p, c.parent)
        slot = slot_of(p, i)
        fill_levels_by_parent(p, i, rows + at * LANES)
        if slot == NO_SLOT:
            for k in range(LANES):
                most = c.most[k]
                for state in range(n):
                    w = rows[(at + state * c.n_codes) * LANES + k]      # of missing ones
                    most = w if w > most else most
                bounds.base[k] += most
            at += n * (c.n_codes + 2 * STATES)
            continue
        for k in range(LANES):
            bounds.rare[slot][k] = c.rarity_of[k]
        bounds.parent[slot] = <uint8_t> slot_of(p, c.parent)
        bounds.n_levels[slot] = c.n_codes
        bounds.of_levels[slot] = at
        bounds.of_states[slot] = at + n * c.n_codes
        if slot < HASH_LANES:
            bounds.is_category[slot] = c.op == OP_CATEGORY
        if slot != DATE_SLOT:
            fill_states(p, i, rows + at * LANES, rows + (at + n * c.n_codes) * LANES)
        at += n * (c.n_codes + 2 * STATES)

# Give each comparison its lane of the sketches, and the bounds that need no value.
cdef inline void begin_bounds(Program *p) noexcept nogil:
    cdef int i, code, k
    cdef Comparison *c
    cdef Bounds *t = &p.bounds
    cdef LaneBounds *bounds = &p.lane_bounds
    p.dated = -1
    p.costly_last = 0
    p.costly_first = p.comparisons[p.n_cheap].word if p.n_cheap < p.n else 0
    for i in range(p.n_cheap, p.n):
        k = p.comparisons[i].word
        p.costly_first = k if k < p.costly_first else p.costly_first
        p.costly_last = k if k > p.costly_last else p.costly_last
    memset(t, 0, sizeof(Bounds))
    memset(bounds, 0, sizeof(LaneBounds))
    t.base = p.prior[0]
    for k in range(HASH_LANES):
        t.hash_missing[k] = NOTHING
        t.rarer[k] = 0
    for i in range(p.n):
        c = &p.comparisons[i]
        c.lane = -1
        p.tables[i] = NULL
        p.names[i] = NULL
        p.name_of[i] = -1
        p.digit_lane[i] = False
        c.last_other = last_of_others(c)
        for code in range(c.n_codes):
            c.top[code] = most_of(p, c, code)
        if c.op == OP_DATE and p.dated < 0:
            p.dated = i
        elif c.op == OP_IDENTIFIER and bounds.n_digits < DIGIT_LANES:
            c.lane = bounds.n_digits
            p.digit_lane[i] = True
            bounds.n_digits += 1
            t.equal[c.lane] = highest(c, 1, c.n_codes - 1)
            t.near[c.lane] = highest(c, 1, c.n_codes - 2)
            t.far[c.lane] = c.top[ID_ELSE]
            t.missing[c.lane] = c.top[0]
        elif bounds.n_hashes < HASH_LANES:
            c.lane = bounds.n_hashes
            bounds.n_hashes += 1
            t.hash_missing[c.lane] = half_bits(c.top[0])
            for code in range(c.n_codes):
                if weighs_rarer(c, code):
                    t.rarer[c.lane] = 255
            if c.op == OP_NAME and t.n_names < NAMES:
                p.name_of[i] = t.n_names
                t.lane_of_name[t.n_names] = c.lane
                t.lanes_of_names[t.n_names] = <uint8_t> c.lane
                t.apart[t.n_names] = half_bits(c.top[NAME_ELSE])
                t.n_names += 1
        else:
            t.base += c.most[0] if c.most[0] > c.top[0] else c.top[0]

# The most that the comparison of dates can say, once the bounds have begun.
cdef inline int32_t most_of_dates(const Program *p) noexcept nogil:
    cdef int32_t most = 0
    if p.dated >= 0:
        most = highest(&p.comparisons[p.dated], 0, p.comparisons[p.dated].n_codes - 1) + p.comparisons[p.dated].rarest
    return most if most > 0 else 0
