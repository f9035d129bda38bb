# A query and the values that a small index holds open -> each value's level, and what it says of its records at most.
# Header-only.
from blobs cimport MAX_FIELDS
from comparisons cimport (
    LANES,
    MAX_CODES,
    MAX_COMPARISONS,
    OP_CATEGORY,
    OP_DATE,
    OP_IDENTIFIER,
    OP_NAME,
    OP_PART,
    OP_TEXT,
    Comparison,
    weighs_rarer,
)
from dtypes cimport Value
from field_bounds cimport own_rarity
from hash_table cimport Slot, table_find
from held cimport Brief, HeldField, spread
from hold cimport bind_query, has_texts, make_brief
from libc.stdint cimport INT32_MIN, int16_t, int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy
from name_levels cimport (
    NAME_ELSE,
    NAME_NEAR,
    PART_ELSE,
    PART_NEAR,
    PART_SIMILAR,
    name_level,
    part_level,
)
from number_levels cimport category_level, date_level, identifier_code, number_level
from search cimport Field, Search
from similarity cimport popcount
from sketch cimport I_OR_Y
from text_levels cimport EMAIL_ELSE, EMAIL_NEAR, TEXT_ELSE, TEXT_NEAR, TEXT_OVERLAP, email_level, text_level

cdef enum:
    UP_TO = 128               # a level that is not known yet, and at most what is below this bit

# The query's side: which field each comparison is of, its value of each, the most of each level against strangers.
cdef struct Asked:
    int field_of[MAX_COMPARISONS]               # -1 = the query lacks it
    Value values[MAX_FIELDS]
    uint32_t same[MAX_FIELDS]                   # the number of the query's very value, 0 = nobody has it
    int32_t most[MAX_COMPARISONS][MAX_CODES]    # without rarity
    int32_t rarest[MAX_COMPARISONS][MAX_CODES]  # what the rarity of the query's value adds

cdef inline int32_t most_of_code(Search *s, const Asked *a, const Comparison *c, int code) noexcept nogil:
    """The most that a level says against strangers, whatever that of its parent."""
    cdef int parent, n_parents = 1
    cdef int32_t w, most = INT32_MIN
    if c.parent >= 0 and a.field_of[c.parent] >= 0:
        n_parents = s.comparisons[c.parent].n_codes
    for parent in range(n_parents):
        w = s.weights[(c.base + parent * c.n_codes + code) * LANES]
        most = w if w > most else most
    return most

cdef inline void begin_asked(Search *s, Asked *a) noexcept nogil:
    cdef const Comparison *c
    cdef const Field *f
    cdef const Slot *slot
    cdef int i, k, code
    for k in range(s.n_comparisons):
        a.field_of[k] = -1
    for i in range(s.n_fields):
        a.same[i] = 0
        if not s.has[i]:
            continue
        f = &s.fields[i]
        if f.comparison >= 0:
            a.field_of[f.comparison] = i
        if has_texts(f):
            bind_query(s, i, &a.values[i])
            slot = table_find(&s.held.fields[i].by_content, spread(f.exact))
            a.same[i] = slot.id if slot.hash else 0
    for k in range(s.n_comparisons):
        c = &s.comparisons[k]
        for code in range(c.n_codes if a.field_of[k] >= 0 else 1):
            a.most[k][code] = most_of_code(s, a, c, code)
            a.rarest[k][code] = 0
            if code and c.tf_part[code] and c.tf != NULL:
                a.rarest[k][code] = own_rarity(s, &s.fields[a.field_of[k]], c, code)

