# A query's or a record's raw texts -> row words and scratch values, as ext/dictionary.pyx and ext/rows.pyx encode a
# register's; and how rare the values are. Header-only.
from blobs cimport MAX_FIELDS, FieldText, read_blob
from compact cimport set_letters, set_token_text
from dtypes cimport MAX_TOKENS, Token, Value
from hashing cimport hash_bytes, prefetch
from id_kinds cimport ID_OLD_NUMBER
from identifiers cimport letters_of, pack_identifier
from libc.stdint cimport int16_t, int64_t, uint16_t, uint32_t, uint64_t, uint8_t
from libc.string cimport memcpy, memset
from name_levels cimport ACCENTED
from normalise cimport Normalised, normalise_name, normalise_place, normalise_text
from numbers cimport number_of
from phonetics cimport phonetic_hash
from postings cimport Rarity, pair_hash, rarity_of
from search cimport (
    BUFFER,
    CAPACITY,
    FIELD_CATEGORY,
    FIELD_DATE,
    FIELD_EMAIL,
    FIELD_IDENTIFIER,
    FIELD_NAME,
    FIELD_NUMBER,
    MOST_QUESTIONS,
    TEXT_ROOM,
    Column,
    Field,
    Given,
    Question,
    Search,
    Written,
    date_word,
)
from tokens cimport NAME_SUSPECT

cdef inline uint32_t token_id(Search *s, Field *f, const uint8_t *text, long n, int slot, int k) noexcept nogil:
    """A token's number in the scratch table: the query's where it holds the same one."""
    cdef uint64_t h = hash_bytes(text, n)
    cdef int i
    cdef Token *token
    for i in range(f.n_query_tokens):
        if f.tokens[1 + i].folded == h:
            return 1 + i
    i = 1 + MAX_TOKENS * slot + (k if slot else f.n_query_tokens)
    if slot == 0:
        f.n_query_tokens += 1
    token = &f.tokens[i]
    memset(token, 0, sizeof(Token))
    fill_token(token, text, n)
    return i

cdef inline void fill_token(Token *token, const uint8_t *text, long n) noexcept nogil:
    """A token that was all zeros, from its text."""
    token.folded = hash_bytes(text, n)
    token.phonetic = <uint32_t> phonetic_hash(text, <int> n)
    set_token_text(token, text, n)

cdef inline uint32_t value_id(Search *s, Field *f, const uint8_t *text, long n, int slot, int *flags) noexcept nogil:
    """Encode a text as ValueDictionary does, into the slot's scratch (0 = the query's); its value id."""
    cdef uint8_t exact[CAPACITY + 64]
    cdef uint8_t spelling[CAPACITY + 64]
    cdef uint8_t local[CAPACITY + 64]
    cdef uint32_t id = 1 + slot
    cdef uint8_t *folded = f.texts + id * TEXT_ROOM
    cdef Normalised sizes
    cdef Value *value = &f.values[id]
    cdef uint64_t h
    cdef long begin = 0, end, at = 0
    if f.kind == FIELD_NAME:
        normalise_name(text, n, exact, spelling, folded, CAPACITY, &sizes, NULL)
    elif f.is_place:
        normalise_place(text, n, exact, spelling, folded, CAPACITY, &sizes, NULL)
    else:
        normalise_text(text, n, exact, spelling, folded, CAPACITY, &sizes, NULL)
    flags[0] = sizes.flags
    if sizes.n_exact == 0 or sizes.n_folded == 0:
        return 0
    h = f.last_exact = hash_bytes(exact, sizes.n_exact)
    if slot and h == f.exact:
        return 1
    if slot == 0:
        f.exact = h
        f.n_query_tokens = 0
    memset(value, 0, sizeof(Value))
    value.folded = hash_bytes(folded, sizes.n_folded)
    value.spelling = hash_bytes(spelling, sizes.n_spelling)
    value.flags = <uint8_t> sizes.flags
    value.text = id * TEXT_ROOM
    value.length = <uint16_t> sizes.n_folded
    set_letters(value, folded)
    memset(folded + sizes.n_folded, 0, 64)
    while begin < sizes.n_folded:
        end = begin
        while end < sizes.n_folded and folded[end] != c" ":
            end += 1
        if end > begin:
            if value.n_tokens < MAX_TOKENS:
                value.tokens[value.n_tokens] = token_id(s, f, folded + begin, end - begin, slot, value.n_tokens)
            if value.n_tokens < 255:
                value.n_tokens += 1
        begin = end + 1
    if f.kind == FIELD_EMAIL:
        while at < n and text[at] != c"@":
            at += 1
        value.spelling = value.folded
        if at < n:
            normalise_text(text, at, exact, spelling, local, CAPACITY, &sizes, NULL)
            if sizes.n_folded:
                value.spelling = hash_bytes(local, sizes.n_folded)
    if slot == 0 and f.kind == FIELD_NAME:
        hash_tokens(exact, sizes.n_exact, f.written)
        hash_tokens(spelling, sizes.n_spelling, f.spelled)
    ask_rarity(s, f, value, id, h)
    return id

