# The values of each row and which values are near -> the pairs of rows that may reach a floor, of all pairs there are.
"""All pairs of small tables, field by field: what their values say is known, and only to be added up."""

import numpy as np

from comparisons cimport LANES, MAX_COMPARISONS
from found cimport longer
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset
from linkage._kernels.score cimport Scorer, copy_of

cdef enum:
    AT_ONCE = 1024            # pairs of one row whose sums stay in the first-level cache

cdef extern from *:
    """
    /* What a field says of pairs of one row and others, whose values are at these places. */
    static inline void linkage_add(int32_t *sum, const uint32_t *at, const int32_t *weight, long n) {
        for (long k = 0; k < n; k++) sum[k] += weight[at[k]];
    }
    static inline void linkage_add_one(int32_t *sum, int32_t weight, long n) {
        for (long k = 0; k < n; k++) sum[k] += weight;
    }
    static inline void linkage_codes(uint8_t *code, const uint32_t *at, const int32_t *level, long n) {
        for (long k = 0; k < n; k++) code[k] = (uint8_t)level[at[k]];
    }
    /* The same where it depends on another field's code: weight [code of parent][code], and its own rarity. */
    static inline void linkage_add_given(int32_t *sum, const uint32_t *at, const int32_t *level, const uint8_t *parent,
                                         const int32_t *weight, long n_codes, long n) {
        for (long k = 0; k < n; k++) {
            int32_t v = level[at[k]];
            sum[k] += weight[parent[k] * n_codes + (v & 255)] + (v >> 8);
        }
    }
    static inline long linkage_reaching(uint32_t *out, const int32_t *sum, uint32_t first, int32_t floor, long n) {
        long m = 0;
        for (long k = 0; k < n; k++) { out[m] = first + (uint32_t)k; m += sum[k] >= floor; }
        return m;
    }
    """
    void add "linkage_add"(int32_t *sum, const uint32_t *at, const int32_t *weight, Py_ssize_t n) noexcept nogil
    void add_one "linkage_add_one"(int32_t *sum, int32_t weight, Py_ssize_t n) noexcept nogil
    void codes_of "linkage_codes"(uint8_t *code, const uint32_t *at, const int32_t *level, Py_ssize_t n) noexcept nogil
    void add_given "linkage_add_given"(int32_t *sum, const uint32_t *at, const int32_t *level, const uint8_t *parent,
                                       const int32_t *weight, Py_ssize_t n_codes, Py_ssize_t n) noexcept nogil
    Py_ssize_t reaching "linkage_reaching"(uint32_t *out, const int32_t *sum, uint32_t first, int32_t floor, Py_ssize_t n) noexcept nogil


# One comparison: the places of both sides' values, and what is near each on the left.
cdef struct Compared:
    const uint32_t *left          # by row
    const uint32_t *right
    Py_ssize_t n_values           # on the right; place 0 is the missing one, as on the left
    const int64_t *begins         # [values on the left + 1]
    const uint32_t *near
    const int32_t *level
    int parent, n_codes
    bint is_parent, is_plain      # plain: neither has a parent nor is one, so that weights are all that counts
    int32_t weights[16 * 16]      # [code of parent][code], against strangers

# What a thread needs for one row on the left.
cdef struct Row:
    int32_t *says[MAX_COMPARISONS]        # by value on the right: its level, or, of plain comparisons, what it weighs
    int32_t *more                         # by row on the right, what it may gain besides
    int32_t sum[AT_ONCE]
    uint8_t codes[MAX_COMPARISONS][AT_ONCE]
    uint8_t none[AT_ONCE]
    uint32_t *left
    uint32_t *right
    Py_ssize_t n, capacity


