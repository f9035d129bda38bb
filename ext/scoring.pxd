# Blocks of rows, or ranges of rows -> the pairs of them that reach a floor, step by step. Header-only.
#
# Pairs are listed; those that are known leave the list, and the sketches of the others are fetched; a list later, those
# that their sketches leave hopeless leave it as well; the rest are compared, a batch at a time. Each step is a loop of
# its own over a list, without a branch that depends on the pair.
from batches cimport (
    PAIRS,
    Batch,
    Program,
    prefetch_costly,
    prefetch_row,
    score_batch,
)
from found cimport Found, note_found
from gathered cimport Gathered, gather, rename_pair
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from pair_lists cimport FULL, LISTED, SHORT_RUN, PairList, drop_known, find_runs, list_run, row_at
from pairs cimport PairSet
from possible cimport drop_hopeless, fill_other_codes, keep_only_live, weigh
from sketch cimport Sketch, prefetch_sketch
from sketch_lanes cimport is_any_below
from sketching cimport (
    SKETCHED_AT_ONCE,
    SeenWords,
    fetch_rows,
    level_of_dates,
    make_sketches,
    most_but_dates,
    most_in_lanes,
    most_of_date,
)

cdef enum:
    TILE = 256                  # records whose runs are looked at, or sketches made side by side, at a time

# Pairs on their way to `found`. One list is filled while the sketches of the other one's pairs come.
cdef struct Scoring:
    const Program *program
    const PairSet *known
    Batch *batch
    Gathered *gathered          # rows of the batch, NULL where those of all are in memory
    Found found
    PairList lists[2]
    int filled
    uint32_t *places            # of a tile's records: their rows, or, where sketches are made, their order
    uint32_t *ends              # of its runs
    const Sketch *sketches      # by place
    const uint64_t *entries     # by place, NULL where places are rows
    SeenWords *seen             # where sketches are made
    uint64_t n_seen
    int32_t floor
    bint sketched

# Score the batch, note the pairs that reach the floor, and empty it; -1 where memory ends.
#
# Of most pairs a line of each row is enough.
cdef inline int flush(Scoring *s) noexcept nogil:
    cdef Batch *batch = s.batch
    cdef int j, k, n_live
    cdef const Program *p = s.program
    if s.gathered != NULL:
        p = gather(s.gathered, p, batch)
    if s.sketched:
        keep_only_live(p, batch, drop_hopeless(p, batch, s.floor))
        fill_other_codes(p, batch)
        n_live = weigh(p, batch, s.floor)
    else:
        for k in range(batch.n):
            prefetch_row(p, batch.left[k])
            prefetch_row(p, batch.right[k])
        n_live = score_batch(p, batch, s.floor)
    for j in range(n_live):
        k = batch.live[j]
        if s.gathered != NULL:
            rename_pair(s.gathered, batch, k)
        if batch.weight[k] >= s.floor and note_found(&s.found, batch, k):
            return -1
    batch.n = 0
    return 0

# Drop the pairs whose sketches leave them below the floor.
cdef inline void drop_by_sketches(const Scoring *s, PairList *listed) noexcept nogil:
    cdef const Program *p = s.program
    cdef const Sketch *x
    cdef const Sketch *y
    cdef int32_t most
    cdef unsigned int apart = 0
    cdef int k, date, n = 0, kept = 0
    for k in range(listed.n):
        x = &s.sketches[listed.left[k]]
        y = &s.sketches[listed.right[k]]
        most = most_but_dates(p, x, y, &apart)
        listed.left[n] = listed.left[k]
        listed.right[n] = listed.right[k]
        listed.most[n] = most
        listed.apart[n] = <uint8_t> apart
        n += most + p.date_most >= s.floor
    for k in range(n):
        x = &s.sketches[listed.left[k]]
        y = &s.sketches[listed.right[k]]
        date = level_of_dates(p, x, y)
        most = listed.most[k] + most_of_date(p, x, y, date)
        listed.left[kept] = listed.left[k]
        listed.right[kept] = listed.right[k]
        listed.apart[kept] = listed.apart[k]
        listed.date[kept] = <uint8_t> date
        kept += most >= s.floor
    listed.n = kept

# Put a pair of a list into the batch, unless its sketches leave a lane below the floor.
cdef inline void put_possible(const Scoring *s, const PairList *listed, int k) noexcept nogil:
    cdef Batch *batch = s.batch
    cdef int n = batch.n
    batch.left[n] = row_at(s.entries, listed.left[k])
    batch.right[n] = row_at(s.entries, listed.right[k])
    batch.n = n + 1
    if s.sketched:
        batch.apart[n] = listed.apart[k]
        most_in_lanes(s.program, &s.sketches[listed.left[k]], &s.sketches[listed.right[k]], listed.apart[k],
                      listed.date[k], &batch.allowed[n][0], &batch.states[n][0], &batch.lanes[n][0])
        batch.n -= is_any_below(&batch.lanes[n][0], s.floor)

