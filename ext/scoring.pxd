# Blocks of rows, or ranges of rows -> the pairs of them that reach a floor, batch by batch. Header-only.
from batches cimport (
    PAIRS,
    Batch,
    Program,
    drop_hopeless,
    drop_known,
    prefetch_costly,
    prefetch_row,
    score_batch,
)
from found cimport Found, note_found
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from pairs cimport PairSet, pair_of, prefetch_pair
from sketch cimport Sketch, allow_apart, note_allowed
from sketching cimport SKETCHED_AT_ONCE, fetch_rows, fetch_sketches, make_sketches, most_of_sketches

cdef enum:
    TILE = 256                  # records whose sketches are fetched, or made side by side, at a time

# Pairs on their way to `found`; what is known is left out, and what cannot reach the floor by its sketches.
cdef struct Scoring:
    const Program *program
    PairSet *known
    Batch *batch
    Found found
    uint64_t n_seen
    int32_t floor
    bint sketched

# Score the batch, note the pairs that reach the floor, and empty it; -1 where memory ends.
#
# Of most pairs a line of each row is enough, and of those that other rules have found nothing is fetched.
cdef inline int flush(Scoring *s) noexcept nogil:
    cdef Batch *batch = s.batch
    cdef int j, k, n_live
    s.found.n_known += drop_known(s.known, batch)
    if s.sketched:
        for k in range(batch.n):
            prefetch_costly(s.program, batch.left[k])
            prefetch_costly(s.program, batch.right[k])
        drop_hopeless(s.program, batch, s.floor)
    for k in range(batch.n):
        prefetch_row(s.program, batch.left[k])
        prefetch_row(s.program, batch.right[k])
    n_live = score_batch(s.program, batch, s.floor, s.sketched)
    for j in range(n_live):
        k = batch.live[j]
        if batch.weight[k] >= s.floor and note_found(&s.found, batch, k):
            return -1
    batch.n = 0
    return 0

# A pair of rows and their sketches (NULL without): into the batch, unless it is hopeless; -1 where memory ends.
cdef inline int offer_pair(Scoring *s, uint32_t a, uint32_t b, const Sketch *x, const Sketch *y) noexcept nogil:
    cdef Batch *batch = s.batch
    cdef const Program *p = s.program
    cdef int n = batch.n
    cdef unsigned int apart = 0
    cdef int32_t most
    if s.sketched:
        most = most_of_sketches(p, x, y, s.floor, &apart)
        if most < s.floor:
            return 0
        batch.upper[n] = most
        batch.apart[n] = <uint8_t> apart
        note_allowed(x, y, &p.bounds, &batch.allowed[n][0])
        allow_apart(&p.bounds, apart, &batch.allowed[n][0])
    prefetch_pair(s.known, pair_of(a, b))
    batch.left[n] = a
    batch.right[n] = b
    batch.n = n + 1
    return flush(s) if batch.n == PAIRS else 0

cdef inline Py_ssize_t end_of_run(const uint64_t *packed, Py_ssize_t begin, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t end = begin + 1
    while end < n and packed[end] >> 32 == packed[begin] >> 32:
        end += 1
    return end

# Whole runs, together at least TILE entries, where there are as many.
cdef inline Py_ssize_t end_of_tile(const uint64_t *packed, Py_ssize_t begin, Py_ssize_t n) noexcept nogil:
    return n if n - begin <= TILE else end_of_run(packed, begin + TILE - 1, n)

# Entries of the largest tile.
cdef inline Py_ssize_t largest_tile(const uint64_t *packed, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t first = 0, last, most = 0
    while first < n:
        last = end_of_tile(packed, first, n)
        most = last - first if last - first > most else most
        first = last
    return most

# The pairs of one run of equal keys; sketches (NULL without) by place in the tile, or by row. -1 where memory ends.
cdef inline int score_run(Scoring *s, const uint64_t *run, Py_ssize_t n, uint32_t split, const Sketch *tile) noexcept nogil:
    cdef const Sketch *stored = s.program.sketches
    cdef const Sketch *x = NULL
    cdef const Sketch *y = NULL
    cdef Py_ssize_t i, j, middle = n - 1
    cdef uint32_t a, b
    if split:
        middle = 0
        while middle < n and <uint32_t> run[middle] < split:
            middle += 1
    for i in range(middle):
        a = <uint32_t> run[i]
        j = middle if split else i + 1
        s.n_seen += n - j
        if s.sketched:
            x = &tile[i] if tile != NULL else &stored[a]
        while j < n:
            b = <uint32_t> run[j]
            if s.sketched:
                y = &tile[j] if tile != NULL else &stored[b]
            if offer_pair(s, a, b, x, y):
                return -1
            j += 1
    return 0

# The pairs of all runs. Sketches are made in `tile`, which has room for the largest one; NULL where they are stored.
cdef inline int score_runs(Scoring *s, const uint64_t *packed, Py_ssize_t n, uint32_t split, Sketch *tile) noexcept nogil:
    cdef Py_ssize_t first = 0, last, begin, end
    cdef bint stored = s.sketched and tile == NULL
    if stored:
        fetch_sketches(s.program, packed, TILE if TILE < n else n)
    elif s.sketched:
        fetch_rows(s.program, packed, SKETCHED_AT_ONCE if SKETCHED_AT_ONCE < n else n)
    while first < n:
        last = end_of_tile(packed, first, n)
        if stored:
            fetch_sketches(s.program, packed + last, TILE if TILE < n - last else n - last)
        elif s.sketched:
            make_sketches(s.program, packed + first, last - first, n - last, tile)
        begin = first
        while begin < last:
            end = end_of_run(packed, begin, last)
            if score_run(s, packed + begin, end - begin, split, NULL if tile == NULL else tile + (begin - first)):
                return -1
            begin = end
        first = last
    return flush(s) if s.batch.n else 0

# Rows begin..end against all later ones, or those from split on, of n. -1 where memory ends.
cdef inline int score_rows(Scoring *s, uint32_t begin, uint32_t end, uint32_t split, uint32_t n) noexcept nogil:
    cdef const Sketch *sketches = s.program.sketches
    cdef uint32_t i, j
    for i in range(begin, end):
        for j in range(split if split else i + 1, n):
            s.n_seen += 1
            if offer_pair(s, i, j, sketches + i, sketches + j):
                return -1
    return flush(s) if s.batch.n else 0
