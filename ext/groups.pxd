# A query in row 0 -> its answer, group by group of records: by numbers, by the day, by the name, by damaged dates.
# What a group has met, the rest cannot reach any more (docs/lookup.md). Header-only.
from bounds cimport begin_run, date_known, know_year, most_of_day, with_name
from by_class cimport scan_given
from by_day cimport by_far_slips, by_other_years, by_slips, fetch_days, slips
from by_name cimport by_alike_names, by_name_and_date, by_names
from by_number cimport by_numbers
from by_values cimport by_values
from by_words cimport by_words
from candidates cimport end_group, is_open, score_chosen
from field_bounds cimport set_bounds
from hashing cimport prefetch
from hot_names cimport mark_like
from lanes cimport Eight, raise_eight
from libc.stdint cimport INT32_MIN, uint32_t, uint64_t
from libc.string cimport memset
from linkage._kernels.score cimport Scorer
from named_rows cimport name_hash
from number_levels cimport DATE_ELSE, DATE_NEAR_YEAR, DATE_SHIFTED_YEAR, DATE_SWAPPED, DATE_TWO_SLIPS
from postings cimport posting_key
from reaches cimport can_reach, most_left, most_said, set_reaches
from scans cimport is_too_much, rows_of_days, scan_day, scan_days, scan_likely, scan_rows
from near_names cimport by_near_names, by_respaced
from search cimport (
    A_MONTH,
    A_YEAR,
    CUT_SHORT,
    FEW_VOTES,
    MOST_DAYS,
    MOST_LEFT,
    MOST_SCANNED,
    N_DAYS,
    SEEN_SIZE,
    SLOTS,
    TWO_MONTHS,
    Field,
    Search,
    day_of,
)

cdef inline bint by_date(Search *s, Scorer scorer, uint32_t q) noexcept nogil:
    """Records of the query's day, of days that a slip makes of it, of its year, of its day in other years.
    True = all others were looked at as well."""
    cdef int day = day_of(q), first
    cdef bint has_near = False
    cdef bint is_large = s.has_words and day and s.days[day + 1] - s.days[day] > FEW_VOTES
    if is_large:               # as where only years are known: words tell more
        by_words(s, scorer)
        if most_left(s) < s.theta:
            return False
    scan_likely(s, day)
    end_group(s, scorer)
    scan_day(s, day)
    end_group(s, scorer)
    if day == 0:
        return False
    if is_for_values(s):
        without_same_day(s)
        return False
    if s.has_words:
        without_same_day(s)
        if not is_large:
            by_words(s, scorer)
        if most_left(s) < s.theta:
            return False
    # What is left agrees less on the date. First those with the query's very name, wherever they are; then
    # it is certain that the rest agrees less on the name as well, and most days need not be looked at.
    if not s.knows_words:
        by_name_and_date(s, scorer, q, day)
        if s.knows_named and s.is_whole_name:
            by_respaced(s, scorer)
        has_near = is_worth_keys(s, q, day - (day - 1) % A_YEAR) and by_near_names(s, scorer, q, day)
    if can_reach(s, DATE_SHIFTED_YEAR, DATE_SWAPPED):
        by_slips(s, scorer, q)
    first = day - (day - 1) % A_YEAR
    if s.held != NULL and asks_beyond_hot_rows(s) and can_reach(s, DATE_NEAR_YEAR, DATE_SWAPPED):
        by_values(s, scorer)
        return True
    if can_reach(s, DATE_NEAR_YEAR, DATE_SWAPPED):
        # A part of a year finds too little: where it is too much as a whole, those of alike names follow below.
        if not is_too_much(s, rows_of_days(s, first, first + A_YEAR, day)):
            scan_days(s, first - TWO_MONTHS if first > TWO_MONTHS else 1, day)
            scan_days(s, day + 1, first + A_YEAR + A_MONTH + TWO_MONTHS if first + 2 * A_YEAR <= N_DAYS else N_DAYS)
            end_group(s, scorer)
        if q & 0xFFFF:
            by_other_years(s, scorer, q, day)
    if can_reach(s, DATE_NEAR_YEAR, DATE_TWO_SLIPS) and not is_too_much(s, 0):
        by_far_slips(s, scorer, q, day - (day - 1) % A_YEAR)
    scan_day(s, 0)
    end_group(s, scorer)
    if not s.status & CUT_SHORT:
        s.any_date = s.date_most[DATE_ELSE]
        s.reached = INT32_MIN
        s.status |= CUT_SHORT if s.cut_named else 0
    elif s.n_classes:
        # Not all days could be looked at: at least those that may be meant by the name.
        first = day - (day - 1) % A_YEAR
        scan_given(s, first, first + A_YEAR)
        end_group(s, scorer)
        if s.fields[s.hot_field].family >= 0 and not has_near:
            by_alike_names(s, scorer, first)
    return False

cdef inline bint is_for_values(const Search *s) noexcept nogil:
    """Whether what is left after numbers and the day is best looked for by values, where there are no words.

    Whole names, and slips of dates with them, are found sooner by postings and hot rows."""
    return s.held != NULL and not s.is_whole_name

cdef inline bint asks_beyond_hot_rows(const Search *s) noexcept nogil:
    """Whether the query holds more than hot rows tell of a record: then most of a year must be looked at closely."""
    cdef int i, n = 0
    for i in range(s.n_fields):
        n += s.has[i] and s.fields[i].comparison >= 0 and i != s.hot_field and i != s.date_field
    return n > s.n_asked