cdef class EveryPair:
    """All pairs of two small tables, or of one.

    Parameters
    ----------
    scorer : Scorer
        With its weights.
    fields : list of dict
        One per comparison: left, right : uint32[rows], the places of their values, 0 = missing; n_values : int, on the
        right; begins : int64[values on the left + 1], near : uint32, level : int32, as `near_values` has them.
    """

    cdef Compared fields[MAX_COMPARISONS]
    cdef int n
    cdef int32_t prior
    cdef Py_ssize_t n_left, n_right
    cdef list alive

    def __init__(self, Scorer scorer not None, list fields not None):
        cdef int i
        self.n = scorer.program.n
        self.prior = scorer.program.prior[0]
        self.alive = []
        if len(fields) != self.n:
            raise ValueError(f"expected {self.n} comparisons, got {len(fields)}")
        self.n_left, self.n_right = (len(fields[0][side]) for side in ("left", "right"))
        for i in range(self.n):
            self.read_field(scorer, i, **fields[i])
        for i in range(self.n):
            self.fields[i].is_plain = self.fields[i].parent < 0 and not self.fields[i].is_parent

    def read_field(self, Scorer scorer, int i, *, const uint32_t[::1] left, const uint32_t[::1] right, Py_ssize_t n_values,
                   const int64_t[::1] begins, const uint32_t[::1] near, const int32_t[::1] level):
        cdef Compared *f = &self.fields[i]
        cdef int k, parent = scorer.program.comparisons[i].parent
        if left.shape[0] != self.n_left or right.shape[0] != self.n_right or begins.shape[0] < 2 \
                or near.shape[0] != level.shape[0] or begins[begins.shape[0] - 1] != near.shape[0]:
            raise ValueError(f"comparison {i}: arrays of lengths that do not fit")
        if max(np.max(left, initial=0), 0) >= begins.shape[0] - 1 or np.max(right, initial=0) >= n_values \
                or np.max(near, initial=0) >= n_values:
            raise ValueError(f"comparison {i}: a value that is not there")
        self.alive += [left, right, begins, near, level]
        f.left, f.right, f.begins = &left[0] if self.n_left else NULL, &right[0] if self.n_right else NULL, &begins[0]
        f.near, f.level = &near[0] if near.shape[0] else NULL, &level[0] if near.shape[0] else NULL
        f.n_values = n_values
        f.parent, f.n_codes, f.is_parent = parent, scorer.program.comparisons[i].n_codes, False
        if parent >= 0:
            self.fields[parent].is_parent = True
        for k in range(f.n_codes * (self.fields[parent].n_codes if parent >= 0 else 1)):
            f.weights[k] = scorer.program.weights[(scorer.program.comparisons[i].base + k) * LANES]

    def possible(self, Py_ssize_t begin, Py_ssize_t end, bint one_table, int32_t floor, const int64_t[::1] first not None,
                 const uint32_t[::1] others not None, const int32_t[::1] gains not None):
        """The pairs of rows begin..end on the left that may reach a floor: none that does is missing.

        Parameters
        ----------
        begin, end : int
        one_table : bool
            Whether both sides are one table, so that only later rows count.
        floor : int
            Weight against strangers, 1/256 bit.
        first : int64[end - begin + 1]
            Which of `others` are of each row.
        others : uint32[m]
            Rows on the right that may gain so much (`gains`, int32[m]) beyond what their values say.

        Returns
        -------
        tuple
            left, right : uint32[n], rows of each side, ascending.
        """
        cdef Py_ssize_t i
        cdef Row row
        cdef bint failed
        if not 0 <= begin <= end <= self.n_left or first.shape[0] != end - begin + 1 or gains.shape[0] != others.shape[0] \
                or first[end - begin] != others.shape[0] or np.max(others, initial=0) >= max(self.n_right, 1):
            raise ValueError("rows leave the tables")
        with nogil:
            failed = self.begin_row(&row) < 0
            for i in range(begin, end):
                if not failed:
                    failed = self.score_row(&row, i, i + 1 if one_table else 0, floor, first[i - begin], first[i - begin + 1],
                                            others, gains) < 0
        try:
            if failed:
                raise MemoryError("pairs that may reach the floor do not fit into memory")
            return copy_of(row.left, 4 * row.n).view(np.uint32), copy_of(row.right, 4 * row.n).view(np.uint32)
        finally:
            self.end_row(&row)

    cdef int begin_row(self, Row *row) noexcept nogil:
        """Room for what fields say, filled as if no value were near; -1 without memory."""
        cdef int i
        cdef Py_ssize_t k
        cdef const Compared *f
        memset(row, 0, sizeof(Row))
        row.more = <int32_t *> calloc(self.n_right + 1, 4)
        if row.more == NULL:
            return -1
        for i in range(self.n):
            f = &self.fields[i]
            row.says[i] = <int32_t *> malloc(4 * (f.n_values + 1))
            if row.says[i] == NULL:
                return -1
            for k in range(f.n_values):
                row.says[i][k] = says(f, 1 if k else 0)
        return 0

    cdef void end_row(self, Row *row) noexcept:
        cdef int i
        for i in range(self.n):
            free(row.says[i])
        free(row.more)
        free(row.left)
        free(row.right)

    cdef int score_row(self, Row *row, Py_ssize_t i, Py_ssize_t begin, int32_t floor, Py_ssize_t first, Py_ssize_t last,
                       const uint32_t[::1] others, const int32_t[::1] gains) noexcept nogil:
        """Row i on the left against all on the right from `begin` on; -1 without memory."""
        cdef Py_ssize_t k, n
        self.put_near(row, i, True)
        for k in range(first, last):
            row.more[others[k]] += gains[k]
        while begin < self.n_right:
            n = self.n_right - begin if self.n_right - begin < AT_ONCE else AT_ONCE
            self.add_fields(row, i, begin, n)
            if note(row, <uint32_t> i, <uint32_t> begin, floor, n):
                return -1
            begin += n
        for k in range(first, last):
            row.more[others[k]] = 0
        self.put_near(row, i, False)
        return 0

    cdef void put_near(self, Row *row, Py_ssize_t i, bint is_near) noexcept nogil:
        """Put what is near the values of a row on the left where it belongs, or take it away again."""
        cdef int k
        cdef int64_t j
        cdef uint32_t x
        cdef const Compared *f
        for k in range(self.n):
            f = &self.fields[k]
            x = f.left[i]
            for j in range(f.begins[x], f.begins[x + 1]):
                row.says[k][f.near[j]] = says(f, f.level[j] if is_near else 1)

    cdef void add_fields(self, Row *row, Py_ssize_t i, Py_ssize_t begin, Py_ssize_t n) noexcept nogil:
        """The sums of n pairs."""
        cdef int k
        cdef const Compared *f
        cdef const uint8_t *parent
        memcpy(row.sum, row.more + begin, 4 * n)
        add_one(row.sum, self.prior, n)
        for k in range(self.n):
            f = &self.fields[k]
            parent = &row.none[0]
            if f.parent >= 0:
                parent = &row.codes[f.parent][0]
            if f.left[i] == 0:
                if f.is_parent:
                    memset(row.codes[k], 0, n)
                if f.parent >= 0:
                    add_given_missing(row.sum, parent, f, n)
                else:
                    add_one(row.sum, f.weights[0], n)
            elif f.is_plain:
                add(row.sum, f.right + begin, row.says[k], n)
            else:
                if f.is_parent:
                    codes_of(row.codes[k], f.right + begin, row.says[k], n)
                add_given(row.sum, f.right + begin, row.says[k], parent, f.weights, f.n_codes, n)


cdef inline void add_given_missing(int32_t *sum, const uint8_t *parent, const Compared *f, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t k
    for k in range(n):
        sum[k] += f.weights[parent[k] * f.n_codes]


# A level and its rarity, or what they weigh.
cdef inline int32_t says(const Compared *f, int32_t level) noexcept nogil:
    return f.weights[level & 255] + (level >> 8) if f.is_plain else level


# Note the pairs that reach the floor; -1 without memory.
cdef inline int note(Row *row, uint32_t left, uint32_t first, int32_t floor, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t k, capacity
    if row.n + AT_ONCE > row.capacity:
        capacity = 2 * (row.n + AT_ONCE)
        if longer(<void **> &row.left, 4 * capacity) or longer(<void **> &row.right, 4 * capacity):
            return -1
        row.capacity = capacity
    n = reaching(row.right + row.n, row.sum, first, floor, n)
    for k in range(n):
        row.left[row.n + k] = left
    row.n += n
    return 0
