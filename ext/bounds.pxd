# A query -> the most that any record can weigh: by the level of its date, its hot row's words and categories.
# Bounds are exact integers, a lane for each alternative to a match. Header-only.
from blobs cimport HOT_CATEGORIES, HOT_WORDS, NO_WORD, OTHER_WORD
from dtypes cimport Token
from lanes cimport Eight, add_eight, least_of_eight, raise_eight, sum_eight, take_eight
from levels cimport (
    NAME_ELSE,
    NAME_ENDS,
    NAME_EXACT,
    NAME_FIRST,
    NAME_LAST,
    NAME_NEAR,
    PART_NEAR,
    category_level,
    date_level,
    token_likeness,
)
from libc.stdint cimport INT32_MIN, int32_t, int64_t, uint16_t, uint32_t, uint64_t, uint8_t
from libc.string cimport memcpy, memset
from linkage._kernels.score cimport LANES, OP_NAME, OP_PART, Comparison
from search cimport FIELD_DATE, FIELD_EMAIL, MOST_ALIKE, REMEMBERED, Alike, Field, Search, date_of, day_index
from similarity cimport leading_zeros, popcount

# How a hot row's name fits the query's n_query words: 4 = all words of the shorter name, 2 = the last, 1 = the
# first; 8 = to be looked at closely (no word, or one that may stand for anything). `like` as in Searcher.
cdef inline int fit_of(const uint16_t *words, const uint8_t *like, int n_query) noexcept nogil:
    cdef uint64_t packed, gone
    cdef uint32_t marks, seen, present, odd
    cdef int n, needed, n_like
    memcpy(&packed, words, 8)
    gone = packed ^ <uint64_t> 0xFFFEFFFEFFFEFFFEu          # no more words: zeros above
    marks = <uint32_t> like[packed & 0xFFFF] | <uint32_t> like[packed >> 16 & 0xFFFF] << 8 \
        | <uint32_t> like[packed >> 32 & 0xFFFF] << 16 | <uint32_t> like[packed >> 48] << 24
    odd = ~marks
    if gone == 0 or (odd - 0x01010101u) & ~odd & 0x80808080u:
        return 8
    n = 4 - (leading_zeros(gone) >> 4)
    present = ((marks & 0x7F7F7F7Fu) + 0x7F7F7F7Fu | marks) & 0x80808080u
    n_like = popcount(present)
    needed = n if n < n_query else n_query
    seen = marks | marks >> 16
    seen |= seen >> 8
    return (n_like >= needed and popcount(seen & ((1u << n_query) - 1)) >= needed) << 2 \
        | (marks >> (8 * (n - 1)) >> (n_query - 1) & 1) << 1 | marks & 1

cdef inline int code_of_fit(int fit) noexcept nogil:
    if fit & 4:
        return NAME_EXACT
    if fit & 2:
        return NAME_ENDS if fit & 1 else NAME_LAST
    return NAME_FIRST if fit & 1 else NAME_ELSE

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
    """Surprisal of the query's value at a level: of two values the more frequent one counts."""
    cdef int64_t i
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

cdef inline void mark_word(Search *s, uint16_t word, uint8_t bit) noexcept nogil:
    if s.like[word] == 0:
        s.touched[s.n_touched] = word
        s.n_touched += 1
    s.like[word] |= bit