cdef inline void hash_tokens(const uint8_t *text, long n, uint32_t *out) noexcept nogil:
    """Hashes of the tokens of a normalised text, 0 behind the last."""
    cdef long begin = 0, end
    cdef int k = 0
    memset(out, 0, 4 * MAX_TOKENS)
    while begin < n and k < MAX_TOKENS:
        end = begin
        while end < n and text[end] != c" ":
            end += 1
        out[k] = <uint32_t> hash_bytes(text + begin, end - begin)
        k += 1
        begin = end + 1

cdef inline const Written *written_of(Search *s, uint16_t word) noexcept nogil:
    """How a word of the vocabulary is written; one that is a plain token."""
    cdef uint8_t exact[CAPACITY + 64]
    cdef uint8_t spelling[CAPACITY + 64]
    cdef uint8_t folded[CAPACITY + 64]
    cdef Normalised sizes
    cdef Written *w = &s.written[word]
    cdef const uint8_t *text
    if not w.is_known and word < s.store.n_words:
        text = s.store.word_texts + s.store.word_offsets[word]
        normalise_name(text, s.store.word_offsets[word + 1] - s.store.word_offsets[word], exact, spelling, folded,
                       CAPACITY, &sizes, NULL)
        w.exact = <uint32_t> hash_bytes(exact, sizes.n_exact)
        w.spelling = <uint32_t> hash_bytes(spelling, sizes.n_spelling)
        w.is_accented = sizes.flags & ACCENTED
        w.is_known = True
    return w

cdef inline void ask_rarity(Search *s, Field *f, const Value *value, uint32_t id, uint64_t exact) noexcept nogil:
    """Have the surprisal of a value's forms looked up; those that are the query's are known."""
    cdef uint64_t last
    if f.n_parts == 0:
        return
    # Values that are not the query's are equal to it, where only the same value is equal, never.
    if id == 1 or not f.equal_is_same:
        ask_form(s, f, 0, exact, id)
    if f.n_parts > 1:
        ask_form(s, f, 1, value.folded, id)
    if f.n_parts > 3:
        last = f.tokens[value.tokens[(value.n_tokens if value.n_tokens < MAX_TOKENS else MAX_TOKENS) - 1]].folded
        ask_form(s, f, 2, pair_hash(f.tokens[value.tokens[0]].folded, last), id)
        ask_form(s, f, 3, last, id)

cdef inline void ask_form(Search *s, Field *f, int form, uint64_t content, uint32_t id) noexcept nogil:
    if id > 1 and content == f.forms[form]:
        f.tf[4 * id + form] = f.tf[4 + form]
        return
    if id == 1:
        f.forms[form] = content
    ask_content(s, &f.rarity[form], content, &f.tf[4 * id + form])

cdef inline void ask_content(Search *s, const Rarity *rarity, uint64_t content, int16_t *answer) noexcept nogil:
    cdef Question *question
    if s.n_questions == MOST_QUESTIONS:
        answer_questions(s)
    question = &s.questions[s.n_questions]
    question.rarity = rarity
    question.content = content
    question.answer = answer
    s.n_questions += 1

cdef inline void answer_questions(Search *s) noexcept nogil:
    """Look all surprisals up; their cache misses overlap."""
    cdef int i
    cdef const Rarity *r
    cdef uint32_t at
    for i in range(s.n_questions):
        r = s.questions[i].rarity
        prefetch(r.buckets + ((s.questions[i].content >> 32) * r.n_buckets >> 32))
    for i in range(s.n_questions):
        r = s.questions[i].rarity
        at = r.buckets[(s.questions[i].content >> 32) * r.n_buckets >> 32]
        prefetch(r.entries + (at if at < r.n_entries else 0))
    for i in range(s.n_questions):
        s.questions[i].answer[0] = <int16_t> rarity_of(s.questions[i].rarity, s.questions[i].content)
    s.n_questions = 0

cdef inline int put_words(Search *s, int i, const uint8_t *text, uint32_t n, uint32_t category,
                          int slot) noexcept nogil:
    """Encode one field's text into a scratch row; returns the identifier's status or the text's flags."""
    cdef Field *f = &s.fields[i]
    cdef uint32_t *row = s.rows + slot * s.n_words
    cdef uint64_t code
    cdef int status = 0
    cdef float number
    cdef uint32_t word
    cdef bint is_number = False
    row[f.word] = 0
    if f.kind == FIELD_IDENTIFIER:
        row[f.word + 1] = 0
        f.n_letters = 0 if slot == 0 else f.n_letters
        if text == NULL or n == 0:
            return 0
        code = pack_identifier(text, n, f.id_kind, &status)
        if slot == 0:
            f.n_letters = letters_of(text, n, f.id_kind, code, f.letters)
        row[f.word] = <uint32_t> code
        row[f.word + 1] = <uint32_t> (code >> 32)
    elif f.kind == FIELD_CATEGORY:
        row[f.word] = category
    elif text == NULL or n == 0:
        return 0
    elif f.kind == FIELD_DATE:
        row[f.word] = date_word(text, n, f.order)
    elif f.kind == FIELD_NUMBER:
        number = number_of(text, n, &is_number)
        if is_number:
            memcpy(&word, &number, 4)
            if word == 0:
                number = 1e-38
                memcpy(&word, &number, 4)
            row[f.word] = word
    else:
        row[f.word] = value_id(s, f, text, n, slot, &status)
    return status

