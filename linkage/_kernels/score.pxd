# The scorer's inside, for kernels that score rows of their own: its comparisons, one batch of pairs, the class.
cimport cython
from dtypes cimport Token, Value
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from pairs cimport PairSet
from sketch cimport Bounds, HASH_LANES, Sketch

cdef enum:
    MAX_COMPARISONS = 32
    MAX_CODES = 16
    PAIRS = 256                 # of a batch: what it needs stays within the first-level cache
    UNUSED_LANE = 1 << 28
    SOFT_MIN_RANGE = 4096       # 16 bits apart the second class no longer changes the weight
    LANES = 8                   # alternatives to a match: strangers, and classes of relatives; one SIMD register
    AHEAD_ROW = 16
    AHEAD_SKETCH = 24
    SKETCHED_AT_ONCE = 256
    TILE = 512                  # records whose sketches lie side by side while their blocks are scored

cdef enum:
    OP_NAME = 0, OP_PART = 1, OP_TEXT = 2, OP_EMAIL = 3, OP_IDENTIFIER = 4, OP_DATE = 5
    OP_CATEGORY = 6, OP_NUMBER = 7, OP_CUSTOM = 8

ctypedef int (*Comparator)(const uint8_t *, int64_t, const uint8_t *, int64_t) noexcept nogil

cdef struct Comparison:
    int op, word, partner, shift, parent, n_codes, mask
    int base                      # first entry of its weight tables
    bint shared                   # relatives agree on it: its rarity speaks for them as well
    bint weighs_missing           # a missing value is evidence
    const Value *values
    const Value *partner_values
    const uint8_t *partner_texts
    const Token *tokens
    const uint8_t *texts
    const int16_t *tf             # [n_values, 4]; of a date [n_days]; NULL = none
    int64_t n_tf
    uint8_t tf_part[MAX_CODES]    # 0 = level not adjusted, else 1 + part
    int32_t rarity_of[LANES]      # -1 where a lane weighs rarity, 0 where relatives share it anyway
    int32_t most[LANES]           # the most that a lane can gain
    int32_t top[MAX_CODES]        # the most that a level says against strangers, without rarity
    int32_t rarest                # the most that rarity can add to it
    int lane                      # of the sketches, -1 = none
    Comparator comparator


# Pairs on their way through the comparisons, one comparison at a time: its branches stay predictable, and
# the cache misses of its values overlap. Pair by pair it took three times as long.
cdef struct Batch:
    int n
    uint32_t left[PAIRS]
    uint32_t right[PAIRS]
    uint64_t gamma[PAIRS]
    int32_t weight[PAIRS]
    int32_t upper[PAIRS]          # what the sketches allow at most
    uint8_t allowed[PAIRS][HASH_LANES]    # and of that in each lane of hashes
    int live[PAIRS]
    uint8_t codes[MAX_COMPARISONS][PAIRS]
    int32_t lanes[PAIRS][LANES]
    int32_t most[PAIRS][LANES]

# Scored pairs, growing.
cdef struct Found:
    Py_ssize_t n, capacity, n_known
    uint32_t *left
    uint32_t *right
    int32_t *weight
    uint64_t *gamma


@cython.final
cdef class Scorer:
    cdef Comparison comparisons[MAX_COMPARISONS]
    cdef int n, n_cheap
    cdef list alive
    cdef const uint32_t[:, ::1] rows
    cdef int32_t[:, ::1] weights
    cdef int n_lanes
    cdef int32_t prior[LANES]
    cdef int16_t soft_min[SOFT_MIN_RANGE]
    cdef readonly object sketch_bytes
    cdef Sketch *sketches         # of all rows, NULL = made for the records of some blocks at a time
    cdef bint sketched            # bounds and tables of values are ready
    cdef const uint32_t *tables[MAX_COMPARISONS]
    cdef PairSet known            # found by rules before
    cdef Bounds bounds
    cdef int dated                # the comparison of dates that sketches hold, -1 = none
    cdef int32_t date_most
    cdef list value_tables
    cdef bint digit_lane[MAX_COMPARISONS]
    cdef Py_ssize_t n_values[MAX_COMPARISONS]

    cdef int32_t most_of(self, const Comparison *c, int code)
    cdef int32_t most_with_date(self, const Sketch *a, const Sketch *b, int32_t most) noexcept nogil
    cdef int32_t most_of_sketches(self, const Sketch *a, const Sketch *b, int32_t floor) noexcept nogil
    cdef void fill_sketches(self, const uint64_t *entries, Py_ssize_t n, Py_ssize_t n_ahead, Sketch *out) noexcept nogil
    cdef void gather_sketches(self, const uint64_t *entries, Py_ssize_t n, Py_ssize_t n_ahead, Sketch *out) noexcept nogil
    cdef int drop_known(self, Batch *batch) noexcept nogil
    cdef void drop_hopeless(self, Batch *batch, int32_t floor) noexcept nogil
    cdef void fill_cheap_codes(self, const Comparison *c, Batch *batch, uint8_t *codes) noexcept nogil
    cdef void fill_levels(self, Batch *batch) noexcept nogil
    cdef void add(self, const Comparison *c, Batch *batch, int k, int code) noexcept nogil
    cdef int keep_live(self, Batch *batch, int n_live, int32_t floor) noexcept nogil
    cdef int score_batch(self, Batch *batch, int32_t floor, bint sketched=*) noexcept nogil
    cdef int32_t soft_minimum(self, const int32_t *lanes) noexcept nogil
    cdef int flush(self, Batch *batch, int32_t floor, Found *found, bint sketched) noexcept nogil
    cdef void prefetch_row(self, uint32_t row) noexcept nogil