# What a brief leaves possible: ELSE only (1), a level that is at most so high, or 0 = anything.
cdef inline int most_of_name(const Brief *q, const Brief *b) noexcept nogil:
    """A name that has nothing to do with the query's is told as `name_level` does."""
    cdef uint64_t x = q.words ^ b.words, letters = q.letters ^ b.letters
    cdef int n = popcount(letters)
    if n > 8 and x >> 32 != 0 and <uint32_t> x != 0:
        return NAME_ELSE
    if q.n_tokens == 1 and b.n_tokens == 1 and q.phonetic != b.phonetic:
        if n > 2 * (1 + (q.length if q.length > b.length else b.length) // 4):
            return NAME_ELSE
    return NAME_NEAR if letters & ~I_OR_Y else 0

cdef inline int most_of_part(const Brief *q, const Brief *b) noexcept nogil:
    cdef int n = popcount(q.letters ^ b.letters), longest = q.length if q.length > b.length else b.length
    if n == 0:
        return 0
    if q.phonetic == b.phonetic or n <= 2 * (1 + longest * 2 // 5):
        return PART_NEAR
    if q.words & b.words:
        return PART_SIMILAR if q.n_tokens == 1 and b.n_tokens == 1 else PART_NEAR
    if q.first[0] == b.first[0] and (q.length == 1 or b.length == 1 or q.first[1] == b.first[1] and q.first[2] == b.first[2]):
        return PART_SIMILAR
    return PART_ELSE

cdef inline int most_of_text(const Brief *q, const Brief *b) noexcept nogil:
    cdef int n = popcount(q.letters ^ b.letters), longest = q.length if q.length > b.length else b.length
    cdef int nq = q.n_tokens if q.n_tokens < 8 else 8, nb = b.n_tokens if b.n_tokens < 8 else 8
    if n == 0:
        return 0
    if n <= 2 * (1 + longest // 4):
        return TEXT_NEAR
    # Words that share a bit of the query's are one more than there are bits.
    if 2 * (popcount(q.words & b.words) + nq - popcount(q.words)) >= (nq if nq > nb else nb):
        return TEXT_NEAR if q.n_tokens > 8 or b.n_tokens > 8 else TEXT_OVERLAP
    return TEXT_ELSE

cdef inline int most_of_email(const Brief *q, const Brief *b) noexcept nogil:
    cdef int n = popcount(q.letters ^ b.letters), longest = q.length if q.length > b.length else b.length
    if n == 0 or q.words == b.words:
        return 0
    return EMAIL_NEAR if n <= 2 * (1 + longest // 4) else EMAIL_ELSE

cdef inline int level_of_value(const Comparison *c, const Value *q, const HeldField *h, uint32_t v) noexcept nogil:
    """The level of a value of texts that is not the query's."""
    if c.op == OP_NAME:
        return name_level(q, &h.values[v], h.tokens, h.texts)
    if c.op == OP_PART:
        return part_level(q, &h.values[v], h.tokens, h.texts)
    if c.op == OP_TEXT:
        return text_level(q, &h.values[v], h.tokens, h.texts)
    return email_level(q, &h.values[v], h.texts)

cdef inline int32_t rarity_with(const Search *s, const Asked *a, int k, int code, int field, uint32_t v) noexcept nogil:
    """What the rarity of what the query agrees in with a value adds, as `term_frequency` (comparisons.pxd)."""
    cdef const Comparison *c = &s.comparisons[k]
    cdef int16_t own, asked
    if c.tf_part[code] == 0 or c.tf == NULL:
        return 0
    if has_texts(&s.fields[field]) and v != a.same[field]:
        own = s.held.fields[field].tf[4 * <uint64_t> v + c.tf_part[code] - 1]
        if weighs_rarer(c, code):
            asked = c.tf[4 + c.tf_part[code] - 1]
            return own if own > asked else asked
        return own if own < a.rarest[k][code] else a.rarest[k][code]
    return a.rarest[k][code]

cdef inline void add_to_rows(Search *s, const HeldField *h, uint32_t v, int32_t w) noexcept nogil:
    cdef uint32_t i
    for i in range(h.starts[v], h.starts[v + 1]):
        s.most_of_rows[h.rows[i]] += w

cdef inline void note_level(Search *s, const Asked *a, int k, int field, uint32_t v, int code) noexcept nogil:
    """A value of a level above the lowest: what it says more is added to its records."""
    cdef HeldField *h = &s.held.fields[field]
    s.levels[s.held.first_level[field] + v] = <uint8_t> code
    add_to_rows(s, h, v, a.most[k][code] + rarity_with(s, a, k, code, field, v) - a.most[k][1] - a.rarest[k][1])

cdef inline void levels_of_texts(Search *s, const Asked *a, int k, int i) noexcept nogil:
    cdef const Comparison *c = &s.comparisons[k]
    cdef HeldField *h = &s.held.fields[i]
    cdef const Value *q = &a.values[i]
    cdef const Brief *b = h.briefs
    cdef Brief brief
    cdef uint32_t v, n = h.n_values
    cdef int code
    make_brief(&s.fields[i], h, q, &brief)
    for v in range(1, n + 1):
        if c.op == OP_NAME:
            code = most_of_name(&brief, &b[v])
        elif c.op == OP_PART:
            code = most_of_part(&brief, &b[v])
        elif c.op == OP_TEXT:
            code = most_of_text(&brief, &b[v])
        else:
            code = most_of_email(&brief, &b[v])
        if code == 1:
            continue
        if code:
            note_most(s, a, k, i, v, code)
            continue
        code = c.n_codes - 1 if v == a.same[i] else level_of_value(c, q, h, v)
        if code > 1:
            note_level(s, a, k, i, v, code)

cdef inline void note_most(Search *s, const Asked *a, int k, int field, uint32_t v, int last) noexcept nogil:
    """A value of which no more is known than the highest level it may have: it is compared where that matters."""
    cdef HeldField *h = &s.held.fields[field]
    cdef int32_t w, most = a.most[k][1]
    cdef int code
    for code in range(2, last + 1):
        w = a.most[k][code] + rarity_with(s, a, k, code, field, v)
        most = w if w > most else most
    s.levels[s.held.first_level[field] + v] = <uint8_t> (UP_TO | last)
    if most > a.most[k][1] + a.rarest[k][1]:
        add_to_rows(s, h, v, most - a.most[k][1] - a.rarest[k][1])

cdef inline void levels_of_words(Search *s, const Asked *a, int k, int i) noexcept nogil:
    """Identifiers, dates, categories and numbers: their words are compared as they are."""
    cdef const Comparison *c = &s.comparisons[k]
    cdef HeldField *h = &s.held.fields[i]
    cdef const uint32_t *words = s.rows + s.fields[i].word
    cdef uint64_t q = words[0], x
    cdef uint32_t v, low = words[0], word
    cdef int code
    cdef float f, g
    if c.op == OP_IDENTIFIER:
        q |= <uint64_t> words[1] << 32
    memcpy(&f, &low, 4)
    for v in range(1, h.n_values + 1):
        x = h.contents[v]
        if c.op == OP_IDENTIFIER:
            code = identifier_code(q, x)
        elif c.op == OP_DATE:
            code = date_level(low, <uint32_t> x)
        elif c.op == OP_CATEGORY:
            code = category_level(low, <uint32_t> x)
        else:
            word = <uint32_t> x
            memcpy(&g, &word, 4)
            code = number_level(f, g)
        if code > 1:
            note_level(s, a, k, i, v, code)
