# A query's bounds by field, and a record's day and hot row -> the most that it can weigh. Header-only.
from blobs cimport HOT_CATEGORIES, HOT_WORDS
from comparisons cimport LANES
from field_bounds cimport HOPELESS
from hot_names cimport FIT_BUT_ONE, code_of_fit, name_known
from lanes cimport Eight, add_eight, least_of_eight, raise_eight, sum_eight, take_eight
from libc.stdint cimport INT32_MIN, int32_t, uint32_t, uint64_t, uint8_t
from libc.string cimport memset
from name_levels cimport NAME_ENDS
from number_levels cimport DATE_EXACT, date_level
from search cimport A_YEAR, DATE_ANY, DATE_UNASKED, NAME_ANY, NAME_SLOTS, Field, Run, Search, date_of, day_of

cdef inline int32_t with_name(Search *s, const Eight *most) noexcept nogil:
    """The most with the best name and categories."""
    cdef Eight sum
    sum_eight(&sum, most, &s.name_most[NAME_ANY])
    add_eight(&sum, &s.categories_best)
    return least_of_eight(&sum)

cdef inline bint most_of_day(Search *s, int day, Eight *most) noexcept nogil:
    """The most of a record of this day but for name and categories; 0 = it cannot reach theta."""
    cdef int date = date_known(s, day)
    most_of_date(s, date, most)
    return date > DATE_EXACT or s.reaches_date[date]

cdef inline int date_known(Search *s, int day) noexcept nogil:
    """What the records of a day say about the query's date: a level, DATE_ANY or DATE_UNASKED."""
    cdef uint32_t d
    if s.date_field < 0 or not s.has[s.date_field]:
        return DATE_UNASKED
    if s.first_of_year <= day < s.first_of_year + A_YEAR:
        return s.of_year[day - s.first_of_year]
    d = date_of(day)
    return date_level(s.rows[s.fields[s.date_field].word], d) if d else DATE_ANY

cdef inline void know_year(Search *s) noexcept nogil:
    """Have the levels of the days of the query's year: those of two days of one year are the same in all years."""
    cdef int day = 0, k, at
    s.first_of_year = -A_YEAR
    if s.date_field >= 0 and s.has[s.date_field]:
        day = day_of(s.rows[s.fields[s.date_field].word])
    if day == 0:
        return
    at = (day - 1) % A_YEAR
    s.first_of_year = day - at
    s.of_year = s.of_years + at * A_YEAR
    if not s.knows_year[at]:
        for k in range(A_YEAR):
            s.of_years[at * A_YEAR + k] = <uint8_t> date_level(date_of(day), date_of(s.first_of_year + k))
        s.knows_year[at] = True

cdef inline void most_of_date(Search *s, int date, Eight *most) noexcept nogil:
    """The most of a record but for name and categories, where so much is known of its date."""
    most[0] = s.base
    if date == DATE_ANY:
        add_eight(most, &s.any_date)
    elif date <= DATE_EXACT:
        add_eight(most, &s.date_most[date])

cdef inline void begin_run(Search *s, int date) noexcept nogil:
    """Get ready to bound the records of a run, of whose dates so much is known."""
    cdef int code, fit
    cdef Eight most, sum
    cdef Run *run = &s.runs[date]
    s.run = run
    s.run_date = date
    if not run.is_known:
        # What was reckoned with an earlier theta lets more through, and nothing less: bounds only sink.
        most_of_date(s, date, &most)
        for code in range(NAME_SLOTS):
            sum_eight(&run.of_name[code], &most, &s.name_most[code])
            sum_eight(&sum, &run.of_name[code], &s.categories_best)
            run.reaches[code] = least_of_eight(&sum) >= s.theta
        for fit in range(8):
            run.fit_reaches[fit] = run.fit_reaches[fit | FIT_BUT_ONE] = run.reaches[code_of_fit(fit)]
            if s.is_whole_name and run.reaches[NAME_ENDS]:
                run.fit_reaches[fit | FIT_BUT_ONE] = 1
        run.fit_reaches[8] = 1
        run.is_quick = s.n_query_words and not (
            run.fit_reaches[0] or run.fit_reaches[1] or run.fit_reaches[2] or run.fit_reaches[3])
        run.is_known = True
        run.knows_categories = run.prunes = False
    s.is_quick = run.is_quick

cdef inline void know_categories(Search *s, Run *run) noexcept nogil:
    """Which of the hot categories leave a record of the run any hope, whatever its name and the others."""
    cdef int code, k, i, id
    cdef Eight most, sum, rest
    cdef const Field *f
    run.knows_categories = True
    memset(run.passes, 255, sizeof(run.passes))
    for k in range(LANES):
        most.v[k] = HOPELESS
    for code in range(NAME_SLOTS):
        if run.reaches[code]:
            raise_eight(&most, &run.of_name[code])
    add_eight(&most, &s.categories_best)
    for i in range(s.n_asked):
        k = s.asked[i]
        f = &s.fields[s.hot_category[k]]
        rest = most
        take_eight(&rest, &s.category_best[k])
        for id in range(255 if f.n_categories >= 254 else <int> f.n_categories + 1):
            sum_eight(&sum, &rest, &s.category_most[k][id])
            if least_of_eight(&sum) < s.theta:
                run.passes[k][(id & 15) + 16 * (id >> 7)] &= <uint8_t> ~(1 << (id >> 4 & 7))
                run.prunes = True

cdef inline int32_t most_of_row(Search *s, uint32_t row) noexcept nogil:
    """An upper bound of a record's weight from its hot row; of the hopeless ones INT32_MIN."""
    if s.hot_field < 0:
        return most_of_named(s, row, 0)
    return most_of_named(s, row, name_known(s, s.store.hot_words + <uint64_t> row * HOT_WORDS))

cdef inline int32_t most_of_named(Search *s, uint32_t row, int code) noexcept nogil:
    """The same, where it is known what its name says."""
    cdef int k
    cdef const uint8_t *ids = s.store.hot_categories + <uint64_t> row * HOT_CATEGORIES
    cdef Eight sum
    if not s.run.reaches[code]:
        return INT32_MIN
    sum = s.run.of_name[code]
    for k in range(s.n_asked):
        add_eight(&sum, &s.category_most[s.asked[k]][ids[s.asked[k]]])
    return least_of_eight(&sum)

cdef inline int most_in_lanes(Search *s, uint32_t row, int date, Eight *most) noexcept nogil:
    """The most that one record can say in each lane, from its hot row; what is known of its name."""
    cdef int k, code = 0
    cdef const uint8_t *ids = s.store.hot_categories + <uint64_t> row * HOT_CATEGORIES
    if s.hot_field >= 0:
        code = name_known(s, s.store.hot_words + <uint64_t> row * HOT_WORDS)
    most_of_date(s, date, most)
    add_eight(most, &s.name_most[code])
    for k in range(s.n_asked):
        add_eight(most, &s.category_most[s.asked[k]][ids[s.asked[k]]])
    return code
