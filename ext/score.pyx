# Encoded rows + a model's weight tables -> level codes and match weights, of given pairs or of whole blocks.
"""Pairs of encoded rows -> comparison levels and match weights (fixed point, 1/256 bit)."""

import numpy as np

from dtypes cimport Token, Value
from hashing cimport mix, prefetch
from levels cimport (
    PART_EXACT,
    PART_NEAR,
    PART_SWAPPED,
    DATE_EXACT,
    EMAIL_LOCAL,
    ID_ELSE,
    NAME_EXACT,
    NAME_NEAR,
    NAME_SPELLING,
    PART_NEAR,
    TEXT_EXACT,
    TEXT_NEAR,
    bcd_year,
    category_level,
    date_level,
    email_level,
    identifier_code,
    name_level,
    number_level,
    part_level,
    slip_apart,
    text_level,
)
from pairs cimport has_pair, pair_of, prefetch_pair, put_pair, reserve_pairs
from sketch cimport (
    DIGIT_LANES,
    HALF_BIT,
    HASH_LANES,
    NOTHING,
    Bounds,
    Sketch,
    count_digits,
    digits_of,
    half_bits,
    note_allowed,
    prefetch_sketch,
    upper_bound,
)
from libc.stdint cimport INT32_MIN, int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memset

