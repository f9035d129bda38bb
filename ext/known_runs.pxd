# Runs of equal keys -> those that may hold a pair which is not known. Header-only.
#
# Most runs of a duplicate are the two records alone, and all rules but the first one know their pair: where sketches
# are made for each run, these need none.
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memcpy
from pairs cimport PairSet, has_pair, has_row, pair_of, prefetch_pair

cdef enum:
    RUNS_AT_ONCE = 256

# Copy the runs of packed but those of two records whose pair is known; returns the entries copied.
cdef inline Py_ssize_t keep_unknown(const PairSet *known, const uint64_t *packed, Py_ssize_t n, uint64_t *kept) noexcept nogil:
    cdef Py_ssize_t begins[RUNS_AT_ONCE + 1]
    cdef uint64_t pairs[RUNS_AT_ONCE]
    cdef Py_ssize_t at = 0, size, used = 0
    cdef int k, n_runs
    cdef uint32_t a, b
    while at < n:
        n_runs = 0
        while at < n and n_runs < RUNS_AT_ONCE:
            begins[n_runs] = at
            pairs[n_runs] = 0
            at += 1
            while at < n and packed[at] >> 32 == packed[at - 1] >> 32:
                at += 1
            if at - begins[n_runs] == 2:
                a, b = <uint32_t> packed[at - 2], <uint32_t> packed[at - 1]
                if known.n and has_row(known, a) and has_row(known, b):
                    pairs[n_runs] = pair_of(a, b)
                    prefetch_pair(known, pairs[n_runs])
            n_runs += 1
        begins[n_runs] = at
        for k in range(n_runs):
            if pairs[k] == 0 or not has_pair(known, pairs[k]):
                size = begins[k + 1] - begins[k]
                memcpy(&kept[used], &packed[begins[k]], size * sizeof(uint64_t))
                used += size
    return used
