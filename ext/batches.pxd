# Pairs of rows side by side -> their level codes and weights, one comparison after the other. Header-only.
from comparisons cimport (
    LANES,
    MAX_COMPARISONS,
    OP_CATEGORY,
    OP_DATE,
    OP_IDENTIFIER,
    Comparison,
    costly_code,
    term_frequency,
    two_words,
)
from hashing cimport prefetch
from libc.stdint cimport INT32_MIN, int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy
from number_levels cimport category_level, date_level, identifier_code, number_level
from sketch cimport HASH_LANES, Bounds, NameSketch, Sketch
from sketch_lanes cimport LaneBounds

cdef extern from *:
    """
    #include <string.h>
    /* Eight lanes of 32 bits as one vector: one load and one add a comparison instead of eight. */
    typedef int32_t linkage_lanes __attribute__((vector_size(32), aligned(4), may_alias));
    static inline void linkage_add_lanes(int32_t *lanes, const int32_t *row, const int32_t *mask, int32_t x) {
        linkage_lanes all = {x, x, x, x, x, x, x, x};
        *(linkage_lanes *)lanes += *(const linkage_lanes *)row + (all & *(const linkage_lanes *)mask);
    }
    static inline void linkage_move_lanes(int32_t *lanes, const int32_t *by, int32_t sign) {
        *(linkage_lanes *)lanes += *(const linkage_lanes *)by * sign;
    }
    static inline int linkage_any_below(const int32_t *lanes, const int32_t *most, int32_t floor) {
        linkage_lanes sum = *(const linkage_lanes *)lanes + *(const linkage_lanes *)most;
        linkage_lanes level = {floor, floor, floor, floor, floor, floor, floor, floor};
        linkage_lanes below = sum < level;
        int64_t any = 0, part;
        for (int i = 0; i < 4; i++) { memcpy(&part, (char *)&below + 8 * i, 8); any |= part; }
        return any != 0;
    }
    """
    void add_lanes "linkage_add_lanes"(int32_t *lanes, const int32_t *row, const int32_t *mask, int32_t x) noexcept nogil
    void move_lanes "linkage_move_lanes"(int32_t *lanes, const int32_t *by, int32_t sign) noexcept nogil
    int any_below "linkage_any_below"(const int32_t *lanes, const int32_t *most, int32_t floor) noexcept nogil

cdef enum:
    PAIRS = 256                 # of a batch: what it needs stays within the first-level cache
    UNUSED_LANE = 1 << 28
    SOFT_MIN_RANGE = 4096       # 16 bits apart the second class no longer changes the weight

# Pairs on their way through the comparisons, one comparison at a time: its branches stay predictable, and
# the cache misses of its values overlap. Pair by pair it took three times as long.
cdef struct Batch:
    int n
    uint32_t left[PAIRS]
    uint32_t right[PAIRS]
    uint64_t gamma[PAIRS]
    int32_t weight[PAIRS]
    uint8_t allowed[PAIRS][HASH_LANES]    # what the sketches allow at most in each lane of hashes
    uint8_t states[PAIRS][32]     # by slot of the bounds in lanes
    uint8_t apart[PAIRS]          # names that are all others, a bit each
    int live[PAIRS]
    uint8_t codes[MAX_COMPARISONS][PAIRS]
    int32_t lanes[PAIRS][LANES]
    int32_t most[PAIRS][LANES]

# What scoring needs to know, in one place: the comparisons in order, the rows, the weights, and the bounds by which
# hopeless pairs are given up. The scorer owns all that is pointed to.
cdef struct Program:
    Comparison comparisons[MAX_COMPARISONS]
    int n, n_cheap                # comparisons; those that read nothing but the two rows come first
    const uint32_t *rows          # [n_records, width]
    int rows_file                 # where they lie in a file its descriptor plus one, else 0
    Py_ssize_t width
    const int32_t *weights        # [entries of the tables, LANES]
    int n_lanes
    int32_t prior[LANES]
    int16_t soft_min[SOFT_MIN_RANGE]
    bint sketched                 # bounds and tables of values are ready
    Sketch *sketches              # of all rows, NULL = made for the records of some blocks at a time
    const uint32_t *tables[MAX_COMPARISONS]      # sketch of each distinct value
    const NameSketch *names[MAX_COMPARISONS]     # the same of each distinct name
    bint digit_lane[MAX_COMPARISONS]
    int name_of[MAX_COMPARISONS]  # its place among the names of a sketch, -1 = none
    Bounds bounds                 # against strangers
    LaneBounds lane_bounds        # and in all lanes
    int costly_first, costly_last  # the words of a row that comparisons of distinct values begin and end with
    int dated                     # the comparison of dates that sketches hold, -1 = none
    int32_t date_most

