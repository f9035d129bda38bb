# Encoded rows + a model's weight tables -> level codes and match weights, of given pairs or of whole blocks.
"""Pairs of encoded rows -> comparison levels and match weights (fixed point, 1/256 bit)."""

import numpy as np

from dtypes cimport Token, Value
from hashing cimport mix, prefetch
from levels cimport (
    PART_ELSE,
    PART_EXACT,
    PART_NEAR,
    PART_SWAPPED,
    NAME_EXACT,
    TEXT_EXACT,
    bcd_year,
    category_level,
    date_level,
    email_level,
    identifier_level,
    name_level,
    number_level,
    part_level,
    text_level,
)
from libc.stdint cimport INT32_MIN, int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy

cdef extern from *:
    """
    static inline int linkage_found_before(const uint32_t *a, const uint32_t *b, int n) {
        uint32_t hit = 0;
        for (int i = 0; i < n; i++) hit |= (uint32_t)(a[i] == b[i]) & (uint32_t)(a[i] != 0);
        return (int)hit;
    }
    typedef int (*linkage_comparator)(const uint8_t *, int64_t, const uint8_t *, int64_t);
    """
    int found_before "linkage_found_before"(const uint32_t *a, const uint32_t *b, int n) noexcept nogil
    ctypedef int (*Comparator "linkage_comparator")(const uint8_t *, int64_t, const uint8_t *, int64_t) noexcept nogil

cdef enum:
    MAX_COMPARISONS = 32
    MAX_CODES = 16
    UNUSED_LANE = 1 << 28
    SOFT_MIN_RANGE = 4096       # 16 bits apart the second class no longer changes the weight
    LANES = 8                   # alternatives to a match: strangers, and classes of relatives; one SIMD register
    AHEAD_ROW = 16
    AHEAD_VALUE = 6

cdef enum:
    OP_NAME = 0, OP_PART = 1, OP_TEXT = 2, OP_EMAIL = 3, OP_IDENTIFIER = 4, OP_DATE = 5
    OP_CATEGORY = 6, OP_NUMBER = 7, OP_CUSTOM = 8

OPERATIONS = {
    "name": OP_NAME, "part": OP_PART, "text": OP_TEXT, "email": OP_EMAIL, "identifier": OP_IDENTIFIER,
    "date": OP_DATE, "category": OP_CATEGORY, "number": OP_NUMBER, "custom": OP_CUSTOM,
}

cdef struct Comparison:
    int op, word, partner, shift, parent, n_codes, mask
    int base                      # first entry of its weight tables
    bint shared                   # relatives agree on it: its rarity speaks for them as well
    const Value *values
    const Value *partner_values
    const Token *tokens
    const uint8_t *texts
    const int16_t *tf             # [n_values, 4]; of a date [n_days]; NULL = none
    int64_t n_tf
    uint8_t tf_part[MAX_CODES]    # 0 = level not adjusted, else 1 + part
    Comparator comparator


cdef inline int64_t day_index(uint32_t d) noexcept nogil:
    cdef int year = bcd_year(d), month = ((d >> 12) & 15) * 10 + ((d >> 8) & 15), day = ((d >> 4) & 15) * 10 + (d & 15)
    if year < 1800 or year > 2055 or month < 1 or month > 12 or day < 1 or day > 31:
        return -1
    return ((year - 1800) * 12 + month - 1) * 31 + day - 1

cdef inline int level_code(const Comparison *c, const uint32_t *a, const uint32_t *b) noexcept nogil:
    cdef uint32_t x = a[c.word], y = b[c.word]
    cdef uint64_t p, q
    cdef float f, g
    cdef const Value *v
    cdef const Value *w
    cdef int level
    if c.op == OP_IDENTIFIER:
        p = x | <uint64_t> a[c.word + 1] << 32
        q = y | <uint64_t> b[c.word + 1] << 32
        return identifier_level(p, q) if p and q else 0
    if x == 0 or y == 0:
        return 0
    if c.op == OP_NAME:
        return NAME_EXACT if x == y else name_level(&c.values[x], &c.values[y], c.tokens, c.texts)
    if c.op == OP_DATE:
        return date_level(x, y)
    if c.op == OP_CATEGORY:
        return category_level(x, y)
    if c.op == OP_TEXT:
        return TEXT_EXACT if x == y else text_level(&c.values[x], &c.values[y], c.tokens, c.texts)
    if c.op == OP_PART:
        if x == y:
            return PART_EXACT
        level = part_level(&c.values[x], &c.values[y], c.tokens, c.texts)
        if level < PART_NEAR and c.partner >= 0:
            v = &c.partner_values[b[c.partner]]
            w = &c.partner_values[a[c.partner]]
            if c.values[x].folded == v.folded or c.values[y].folded == w.folded:
                return PART_SWAPPED
        return level
    if c.op == OP_EMAIL:
        return email_level(&c.values[x], &c.values[y], c.texts)
    if c.op == OP_NUMBER:
        memcpy(&f, &x, 4)
        memcpy(&g, &y, 4)
        return number_level(f, g)
    if x == y:
        return c.n_codes - 1
    v = &c.values[x]
    w = &c.values[y]
    level = 1 + c.comparator(c.texts + v.text, v.length, c.texts + w.text, w.length)
    return level if 1 <= level < c.n_codes else 1

