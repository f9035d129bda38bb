# Runs of equal keys -> lists of the pairs inside them; a list without the pairs that are known. Header-only.
#
# Most runs hold two, three or four records: their pairs are written without a branch that depends on which.
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset
from pairs cimport PairSet, has_pair, has_row, pair_of, prefetch_pair

cdef enum:
    LISTED = 256                # pairs: the sketches of as many are on their way while others are looked at
    SHORT_RUN = 4               # records; six places are written for one, whatever it holds
    FULL = LISTED - 6

cdef extern from *:
    """
    /* Pairs of a run of up to four records, the first against the second and so on. */
    static const unsigned char linkage_run_pairs[5] = {0, 0, 1, 3, 6};
    static const unsigned char linkage_run_left[5][6] = {{0}, {0}, {0}, {0, 0, 1}, {0, 0, 0, 1, 1, 2}};
    static const unsigned char linkage_run_right[5][6] = {{0}, {0}, {1}, {1, 2, 2}, {1, 2, 3, 2, 3, 3}};
    static inline int linkage_list_run(const uint32_t *run, long n, uint32_t *left, uint32_t *right) {
        for (int k = 0; k < 6; k++) {
            left[k] = run[linkage_run_left[n][k]];
            right[k] = run[linkage_run_right[n][k]];
        }
        return linkage_run_pairs[n];
    }
    """
    # The pairs of at most SHORT_RUN records; writes six places, whatever there are.
    int list_run "linkage_list_run"(const uint32_t *run, Py_ssize_t n, uint32_t *left, uint32_t *right) noexcept nogil

# Pairs of places: rows, or those of a tile's entries. `most`, `apart` and `date` are what their sketches say.
cdef struct PairList:
    int n
    uint32_t left[LISTED]
    uint32_t right[LISTED]
    int32_t most[LISTED]
    uint8_t apart[LISTED]
    uint8_t date[LISTED]

# The row at a place: the lower half of its entry, or the place itself where there are no entries.
cdef inline uint32_t row_at(const uint64_t *entries, uint32_t place) noexcept nogil:
    return place if entries == NULL else <uint32_t> entries[place]

# Where the runs of equal keys end; returns how many runs. `ends` has room for n.
cdef inline Py_ssize_t find_runs(const uint64_t *packed, Py_ssize_t n, uint32_t *ends) noexcept nogil:
    cdef Py_ssize_t k, n_runs = 0
    for k in range(1, n):
        ends[n_runs] = <uint32_t> k
        n_runs += packed[k] >> 32 != packed[k - 1] >> 32
    ends[n_runs] = <uint32_t> n
    return n_runs + 1

# Drop the pairs that are known, in their order; how many those are. Few rows are in any known pair.
cdef inline int drop_known(const PairSet *known, PairList *listed, const uint64_t *entries) noexcept nogil:
    cdef int j, k, n = 0, n_gone = 0
    cdef uint32_t asked[LISTED]
    cdef uint64_t pairs[LISTED]
    cdef uint8_t gone[LISTED]
    cdef uint32_t a, b
    if known.n == 0:
        return 0
    for k in range(listed.n):
        a = row_at(entries, listed.left[k])
        b = row_at(entries, listed.right[k])
        asked[n] = k
        pairs[n] = pair_of(a, b)
        n += has_row(known, a) & has_row(known, b)
    for j in range(n):
        prefetch_pair(known, pairs[j])
    memset(gone, 0, listed.n)
    for j in range(n):
        gone[asked[j]] = has_pair(known, pairs[j])
        n_gone += gone[asked[j]]
    if n_gone:
        n = 0
        for k in range(listed.n):
            listed.left[n] = listed.left[k]
            listed.right[n] = listed.right[k]
            n += 1 - gone[k]
        listed.n = n
    return n_gone
