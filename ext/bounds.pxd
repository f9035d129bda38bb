# A query -> the most that any record can weigh: by the level of its date, its hot row's words and categories.
# Bounds are exact integers, a lane for each alternative to a match. Header-only.
from blobs cimport HOT_CATEGORIES, HOT_WORDS
from comparisons cimport LANES, OP_NAME, OP_PART, Comparison, weighs_rarer
from hot_names cimport FIT_BUT_ONE, code_of_fit, name_known
from lanes cimport Eight, add_eight, least_of_eight, raise_eight, sum_eight, take_eight
from libc.stdint cimport INT32_MIN, int32_t, int64_t, uint32_t, uint64_t, uint8_t
from libc.string cimport memset
from name_levels cimport (
    NAME_ELSE,
    NAME_ENDS,
    NAME_EXACT,
    NAME_FIRST,
    NAME_FOLDED,
    NAME_LAST,
    NAME_NEAR,
    NAME_STRUCTURE,
    NAME_UNACCENTED,
    PART_NEAR,
)
from number_levels cimport DATE_EXACT, category_level, date_level
from search cimport (
    A_YEAR,
    DATE_ANY,
    DATE_UNASKED,
    FIELD_DATE,
    FIELD_EMAIL,
    NAME_ANY,
    NAME_BOTH_ENDS,
    NAME_SLOTS,
    Field,
    Run,
    Search,
    date_of,
    day_index,
    day_of,
)

cdef enum:
    HOPELESS = -(1 << 27)     # no weight is as low

cdef inline void code_most(Search *s, const Comparison *c, int code, int32_t rarity, Eight *out) noexcept nogil:
    """The most that a level says in each lane, whatever level of its parent the query leaves possible."""
    cdef int parent, lane, n_parents = 1
    cdef int32_t w
    if c.parent >= 0 and s.compares[c.parent]:
        n_parents = s.comparisons[c.parent].n_codes
    for lane in range(LANES):
        out.v[lane] = s.weights[(c.base + code) * LANES + lane]
        for parent in range(1, n_parents):
            w = s.weights[(c.base + parent * c.n_codes + code) * LANES + lane]
            out.v[lane] = w if w > out.v[lane] else out.v[lane]
        if c.rarity_of[lane]:
            out.v[lane] += rarity

cdef inline int32_t own_rarity(Search *s, const Field *f, const Comparison *c, int code) noexcept nogil:
    """The most that rarity adds at a level: of two values the more frequent one counts, or the rarer one."""
    cdef int64_t i
    if weighs_rarer(c, code):
        return f.rarity[c.tf_part[code] - 1].rarest
    if f.kind <= FIELD_EMAIL:
        return c.tf[4 + c.tf_part[code] - 1]
    i = 4 * <int64_t> (s.rows[f.word] & 0xFFFF)
    if f.kind == FIELD_DATE:
        i = day_index(s.rows[f.word])
        return c.tf[i] if 0 <= i < c.n_tf else 0
    return c.tf[i] if i < 4 * c.n_tf else 0

cdef inline void most_of_field(Search *s, int i, int last_code, Eight *most) noexcept nogil:
    """The most that a field says for the query's value, at codes up to the last one or for a missing value."""
    cdef const Field *f = &s.fields[i]
    cdef const Comparison *c
    cdef Eight level
    cdef int code
    cdef int32_t rarity
    memset(most, 0, sizeof(Eight))
    if f.comparison < 0:
        return
    c = &s.comparisons[f.comparison]
    code_most(s, c, 0, 0, most)
    for code in range(1, (last_code if last_code < c.n_codes else c.n_codes - 1) + 1):
        rarity = 0
        if c.tf_part[code] and c.tf != NULL:
            rarity = own_rarity(s, f, c, code)
        code_most(s, c, code, rarity, &level)
        raise_eight(most, &level)