cdef inline void prefetch_row(const Program *p, Py_ssize_t row) noexcept nogil:
    cdef const uint32_t *words = p.rows + row * p.width
    prefetch(words)
    prefetch(words + (15 if p.width > 15 else p.width - 1))
    prefetch(words + p.width - 1)

# Only the words that say whether a pair is hopeless: one line, as rows of tables begin with them.
cdef inline void prefetch_costly(const Program *p, Py_ssize_t row) noexcept nogil:
    cdef const uint32_t *words = p.rows + row * p.width
    prefetch(words + p.costly_first)
    prefetch(words + p.costly_last)

# Codes of a comparison that reads nothing but the two rows.
cdef inline void fill_cheap_codes(const Program *p, const Comparison *c, Batch *batch, uint8_t *codes) noexcept nogil:
    cdef int k
    cdef uint32_t x, y
    cdef float f, g
    cdef Py_ssize_t width = p.width
    cdef const uint32_t *word = p.rows + c.word
    if c.op == OP_IDENTIFIER:
        for k in range(batch.n):
            codes[k] = <uint8_t> identifier_code(two_words(word + batch.left[k] * width),
                                                 two_words(word + batch.right[k] * width))
    elif c.op == OP_CATEGORY:
        for k in range(batch.n):
            x = word[batch.left[k] * width]
            y = word[batch.right[k] * width]
            codes[k] = <uint8_t> (category_level(x, y) if x and y else 0)
    elif c.op == OP_DATE:
        for k in range(batch.n):
            x = word[batch.left[k] * width]
            y = word[batch.right[k] * width]
            codes[k] = <uint8_t> (date_level(x, y) if x and y else 0)
    else:
        for k in range(batch.n):
            x = word[batch.left[k] * width]
            y = word[batch.right[k] * width]
            memcpy(&f, &x, 4)
            memcpy(&g, &y, 4)
            codes[k] = <uint8_t> (number_level(f, g) if x and y else 0)

# Fill gamma of the batch's pairs, nothing else.
cdef inline void fill_levels(const Program *p, Batch *batch) noexcept nogil:
    cdef int i, k
    cdef const Comparison *c
    cdef uint32_t x, y
    for k in range(batch.n):
        batch.gamma[k] = 0
    for i in range(p.n):
        c = &p.comparisons[i]
        if i < p.n_cheap:
            fill_cheap_codes(p, c, batch, &batch.codes[i][0])
            for k in range(batch.n):
                batch.gamma[k] |= <uint64_t> batch.codes[i][k] << c.shift
            continue
        for k in range(batch.n):
            x = p.rows[batch.left[k] * p.width + c.word]
            y = p.rows[batch.right[k] * p.width + c.word]
            if x != y and x and y:
                prefetch(&c.values[x])
                prefetch(&c.values[y])
        for k in range(batch.n):
            if p.rows[batch.left[k] * p.width + c.word] and p.rows[batch.right[k] * p.width + c.word]:
                batch.gamma[k] |= <uint64_t> costly_code(
                    c, &p.rows[batch.left[k] * p.width], &p.rows[batch.right[k] * p.width]) << c.shift

# Add a comparison's weights to a pair's lanes, and its code to the pattern.
cdef inline void add_level(const Program *p, const Comparison *c, Batch *batch, int k, int code) noexcept nogil:
    cdef int at = c.base + code
    cdef int32_t rarity = 0
    batch.gamma[k] |= <uint64_t> code << c.shift
    if c.parent >= 0:
        at += batch.codes[c.parent][k] * c.n_codes
    if c.tf_part[code]:
        rarity = term_frequency(c, code, p.rows[batch.left[k] * p.width + c.word],
                                p.rows[batch.right[k] * p.width + c.word])
    add_lanes(&batch.lanes[k][0], &p.weights[at * LANES], &c.rarity_of[0], rarity)

