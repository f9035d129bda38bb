# Pairs of rows, as they are given -> their levels, their match weights, what the rarity of their values says. Header-only.
#
# Rows named must be there: whoever calls has looked.
from batches cimport PAIRS, Batch, Program, fill_levels, prefetch_row, rarity_of_pair, score_batch
from gathered cimport Gathered, gather, new_gathered
from libc.stdint cimport INT32_MIN, int32_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy

cdef enum:
    AHEAD_ROW = 16        # pairs whose rows are on the way to the caches

cdef inline void fetch_ahead(const Program *p, const uint32_t *left, const uint32_t *right, Py_ssize_t i,
                             Py_ssize_t n) noexcept nogil:
    if i + AHEAD_ROW < n:
        prefetch_row(p, left[i + AHEAD_ROW])
        prefetch_row(p, right[i + AHEAD_ROW])

cdef inline int score_given(const Program *p, const uint32_t *left, const uint32_t *right, Py_ssize_t n,
                            int32_t *weight, uint64_t *gamma) noexcept nogil:
    """Fill weight (1/256 bit) and packed level codes; -1 without memory."""
    cdef Batch *batch = <Batch *> malloc(sizeof(Batch))
    cdef Gathered *gathered = new_gathered(p) if p.rows_file else NULL
    cdef Py_ssize_t i
    if batch == NULL or p.rows_file and gathered == NULL:
        free(batch)
        free(gathered)
        return -1
    batch.n = 0
    for i in range(n):
        fetch_ahead(p, left, right, i, n)
        batch.left[batch.n] = left[i]
        batch.right[batch.n] = right[i]
        batch.n += 1
        if batch.n == PAIRS or i == n - 1:
            score_batch(gather(gathered, p, batch) if p.rows_file else p, batch, INT32_MIN)
            memcpy(weight + i + 1 - batch.n, &batch.weight[0], batch.n * sizeof(int32_t))
            memcpy(gamma + i + 1 - batch.n, &batch.gamma[0], batch.n * sizeof(uint64_t))
            batch.n = 0
    free(batch)
    free(gathered)
    return 0

cdef inline int levels_of_given(const Program *p, const uint32_t *left, const uint32_t *right, Py_ssize_t n,
                                uint64_t *gamma) noexcept nogil:
    """Fill packed level codes, as `score_given` does, without weighing them; -1 without memory."""
    cdef Batch *batch = <Batch *> malloc(sizeof(Batch))
    cdef Gathered *gathered = new_gathered(p) if p.rows_file else NULL
    cdef Py_ssize_t begin = 0, k
    if batch == NULL or p.rows_file and gathered == NULL:
        free(batch)
        free(gathered)
        return -1
    while begin < n:
        batch.n = <int> (n - begin if n - begin < PAIRS else PAIRS)
        for k in range(batch.n):
            batch.left[k] = left[begin + k]
            batch.right[k] = right[begin + k]
            prefetch_row(p, left[begin + k])
            prefetch_row(p, right[begin + k])
        fill_levels(gather(gathered, p, batch) if p.rows_file else p, batch)
        memcpy(gamma + begin, &batch.gamma[0], batch.n * sizeof(uint64_t))
        begin += batch.n
    free(batch)
    free(gathered)
    return 0

cdef inline void rarity_of_given(const Program *p, const uint32_t *left, const uint32_t *right, const uint64_t *gamma,
                                 Py_ssize_t begin, Py_ssize_t end, Py_ssize_t n, double *total,
                                 double *shared) noexcept nogil:
    """Fill, of the pairs from begin to end of n, the surprisal (bits) of the values that agree: all, and shared."""
    cdef int32_t sum_all = 0, sum_shared = 0
    cdef Py_ssize_t k
    for k in range(begin, end):
        fetch_ahead(p, left, right, k, n)
        rarity_of_pair(p, left[k], right[k], gamma[k], &sum_all, &sum_shared)
        total[k] = sum_all / 256.0
        shared[k] = sum_shared / 256.0
