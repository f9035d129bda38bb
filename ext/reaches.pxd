# A query's bounds, and what the search has offered already -> what records that it has not seen can reach. Header-only.
from bounds cimport with_name
from comparisons cimport LANES, OP_PART
from field_bounds cimport HOPELESS, most_of_field
from lanes cimport Eight, add_eight, least_of_eight, sum_eight, take_eight
from libc.stdint cimport INT32_MIN, int32_t
from name_levels cimport (
    NAME_ENDS,
    NAME_EXACT,
    NAME_FOLDED,
    NAME_NEAR,
    NAME_STRUCTURE,
    NAME_UNACCENTED,
    PART_NEAR,
)
from search cimport DATE_UNASKED, NAME_ANY, Search

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