# Take the pairs of a list that are not hopeless into batches, and empty it; -1 where memory ends.
cdef inline int take_list(Scoring *s, PairList *listed) noexcept nogil:
    cdef Batch *batch = s.batch
    cdef const Program *p = s.program
    cdef int k, j, first = batch.n
    if s.sketched:
        drop_by_sketches(s, listed)
    for k in range(listed.n):
        put_possible(s, listed, k)
        if batch.n == PAIRS or k == listed.n - 1:
            for j in range(first if s.sketched else batch.n, batch.n):
                prefetch_costly(p, batch.left[j])
                prefetch_costly(p, batch.right[j])
            if batch.n == PAIRS and flush(s):
                return -1
            first = batch.n
    listed.n = 0
    return 0

# Have what the pairs of the filled list need fetched, and take those of the one before; -1 where memory ends.
cdef inline int turn_lists(Scoring *s) noexcept nogil:
    cdef PairList *listed = &s.lists[s.filled]
    cdef int k
    s.n_seen += listed.n
    s.found.n_known += drop_known(s.known, listed, s.entries)
    if s.sketched and s.entries == NULL:
        for k in range(listed.n):
            prefetch_sketch(&s.sketches[listed.left[k]])
            prefetch_sketch(&s.sketches[listed.right[k]])
    s.filled ^= 1
    return take_list(s, &s.lists[s.filled])

# Nothing is left in the lists afterwards; -1 where memory ends.
cdef inline int empty_lists(Scoring *s) noexcept nogil:
    return -1 if turn_lists(s) else turn_lists(s)

# One place against n others; -1 where memory ends.
cdef inline int list_against(Scoring *s, uint32_t place, const uint32_t *others, Py_ssize_t n) noexcept nogil:
    cdef PairList *listed
    cdef Py_ssize_t at = 0, k, some
    while at < n:
        listed = &s.lists[s.filled]
        some = n - at if n - at < LISTED - listed.n else LISTED - listed.n
        for k in range(some):
            listed.left[listed.n + k] = place
            listed.right[listed.n + k] = others[at + k]
        listed.n += <int> some
        at += some
        if listed.n > FULL and turn_lists(s):
            return -1
    return 0

# The pairs of one run of places; -1 where memory ends.
cdef inline int list_long_run(Scoring *s, const uint32_t *run, Py_ssize_t n, uint32_t split) noexcept nogil:
    cdef Py_ssize_t i, j, middle = n - 1
    if split:
        middle = 0
        while middle < n and row_at(s.entries, run[middle]) < split:
            middle += 1
    for i in range(middle):
        j = middle if split else i + 1
        if list_against(s, run[i], run + j, n - j):
            return -1
    return 0

# The pairs of a tile's runs; -1 where memory ends.
cdef inline int list_runs(Scoring *s, Py_ssize_t n_runs, uint32_t split) noexcept nogil:
    cdef PairList *listed
    cdef Py_ssize_t k, n, begin = 0
    for k in range(n_runs):
        n = s.ends[k] - begin
        if n <= SHORT_RUN and not split:
            listed = &s.lists[s.filled]
            listed.n += list_run(s.places + begin, n, &listed.left[listed.n], &listed.right[listed.n])
            if listed.n > FULL and turn_lists(s):
                return -1
        elif list_long_run(s, s.places + begin, n, split):
            return -1
        begin = s.ends[k]
    return 0

# Whole runs, together at least TILE entries, where there are as many.
cdef inline Py_ssize_t end_of_tile(const uint64_t *packed, Py_ssize_t begin, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t end = begin + TILE
    if n - begin <= TILE:
        return n
    while end < n and packed[end] >> 32 == packed[end - 1] >> 32:
        end += 1
    return end

# Entries of the largest tile.
cdef inline Py_ssize_t largest_tile(const uint64_t *packed, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t first = 0, last, most = 0
    while first < n:
        last = end_of_tile(packed, first, n)
        most = last - first if last - first > most else most
        first = last
    return most

# The pairs of all runs. Sketches are made in `tile`, which has room for the largest one; NULL where they are stored.
cdef inline int score_runs(Scoring *s, const uint64_t *packed, Py_ssize_t n, uint32_t split, Sketch *tile) noexcept nogil:
    cdef Py_ssize_t first = 0, last, k
    s.sketches = s.program.sketches if tile == NULL else tile
    if tile != NULL:
        fetch_rows(s.program, packed, SKETCHED_AT_ONCE if SKETCHED_AT_ONCE < n else n)
    while first < n:
        last = end_of_tile(packed, first, n)
        if tile != NULL:
            make_sketches(s.program, packed + first, last - first, n - last, s.seen, tile)
            s.entries = packed + first
        for k in range(last - first):
            s.places[k] = <uint32_t> packed[first + k] if tile == NULL else <uint32_t> k
        if list_runs(s, find_runs(packed + first, last - first, s.ends), split):
            return -1
        if tile != NULL and empty_lists(s):
            return -1
        first = last
    return -1 if empty_lists(s) else flush(s)

# Rows begin..end against all later ones, or those from split on, of n. -1 where memory ends.
cdef inline int score_rows(Scoring *s, uint32_t begin, uint32_t end, uint32_t split, uint32_t n) noexcept nogil:
    cdef uint32_t i, j
    s.sketches = s.program.sketches
    for i in range(n):
        s.places[i] = i
    for i in range(begin, end):
        j = split if split else i + 1
        if list_against(s, i, s.places + j, n - j):
            return -1
    return -1 if empty_lists(s) else flush(s)