cdef inline void mark_token(Search *s, const Token *t, uint8_t bit) noexcept nogil:
    """Mark the words that may stand for a token; those of tokens met before are remembered."""
    cdef Alike *alike = &s.alike[t.folded & (REMEMBERED - 1)]
    cdef const Token *h
    cdef uint32_t i, j, n = 0
    cdef int longest
    if alike.token == t.folded:
        for i in range(alike.n):
            mark_word(s, alike.words[i], bit)
        return
    alike.token = 0
    for i in range(s.n_hot_tokens):
        h = &s.hot_tokens[i]
        longest = t.length if t.length > h.length else h.length
        if popcount(t.letters ^ h.letters) > 2 * (1 + longest // 4) and t.phonetic != h.phonetic \
                and t.length != 1 and h.length != 1:
            continue
        if t.folded == h.folded or token_likeness(t, h) >= 2:
            for j in range(s.token_offsets[i], s.token_offsets[i + 1]):
                if j < s.n_token_words:
                    mark_word(s, s.token_words[j], bit)
                    if n < MOST_ALIKE:
                        alike.words[n] = s.token_words[j]
                    n += 1
    if n <= MOST_ALIKE:
        alike.token = t.folded
        alike.n = n

cdef inline void mark_like(Search *s) noexcept nogil:
    """Which words may stand for which token of the query's name; and the classes of its given name."""
    cdef Field *f
    cdef int k
    cdef uint32_t i
    cdef uint16_t kind
    cdef int order[2]
    for i in range(s.n_touched):
        s.like[s.touched[i]] = 0
    s.n_touched = 0
    s.n_classes = 0
    s.n_query_words = 0
    if s.hot_field < 0 or not s.has[s.hot_field]:
        return
    f = &s.fields[s.hot_field]
    s.n_query_words = f.n_query_tokens
    for k in range(f.n_query_tokens):
        mark_token(s, &f.tokens[1 + k], <uint8_t> (1 << k))
    # The given name stands last, in a name that was turned round first.
    order[0] = f.n_query_tokens - 1
    order[1] = 0
    for k in range(2):
        if f.n_query_tokens:
            kind = <uint16_t> ((f.tokens[1 + order[k]].phonetic >> 16) % NO_WORD)
            if k == 0 or kind != s.given_classes[0]:
                s.given_classes[s.n_classes] = kind
                s.n_classes += 1
    s.given_classes[s.n_classes] = OTHER_WORD
    s.n_classes += 1

cdef inline void set_category(Search *s, int k) noexcept nogil:
    """What each of a hot category's values says about the query's value."""
    cdef int field = s.hot_category[k], id, code
    cdef const Field *f = &s.fields[field]
    cdef const Comparison *c
    cdef Eight best
    cdef Eight level[3]
    cdef int32_t rarity
    cdef uint32_t x = s.rows[f.word]
    memset(s.category_most[k], 0, sizeof(s.category_most[k]))
    if not s.has[field] or f.comparison < 0:
        return
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
    add_eight(&s.categories_best, &best)

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
    memset(s.name_most, 0, sizeof(s.name_most))
    if s.hot_field >= 0 and s.has[s.hot_field] and s.fields[s.hot_field].comparison >= 0:
        c = &s.comparisons[s.fields[s.hot_field].comparison]
        code_most(s, c, 0, 0, &s.name_most[0])
        for code in range(NAME_ELSE, NAME_EXACT + 1):
            if c.op == OP_NAME and code <= NAME_ENDS:
                most_of_field(s, s.hot_field, code, &s.name_most[code])
            elif c.op == OP_PART and code < NAME_FIRST:
                most_of_field(s, s.hot_field, PART_NEAR - 1, &s.name_most[code])
            else:
                s.name_most[code] = s.field_most[s.hot_field]
    memset(&s.categories_best, 0, sizeof(Eight))
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
    sum_eight(&sum, most, &s.name_most[NAME_EXACT])
    add_eight(&sum, &s.categories_best)
    return least_of_eight(&sum)

cdef inline bint most_of_day(Search *s, int day, Eight *most) noexcept nogil:
    """The most of a record of this day but for name and categories; 0 = it cannot reach theta."""
    cdef uint32_t d
    cdef int code
    most[0] = s.base
    if s.date_field < 0 or not s.has[s.date_field]:
        return True
    d = date_of(day)
    if d == 0:
        add_eight(most, &s.any_date)
        return True
    code = date_level(s.rows[s.fields[s.date_field].word], d)
    add_eight(most, &s.date_most[code])
    return s.reaches_date[code]

cdef inline int name_code(Search *s, const uint16_t *words) noexcept nogil:
    """The highest bucket of levels that a hot row's name can reach: the readable form of `fit_of`."""
    cdef uint32_t a = s.like[words[0]], b = s.like[words[1]], c = s.like[words[2]], d = s.like[words[3]]
    cdef int n = 1 + (words[1] != NO_WORD) + (words[2] != NO_WORD) + (words[3] != NO_WORD)
    cdef int n_like = (a != 0) + (b != 0) + (c != 0) + (d != 0), needed = n, nq = s.n_query_words
    cdef uint32_t last = d if n == 4 else c if n == 3 else b if n == 2 else a
    if a == 255 or b == 255 or c == 255 or d == 255:
        needed -= (a == 255) + (b == 255) + (c == 255) + (d == 255)
        if words[0] == OTHER_WORD or words[1] == OTHER_WORD or words[2] == OTHER_WORD or words[3] == OTHER_WORD:
            return NAME_EXACT if nq else 0
    needed = needed if needed < nq else nq
    if n_like >= needed and popcount((a | b | c | d) & ((1 << nq) - 1)) >= needed:
        return NAME_EXACT if nq and words[0] != NO_WORD else 0
    if nq and last >> (nq - 1) & 1:
        return NAME_ENDS if a & 1 else NAME_LAST
    return NAME_FIRST if a & 1 else NAME_ELSE

cdef inline void begin_run(Search *s, const Eight *most) noexcept nogil:
    """Get ready to bound the records of a run; `most` is what all but name and categories can say."""
    cdef int code, fit
    cdef Eight sum
    for code in range(NAME_EXACT + 1):
        sum_eight(&s.of_name[code], most, &s.name_most[code])
        sum_eight(&sum, &s.of_name[code], &s.categories_best)
        s.reaches[code] = least_of_eight(&sum) >= s.theta
    for fit in range(8):
        s.fit_reaches[fit] = s.reaches[code_of_fit(fit)]

cdef inline int32_t most_of_row(Search *s, uint32_t row) noexcept nogil:
    """An upper bound of a record's weight from its hot row; of the hopeless ones INT32_MIN."""
    cdef int k, code = 0
    cdef const uint8_t *ids = s.store.hot_categories + <uint64_t> row * HOT_CATEGORIES
    cdef Eight sum
    if s.hot_field >= 0:
        code = name_code(s, s.store.hot_words + <uint64_t> row * HOT_WORDS)
    if not s.reaches[code]:
        return INT32_MIN
    sum = s.of_name[code]
    for k in range(s.n_hot_categories):
        add_eight(&sum, &s.category_most[k][ids[k]])
    return least_of_eight(&sum)

cdef inline int32_t bound_of(Search *s, uint32_t row, const Eight *most) noexcept nogil:
    """An upper bound of one record's weight; `most` is what all but name and categories can say."""
    cdef int k
    cdef const uint8_t *ids = s.store.hot_categories + <uint64_t> row * HOT_CATEGORIES
    cdef Eight sum
    sum_eight(&sum, most, &s.name_most[name_code(s, s.store.hot_words + <uint64_t> row * HOT_WORDS)])
    for k in range(s.n_hot_categories):
        add_eight(&sum, &s.category_most[k][ids[k]])
    return least_of_eight(&sum)

cdef inline int32_t most_left(Search *s) noexcept nogil:
    """The most that a record can weigh of which nothing is known."""
    cdef Eight most
    sum_eight(&most, &s.base, &s.any_date)
    return with_name(s, &most)

cdef inline void without_level(Search *s, int i, int last_code) noexcept nogil:
    """Records not seen yet reach at most this code in the field: all that reach more were offered."""
    if s.fields[i].comparison < 0:
        return
    take_eight(&s.base, &s.field_most[i])
    most_of_field(s, i, last_code, &s.field_most[i])
    add_eight(&s.base, &s.field_most[i])

cdef inline void without_same_name(Search *s) noexcept nogil:
    """Records not offered yet do not have the query's name: at best a word of it differs or is missing."""
    cdef int last = NAME_NEAR
    if s.fields[s.hot_field].comparison < 0:
        return
    if s.comparisons[s.fields[s.hot_field].comparison].op == OP_PART:
        last = PART_NEAR
    most_of_field(s, s.hot_field, last, &s.name_most[NAME_EXACT])

cdef inline void set_reaches(Search *s) noexcept nogil:
    """Which levels of the date can still reach theta."""
    cdef int code
    cdef Eight most
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