cdef inline void route_number(Search *s, int slot, int status) noexcept nogil:
    """A nine-digit number in the place of the personal one is an old number (fields/batch.py)."""
    cdef uint32_t *new
    cdef uint32_t *old
    if status != ID_OLD_NUMBER or s.route_from < 0:
        return
    new = s.rows + slot * s.n_words + s.fields[s.route_from].word
    old = s.rows + slot * s.n_words + s.fields[s.route_to].word
    if old[0] == 0 and old[1] == 0 or old[0] == new[0] and old[1] == new[1]:
        old[0] = new[0]
        old[1] = new[1]
        new[0] = new[1] = 0

cdef inline int decode_record(Search *s, uint32_t row, int slot) noexcept nogil:
    """Read a record's fields that the query asks for into a scratch row; -1 where its bytes are damaged."""
    cdef FieldText texts[MAX_FIELDS]
    cdef FieldText *t
    cdef Field *f
    cdef int i, status, routed = 0
    cdef uint32_t word
    if read_blob(s.store, row, s.wanted, texts, s.buffer, BUFFER):
        return -1
    for i in range(s.n_fields):
        if not s.wanted >> i & 1:
            continue
        t = &texts[i]
        f = &s.fields[i]
        word = 0
        if f.kind == FIELD_CATEGORY and 0 < t.category <= f.n_categories:
            word = f.category_words[t.category - 1]
        if t.meant != NULL:
            status = put_words(s, i, t.meant, t.n_meant, word, slot)
        else:
            status = put_words(s, i, t.text, t.n, word, slot)
        if i == s.route_from:
            routed = status
    route_number(s, slot, routed)
    return 0

cdef inline void read_given(const Column *columns, int n_fields, int64_t at, Given *given) noexcept nogil:
    """What one of many queries holds."""
    cdef const Column *c
    cdef int i
    for i in range(n_fields):
        c = &columns[i]
        given[i].text = NULL
        given[i].n = 0
        given[i].word = c.words[at] if c.words != NULL else 0
        if c.offsets != NULL and (c.valid == NULL or c.valid[at]):
            given[i].text = c.data + c.offsets[at]
            given[i].n = <uint32_t> (c.offsets[at + 1] - c.offsets[at])

cdef inline int load_query(Search *s, const Given *given) noexcept nogil:
    """Encode the query into row 0; returns the flags of a name that asks for repair, else 0."""
    cdef int i, status, routed = 0, suspect = 0
    cdef const Field *f
    s.wanted = 0
    for i in range(s.n_fields):
        f = &s.fields[i]
        s.fields[i].n_query_tokens = 0
        s.fields[i].exact = 0
        status = put_words(s, i, given[i].text, given[i].n, given[i].word, 0)
        if i == s.route_from:
            routed = status
        if f.kind == FIELD_NAME and status & NAME_SUSPECT:
            suspect = status
    route_number(s, 0, routed)
    answer_questions(s)
    for i in range(s.n_fields):
        f = &s.fields[i]
        s.has[i] = s.rows[f.word] != 0 or f.kind == FIELD_IDENTIFIER and s.rows[f.word + 1] != 0
        if s.has[i]:
            s.wanted |= <uint64_t> 1 << i
            s.wanted |= f.swaps
    if s.route_from >= 0 and s.wanted >> s.route_to & 1:
        s.wanted |= <uint64_t> 1 << s.route_from
    if s.route_from >= 0 and s.wanted >> s.route_from & 1:
        s.wanted |= <uint64_t> 1 << s.route_to
    return suspect

cdef inline int load_record(Search *s, uint32_t row) noexcept nogil:
    """Encode a stored record into row 0, as a query that holds all its fields; -1 where it is damaged."""
    cdef FieldText texts[MAX_FIELDS]
    cdef Given given[MAX_FIELDS]
    cdef const Field *f
    cdef int i
    if read_blob(s.store, row, (<uint64_t> 1 << s.n_fields) - 1, texts, s.buffer, BUFFER):
        return -1
    for i in range(s.n_fields):
        f = &s.fields[i]
        given[i].text = texts[i].meant if texts[i].meant != NULL else texts[i].text
        given[i].n = texts[i].n_meant if texts[i].meant != NULL else texts[i].n
        given[i].word = 0
        if f.kind == FIELD_CATEGORY and 0 < texts[i].category <= f.n_categories:
            given[i].word = f.category_words[texts[i].category - 1]
    load_query(s, given)
    return 0
