# All records of a small index -> their distinct values, held open; a query's text among them. Header-only.
from compact cimport COMPARED_ROOM, compared_text
from comparisons cimport OP_NAME
from dtypes cimport MAX_TOKENS, Token, Value
from hash_table cimport Slot, table_find, table_init, table_room
from held cimport FIRST_TOKEN, HELD_ROOM, HOLDERS, Brief, Held, HeldField, spread
from libc.stdint cimport INT16_MAX, int16_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, malloc, realloc
from libc.string cimport memcpy, memset
from query_texts cimport answer_questions, decode_record
from search cimport FIELD_EMAIL, FIELD_IDENTIFIER, Field, Search

cdef enum:
    NO_MEMORY = -1
    NO_RECORD = -2            # a record cannot be read

cdef inline bint has_texts(const Field *f) noexcept nogil:
    return f.kind <= FIELD_EMAIL

cdef inline int regrow(void **p, uint64_t n_bytes) noexcept nogil:
    cdef void *larger = realloc(p[0], n_bytes)
    if larger == NULL:
        return NO_MEMORY
    p[0] = larger
    return 0

cdef inline int room_for_value(HeldField *h, bint texts) noexcept nogil:
    """Room for one more value; -1 without memory."""
    cdef uint64_t room
    if h.n_values + 1 < h.room:
        return 0
    room = <uint64_t> h.room * 2 if h.room else 256
    if regrow(<void **> &h.contents, room * 8):
        return NO_MEMORY
    if texts and (regrow(<void **> &h.briefs, room * sizeof(Brief)) or regrow(<void **> &h.values, room * sizeof(Value)) or
                  regrow(<void **> &h.tf, room * 8) or regrow(<void **> &h.next_folded, room * 4)):
        return NO_MEMORY
    h.room = <uint32_t> room
    return 0

cdef inline int begin_field(HeldField *h, uint32_t n_records, bint texts) noexcept nogil:
    h.of_row = <uint32_t *> malloc(n_records * 4 + 4)
    if h.of_row == NULL or table_init(&h.by_content, 64) or room_for_value(h, texts):
        return NO_MEMORY
    h.contents[0] = 0
    if not texts:
        return 0
    memset(h.values, 0, sizeof(Value))
    memset(h.briefs, 0, sizeof(Brief))
    memset(h.tf, 0, 8)
    h.next_folded[0] = 0
    h.tokens_room, h.texts_room = 2 * FIRST_TOKEN, 2 * HOLDERS * HELD_ROOM
    h.n_tokens, h.n_bytes = FIRST_TOKEN, HOLDERS * HELD_ROOM
    h.tokens = <Token *> calloc(h.tokens_room, sizeof(Token))
    h.texts = <uint8_t *> calloc(h.texts_room, 1)
    if h.tokens == NULL or h.texts == NULL or table_init(&h.by_token, 64) or table_init(&h.by_folded, 64):
        return NO_MEMORY
    return 0

cdef inline int hold_token(HeldField *h, const Token *token, uint32_t *id) noexcept nogil:
    cdef Slot *slot
    if table_room(&h.by_token):
        return NO_MEMORY
    slot = table_find(&h.by_token, spread(token.folded))
    if slot.hash == 0:
        if h.n_tokens == h.tokens_room:
            if regrow(<void **> &h.tokens, <uint64_t> h.tokens_room * 2 * sizeof(Token)):
                return NO_MEMORY
            h.tokens_room *= 2
        h.tokens[h.n_tokens] = token[0]
        slot.hash, slot.id = spread(token.folded), h.n_tokens
        h.n_tokens += 1
        h.by_token.n += 1
    id[0] = slot.id
    return 0

cdef inline int n_kept(const Value *v) noexcept nogil:
    return v.n_tokens if v.n_tokens < MAX_TOKENS else MAX_TOKENS