cdef inline void set_category(Search *s, int k) noexcept nogil:
    """What each of a hot category's values says about the query's value."""
    cdef int field = s.hot_category[k], id, code
    cdef const Field *f = &s.fields[field]
    cdef const Comparison *c
    cdef Eight best
    cdef Eight level[3]
    cdef int32_t rarity
    cdef uint32_t x = s.rows[f.word]
    if not s.has[field] or f.comparison < 0:
        return
    s.asked[s.n_asked] = k
    s.n_asked += 1
    c = &s.comparisons[f.comparison]
    for code in range(1, 4):
        rarity = own_rarity(s, f, c, code) if c.tf_part[code] and c.tf != NULL else 0
        code_most(s, c, code, rarity, &level[code - 1])
    code_most(s, c, 0, 0, &best)
    for id in range(255):
        s.category_most[k][id] = best
    s.category_most[k][255] = s.field_most[field]
    for id in range(1, 256 if f.n_categories >= 255 else <int> f.n_categories + 1):
        if id < 255 and f.category_words[id - 1]:
            s.category_most[k][id] = level[category_level(x, f.category_words[id - 1]) - 1]
        raise_eight(&best, &s.category_most[k][id])
    s.category_best[k] = best
    add_eight(&s.categories_best, &best)

cdef inline void most_of_level(Search *s, int i, int code, Eight *most) noexcept nogil:
    """The most that one level of a field says for the query's value."""
    cdef const Field *f = &s.fields[i]
    cdef const Comparison *c = &s.comparisons[f.comparison]
    code_most(s, c, code, own_rarity(s, f, c, code) if c.tf_part[code] and c.tf != NULL else 0, most)

cdef inline void set_names(Search *s) noexcept nogil:
    """What each of the things that may be known of a hot row's name says about the query's."""
    cdef const Comparison *c
    cdef int code
    cdef Eight other
    memset(s.name_most, 0, sizeof(s.name_most))
    if s.hot_field < 0 or not s.has[s.hot_field] or s.fields[s.hot_field].comparison < 0:
        return
    c = &s.comparisons[s.fields[s.hot_field].comparison]
    for code in range(NAME_ELSE, NAME_SLOTS):
        s.name_most[code] = s.field_most[s.hot_field]
    code_most(s, c, 0, 0, &s.name_most[0])
    if c.op == OP_PART:
        most_of_field(s, s.hot_field, PART_NEAR - 1, &s.name_most[NAME_ELSE])
    if c.op != OP_NAME:
        return
    for code in range(NAME_ELSE, NAME_ENDS + 1):
        most_of_field(s, s.hot_field, code, &s.name_most[code])
    # A last token alone is no first one.
    most_of_level(s, s.hot_field, NAME_LAST, &other)
    s.name_most[NAME_LAST] = s.name_most[NAME_ELSE]
    raise_eight(&s.name_most[NAME_LAST], &other)
    for code in range(NAME_STRUCTURE, NAME_EXACT + 1):
        most_of_level(s, s.hot_field, code, &s.name_most[code])
    most_of_level(s, s.hot_field, NAME_ENDS, &s.name_most[NAME_BOTH_ENDS])
    for code in range(NAME_ELSE, NAME_ENDS + 1):
        most_of_level(s, s.hot_field, code, &s.name_least[code])
        if code > NAME_ELSE:
            raise_eight(&s.name_least[code], &s.name_least[NAME_ELSE])
    raise_eight(&s.name_least[NAME_ENDS], &s.name_least[NAME_FIRST])
    raise_eight(&s.name_least[NAME_ENDS], &s.name_least[NAME_LAST])
    # Names of other letters are not compared token by token.
    raise_eight(&s.name_most[NAME_STRUCTURE], &s.name_most[NAME_ELSE])
    raise_eight(&s.name_most[NAME_BOTH_ENDS], &s.name_most[NAME_ELSE])

cdef inline void set_bounds(Search *s) noexcept nogil:
    cdef const Comparison *c
    cdef int i, k, code, lane
    cdef int32_t rarity
    cdef bint bounded
    cdef Eight missing            # is evidence too, where the field says so
    for lane in range(LANES):
        s.base.v[lane] = s.prior[lane]
    memset(s.compares, 0, sizeof(s.compares))
    for i in range(s.n_fields):
        if s.has[i] and s.fields[i].comparison >= 0:
            s.compares[s.fields[i].comparison] = True
    for i in range(s.n_fields):
        memset(&s.field_most[i], 0, sizeof(Eight))
        bounded = i == s.date_field or i == s.hot_field
        for k in range(s.n_hot_categories):
            bounded = bounded or s.hot_category[k] == i
        if s.has[i] and s.fields[i].comparison >= 0:
            most_of_field(s, i, 16, &s.field_most[i])
            if not bounded:
                add_eight(&s.base, &s.field_most[i])
        elif s.fields[i].comparison >= 0:
            code_most(s, &s.comparisons[s.fields[i].comparison], 0, 0, &missing)
            add_eight(&s.base, &missing)
    set_names(s)
    memset(&s.categories_best, 0, sizeof(Eight))
    s.n_asked = 0
    for k in range(s.n_hot_categories):
        set_category(s, k)
    memset(s.date_most, 0, sizeof(s.date_most))
    memset(&s.any_date, 0, sizeof(Eight))
    if s.date_field >= 0 and s.has[s.date_field] and s.fields[s.date_field].comparison >= 0:
        c = &s.comparisons[s.fields[s.date_field].comparison]
        code_most(s, c, 0, 0, &s.date_most[0])
        s.any_date = s.date_most[0]
        for code in range(1, c.n_codes):
            rarity = 0
            if c.tf_part[code] and c.tf != NULL:
                rarity = own_rarity(s, &s.fields[s.date_field], c, code)
            code_most(s, c, code, rarity, &s.date_most[code])
            raise_eight(&s.any_date, &s.date_most[code])

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

