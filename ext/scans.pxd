# Runs of hot rows, by day -> those offered that can reach theta. Header-only.
from blobs cimport HOT_CATEGORIES, HOT_WORDS
from bounds cimport begin_run, date_known, most_of_date, most_of_named, most_of_row, with_name
from candidates cimport offer_row
from hashing cimport prefetch
from hot_names cimport fit_of, name_of_fit
from lanes cimport Eight
from levels cimport DATE_EXACT
from libc.stdint cimport int16_t, int32_t, uint16_t, uint32_t, uint64_t, uint8_t
from libc.string cimport memcpy, memset
from search cimport CLOSE_LOOK, CUT_SHORT, MOST_CLASSES, MOST_SCANNED, SCANNED_AT_ONCE, WHOLE_DAYS, Search
from similarity cimport leading_zeros

cdef enum:
    CATEGORIES_AHEAD = 24     # rows whose categories are on their way: most runs let a dozen through
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

# Rows at to stop whose names may have all words of the shorter one alike; how many. As C: the compiler keeps its
# pointers in registers only where they are arguments.
cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    static int linkage_quick_rows(const uint16_t *restrict words, uint32_t at, uint32_t stop,
                                  const uint8_t *restrict quick, const uint8_t *restrict passes,
                                  uint32_t *restrict out) {
        int n = 0;
        for (; at < stop; at++, words += 4) {
            out[n] = at;
            n += passes[(uint32_t)quick[words[0]] + quick[words[1]] + quick[words[2]] + quick[words[3]]];
        }
        return n;
    }
    """
    int quick_rows "linkage_quick_rows"(const uint16_t *words, uint32_t at, uint32_t stop, const uint8_t *quick,
                                        const uint8_t *passes, uint32_t *out) noexcept nogil

cdef inline void scan_rows(Search *s, uint32_t begin, uint32_t end) noexcept nogil:
    """Offer the records of a run whose hot rows can reach theta."""
    cdef uint32_t row, at, stop
    cdef uint32_t chosen[SCANNED_AT_ONCE]
    cdef uint8_t fits[SCANNED_AT_ONCE]
    cdef int i, n, fit
    cdef int32_t bound
    cdef const uint16_t *words = s.store.hot_words
    s.n_scanned += end - begin
    if s.hot_field < 0 or s.n_query_words == 0:
        if s.run.reaches[0]:
            for row in range(begin, end):
                bound = most_of_row(s, row)
                if bound >= s.theta:
                    offer_row(s, row, bound, s.run_date)
        return
    # Without a branch on what a name is: one that is mispredicted costs more than a row. 10 -> 6 ns a row; where
    # only names matter whose words are all alike, a sum of four look-ups leaves few of them: 1 ns.
    at = begin
    while at < end:
        stop = at + SCANNED_AT_ONCE if end - at > SCANNED_AT_ONCE else end
        n = 0
        if s.is_quick:
            n = quick_rows(words + <uint64_t> at * HOT_WORDS, at, stop, s.quick, s.quick_passes, chosen)
        else:
            for row in range(at, stop):
                fit = fit_of(words + <uint64_t> row * HOT_WORDS, s.like, s.n_query_words, s.n_again, s.last_bit)
                chosen[n] = row
                fits[n] = <uint8_t> fit
                n += s.run.fit_reaches[fit]
        for i in range(n if n < CATEGORIES_AHEAD else CATEGORIES_AHEAD):
            prefetch(s.store.hot_categories + <uint64_t> chosen[i] * HOT_CATEGORIES)
        for i in range(n):
            if i + CATEGORIES_AHEAD < n:
                prefetch(s.store.hot_categories + <uint64_t> chosen[i + CATEGORIES_AHEAD] * HOT_CATEGORIES)
            if s.is_quick:
                bound = most_of_row(s, chosen[i])
            else:
                bound = most_of_named(s, chosen[i], name_of_fit(s, words + <uint64_t> chosen[i] * HOT_WORDS, fits[i]))
            if bound >= s.theta:
                offer_row(s, chosen[i], bound, s.run_date)
        at = stop

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

cdef inline void scan_day(Search *s, int day) noexcept nogil:
    """Offer a day's records."""
    scan_days(s, day, day + 1)

cdef inline void scan_days(Search *s, int first, int last) noexcept nogil:
    """Offer the records of days first to last; days in a row that say the same of the date are one run."""
    cdef int day, from_day = first, date = -1, next
    for day in range(first, last + 1):
        if day < last and s.days[day] == s.days[day + 1]:
            continue
        next = date_known(s, day) if day < last else -1
        if next != date:
            scan_alike(s, from_day, day, date)
            from_day = day
            date = next

cdef inline void scan_alike(Search *s, int first, int last, int date) noexcept nogil:
    """Offer the records of days first to last, all of one kind of date, where that is not too many."""
    cdef uint32_t begin = s.days[first], end = s.days[last]
    cdef uint64_t cost
    cdef Eight most
    if begin == end or date < 0 or date <= DATE_EXACT and not s.reaches_date[date]:
        return
    most_of_date(s, date, &most)
    if with_name(s, &most) < s.theta:
        return
    begin_run(s, date)
    cost = end - begin
    if s.n_query_words and not s.is_quick:
        cost *= CLOSE_LOOK
    if date != DATE_EXACT and s.spent + cost > (WHOLE_DAYS if s.n_query_words else MOST_SCANNED):
        s.status |= CUT_SHORT
        return
    s.spent += cost
    scan_rows(s, begin, end)

cdef inline uint64_t rows_of_days(Search *s, int first, int last, int but) noexcept nogil:
    """How many rows the days first to last hold, but for one, that can still reach theta by their dates."""
    cdef uint64_t n = 0
    cdef int day, date
    for day in range(first, last):
        date = date_known(s, day)
        if day != but and (date > DATE_EXACT or s.reaches_date[date]):
            n += s.days[day + 1] - s.days[day]
    return n

cdef inline bint is_too_much(Search *s, uint64_t n_rows) noexcept nogil:
    """Whether so many further rows are beyond what may be looked at, which is noted, or something was already."""
    if s.status & CUT_SHORT or s.spent + n_rows > (WHOLE_DAYS if s.n_query_words else MOST_SCANNED):
        s.status |= CUT_SHORT
        return True
    return False

cdef inline void scan_likely(Search *s, int day) noexcept nogil:
    """Offer those of a day whose names have all words alike: one of them, scored first, spares the others a close
    look."""
    if s.n_query_words and s.days[day] < s.days[day + 1]:
        begin_run(s, date_known(s, day))
        s.is_quick = True
        scan_rows(s, s.days[day], s.days[day + 1])

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