cdef inline void make_brief(const Field *f, const HeldField *h, const Value *v, Brief *b) noexcept nogil:
    """What is looked at of a value before it is compared."""
    cdef uint8_t room[COMPARED_ROOM]
    cdef const uint8_t *text
    cdef int k, length
    text = compared_text(v, h.texts, room, &length)
    memset(b, 0, sizeof(Brief))
    b.letters = v.letters
    b.length = <uint8_t> (255 if length > 64 else length)
    b.n_tokens = v.n_tokens
    for k in range(3 if length > 3 else length):
        b.first[k] = text[k]
    if f.kind == FIELD_EMAIL:
        b.words = v.spelling
        return
    b.phonetic = <uint16_t> h.tokens[v.tokens[0]].phonetic
    if h.is_whole_name:
        b.words = h.tokens[v.tokens[0]].folded >> 32 << 32 | h.tokens[v.tokens[n_kept(v) - 1]].folded >> 32
        return
    for k in range(n_kept(v)):
        b.words |= <uint64_t> 1 << (h.tokens[v.tokens[k]].folded >> 58)

cdef inline int hold_text(Field *f, HeldField *h, const Value *value, const int16_t *tf, uint32_t id) noexcept nogil:
    """Keep a scratch value as number `id`."""
    cdef Value *v = &h.values[id]
    cdef Slot *slot
    cdef uint64_t room
    cdef int k
    v[0] = value[0]
    for k in range(n_kept(value)):
        if hold_token(h, &f.tokens[value.tokens[k]], &v.tokens[k]):
            return NO_MEMORY
    if h.n_bytes + value.length + 64 > h.texts_room:
        room = h.texts_room * 2
        if room >> 32 or regrow(<void **> &h.texts, room):
            return NO_MEMORY
        memset(h.texts + h.texts_room, 0, room - h.texts_room)
        h.texts_room = room
    memcpy(h.texts + h.n_bytes, f.texts + value.text, value.length)
    v.text = <uint32_t> h.n_bytes
    h.n_bytes += value.length
    memcpy(&h.tf[4 * <uint64_t> id], tf, 8)
    if table_room(&h.by_folded):
        return NO_MEMORY
    slot = table_find(&h.by_folded, spread(v.folded))
    h.next_folded[id] = slot.id if slot.hash else 0
    h.by_folded.n += slot.hash == 0
    slot.hash, slot.id = spread(v.folded), id
    make_brief(f, h, v, &h.briefs[id])
    return 0

cdef inline int hold_value(Search *s, int i, HeldField *h, uint32_t row) noexcept nogil:
    """Note a record's value of one field, as it stands in the scratch row."""
    cdef Field *f = &s.fields[i]
    cdef const uint32_t *words = s.rows + s.n_words + f.word
    cdef uint64_t content = words[0]
    cdef Slot *slot
    if f.kind == FIELD_IDENTIFIER:
        content |= <uint64_t> words[1] << 32
    elif has_texts(f) and content:
        content = f.last_exact
    h.of_row[row] = 0
    if content == 0:
        return 0
    if table_room(&h.by_content):
        return NO_MEMORY
    slot = table_find(&h.by_content, spread(content))
    if slot.hash == 0:
        if room_for_value(h, has_texts(f)):
            return NO_MEMORY
        h.n_values += 1
        h.contents[h.n_values] = content
        slot.hash, slot.id = spread(content), h.n_values
        h.by_content.n += 1
        if has_texts(f) and hold_text(f, h, &f.values[words[0]], &f.tf[4 * words[0]], h.n_values):
            return NO_MEMORY
    h.of_row[row] = slot.id
    return 0