cdef extern from *:
    """
    #include <string.h>
    static inline uint64_t linkage_two_words(const uint32_t *p) { uint64_t v; memcpy(&v, p, 8); return v; }
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
    uint64_t two_words "linkage_two_words"(const uint32_t *p) noexcept nogil
    void add_lanes "linkage_add_lanes"(int32_t *lanes, const int32_t *row, const int32_t *mask, int32_t x) noexcept nogil
    void move_lanes "linkage_move_lanes"(int32_t *lanes, const int32_t *by, int32_t sign) noexcept nogil
    int any_below "linkage_any_below"(const int32_t *lanes, const int32_t *most, int32_t floor) noexcept nogil

OPERATIONS = {
    "name": OP_NAME, "part": OP_PART, "text": OP_TEXT, "email": OP_EMAIL, "identifier": OP_IDENTIFIER,
    "date": OP_DATE, "category": OP_CATEGORY, "number": OP_NUMBER, "custom": OP_CUSTOM,
}

LEAST_CODES = {
    "name": 11, "part": 8, "text": 7, "email": 6, "identifier": 5, "date": 11, "category": 4, "number": 5, "custom": 2,
}

cdef int found_grow(Found *f) noexcept nogil:
    cdef Py_ssize_t capacity = f.capacity * 2 if f.capacity else 4096
    cdef void *p
    p = realloc(f.left, capacity * 4)
    if p == NULL:
        return -1
    f.left = <uint32_t *> p
    p = realloc(f.right, capacity * 4)
    if p == NULL:
        return -1
    f.right = <uint32_t *> p
    p = realloc(f.weight, capacity * 4)
    if p == NULL:
        return -1
    f.weight = <int32_t *> p
    p = realloc(f.gamma, capacity * 8)
    if p == NULL:
        return -1
    f.gamma = <uint64_t *> p
    f.capacity = capacity
    return 0

cdef void found_free(Found *f) noexcept nogil:
    free(f.left)
    free(f.right)
    free(f.weight)
    free(f.gamma)


cdef inline int64_t day_index(uint32_t d) noexcept nogil:
    cdef int year = bcd_year(d), month = ((d >> 12) & 15) * 10 + ((d >> 8) & 15), day = ((d >> 4) & 15) * 10 + (d & 15)
    if year < 1 or month < 1 or month > 12 or day < 1 or day > 31:
        return -1
    return (((year - 1800) & 255) * 12 + month - 1) * 31 + day - 1  # days 256 years apart share an entry

# Given and family name of two rows, crosswise: one pair equal, the other equal, a slip apart or not held. One
# family name that is another person's given name is no swap: it happens to all who bear a common one.
cdef inline bint are_swapped(const Comparison *c, const uint32_t *a, const uint32_t *b) noexcept nogil:
    cdef const Value *x = &c.values[a[c.word]]
    cdef const Value *y = &c.values[b[c.word]]
    cdef const Value *v = &c.partner_values[b[c.partner]]
    cdef const Value *w = &c.partner_values[a[c.partner]]
    cdef bint first = b[c.partner] != 0 and x.folded == v.folded
    cdef bint second = a[c.partner] != 0 and y.folded == w.folded
    if first == second:
        return first
    if first:
        return a[c.partner] == 0 or slip_apart(y, c.texts, w, c.partner_texts)
    return b[c.partner] == 0 or slip_apart(x, c.texts, v, c.partner_texts)

# Codes of comparisons that look into the tables of distinct values; both values are held.
cdef inline int costly_code(const Comparison *c, const uint32_t *a, const uint32_t *b) noexcept nogil:
    cdef uint32_t x = a[c.word], y = b[c.word]
    cdef const Value *v
    cdef const Value *w
    cdef int level
    if c.op == OP_NAME:
        return NAME_EXACT if x == y else name_level(&c.values[x], &c.values[y], c.tokens, c.texts)
    if c.op == OP_TEXT:
        return TEXT_EXACT if x == y else text_level(&c.values[x], &c.values[y], c.tokens, c.texts)
    if c.op == OP_PART:
        if x == y:
            return PART_EXACT
        level = part_level(&c.values[x], &c.values[y], c.tokens, c.texts)
        return PART_SWAPPED if level < PART_NEAR and c.partner >= 0 and are_swapped(c, a, b) else level
    if c.op == OP_EMAIL:
        return email_level(&c.values[x], &c.values[y], c.texts)
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


# ------------------------------------------------------------------------------------------ sketches
cdef inline int32_t highest(const Comparison *c, int first, int last) noexcept:
    cdef int code
    cdef int32_t w = c.top[first]
    for code in range(first + 1, last + 1):
        w = c.top[code] if c.top[code] > w else w
    return w

# The most that rarity adds for this value at this level: of two values the more frequent one counts.
cdef inline int32_t rarity_of_value(const Comparison *c, int code, uint32_t x) noexcept nogil:
    if c.tf_part[code] == 0 or c.tf == NULL:
        return 0
    if (c.op == OP_DATE or c.op == OP_CATEGORY) and code != c.n_codes - 1:
        return c.rarest
    return term_frequency(c, code, x, x)

# Hash, bound of values that agree in it, bound of others; a byte each.
cdef inline uint32_t packed_sketch(const Comparison *c, uint32_t x, uint64_t key, int last_other) noexcept nogil:
    cdef int code
    cdef int32_t w, equal = INT32_MIN, other = INT32_MIN
    cdef uint32_t h = <uint32_t> (mix(key, 5) >> 56)
    for code in range(1, c.n_codes):
        w = c.top[code] + rarity_of_value(c, code, x)
        equal = w if w > equal else equal
        if code <= last_other:
            other = w if w > other else other
    if c.op == OP_NAME:
        w = c.top[NAME_SPELLING] + rarity_of_value(c, NAME_SPELLING, x)
        other = w if w > other else other
    return (h if h else 1) | <uint32_t> half_bits(equal) << 8 | <uint32_t> half_bits(other) << 16

cdef inline uint32_t value_sketch(const Comparison *c, uint32_t x) noexcept nogil:
    if c.op == OP_NAME:
        return packed_sketch(c, x, c.values[x].folded, NAME_NEAR)
    if c.op == OP_PART:
        return packed_sketch(c, x, c.values[x].folded, PART_NEAR)
    if c.op == OP_TEXT:
        return packed_sketch(c, x, c.values[x].folded, TEXT_NEAR)
    if c.op == OP_EMAIL:
        return packed_sketch(c, x, c.values[x].folded, EMAIL_LOCAL)
    return packed_sketch(c, x, c.values[x].folded, c.n_codes - 1)

cdef inline uint32_t word_sketch(const Comparison *c, const uint32_t *words) noexcept nogil:
    cdef uint32_t x = words[c.word]
    cdef uint64_t whole
    if c.op == OP_IDENTIFIER:
        whole = two_words(words + c.word)
        return packed_sketch(c, x, whole, c.n_codes - 2) if whole else 0
    if x == 0:
        return 0
    if c.op == OP_CATEGORY:
        return packed_sketch(c, x, x & 0xFFFF0000u if x >> 16 else x, 1)
    if c.op == OP_DATE:
        return packed_sketch(c, x, x, c.n_codes - 2)
    return packed_sketch(c, x, 1, c.n_codes - 1)


cdef inline Py_ssize_t end_of_run(const uint64_t *packed, Py_ssize_t begin, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t end = begin + 1
    while end < n and packed[end] >> 32 == packed[begin] >> 32:
        end += 1
    return end

# Whole runs, together at least TILE entries, where there are as many.
cdef inline Py_ssize_t end_of_tile(const uint64_t *packed, Py_ssize_t begin, Py_ssize_t n) noexcept nogil:
    return n if n - begin <= TILE else end_of_run(packed, begin + TILE - 1, n)


cdef class Scorer:
    """The compiled form of a schema's comparisons and a model's weights over one set of encoded rows.

    Parameters
    ----------
    specs : list of dict
        One per comparison in order of evaluation: op, word, partner, shift, parent, n_codes, base, values,
        partner_values, partner_texts, tokens, texts, tf, tf_parts, comparator (address of a native function).
    rows : uint32[n_records, n_words]
    """

    def __init__(self, list specs not None, const uint32_t[:, ::1] rows not None):
        cdef Comparison *c
        cdef int i
        if len(specs) > MAX_COMPARISONS:
            raise ValueError(f"expected at most {MAX_COMPARISONS} comparisons, got {len(specs)}")
        self.n = len(specs)
        cheap = [spec["op"] in ("identifier", "date", "category", "number") for spec in specs]
        self.n_cheap = sum(cheap)
        if not all(cheap[: self.n_cheap]):
            raise ValueError("comparisons of row words come before those of distinct values")
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
            if not LEAST_CODES[spec["op"]] <= c.n_codes <= MAX_CODES or not 0 <= c.shift < 64 or c.base < 0 \
                    or len(spec["tf_parts"]) > MAX_CODES or not all(0 <= part <= 4 for part in spec["tf_parts"]):
                raise ValueError(f"comparison {i}: a level beyond those of its operation")
            c.mask = (1 << (c.n_codes - 1).bit_length()) - 1
            c.shared = spec["shared"]
            width = 2 if c.op == OP_IDENTIFIER else 1
            if not 0 <= c.word <= rows.shape[1] - width or c.partner >= <int> rows.shape[1] or c.parent >= i:
                raise ValueError(f"comparison {i} does not fit the rows")
            c.values = <const Value *> <size_t> self.hold(spec["values"])
            self.n_values[i] = 0 if spec["values"] is None else len(spec["values"])
            c.partner_values = <const Value *> <size_t> self.hold(spec["partner_values"])
            c.tokens = <const Token *> <size_t> self.hold(spec["tokens"])
            c.texts = <const uint8_t *> <size_t> self.hold(spec["texts"])
            c.partner_texts = <const uint8_t *> <size_t> self.hold(spec["partner_texts"])
            if spec["tf"] is not None and (spec["tf"].dtype != np.int16 or not spec["tf"].flags.c_contiguous
                                           or spec["tf"].shape[1:] != (() if c.op == OP_DATE else (4,))):
                raise ValueError(f"comparison {i}: expected term frequencies as int16, four a value or one a day")
            c.tf = <const int16_t *> <size_t> self.hold(spec["tf"])
            c.n_tf = 0 if spec["tf"] is None else spec["tf"].shape[0]
            for code, part in enumerate(spec["tf_parts"]):
                c.tf_part[code] = part
            c.comparator = <Comparator> <size_t> (spec["comparator"] or 0)
            c.rarest = 0 if spec["tf"] is None or not spec["tf"].size else int(spec["tf"].max())
        for i in range(SOFT_MIN_RANGE):
            self.soft_min[i] = <int16_t> round(256 * np.log2(1 + 2.0 ** (-i / 256.0)))

    def hold(self, array):
        """Keep an array alive and return its address; 0 for None."""
        if array is None:
            return 0
        self.alive.append(array)
        return array.ctypes.data

    def set_weights(self, const int32_t[::1] prior not None, int32_t[:, ::1] weights not None,
                    const int32_t[:, ::1] most not None, const uint8_t[:, ::1] weighs_rarity not None):
        """Install the weights (1/256 bit).

        Parameters
        ----------
        prior : int32[n_alternatives]
            log2 odds of a match against strangers, and against each class of relatives.
        weights : int32[n_table, 8]
            Laid out [comparison][code of parent][code]; one lane per alternative.
        most : int32[n_comparisons, 8]
            The most that each lane can gain from each comparison.
        weighs_rarity : uint8[n_comparisons, 8]
            1 where a lane counts the surprisal of the values that agree.
        """
        cdef int i, k, row, n_rows
        if weights.shape[1] != LANES or not 1 <= prior.shape[0] <= LANES or most.shape[0] != self.n \
                or most.shape[1] != LANES or weighs_rarity.shape[0] != self.n or weighs_rarity.shape[1] != LANES:
            raise ValueError(f"expected weights of {LANES} lanes, 1 to {LANES} priors, {self.n} bounds")
        for i in range(self.n):
            n_rows = self.comparisons[self.comparisons[i].parent].n_codes if self.comparisons[i].parent >= 0 else 1
            if self.comparisons[i].base + n_rows * self.comparisons[i].n_codes > weights.shape[0]:
                raise ValueError("the weights are shorter than the comparisons need")
            self.comparisons[i].weighs_missing = False
            for row in range(n_rows):
                for k in range(LANES):
                    if weights[self.comparisons[i].base + row * self.comparisons[i].n_codes, k]:
                        self.comparisons[i].weighs_missing = True
        self.weights = weights
        self.n_lanes = <int> prior.shape[0]
        for k in range(LANES):
            # A lane without a class never decides, neither by its weight nor by its bound.
            self.prior[k] = prior[k] if k < self.n_lanes else UNUSED_LANE
            for i in range(self.n):
                self.comparisons[i].most[k] = most[i, k]
                self.comparisons[i].rarity_of[k] = -1 if weighs_rarity[i, k] else 0
        self.drop_sketches()

    def drop_sketches(self):
        """Score without sketches from now on."""
        self.sketched = False
        self.sketches = NULL
        self.sketch_bytes = None
        self.value_tables = None

    def begin_sketches(self):
        """Prepare the sketches by which `score_blocks` gives hopeless pairs up; returns the comparisons.

        Call `sketch_values` for each comparison, in any number of threads; then, to hold those of all rows
        (96 bytes each), `store_sketches` and `sketch_rows`, in threads as well. `end_sketches` puts them to
        use: where none are stored they are made for the records of some blocks at a time. `set_weights`
        drops them.
        """
        cdef int i, code, k, n_digits = 0, n_hashes = 0
        cdef Comparison *c
        cdef Bounds *t = &self.bounds
        count_digits()
        self.drop_sketches()
        self.dated = -1
        memset(t, 0, sizeof(Bounds))
        t.base = self.prior[0]
        for k in range(HASH_LANES):
            t.hash_missing[k] = NOTHING
        self.value_tables = [None] * self.n
        for i in range(self.n):
            c = &self.comparisons[i]
            c.lane = -1
            self.tables[i] = NULL
            self.digit_lane[i] = False
            for code in range(c.n_codes):
                c.top[code] = self.most_of(c, code)
            if c.op == OP_DATE and self.dated < 0:
                self.dated = i
            elif c.op == OP_IDENTIFIER and n_digits < DIGIT_LANES:
                c.lane = n_digits
                self.digit_lane[i] = True
                n_digits += 1
                t.equal[c.lane] = highest(c, 1, c.n_codes - 1)
                t.near[c.lane] = highest(c, 1, c.n_codes - 2)
                t.far[c.lane] = c.top[ID_ELSE]
                t.missing[c.lane] = c.top[0]
            elif n_hashes < HASH_LANES:
                c.lane = n_hashes
                n_hashes += 1
                t.hash_missing[c.lane] = half_bits(c.top[0])
            else:
                t.base += max(c.most[0], c.top[0])
        return self.n

    cdef int32_t most_of(self, const Comparison *c, int code):
        """The most that a level says against strangers, whatever the code of the parent."""
        cdef int parent, n_parents = self.comparisons[c.parent].n_codes if c.parent >= 0 else 1
        return max([self.weights[c.base + parent * c.n_codes + code, 0] for parent in range(n_parents)])

    def sketch_values(self, int i):
        """Bounds of each distinct value of one comparison, where its values have a table."""
        cdef const Comparison *c = &self.comparisons[i]
        cdef Py_ssize_t k, n
        if c.values == NULL or c.lane < 0:
            return
        n = self.n_values[i]
        table = np.zeros(n, np.uint32)
        cdef uint32_t[::1] view = table
        with nogil:
            for k in range(1, n):
                view[k] = value_sketch(c, <uint32_t> k)
        self.value_tables[i] = table
        self.tables[i] = &view[0]

    def store_sketches(self):
        """Make room for the sketches of all rows."""
        self.sketch_bytes = np.zeros((self.rows.shape[0], sizeof(Sketch)), np.uint8)

    def sketch_rows(self, Py_ssize_t begin, Py_ssize_t end):
        """Fill the stored sketches of these rows."""
        cdef uint8_t[:, ::1] out = self.sketch_bytes
        cdef uint64_t rows[SKETCHED_AT_ONCE + AHEAD_SKETCH]
        cdef Py_ssize_t n, k
        if out is None or not 0 <= begin <= end <= out.shape[0]:
            raise ValueError("rows to sketch leave the table")
        with nogil:
            while begin < end:
                n = end - begin if end - begin < SKETCHED_AT_ONCE else SKETCHED_AT_ONCE
                for k in range(n + AHEAD_SKETCH):
                    rows[k] = begin + k if begin + k < end else begin
                self.fill_sketches(rows, n, n + AHEAD_SKETCH, <Sketch *> &out[begin, 0])
                begin += n

    cdef void fill_sketches(self, const uint64_t *entries, Py_ssize_t n, Py_ssize_t n_ahead, Sketch *out) noexcept nogil:
        """Sketches of the rows named by the lower halves of entries, of which n_ahead may be looked at."""
        cdef const Comparison *c
        cdef const uint32_t *words
        cdef const uint32_t *table
        cdef Py_ssize_t row, width = self.rows.shape[1]
        cdef const uint32_t *rows = &self.rows[0, 0]
        cdef int i, k
        cdef uint32_t x, v
        cdef uint32_t seen[256]
        cdef uint32_t sketch_of_seen[256]
        memset(out, 0, n * sizeof(Sketch))
        for i in range(self.n):
            c = &self.comparisons[i]
            table = self.tables[i]
            if i != self.dated and c.lane < 0:
                continue
            if table == NULL:
                memset(&seen[0], 0, sizeof(seen))
            for row in range(n):
                words = rows + <uint32_t> entries[row] * width
                x = words[c.word]
                if i == self.dated:
                    out[row].date = x
                    out[row].date_equal = c.top[DATE_EXACT] + rarity_of_value(c, DATE_EXACT, x)
                    continue
                if self.digit_lane[i]:
                    out[row].digits[c.lane] = digits_of(two_words(words + c.word))
                    continue
                if table != NULL:
                    if row + AHEAD_SKETCH < n_ahead:
                        prefetch(&table[(rows + <uint32_t> entries[row + AHEAD_SKETCH] * width)[c.word]])
                    v = table[x]
                elif c.op == OP_IDENTIFIER:
                    v = word_sketch(c, words)
                else:            # few distinct words, most of the time
                    k = <uint8_t> (x ^ x >> 16)
                    if seen[k] != x:
                        seen[k] = x
                        sketch_of_seen[k] = word_sketch(c, words)
                    v = sketch_of_seen[k] if x else 0
                out[row].hash[c.lane] = <uint8_t> v
                out[row].equal[c.lane] = <uint8_t> (v >> 8)
                out[row].other[c.lane] = <uint8_t> (v >> 16)

    cdef void gather_sketches(self, const uint64_t *entries, Py_ssize_t n, Py_ssize_t n_ahead, Sketch *out) noexcept nogil:
        """Sketches of the rows named by the lower halves of entries, side by side."""
        cdef Py_ssize_t k, m
        if self.sketches != NULL:
            for k in range(n):
                if k + AHEAD_SKETCH < n_ahead:
                    prefetch_sketch(&self.sketches[<uint32_t> entries[k + AHEAD_SKETCH]])
                memcpy(&out[k], &self.sketches[<uint32_t> entries[k]], sizeof(Sketch))
            return
        while n > 0:
            m = n if n < SKETCHED_AT_ONCE else SKETCHED_AT_ONCE
            for k in range(m):
                self.prefetch_row(<uint32_t> entries[k])
            self.fill_sketches(entries, m, m, out)
            entries += m
            out += m
            n -= m

    def end_sketches(self):
        """Use the sketches, which are complete, from now on."""
        cdef uint8_t[:, ::1] out = self.sketch_bytes
        cdef int code
        self.date_most = 0
        if self.dated >= 0:
            for code in range(self.comparisons[self.dated].n_codes):
                self.date_most = max(self.date_most, self.comparisons[self.dated].top[code] + self.comparisons[self.dated].rarest)
        self.sketched = True
        if out is not None and out.shape[0]:
            self.sketches = <Sketch *> &out[0, 0]
            self.value_tables = None

    def know(self, const uint32_t[::1] left not None, const uint32_t[::1] right not None):
        """Leave these pairs out of what `score_blocks` finds from now on: other rules have found them."""
        cdef Py_ssize_t i, n = left.shape[0]
        if right.shape[0] != n:
            raise ValueError("left and right differ in length")
        if n and reserve_pairs(&self.known, n):
            raise MemoryError("scored pairs do not fit into memory")
        with nogil:
            for i in range(n):
                if i + AHEAD_SKETCH < n:
                    prefetch_pair(&self.known, pair_of(left[i + AHEAD_SKETCH], right[i + AHEAD_SKETCH]))
                put_pair(&self.known, pair_of(left[i], right[i]))

    def forget(self):
        """Know no pairs."""
        free(self.known.slots)
        memset(&self.known, 0, sizeof(self.known))

    def __dealloc__(self):
        free(self.known.slots)

    cdef int32_t most_with_date(self, const Sketch *a, const Sketch *b, int32_t most) noexcept nogil:
        cdef int code = date_level(a.date, b.date) if a.date and b.date else 0
        if code == DATE_EXACT:
            return most + (a.date_equal if a.date_equal < b.date_equal else b.date_equal)
        return most + self.comparisons[self.dated].top[code]

    cdef int32_t most_of_sketches(self, const Sketch *a, const Sketch *b, int32_t floor) noexcept nogil:
        """An upper bound of the weight of two rows; only roughly where it is below floor."""
        cdef int32_t most = upper_bound(a, b, &self.bounds)
        if self.dated < 0 or most + self.date_most < floor:
            return most + self.date_most
        return self.most_with_date(a, b, most)

    cdef int drop_known(self, Batch *batch) noexcept nogil:
        """Drop the pairs that other rules have found; how many those are."""
        cdef int k, n = 0
        if self.known.n == 0:
            return 0
        for k in range(batch.n):
            if has_pair(&self.known, pair_of(batch.left[k], batch.right[k])):
                continue
            if n != k:
                batch.left[n] = batch.left[k]
                batch.right[n] = batch.right[k]
                batch.upper[n] = batch.upper[k]
                memcpy(&batch.allowed[n][0], &batch.allowed[k][0], HASH_LANES)
            n += 1
        k = batch.n - n
        batch.n = n
        return k

    cdef void drop_hopeless(self, Batch *batch, int32_t floor) noexcept nogil:
        """Compare distinct values, one field at a time, and drop the pairs that cannot reach floor any more."""
        cdef int i, j, k, n, lane, code
        cdef uint32_t x, y
        cdef const Comparison *c
        for i in range(self.n_cheap, self.n):
            c = &self.comparisons[i]
            lane = c.lane
            if lane < 0:
                continue
            for k in range(batch.n):
                x = self.rows[batch.left[k], c.word]
                y = self.rows[batch.right[k], c.word]
                if x != y and x and y:
                    prefetch(&c.values[x])
                    prefetch(&c.values[y])
                if c.tf != NULL:
                    prefetch(&c.tf[4 * <int64_t> x])
                    prefetch(&c.tf[4 * <int64_t> y])
            n = 0
            for k in range(batch.n):
                x = self.rows[batch.left[k], c.word]
                y = self.rows[batch.right[k], c.word]
                code = 0
                if x and y:
                    code = costly_code(c, &self.rows[batch.left[k], 0], &self.rows[batch.right[k], 0])
                    batch.upper[k] += c.top[code] - (batch.allowed[k][lane] - NOTHING) * HALF_BIT
                    if c.tf_part[code]:
                        batch.upper[k] += term_frequency(c, code, x, y)
                    if batch.upper[k] < floor:
                        continue
                if n != k:
                    batch.left[n] = batch.left[k]
                    batch.right[n] = batch.right[k]
                    batch.upper[n] = batch.upper[k]
                    memcpy(&batch.allowed[n][0], &batch.allowed[k][0], HASH_LANES)
                    for j in range(self.n_cheap, i):
                        batch.codes[j][n] = batch.codes[j][k]
                batch.codes[i][n] = <uint8_t> code
                n += 1
            batch.n = n

    def upper_bound(self, uint32_t left, uint32_t right):
        """What the sketches allow as the most that two rows can weigh (1/256 bit)."""
        if self.sketches == NULL or left >= self.rows.shape[0] or right >= self.rows.shape[0]:
            raise ValueError("no sketches of these rows")
        cdef int32_t most = upper_bound(&self.sketches[left], &self.sketches[right], &self.bounds)
        return most if self.dated < 0 else self.most_with_date(&self.sketches[left], &self.sketches[right], most)

    cdef void fill_cheap_codes(self, const Comparison *c, Batch *batch, uint8_t *codes) noexcept nogil:
        """Codes of a comparison that reads nothing but the two rows."""
        cdef int k
        cdef uint32_t x, y
        cdef float f, g
        cdef Py_ssize_t width = self.rows.shape[1]
        cdef const uint32_t *word = &self.rows[0, c.word]
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

    cdef void add(self, const Comparison *c, Batch *batch, int k, int code) noexcept nogil:
        """Add a comparison's weights to a pair's lanes, and its code to the pattern."""
        cdef int at = c.base + code
        cdef int32_t rarity = 0
        batch.gamma[k] |= <uint64_t> code << c.shift
        if c.parent >= 0:
            at += batch.codes[c.parent][k] * c.n_codes
        if c.tf_part[code]:
            rarity = term_frequency(c, code, self.rows[batch.left[k], c.word], self.rows[batch.right[k], c.word])
        add_lanes(&batch.lanes[k][0], &self.weights[at, 0], &c.rarity_of[0], rarity)

    cdef int keep_live(self, Batch *batch, int n_live, int32_t floor) noexcept nogil:
        """Keep the pairs whose every lane can still reach floor; the weight is at most the smallest lane."""
        cdef int i, k, kept = 0
        for i in range(n_live):
            k = batch.live[i]
            batch.live[kept] = k
            kept += 1 - any_below(&batch.lanes[k][0], &batch.most[k][0], floor)
        return kept

    cdef int score_batch(self, Batch *batch, int32_t floor, bint sketched=False) noexcept nogil:
        """Fill weight and gamma of the pairs in live; returns how many those are (all others are below floor)."""
        cdef int i, j, k, lane, n_live = batch.n
        cdef const Comparison *c
        cdef uint32_t x, y
        if sketched:
            self.drop_hopeless(batch, floor)
            n_live = batch.n
        for k in range(batch.n):
            batch.gamma[k] = 0
            batch.live[k] = k
            for lane in range(LANES):
                batch.lanes[k][lane] = self.prior[lane]
                batch.most[k][lane] = 0
        for i in range(self.n_cheap):
            c = &self.comparisons[i]
            self.fill_cheap_codes(c, batch, &batch.codes[i][0])
            for k in range(batch.n):
                self.add(c, batch, k, batch.codes[i][k])
        if floor != INT32_MIN:
            for i in range(self.n_cheap, self.n):
                c = &self.comparisons[i]
                for k in range(batch.n):
                    if c.weighs_missing or self.rows[batch.left[k], c.word] and self.rows[batch.right[k], c.word]:
                        move_lanes(&batch.most[k][0], &c.most[0], 1)
        for i in range(self.n_cheap, self.n):
            if floor != INT32_MIN:
                n_live = self.keep_live(batch, n_live, floor)
            c = &self.comparisons[i]
            if sketched and c.lane >= 0:
                for j in range(n_live):
                    k = batch.live[j]
                    if batch.codes[i][k] or c.weighs_missing \
                            or self.rows[batch.left[k], c.word] and self.rows[batch.right[k], c.word]:
                        move_lanes(&batch.most[k][0], &c.most[0], -1)
                    self.add(c, batch, k, batch.codes[i][k])
                continue
            for j in range(n_live):
                x = self.rows[batch.left[batch.live[j]], c.word]
                y = self.rows[batch.right[batch.live[j]], c.word]
                if x != y:
                    prefetch(&c.values[x])
                    prefetch(&c.values[y])
                if c.tf != NULL:
                    prefetch(&c.tf[4 * <int64_t> x])
            for j in range(n_live):
                k = batch.live[j]
                x = self.rows[batch.left[k], c.word]
                y = self.rows[batch.right[k], c.word]
                batch.codes[i][k] = 0
                if x and y:
                    batch.codes[i][k] = <uint8_t> costly_code(c, &self.rows[batch.left[k], 0], &self.rows[batch.right[k], 0])
                if x and y or c.weighs_missing:
                    move_lanes(&batch.most[k][0], &c.most[0], -1)
                self.add(c, batch, k, batch.codes[i][k])
        for j in range(n_live):
            batch.weight[batch.live[j]] = self.soft_minimum(&batch.lanes[batch.live[j]][0])
        return n_live

    cdef int32_t soft_minimum(self, const int32_t *lanes) noexcept nogil:
        """The odds against all alternatives together: -log2 of the sum of 2 to the minus each."""
        cdef int k
        cdef int32_t gap, w = lanes[0]
        for k in range(1, self.n_lanes):
            gap = w - lanes[k] if w > lanes[k] else lanes[k] - w
            w = w if w < lanes[k] else lanes[k]
            if gap < SOFT_MIN_RANGE:
                w -= self.soft_min[gap]
        return w

    cdef int flush(self, Batch *batch, int32_t floor, Found *found, bint sketched) noexcept nogil:
        """Score the batch, note the pairs that reach floor, and empty it."""
        cdef int j, k, n_live
        found.n_known += self.drop_known(batch)
        n_live = self.score_batch(batch, floor, sketched)
        for j in range(n_live):
            k = batch.live[j]
            if batch.weight[k] < floor:
                continue
            if found.n == found.capacity and found_grow(found):
                return -1
            found.left[found.n] = batch.left[k]
            found.right[found.n] = batch.right[k]
            found.weight[found.n] = batch.weight[k]
            found.gamma[found.n] = batch.gamma[k]
            found.n += 1
        batch.n = 0
        return 0

    def score_pairs(self, const uint32_t[::1] left not None, const uint32_t[::1] right not None,
                    int32_t[::1] weight not None, uint64_t[::1] gamma not None):
        """Fill weight (1/256 bit) and packed level codes of the given pairs of rows."""
        cdef Py_ssize_t i, n = left.shape[0]
        cdef uint32_t n_rows = <uint32_t> self.rows.shape[0]
        if right.shape[0] != n or weight.shape[0] != n or gamma.shape[0] != n:
            raise ValueError("left, right, weight and gamma differ in length")
        if n and (np.max(left) >= n_rows or np.max(right) >= n_rows):
            raise ValueError(f"a pair names a row beyond {n_rows}")
        cdef Batch *batch = <Batch *> malloc(sizeof(Batch))
        cdef Py_ssize_t k
        if batch == NULL:
            raise MemoryError
        with nogil:
            batch.n = 0
            for i in range(n):
                if i + AHEAD_ROW < n:
                    self.prefetch_row(left[i + AHEAD_ROW])
                    self.prefetch_row(right[i + AHEAD_ROW])
                batch.left[batch.n] = left[i]
                batch.right[batch.n] = right[i]
                batch.n += 1
                if batch.n == PAIRS or i == n - 1:
                    self.score_batch(batch, INT32_MIN)
                    for k in range(batch.n):
                        weight[i + 1 - batch.n + k] = batch.weight[k]
                        gamma[i + 1 - batch.n + k] = batch.gamma[k]
                    batch.n = 0
        free(batch)

    cdef void fill_levels(self, Batch *batch) noexcept nogil:
        """Fill gamma of the batch's pairs, nothing else."""
        cdef int i, k
        cdef const Comparison *c
        cdef uint32_t x, y
        for k in range(batch.n):
            batch.gamma[k] = 0
        for i in range(self.n):
            c = &self.comparisons[i]
            if i < self.n_cheap:
                self.fill_cheap_codes(c, batch, &batch.codes[i][0])
                for k in range(batch.n):
                    batch.gamma[k] |= <uint64_t> batch.codes[i][k] << c.shift
                continue
            for k in range(batch.n):
                x = self.rows[batch.left[k], c.word]
                y = self.rows[batch.right[k], c.word]
                if x != y and x and y:
                    prefetch(&c.values[x])
                    prefetch(&c.values[y])
            for k in range(batch.n):
                if self.rows[batch.left[k], c.word] and self.rows[batch.right[k], c.word]:
                    batch.gamma[k] |= <uint64_t> costly_code(
                        c, &self.rows[batch.left[k], 0], &self.rows[batch.right[k], 0]) << c.shift

    def levels_of_pairs(self, const uint32_t[::1] left not None, const uint32_t[::1] right not None,
                        uint64_t[::1] gamma not None):
        """Fill packed level codes of the given pairs of rows, as `score_pairs` does, without weighing them."""
        cdef Py_ssize_t begin, k, n = left.shape[0]
        cdef Batch *batch
        if right.shape[0] != n or gamma.shape[0] != n:
            raise ValueError("left, right and gamma differ in length")
        if n and max(np.max(left), np.max(right)) >= self.rows.shape[0]:
            raise ValueError(f"a pair names a row beyond {self.rows.shape[0]}")
        batch = <Batch *> malloc(sizeof(Batch))
        if batch == NULL:
            raise MemoryError
        with nogil:
            begin = 0
            while begin < n:
                batch.n = <int> (n - begin if n - begin < PAIRS else PAIRS)
                for k in range(batch.n):
                    batch.left[k] = left[begin + k]
                    batch.right[k] = right[begin + k]
                    self.prefetch_row(left[begin + k])
                    self.prefetch_row(right[begin + k])
                self.fill_levels(batch)
                memcpy(&gamma[begin], &batch.gamma[0], batch.n * sizeof(uint64_t))
                begin += batch.n
        free(batch)

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

    cdef void prefetch_row(self, uint32_t row) noexcept nogil:
        prefetch(&self.rows[row, 0])
        prefetch(&self.rows[row, 15 if self.rows.shape[1] > 15 else self.rows.shape[1] - 1])
        prefetch(&self.rows[row, self.rows.shape[1] - 1])

    def score_blocks(self, const uint64_t[::1] packed not None, uint32_t split, int32_t floor):
        """Score every pair inside each run of equal keys that is not known.

        Parameters
        ----------
        packed : uint64[n]
            key << 32 | row, sorted; whole runs only.
        split : int
            For a link, rows below it are left and the others right; 0 for a dedupe.
        floor : int
            Pairs below this weight (1/256 bit) are not returned.

        Returns
        -------
        tuple
            left, right : uint32[n]; weight : int32[n]; gamma : uint64[n]; n_new, n_seen : int. A pair that
            `know` named is seen and not new.
        """
        cdef Py_ssize_t n = packed.shape[0], first = 0, last, begin, end, middle, i, j, capacity = 0
        cdef uint64_t n_seen = 0
        cdef uint32_t a, b, largest = 0, n_rows = <uint32_t> self.rows.shape[0]
        cdef int32_t most = 0
        cdef bint failed = False, sketched = floor != INT32_MIN and self.sketched
        cdef Sketch *tile = NULL
        cdef const Sketch *s
        cdef Found found
        cdef Batch *batch
        with nogil:
            while first < n:
                last = end_of_tile(&packed[0], first, n)
                capacity = last - first if last - first > capacity else capacity
                first = last
            for i in range(n):
                largest = <uint32_t> packed[i] if <uint32_t> packed[i] > largest else largest
        if n and largest >= n_rows:
            raise ValueError("a block names a row beyond the rows")
        batch = <Batch *> malloc(sizeof(Batch))
        if sketched:
            tile = <Sketch *> malloc((capacity + 1) * sizeof(Sketch))
        if batch == NULL or sketched and tile == NULL:
            free(batch)
            raise MemoryError
        memset(&found, 0, sizeof(Found))
        with nogil:
            batch.n = 0
            first = 0
            while first < n and not failed:
                last = end_of_tile(&packed[0], first, n)
                if sketched:
                    self.gather_sketches(&packed[first], last - first, n - first, tile)
                end = first
                while end < last and not failed:
                    begin = end
                    end = end_of_run(&packed[0], begin, last)
                    middle = end - 1
                    if split:
                        middle = begin
                        while middle < end and <uint32_t> packed[middle] < split:
                            middle += 1
                    for i in range(begin, middle):
                        a = <uint32_t> packed[i]
                        s = &tile[i - first] if sketched else NULL
                        j = middle if split else i + 1
                        n_seen += end - j
                        while j < end:
                            if sketched:
                                most = self.most_of_sketches(s, &tile[j - first], floor)
                                if most < floor:
                                    j += 1
                                    continue
                                batch.upper[batch.n] = most
                                note_allowed(s, &tile[j - first], &self.bounds, &batch.allowed[batch.n][0])
                            b = <uint32_t> packed[j]
                            prefetch_pair(&self.known, pair_of(a, b))
                            self.prefetch_row(a)
                            self.prefetch_row(b)
                            batch.left[batch.n] = a
                            batch.right[batch.n] = b
                            batch.n += 1
                            j += 1
                            if batch.n == PAIRS and self.flush(batch, floor, &found, sketched):
                                failed = True
                                break
                        if failed:
                            break
                first = last
            if not failed and batch.n and self.flush(batch, floor, &found, sketched):
                failed = True
        free(batch)
        free(tile)
        return answer(&found, failed, n_seen - found.n_known, n_seen)

    def score_all(self, uint32_t begin, uint32_t end, uint32_t split, int32_t floor):
        """Score rows begin..end against all later rows (for a link: left rows against all right ones).

        Returns
        -------
        tuple
            left, right : uint32[n]; weight : int32[n]; gamma : uint64[n]; n_new, n_seen : int.
        """
        cdef uint32_t i, j, n = <uint32_t> self.rows.shape[0]
        cdef uint64_t n_new = 0
        cdef int32_t most
        cdef bint failed = False, sketched = floor != INT32_MIN and self.sketches != NULL
        cdef Found found
        cdef Batch *batch
        if end > n or split > n or begin > end:
            raise ValueError(f"rows {begin}..{end} leave the {n} rows")
        batch = <Batch *> malloc(sizeof(Batch))
        if batch == NULL:
            raise MemoryError
        memset(&found, 0, sizeof(Found))
        with nogil:
            batch.n = 0
            for i in range(begin, end):
                for j in range(split if split else i + 1, n):
                    n_new += 1
                    if sketched:
                        most = self.most_of_sketches(&self.sketches[i], &self.sketches[j], floor)
                        if most < floor:
                            continue
                        batch.upper[batch.n] = most
                        note_allowed(&self.sketches[i], &self.sketches[j], &self.bounds, &batch.allowed[batch.n][0])
                    batch.left[batch.n] = i
                    batch.right[batch.n] = j
                    batch.n += 1
                    if batch.n == PAIRS and self.flush(batch, floor, &found, sketched):
                        failed = True
                        break
                if failed:
                    break
            if not failed and batch.n and self.flush(batch, floor, &found, sketched):
                failed = True
        free(batch)
        return answer(&found, failed, n_new - found.n_known, n_new)


cdef answer(Found *found, bint failed, uint64_t n_new, uint64_t n_seen):
    """The found pairs as arrays; frees them."""
    try:
        if failed:
            raise MemoryError("scored pairs do not fit into memory")
        return (
            copy_of(found.left, found.n * 4).view(np.uint32), copy_of(found.right, found.n * 4).view(np.uint32),
            copy_of(found.weight, found.n * 4).view(np.int32), copy_of(found.gamma, found.n * 8).view(np.uint64),
            n_new, n_seen,
        )
    finally:
        found_free(found)


cdef copy_of(void *p, Py_ssize_t n_bytes):
    out = np.empty(n_bytes, np.uint8)
    cdef uint8_t[::1] view = out
    if n_bytes:
        memcpy(&view[0], p, n_bytes)
    return out
