# A query and a model's weights -> the most that each field can say of a record, by what is known of its value.
# Bounds are exact integers, a lane for each alternative to a match. Header-only.
from comparisons cimport LANES, OP_NAME, OP_PART, Comparison, weighs_rarer
from lanes cimport Eight, add_eight, raise_eight
from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.string cimport memset
from name_levels cimport NAME_ELSE, NAME_ENDS, NAME_EXACT, NAME_FIRST, NAME_LAST, NAME_STRUCTURE, PART_NEAR
from number_levels cimport category_level
from search cimport FIELD_DATE, FIELD_EMAIL, NAME_BOTH_ENDS, NAME_SLOTS, Field, Search, day_index

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
    """All of these, for the fields that the query gives and those that it lacks."""
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