cdef inline int by_value(HeldField *h, uint32_t n_records) noexcept nogil:
    """Each value's records, ascending."""
    cdef uint32_t row
    cdef uint64_t v
    h.starts = <uint32_t *> calloc(<uint64_t> h.n_values + 3, 4)
    h.rows = <uint32_t *> malloc(n_records * 4 + 4)
    if h.starts == NULL or h.rows == NULL:
        return NO_MEMORY
    for row in range(n_records):
        h.starts[h.of_row[row] + 2] += 1
    for v in range(2, <uint64_t> h.n_values + 3):
        h.starts[v] += h.starts[v - 1]
    for row in range(n_records):
        v = h.of_row[row] + 1
        h.rows[h.starts[v]] = row
        h.starts[v] += 1
    return 0

cdef inline int hold_pattern(Held *h, uint32_t row, uint64_t mask) noexcept nogil:
    """Note which fields a record holds."""
    cdef Slot *slot
    if table_room(&h.by_pattern):
        return NO_MEMORY
    slot = table_find(&h.by_pattern, spread(mask | <uint64_t> 1 << 63))
    if slot.hash == 0:
        slot.hash, slot.id = spread(mask | <uint64_t> 1 << 63), h.n_patterns
        h.patterns[h.n_patterns] = mask
        h.n_patterns += 1
        h.by_pattern.n += 1
    h.pattern_of_row[row] = slot.id
    return 0

cdef inline int hold_records(Search *s, Held *h) noexcept nogil:
    """Read all records; 0, NO_MEMORY or NO_RECORD."""
    cdef uint32_t row, n = <uint32_t> s.store.n_records
    cdef uint64_t mask
    cdef int i
    h.n_fields = s.n_fields
    h.n_records = n
    h.patterns = <uint64_t *> malloc(n * 8 + 8)
    h.pattern_of_row = <uint32_t *> malloc(n * 4 + 4)
    if h.patterns == NULL or h.pattern_of_row == NULL or table_init(&h.by_pattern, 64):
        return NO_MEMORY
    for i in range(s.n_fields):
        # Nothing is the query's: there is none.
        s.fields[i].exact = s.fields[i].n_query_tokens = 0
        memset(s.fields[i].forms, 0, sizeof(s.fields[i].forms))
        if begin_field(&h.fields[i], n, has_texts(&s.fields[i])):
            return NO_MEMORY
        h.fields[i].is_whole_name = s.fields[i].comparison >= 0 and s.comparisons[s.fields[i].comparison].op == OP_NAME
        if has_texts(&s.fields[i]):
            s.fields[i].tf[8] = INT16_MAX      # not asked where only the query's own value is equal to it
    s.wanted = (<uint64_t> 1 << s.n_fields) - 1
    for row in range(n):
        if decode_record(s, row, 1):
            return NO_RECORD
        answer_questions(s)
        mask = 0
        for i in range(s.n_fields):
            if hold_value(s, i, &h.fields[i], row):
                return NO_MEMORY
            mask |= <uint64_t> (h.fields[i].of_row[row] != 0) << i
        if hold_pattern(h, row, mask):
            return NO_MEMORY
    h.n_levels = 0
    for i in range(s.n_fields):
        if by_value(&h.fields[i], n):
            return NO_MEMORY
        h.first_level[i] = h.n_levels
        h.n_levels += h.fields[i].n_values + 1
    return 0

cdef inline void bind_query(Search *s, int i, Value *out) noexcept nogil:
    """The query's value of a field of texts, with its words and text among those held."""
    cdef const Field *f = &s.fields[i]
    cdef HeldField *h = &s.held.fields[i]
    cdef const Value *v = &f.values[1]
    cdef const Slot *slot
    cdef uint32_t place
    cdef int k
    out[0] = v[0]
    for k in range(n_kept(v)):
        slot = table_find(&h.by_token, spread(f.tokens[v.tokens[k]].folded))
        out.tokens[k] = slot.id
        if slot.hash == 0:       # equal ones keep one number
            place = 1 + s.holder * MAX_TOKENS + v.tokens[k] - 1
            h.tokens[place] = f.tokens[v.tokens[k]]
            out.tokens[k] = place
    out.text = s.holder * HELD_ROOM
    memcpy(h.texts + out.text, f.texts + v.text, v.length + 64)