# Keep the pairs whose every lane can still reach floor; the weight is at most the smallest lane.
cdef inline int keep_live(Batch *batch, int n_live, int32_t floor) noexcept nogil:
    cdef int i, k, kept = 0
    for i in range(n_live):
        k = batch.live[i]
        batch.live[kept] = k
        kept += 1 - any_below(&batch.lanes[k][0], &batch.most[k][0], floor)
    return kept

# The odds against all alternatives together: -log2 of the sum of 2 to the minus each.
cdef inline int32_t soft_minimum(const Program *p, const int32_t *lanes) noexcept nogil:
    cdef int k
    cdef int32_t w = lanes[0]
    cdef uint32_t gap             # of damaged weights it may be more than an int32 holds
    for k in range(1, p.n_lanes):
        gap = <uint32_t> w - <uint32_t> lanes[k] if w > lanes[k] else <uint32_t> lanes[k] - <uint32_t> w
        w = w if w < lanes[k] else lanes[k]
        if gap < SOFT_MIN_RANGE:
            w -= p.soft_min[gap]
    return w

# Fill weight and gamma of the pairs in live; returns how many those are (all others are below floor).
cdef inline int score_batch(const Program *p, Batch *batch, int32_t floor) noexcept nogil:
    cdef int i, j, k, lane, n_live = batch.n
    cdef const Comparison *c
    cdef uint32_t x, y
    for k in range(batch.n):
        batch.gamma[k] = 0
        batch.live[k] = k
        for lane in range(LANES):
            batch.lanes[k][lane] = p.prior[lane]
            batch.most[k][lane] = 0
    for i in range(p.n_cheap):
        c = &p.comparisons[i]
        fill_cheap_codes(p, c, batch, &batch.codes[i][0])
        for k in range(batch.n):
            add_level(p, c, batch, k, batch.codes[i][k])
    if floor != INT32_MIN:
        for i in range(p.n_cheap, p.n):
            c = &p.comparisons[i]
            for k in range(batch.n):
                if c.weighs_missing \
                        or p.rows[batch.left[k] * p.width + c.word] and p.rows[batch.right[k] * p.width + c.word]:
                    move_lanes(&batch.most[k][0], &c.most[0], 1)
    for i in range(p.n_cheap, p.n):
        if floor != INT32_MIN:
            n_live = keep_live(batch, n_live, floor)
        c = &p.comparisons[i]
        for j in range(n_live):
            x = p.rows[batch.left[batch.live[j]] * p.width + c.word]
            y = p.rows[batch.right[batch.live[j]] * p.width + c.word]
            if x != y:
                prefetch(&c.values[x])
                prefetch(&c.values[y])
            if c.tf != NULL:
                prefetch(&c.tf[4 * <int64_t> x])
        for j in range(n_live):
            k = batch.live[j]
            x = p.rows[batch.left[k] * p.width + c.word]
            y = p.rows[batch.right[k] * p.width + c.word]
            batch.codes[i][k] = 0
            if x and y:
                batch.codes[i][k] = <uint8_t> costly_code(
                    c, &p.rows[batch.left[k] * p.width], &p.rows[batch.right[k] * p.width])
            if x and y or c.weighs_missing:
                move_lanes(&batch.most[k][0], &c.most[0], -1)
            add_level(p, c, batch, k, batch.codes[i][k])
    for j in range(n_live):
        batch.weight[batch.live[j]] = soft_minimum(p, &batch.lanes[batch.live[j]][0])
    return n_live

# The surprisal (1/256 bit) of the values that agree in a pair: of all comparisons, and of those relatives share.
cdef inline void rarity_of_pair(const Program *p, uint32_t left, uint32_t right, uint64_t gamma,
                                int32_t *total, int32_t *shared) noexcept nogil:
    cdef int i, code
    cdef int32_t bits
    cdef const Comparison *c
    total[0] = shared[0] = 0
    for i in range(p.n):
        c = &p.comparisons[i]
        code = <int> (gamma >> c.shift) & c.mask
        if c.tf_part[code] == 0 or c.tf == NULL:
            continue
        bits = term_frequency(c, code, p.rows[left * p.width + c.word], p.rows[right * p.width + c.word])
        total[0] += bits
        if c.shared:
            shared[0] += bits