cdef inline int32_t term_frequency(const Comparison *c, int code, uint32_t x, uint32_t y) noexcept nogil:
    cdef int part = c.tf_part[code]
    cdef int64_t i, j
    cdef int16_t s, t
    if part == 0 or c.tf == NULL:
        return 0
    if c.op == OP_DATE:
        i = day_index(x)
        return c.tf[i] if i >= 0 else 0
    if c.op == OP_CATEGORY:
        i = x & 0xFFFF
        return c.tf[4 * i] if i < c.n_tf else 0
    i = 4 * <int64_t> x + part - 1
    j = 4 * <int64_t> y + part - 1
    if x >= c.n_tf or y >= c.n_tf:
        return 0
    s = c.tf[i]
    t = c.tf[j]
    return s if s < t else t      # the more frequent value decides: it is the likelier coincidence


cdef class Scorer:
    """The compiled form of a schema's comparisons and a model's weights over one set of encoded rows.

    Parameters
    ----------
    specs : list of dict
        One per comparison in order of evaluation: op, word, partner, shift, parent, n_codes, base, values,
        partner_values, tokens, texts, tf, tf_parts, comparator (address of a native function).
    rows : uint32[n_records, n_words]
    """

    cdef Comparison comparisons[MAX_COMPARISONS]
    cdef int n
    cdef list alive
    cdef const uint32_t[:, ::1] rows
    cdef int32_t[:, ::1] weights
    cdef int n_lanes
    cdef int32_t prior[LANES]
    cdef int32_t remaining[MAX_COMPARISONS + 1][LANES]
    cdef int16_t soft_min[SOFT_MIN_RANGE]

    def __init__(self, list specs not None, const uint32_t[:, ::1] rows not None):
        cdef Comparison *c
        cdef int i
        if len(specs) > MAX_COMPARISONS:
            raise ValueError(f"expected at most {MAX_COMPARISONS} comparisons, got {len(specs)}")
        self.n = len(specs)
        self.rows = rows
        self.alive = []
        for i, spec in enumerate(specs):
            c = &self.comparisons[i]
            c.op = OPERATIONS[spec["op"]]
            c.word = spec["word"]
            c.partner = spec["partner"]
            c.shift = spec["shift"]
            c.parent = spec["parent"]
            c.n_codes = spec["n_codes"]
            c.base = spec["base"]
            c.mask = (1 << (c.n_codes - 1).bit_length()) - 1
            c.shared = spec["shared"]
            if not 0 <= c.word < rows.shape[1] or c.partner >= <int> rows.shape[1] or c.parent >= i:
                raise ValueError(f"comparison {i} does not fit the rows")
            c.values = <const Value *> <size_t> self.hold(spec["values"])
            c.partner_values = <const Value *> <size_t> self.hold(spec["partner_values"])
            c.tokens = <const Token *> <size_t> self.hold(spec["tokens"])
            c.texts = <const uint8_t *> <size_t> self.hold(spec["texts"])
            c.tf = <const int16_t *> <size_t> self.hold(spec["tf"])
            c.n_tf = 0 if spec["tf"] is None else spec["tf"].shape[0]
            for code, part in enumerate(spec["tf_parts"]):
                c.tf_part[code] = part
            c.comparator = <Comparator> <size_t> (spec["comparator"] or 0)
        for i in range(SOFT_MIN_RANGE):
            self.soft_min[i] = <int16_t> round(256 * np.log2(1 + 2.0 ** (-i / 256)))

    def hold(self, array):
        """Keep an array alive and return its address; 0 for None."""
        if array is None:
            return 0
        self.alive.append(array)
        return array.ctypes.data

    def set_weights(self, const int32_t[::1] prior not None, int32_t[:, ::1] weights not None,
                    const int32_t[:, ::1] remaining not None):
        """Install the weights (1/256 bit).

        Parameters
        ----------
        prior : int32[n_alternatives]
            log2 odds of a match against strangers, and against each class of relatives.
        weights : int32[n_table, 8]
            Laid out [comparison][code of parent][code]; one lane per alternative.
        remaining : int32[n_comparisons + 1, 8]
            The most that each lane can still gain from each comparison on.
        """
        cdef int i, k
        if weights.shape[1] != LANES or not 1 <= prior.shape[0] <= LANES \
                or remaining.shape[0] != self.n + 1 or remaining.shape[1] != LANES:
            raise ValueError(f"expected weights of {LANES} lanes, 1 to {LANES} priors, {self.n + 1} remainders")
        for i in range(self.n):
            if self.comparisons[i].base + self.comparisons[i].n_codes > weights.shape[0]:
                raise ValueError("the weights are shorter than the comparisons need")
        self.weights = weights
        self.n_lanes = <int> prior.shape[0]
        for i in range(LANES):
            self.prior[i] = prior[i] if i < self.n_lanes else 0
        for i in range(self.n + 1):
            for k in range(LANES):
                # A lane without a class never decides, neither by its weight nor by its bound.
                self.remaining[i][k] = remaining[i, k] if k < self.n_lanes else UNUSED_LANE

    cdef inline int32_t score(self, const uint32_t *a, const uint32_t *b, int32_t floor, uint64_t *gamma) noexcept nogil:
        """The match weight and packed level codes; INT32_MIN as soon as floor is out of reach."""
        cdef int codes[MAX_COMPARISONS]
        cdef int32_t lanes[LANES]
        cdef int i, k, code, at
        cdef int32_t tf, gap, w
        cdef uint32_t hopeless
        cdef uint64_t g = 0
        cdef const Comparison *c
        cdef const int32_t *row
        for k in range(LANES):
            lanes[k] = self.prior[k]
        for i in range(self.n):
            c = &self.comparisons[i]
            code = level_code(c, a, b)
            codes[i] = code
            g |= <uint64_t> code << c.shift
            at = c.base + code
            if c.parent >= 0:
                at += codes[c.parent] * c.n_codes
            row = &self.weights[at, 0]
            tf = term_frequency(c, code, a[c.word], b[c.word])
            lanes[0] += tf
            if c.shared:                # relatives agree on it whatever its rarity
                tf = 0
            lanes[0] += row[0]
            for k in range(1, LANES):
                lanes[k] += row[k] + tf
            hopeless = 0
            for k in range(LANES):      # the weight is at most the smallest lane's
                hopeless |= <uint32_t> (lanes[k] + self.remaining[i + 1][k] < floor)
            if hopeless:
                return INT32_MIN
        gamma[0] = g
        # The odds against all alternatives together: a soft minimum of the odds against each.
        w = lanes[0]
        for k in range(1, self.n_lanes):
            gap = w - lanes[k] if w > lanes[k] else lanes[k] - w
            w = w if w < lanes[k] else lanes[k]
            if gap < SOFT_MIN_RANGE:
                w -= self.soft_min[gap]
        return w

    def score_pairs(self, const uint32_t[::1] left not None, const uint32_t[::1] right not None,
                    int32_t[::1] weight not None, uint64_t[::1] gamma not None):
        """Fill weight (1/256 bit) and packed level codes of the given pairs of rows."""
        cdef Py_ssize_t i, n = left.shape[0]
        cdef uint32_t n_rows = <uint32_t> self.rows.shape[0]
        if right.shape[0] != n or weight.shape[0] != n or gamma.shape[0] != n:
            raise ValueError("left, right, weight and gamma differ in length")
        if n and (np.max(left) >= n_rows or np.max(right) >= n_rows):
            raise ValueError(f"a pair names a row beyond {n_rows}")
        with nogil:
            for i in range(n):
                if i + AHEAD_ROW < n:
                    self.prefetch_row(left[i + AHEAD_ROW])
                    self.prefetch_row(right[i + AHEAD_ROW])
                if i + AHEAD_VALUE < n:
                    self.prefetch_values(left[i + AHEAD_VALUE])
                    self.prefetch_values(right[i + AHEAD_VALUE])
                weight[i] = self.score(&self.rows[left[i], 0], &self.rows[right[i], 0], INT32_MIN, &gamma[i])

    def term_frequency_bits(self, const uint32_t[::1] left not None, const uint32_t[::1] right not None,
                            const uint64_t[::1] gamma not None, double[::1] total not None,
                            double[::1] shared not None):
        """Fill the surprisal (bits) of the values that agree: of all comparisons, and of those relatives share."""
        cdef Py_ssize_t k, n = left.shape[0]
        cdef int i, code
        cdef int32_t bits, sum_all, sum_shared
        cdef const Comparison *c
        cdef uint32_t n_rows = <uint32_t> self.rows.shape[0]
        if not (right.shape[0] == gamma.shape[0] == total.shape[0] == shared.shape[0] == n):
            raise ValueError("left, right, gamma, total and shared differ in length")
        if n and (np.max(left) >= n_rows or np.max(right) >= n_rows):
            raise ValueError(f"a pair names a row beyond {n_rows}")
        with nogil:
            for k in range(n):
                if k + AHEAD_ROW < n:
                    self.prefetch_row(left[k + AHEAD_ROW])
                    self.prefetch_row(right[k + AHEAD_ROW])
                sum_all = sum_shared = 0
                for i in range(self.n):
                    c = &self.comparisons[i]
                    code = <int> (gamma[k] >> c.shift) & c.mask
                    if c.tf_part[code] == 0 or c.tf == NULL:
                        continue
                    bits = term_frequency(c, code, self.rows[left[k], c.word], self.rows[right[k], c.word])
                    sum_all += bits
                    if c.shared:
                        sum_shared += bits
                total[k] = sum_all / 256.0
                shared[k] = sum_shared / 256.0

    cdef inline void prefetch_row(self, uint32_t row) noexcept nogil:
        prefetch(&self.rows[row, 0])
        prefetch(&self.rows[row, 15 if self.rows.shape[1] > 15 else self.rows.shape[1] - 1])
        prefetch(&self.rows[row, self.rows.shape[1] - 1])

    cdef inline void prefetch_values(self, uint32_t row) noexcept nogil:
        """The distinct values of a row that was fetched before: each is a cache miss of its own."""
        cdef int i
        for i in range(self.n):
            if self.comparisons[i].values != NULL:
                prefetch(&self.comparisons[i].values[self.rows[row, self.comparisons[i].word]])

    def score_blocks(self, const uint64_t[::1] packed not None, const uint32_t[:, ::1] keys not None,
                     int rule, uint32_t split, int32_t floor, uint64_t sample=0xFFFFFFFFFFFFFFFF):
        """Score every pair inside each run of equal keys that no earlier rule has found.

        Parameters
        ----------
        packed : uint64[n]
            key << 32 | row, sorted; whole runs only.
        keys : uint32[n_records, n_rules]
            The keys of all rules, 0 = none; a pair with an equal key of a rule before `rule` is skipped.
        rule : int
        split : int
            For a link, rows below it are left and the others right; 0 for a dedupe.
        floor : int
            Pairs below this weight (1/256 bit) are not returned.
        sample : int
            Blocks whose hashed key lies above are skipped.

        Returns
        -------
        tuple
            left, right : uint32[n]; weight : int32[n]; gamma : uint64[n]; n_new, n_seen : int.
        """
        cdef Py_ssize_t n = packed.shape[0], begin = 0, end, i, j, first, n_words = self.rows.shape[1]
        cdef Py_ssize_t n_keys = keys.shape[1], capacity = 4096, used = 0, room = 0, size
        cdef uint32_t *left = <uint32_t *> malloc(capacity * 4)
        cdef uint32_t *right = <uint32_t *> malloc(capacity * 4)
        cdef int32_t *weight = <int32_t *> malloc(capacity * 4)
        cdef uint64_t *gamma = <uint64_t *> malloc(capacity * 8)
        cdef uint32_t *block = NULL
        cdef uint32_t *block_keys = NULL
        cdef uint64_t n_new = 0, n_seen = 0, g = 0, key
        cdef uint32_t row
        cdef int32_t w
        cdef bint failed = left == NULL or right == NULL or weight == NULL or gamma == NULL
        if n and <Py_ssize_t> (np.asarray(packed) & np.uint64(0xFFFFFFFF)).max() >= self.rows.shape[0]:
            raise ValueError("a block names a row beyond the rows")
        with nogil:
            while begin < n and not failed:
                key = packed[begin] >> 32
                end = begin + 1
                while end < n and packed[end] >> 32 == key:
                    end += 1
                size = end - begin
                if size < 2 or mix(key, rule) > sample:
                    begin = end
                    continue
                if size > room:
                    room = size * 2
                    free(block)
                    free(block_keys)
                    block = <uint32_t *> malloc(room * n_words * 4)
                    block_keys = <uint32_t *> malloc(room * n_keys * 4)
                    if block == NULL or block_keys == NULL:
                        failed = True
                        break
                first = size
                for i in range(size):
                    if begin + i + AHEAD_ROW < n:
                        row = <uint32_t> packed[begin + i + AHEAD_ROW]
                        self.prefetch_row(row)
                        prefetch(&keys[row, 0])
                        prefetch(&keys[row, n_keys - 1])
                    if begin + i + AHEAD_VALUE < n:
                        self.prefetch_values(<uint32_t> packed[begin + i + AHEAD_VALUE])
                    row = <uint32_t> packed[begin + i]
                    memcpy(block + i * n_words, &self.rows[row, 0], n_words * 4)
                    memcpy(block_keys + i * n_keys, &keys[row, 0], n_keys * 4)
                    if split and row >= split and first == size:
                        first = i
                for i in range(first if split else size - 1):
                    for j in range(first if split else i + 1, size):
                        n_seen += 1
                        if rule and found_before(block_keys + i * n_keys, block_keys + j * n_keys, rule):
                            continue
                        n_new += 1
                        w = self.score(block + i * n_words, block + j * n_words, floor, &g)
                        if w < floor:
                            continue
                        if used == capacity:
                            capacity *= 2
                            left = <uint32_t *> realloc(left, capacity * 4)
                            right = <uint32_t *> realloc(right, capacity * 4)
                            weight = <int32_t *> realloc(weight, capacity * 4)
                            gamma = <uint64_t *> realloc(gamma, capacity * 8)
                            if left == NULL or right == NULL or weight == NULL or gamma == NULL:
                                failed = True
                                break
                        left[used] = <uint32_t> packed[begin + i]
                        right[used] = <uint32_t> packed[begin + j]
                        weight[used] = w
                        gamma[used] = g
                        used += 1
                    if failed:
                        break
                begin = end
        try:
            if failed:
                raise MemoryError("scored pairs do not fit into memory")
            return (
                copy_of(left, used * 4).view(np.uint32), copy_of(right, used * 4).view(np.uint32),
                copy_of(weight, used * 4).view(np.int32), copy_of(gamma, used * 8).view(np.uint64),
                n_new, n_seen,
            )
        finally:
            free(left)
            free(right)
            free(weight)
            free(gamma)
            free(block)
            free(block_keys)

    def score_all(self, uint32_t begin, uint32_t end, uint32_t split, int32_t floor):
        """Score rows begin..end against all later rows (for a link: left rows against all right ones).

        Returns
        -------
        tuple
            left, right : uint32[n]; weight : int32[n]; gamma : uint64[n]; n_new, n_seen : int.
        """
        cdef Py_ssize_t capacity = 4096, used = 0
        cdef uint32_t *left = <uint32_t *> malloc(capacity * 4)
        cdef uint32_t *right = <uint32_t *> malloc(capacity * 4)
        cdef int32_t *weight = <int32_t *> malloc(capacity * 4)
        cdef uint64_t *gamma = <uint64_t *> malloc(capacity * 8)
        cdef uint32_t i, j, n = <uint32_t> self.rows.shape[0]
        cdef uint64_t g = 0, n_new = 0
        cdef int32_t w
        cdef bint failed = left == NULL or right == NULL or weight == NULL or gamma == NULL
        if end > n or split > n:
            raise ValueError(f"rows {begin}..{end} leave the {n} rows")
        with nogil:
            for i in range(begin, end):
                for j in range(split if split else i + 1, n):
                    n_new += 1
                    w = self.score(&self.rows[i, 0], &self.rows[j, 0], floor, &g)
                    if w < floor:
                        continue
                    if used == capacity:
                        capacity *= 2
                        left = <uint32_t *> realloc(left, capacity * 4)
                        right = <uint32_t *> realloc(right, capacity * 4)
                        weight = <int32_t *> realloc(weight, capacity * 4)
                        gamma = <uint64_t *> realloc(gamma, capacity * 8)
                        if left == NULL or right == NULL or weight == NULL or gamma == NULL:
                            failed = True
                            break
                    left[used] = i
                    right[used] = j
                    weight[used] = w
                    gamma[used] = g
                    used += 1
                if failed:
                    break
        try:
            if failed:
                raise MemoryError("scored pairs do not fit into memory")
            return (
                copy_of(left, used * 4).view(np.uint32), copy_of(right, used * 4).view(np.uint32),
                copy_of(weight, used * 4).view(np.int32), copy_of(gamma, used * 8).view(np.uint64),
                n_new, n_new,
            )
        finally:
            free(left)
            free(right)
            free(weight)
            free(gamma)


cdef copy_of(void *p, Py_ssize_t n_bytes):
    out = np.empty(n_bytes, np.uint8)
    cdef uint8_t[::1] view = out
    if n_bytes:
        memcpy(&view[0], p, n_bytes)
    return out