cdef inline bint is_worth_keys(Search *s, uint32_t q, int first) noexcept nogil:
    """Whether to look names up costs less than to look at the days that are left."""
    cdef int days[MOST_DAYS]
    cdef int k, n
    cdef uint64_t n_rows
    if not s.knows_named or not s.is_whole_name or s.store.n_records < s.worth_keys:
        return False
    if s.reaches_date[DATE_ELSE]:
        return True
    n_rows = rows_of_days(s, first, first + A_YEAR, -1)
    n = slips(s, q, days) if n_rows < s.worth_keys else 0
    for k in range(n):
        n_rows += s.days[days[k] + 1] - s.days[days[k]]
    return n_rows >= s.worth_keys

cdef inline void without_same_day(Search *s) noexcept nogil:
    """Records not seen yet are of other days than the query's."""
    cdef int code
    s.reached = INT32_MIN
    s.any_date = s.date_most[0]
    for code in range(DATE_ELSE, DATE_SWAPPED + 1):
        raise_eight(&s.any_date, &s.date_most[code])

cdef inline void by_all(Search *s, Scorer scorer) noexcept nogil:
    """Decode and score every record: no group, bound, mark or hot row is asked."""
    cdef uint32_t chosen[SLOTS]
    cdef uint32_t row
    cdef int n = 0
    for row in range(<uint32_t> s.store.n_records):
        if is_open(s, row):
            chosen[n] = row
            n += 1
        if n == SLOTS:
            score_chosen(s, scorer, chosen, n)
            n = 0
    score_chosen(s, scorer, chosen, n)

cdef inline void by_rest(Search *s, Scorer scorer) noexcept nogil:
    """Look at all records where what no group has met could still matter; at large indexes, say so instead."""
    cdef int day
    cdef Eight most
    end_group(s, scorer)
    if most_left(s) < s.theta or s.status & CUT_SHORT:
        return
    if s.held != NULL:
        by_values(s, scorer)
        return
    if s.store.n_records > (MOST_LEFT if s.has_words else MOST_SCANNED):
        s.status |= CUT_SHORT
        return
    for day in range(N_DAYS):
        if s.days[day] < s.days[day + 1] and most_of_day(s, day, &most) and with_name(s, &most) >= s.theta:
            begin_run(s, date_known(s, day))
            scan_rows(s, s.days[day], s.days[day + 1])
    end_group(s, scorer)

cdef inline void by_groups(Search *s, Scorer scorer) noexcept nogil:
    cdef uint32_t q = 0
    if s.date_field >= 0 and s.has[s.date_field]:
        q = s.rows[s.fields[s.date_field].word]
    by_numbers(s, scorer)
    end_group(s, scorer)
    if q and by_date(s, scorer, q):
        return
    if is_for_values(s):
        if most_left(s) >= s.theta:
            by_values(s, scorer)
        return
    if not q or not day_of(q):
        by_words(s, scorer)
    by_names(s, scorer)
    by_rest(s, scorer)

cdef inline void fetch_first(Search *s) noexcept nogil:
    """Fetch what is read first: the directory's entry of the query's day, the bucket of its name."""
    cdef const Field *f
    cdef uint32_t key
    if s.date_field >= 0 and s.has[s.date_field]:
        prefetch(s.days + day_of(s.rows[s.fields[s.date_field].word]))
    if s.hot_field >= 0 and s.has[s.hot_field] and s.fields[s.hot_field].family >= 0:
        f = &s.fields[s.hot_field]
        key = posting_key(name_hash(s, f), f.family)
        prefetch(s.postings[f.family].buckets + (<uint64_t> key * s.postings[f.family].n_buckets >> 32))

cdef inline void begin_search(Search *s) noexcept nogil:
    cdef int day
    fetch_first(s)
    know_year(s)
    mark_like(s)
    if s.date_field >= 0 and s.has[s.date_field]:
        day = day_of(s.rows[s.fields[s.date_field].word])
        fetch_days(s, &day, 1)
    set_bounds(s)
    s.n_hits = 0
    s.n_candidates = 0
    s.n_seen = 0
    s.n_scanned = 0
    s.n_scored = 0
    s.spent = 0
    s.status = 0
    s.knows_named = s.cut_named = s.knows_words = False
    s.epoch += 1
    if s.epoch >> 32:
        memset(s.seen, 0, SEEN_SIZE * 8)
        s.epoch = 1
    # What agrees with all that the query says is answered, be it as little as a name that many bear.
    if s.eases and s.wanted and most_said(s) - s.window < s.floor:
        s.floor = most_said(s) - s.window
    s.theta = s.least if s.least > s.floor else s.floor

cdef inline void answer_query(Search *s, Scorer scorer) noexcept nogil:
    """Answer the query in row 0."""
    begin_search(s)
    if s.wanted == 0:
        return       # it says nothing, and fits everybody
    if s.exhaustive:
        by_all(s, scorer)
    elif s.held != NULL and s.has_words:
        by_values(s, scorer)
    else:
        set_reaches(s)
        by_groups(s, scorer)
    # What was kept before the best one was known may lie too far below it.
    while s.n_hits and s.hits[s.n_hits - 1].weight < s.hits[0].weight - s.window:
        s.n_hits -= 1
