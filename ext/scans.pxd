# Runs of hot rows, by day -> those offered that can reach theta. Header-only.
from blobs cimport HOT_CATEGORIES, HOT_WORDS
from bounds cimport (
    begin_run,
    date_known,
    know_categories,
    most_of_date,
    most_of_named,
    most_of_row,
    with_name,
)
from candidates cimport offer_row
from hashing cimport prefetch
from hot_names cimport FIT_BUT_ONE, fit_of, name_of_fit
from lanes cimport Eight
from libc.stdint cimport int32_t, uint16_t, uint32_t, uint64_t, uint8_t
from number_levels cimport DATE_EXACT
from row_tests cimport category_rows, quick_chosen, quick_rows, shaped_chosen
from search cimport (
    CLOSE_LOOK,
    CUT_SHORT,
    MOST_SCANNED,
    SCANNED_AT_ONCE,
    SHAPE_FIRST,
    SHAPE_LAST,
    SHAPE_LIKE,
    SHAPE_LOOK,
    SHAPE_UNLIKE,
    WHOLE_DAYS,
    Run,
    Search,
)

cdef enum:
    CATEGORIES_AHEAD = 24     # rows whose categories are on their way: most runs let a dozen through
    WORTH_CATEGORIES = 64     # rows of a run, from which on it is asked which categories leave any hope

cdef inline bint filters_names(const Search *s) noexcept nogil:
    """Whether the run's names are told by sums over their words: fewer than all of them can matter."""
    return s.n_query_words != 0 and (s.is_quick or not s.run.fit_reaches[0])

cdef inline void know_shapes(Search *s) noexcept nogil:
    """Which sums over a row's words leave its name any hope in this run."""
    cdef const Run *run = s.run
    cdef int n_like, n_unlike, n_first, n_last, n = s.n_query_words + s.n_again
    cdef int asked = run.fit_reaches[1] | run.fit_reaches[2] << 1 | run.fit_reaches[3] << 2 \
        | run.fit_reaches[FIT_BUT_ONE] << 3
    cdef bint passes
    if s.shape_asked == asked:
        return
    s.shape_asked = asked
    for n_like in range(HOT_WORDS + 1):
        for n_unlike in range(HOT_WORDS + 1 - n_like):
            for n_first in range(n_like + 1):
                for n_last in range(n_like + 1):
                    passes = n_unlike == 0 or n_like >= s.n_query_words \
                        or run.fit_reaches[FIT_BUT_ONE] and n_unlike == 1 and n_like + 1 == n \
                        or run.fit_reaches[1] and n_first > 0 or run.fit_reaches[2] and n_last > 0 \
                        or run.fit_reaches[3] and n_first > 0 and n_last > 0
                    s.shape_passes[n_like * SHAPE_LIKE + n_unlike * SHAPE_UNLIKE + n_first * SHAPE_FIRST
                                   + n_last * SHAPE_LAST] = 1 if passes else 0

cdef inline int pick_rows(Search *s, uint32_t at, uint32_t stop, uint32_t *chosen) noexcept nogil:
    """Those of the rows at to stop whose categories and words leave any hope; how many."""
    cdef const uint16_t *words = s.store.hot_words
    cdef int i, n = 0
    cdef uint32_t row
    if s.run.prunes:
        n = category_rows(s.store.hot_categories, at, stop, &s.run.passes[0][0], chosen)
        for i in range(n if s.n_query_words else 0):
            prefetch(words + <uint64_t> chosen[i] * HOT_WORDS)
    elif s.is_quick:
        return quick_rows(words, at, stop, s.quick, s.quick_passes, chosen)
    else:
        for row in range(at, stop):
            chosen[n] = row
            n += 1
    if s.is_quick:
        return quick_chosen(words, chosen, n, s.quick, s.quick_passes)
    return shaped_chosen(words, chosen, n, s.shapes, s.shape_passes) if filters_names(s) else n

cdef inline void scan_rows(Search *s, uint32_t begin, uint32_t end) noexcept nogil:
    """Offer the records of a run whose hot rows can reach theta."""
    cdef uint32_t at = begin, stop
    cdef uint32_t chosen[SCANNED_AT_ONCE]
    cdef int n
    s.n_scanned += end - begin
    if end - begin >= WORTH_CATEGORIES and not s.run.knows_categories:
        know_categories(s, s.run)
    if s.hot_field < 0 or s.n_query_words == 0:
        if not s.run.reaches[0]:
            return
    elif not s.is_quick and filters_names(s):
        know_shapes(s)
    while at < end:
        stop = at + SCANNED_AT_ONCE if end - at > SCANNED_AT_ONCE else end
        n = pick_rows(s, at, stop, chosen)
        offer_chosen(s, chosen, n)
        at = stop

cdef inline void offer_chosen(Search *s, uint32_t *chosen, int n) noexcept nogil:
    """Offer the rows whose bounds reach theta."""
    cdef const uint16_t *words = s.store.hot_words
    cdef uint8_t fits[SCANNED_AT_ONCE]
    cdef int i, kept = 0, fit
    cdef int32_t bound
    cdef bint has_fits = not s.is_quick and s.n_query_words and s.hot_field >= 0
    # Without a branch on what a name is: one that is mispredicted costs more than a row. 10 -> 6 ns a row.
    for i in range(n if has_fits else 0):
        fit = fit_of(words + <uint64_t> chosen[i] * HOT_WORDS, s.like, s.n_query_words, s.n_again, s.last_bit)
        chosen[kept] = chosen[i]
        fits[kept] = <uint8_t> fit
        kept += s.run.fit_reaches[fit]
    n = kept if has_fits else n
    for i in range(n if n < CATEGORIES_AHEAD else CATEGORIES_AHEAD):
        prefetch(s.store.hot_categories + <uint64_t> chosen[i] * HOT_CATEGORIES)
    for i in range(n):
        if i + CATEGORIES_AHEAD < n:
            prefetch(s.store.hot_categories + <uint64_t> chosen[i + CATEGORIES_AHEAD] * HOT_CATEGORIES)
        if has_fits:
            bound = most_of_named(s, chosen[i], name_of_fit(s, words + <uint64_t> chosen[i] * HOT_WORDS, fits[i]))
        else:
            bound = most_of_row(s, chosen[i])
        if bound >= s.theta:
            offer_row(s, chosen[i], bound, s.run_date)

cdef inline uint64_t most_spent(const Search *s) noexcept nogil:
    """What looking at whole days may cost, in rows."""
    return WHOLE_DAYS if s.n_query_words else MOST_SCANNED

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
    if end - begin >= WORTH_CATEGORIES and not s.run.knows_categories:
        know_categories(s, s.run)
    cost = end - begin
    if s.n_query_words and not s.is_quick:
        cost *= SHAPE_LOOK if s.run.prunes or filters_names(s) else CLOSE_LOOK
    if date != DATE_EXACT and s.spent + cost > most_spent(s):
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
    if s.status & CUT_SHORT or s.spent + n_rows > most_spent(s):
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
