# A query's given name, and some days -> their records of its class, which stand together within a day. Header-only.
from blobs cimport HOT_WORDS
from bounds cimport begin_run, date_known
from hashing cimport prefetch
from libc.stdint cimport int16_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset
from number_levels cimport DATE_EXACT
from scans cimport scan_rows
from search cimport MOST_CLASSES, Search
from similarity cimport leading_zeros

cdef enum:
    SEEKS = 192               # runs whose classes are looked for together: some three lines each in the first cache

# Where a day's rows of one class of given names begin: somewhere from low to high.
cdef struct Seek:
    uint32_t begin, low, high, end, guess, spread
    uint16_t kind
    int16_t date, place       # what is known of the date; which of the classes it is

# Of the rows of the days sought in so far: how many are of a class below each of those sought.
cdef struct Shares:
    uint64_t below[MOST_CLASSES]
    uint64_t rows

cdef inline uint16_t class_of(Search *s, uint32_t row) noexcept nogil:
    """The class of a row's last word."""
    cdef uint64_t packed, gone
    memcpy(&packed, s.store.hot_words + <uint64_t> row * HOT_WORDS, 8)
    gone = (packed ^ <uint64_t> 0xFFFEFFFEFFFEFFFEu) | 1          # no more words: zeros above
    return s.classes[packed >> (48 - (leading_zeros(gone) & ~15)) & 0xFFFF]

cdef inline void halve(Search *s, Seek *seek, uint32_t at) noexcept nogil:
    """Look at one place of a seek."""
    if not seek.low <= at < seek.high:
        return
    if class_of(s, at) < seek.kind:
        seek.low = at + 1
    else:
        seek.high = at

cdef inline void seek_classes(Search *s, Seek *seeks, int n) noexcept nogil:
    """Let each seek end at its run's first row that is not below its class.

    All of them a step at a time: a step is a cache miss, and those of many seeks overlap. First around the place
    where the share of smaller classes, which is much the same on all days, lets it be: a page of memory, not nine."""
    cdef int i, n_open = n
    cdef uint32_t middle
    for i in range(n):
        halve(s, &seeks[i], seeks[i].guess - seeks[i].spread)
    for i in range(n):
        halve(s, &seeks[i], seeks[i].guess + seeks[i].spread)
    while n_open:
        n_open = 0
        for i in range(n):
            if seeks[i].low == seeks[i].high:
                continue
            middle = seeks[i].low + (seeks[i].high - seeks[i].low) // 2
            halve(s, &seeks[i], middle)
            middle = seeks[i].low + (seeks[i].high - seeks[i].low) // 2
            prefetch(s.store.hot_words + <uint64_t> middle * HOT_WORDS)
            n_open += 1

cdef inline void scan_given(Search *s, int first, int last) noexcept nogil:
    """Offer the records of days first to last that have the given name, or the first word, or a strange one."""
    cdef Seek seeks[SEEKS]
    cdef Shares shares
    cdef int k, day, date, n = 0
    memset(&shares, 0, sizeof(shares))
    for day in range(first, last):
        date = date_known(s, day)
        if s.days[day] == s.days[day + 1] or date <= DATE_EXACT and not s.reaches_date[date]:
            continue
        # The first day tells where the others' classes lie.
        if n + s.n_classes > SEEKS or n == s.n_classes and shares.rows == 0:
            scan_sought(s, seeks, n, &shares)
            n = 0
        for k in range(s.n_classes):
            begin_seek(s, &seeks[n], day, k, date, &shares)
            n += 1
    scan_sought(s, seeks, n, &shares)

cdef inline void begin_seek(Search *s, Seek *seek, int day, int place, int date, const Shares *shares) noexcept nogil:
    cdef uint32_t n_rows = s.days[day + 1] - s.days[day]
    seek.begin = seek.low = s.days[day]
    seek.high = seek.end = s.days[day + 1]
    seek.kind = s.given_classes[place]
    seek.place = place
    seek.date = date
    seek.spread = n_rows // 64 + 8
    seek.guess = seek.low + n_rows // 2
    if shares.rows:
        seek.guess = seek.low + <uint32_t> (shares.below[place] * n_rows // shares.rows)
    prefetch(s.store.hot_words + <uint64_t> (seek.guess - seek.spread) * HOT_WORDS)
    prefetch(s.store.hot_words + <uint64_t> (seek.guess + seek.spread) * HOT_WORDS)

cdef inline void scan_sought(Search *s, Seek *seeks, int n, Shares *shares) noexcept nogil:
    """Offer the records of the runs that begin where the seeks end."""
    cdef uint32_t at, stop
    cdef int i
    seek_classes(s, seeks, n)
    for i in range(n):
        shares.below[seeks[i].place] += seeks[i].low - seeks[i].begin
        shares.rows += (seeks[i].end - seeks[i].begin) if seeks[i].place == 0 else 0
    for i in range(n):
        if i + 2 < n:
            prefetch(s.store.hot_words + <uint64_t> (seeks[i + 2].low + 8) * HOT_WORDS)
            prefetch(s.store.hot_words + <uint64_t> (seeks[i + 2].low + 16) * HOT_WORDS)
        at = stop = seeks[i].low
        while stop + 8 <= seeks[i].end and class_of(s, stop + 7) == seeks[i].kind:
            stop += 8
        while stop < seeks[i].end and class_of(s, stop) == seeks[i].kind:
            stop += 1
        if stop > at:
            begin_run(s, seeks[i].date)
            scan_rows(s, at, stop)