cdef inline int32_t most_left(Search *s) noexcept nogil:
    """The most that a record can weigh of which nothing is known."""
    cdef Eight most
    sum_eight(&most, &s.base, &s.any_date)
    return with_name(s, &most)

cdef inline int32_t most_said(Search *s) noexcept nogil:
    """What a record weighs at most that agrees with all that the query says, its name but for diacritics: a name
    written as nobody does is not as rare as it looks."""
    cdef Eight most
    sum_eight(&most, &s.base, &s.any_date)
    add_eight(&most, &s.categories_best)
    add_eight(&most, &s.name_most[NAME_UNACCENTED if s.is_whole_name else NAME_ANY])
    return least_of_eight(&most)

cdef inline void without_level(Search *s, int i, int last_code) noexcept nogil:
    """Records not seen yet reach at most this code in the field: all that reach more were offered."""
    if s.fields[i].comparison < 0:
        return
    s.reached = INT32_MIN
    take_eight(&s.base, &s.field_most[i])
    most_of_field(s, i, last_code, &s.field_most[i])
    add_eight(&s.base, &s.field_most[i])

cdef inline void without_same_name(Search *s) noexcept nogil:
    """Records not offered yet do not have the query's name: at best a word of it differs or is missing."""
    cdef int last = NAME_NEAR, code, lane
    if s.fields[s.hot_field].comparison < 0:
        return
    if s.comparisons[s.fields[s.hot_field].comparison].op == OP_PART:
        last = PART_NEAR
    most_of_field(s, s.hot_field, last, &s.name_most[NAME_ANY])
    if not s.is_whole_name:
        return
    for code in range(NAME_FOLDED, NAME_EXACT + 1):
        for lane in range(LANES):
            s.name_most[code].v[lane] = HOPELESS

cdef inline bint can_reach_by_name(Search *s, int date, int code) noexcept nogil:
    """Whether a record of such a date with such a name can still reach theta."""
    cdef Eight most
    sum_eight(&most, &s.base, &s.date_most[date])
    add_eight(&most, &s.categories_best)
    add_eight(&most, &s.name_most[code])
    return least_of_eight(&most) >= s.theta

cdef inline void without_near_names(Search *s, bint knows_structure) noexcept nogil:
    """Records not offered yet have a name that differs from the query's in more than one word; unless
    `knows_structure`, it may lack words or have more."""
    cdef int code, lane
    most_of_field(s, s.hot_field, NAME_ENDS if knows_structure else NAME_STRUCTURE, &s.name_most[NAME_ANY])
    for code in range(NAME_STRUCTURE if knows_structure else NAME_NEAR, NAME_NEAR + 1):
        for lane in range(LANES):
            s.name_most[code].v[lane] = HOPELESS

cdef inline void set_reaches(Search *s) noexcept nogil:
    """Which levels of the date can still reach theta."""
    cdef int code
    cdef Eight most
    s.reached = s.theta
    for code in range(DATE_UNASKED + 1):
        s.runs[code].is_known = False
    for code in range(16):
        sum_eight(&most, &s.base, &s.date_most[code])
        s.reaches_date[code] = with_name(s, &most) >= s.theta

cdef inline bint can_reach(Search *s, int first, int last) noexcept nogil:
    """Whether a date at one of these levels can still matter."""
    cdef int code
    for code in range(first, last + 1):
        if s.reaches_date[code]:
            return True
    return False
