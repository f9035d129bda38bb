# A field's raw text -> its part of a blob (ext/blobs.pxd), and what the hot row says of it. Header-only.
from blobs cimport (
    CODED_DATE,
    CODED_PATTERN,
    CODED_WORDS,
    HEAD_HOT,
    HEAD_MEANT,
    HEAD_TEXT,
    HOT_WORDS,
    LONG,
    MAX_FIELDS,
    MAX_WORDS,
    OTHER_WORD,
    STRANGE_WORD,
    Coding,
)
from codings cimport date_head, digits_value
from hash_table cimport Slot, Table, table_find
from hashing cimport hash_bytes
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy
from normalise cimport Normalised, normalise_name
from texts cimport (
    LONGEST_WORD,
    Bytes,
    Texts,
    put_bytes,
    put_varint,
    reserve,
    texts_add,
)

# What a text of a column's own dictionary is written as, once it has been met.
cdef struct Known:
    uint32_t at, n            # in `kept`
    uint8_t head, hot, is_known

# A field's texts: of each row, or of each entry of a dictionary that the rows' indices point into.
cdef struct Column:
    const int32_t *offsets
    const uint8_t *text
    const uint8_t *valid
    const int32_t *indices
    uint64_t n_entries
    Known *known

# What encoding a field needs: its coding, the numbers of words and categories, and where the bytes go.
cdef struct Encoder:
    Coding codings[MAX_FIELDS]
    int n_fields, hot_field
    Texts words
    Texts categories[MAX_FIELDS]
    Texts meant[MAX_FIELDS]   # hash of a raw text -> number of the text it was taken to mean
    Bytes payload             # of the record under way
    Bytes kept                # of entries of dictionaries, as they were written

cdef enum:
    PLAIN_ROOM = 1024
    CROWDED_ROOM = 512        # bytes of a name whose spaces are put right

cdef inline void fill_hot(uint16_t *row, int word) noexcept nogil:
    cdef int k
    for k in range(HOT_WORDS):
        row[k] = <uint16_t> word

# Whether a word is one token wherever it stands in a name: no title, no digits that an end would lose.
cdef inline bint is_plain_token(const uint8_t *word, uint64_t n) noexcept nogil:
    cdef uint8_t text[LONGEST_WORD + 16]
    cdef uint8_t exact[PLAIN_ROOM]
    cdef uint8_t spelling[PLAIN_ROOM]
    cdef uint8_t folded[PLAIN_ROOM]
    cdef Normalised sizes
    cdef uint64_t i
    if n > LONGEST_WORD:
        return False
    for i in range(n):
        if c"0" <= word[i] <= c"9":
            return False
    memcpy(text, word, n)
    memcpy(text + n, b" nguyen van an", 14)
    normalise_name(text, n, exact, spelling, folded, PLAIN_ROOM - 64, &sizes, NULL)
    if sizes.n_tokens != 1:
        return False
    normalise_name(text, n + 14, exact, spelling, folded, PLAIN_ROOM - 64, &sizes, NULL)
    return sizes.n_tokens == 4

# Put the words of a name that is written with spaces in excess into the hot row.
cdef inline void put_crowded(Encoder *e, const uint8_t *p, uint64_t n, uint16_t *hot_row) noexcept nogil:
    cdef uint8_t text[CROWDED_ROOM]
    cdef uint64_t i, at = 0, before = e.payload.n
    if n > CROWDED_ROOM:
        fill_hot(hot_row, OTHER_WORD)
        return
    for i in range(n):
        if p[i] != c" " or at and text[at - 1] != c" ":
            text[at] = p[i]
            at += 1
    if at and text[at - 1] == c" ":
        at -= 1
    if put_words(e, text, at, True, hot_row) < 0:
        fill_hot(hot_row, OTHER_WORD)
    e.payload.n = before

# The head of a text that words can write, with its words in out or in the hot row; -1 = they cannot.
cdef inline int put_words(Encoder *e, const uint8_t *p, uint64_t n, bint hot, uint16_t *hot_row) noexcept nogil:
    cdef Bytes *out = &e.payload
    cdef const uint8_t *words[MAX_WORDS]
    cdef uint64_t sizes[MAX_WORDS]
    cdef uint32_t ids[MAX_WORDS]
    cdef const uint8_t *end = p + n
    cdef const uint8_t *begin
    cdef Slot *slot
    cdef int k, n_words = 0
    cdef bint all_known = True
    if n == 0:
        return -1
    while True:
        begin = p
        while p < end and p[0] != c" ":
            p += 1
        if p == begin or n_words == MAX_WORDS or p - begin > LONGEST_WORD:
            return -1
        words[n_words] = begin
        sizes[n_words] = p - begin
        n_words += 1
        if p == end:
            break
        p += 1
    for k in range(n_words):
        slot = table_find(&e.words.table, hash_bytes(words[k], sizes[k]))
        ids[k] = slot.id if slot.hash else OTHER_WORD
        all_known = all_known and slot.hash != 0
    if hot:
        # First, two others, last; a row that holds not all words says so by OTHER_WORD.
        for k in range(n_words if n_words < HOT_WORDS else HOT_WORDS):
            hot_row[k] = <uint16_t> ids[k]
            if ids[k] == OTHER_WORD and is_plain_token(words[k], sizes[k]):
                hot_row[k] = STRANGE_WORD
        if n_words > HOT_WORDS:
            hot_row[1] = OTHER_WORD
            hot_row[HOT_WORDS - 1] = <uint16_t> ids[n_words - 1]
        elif all_known:
            return HEAD_HOT + n_words
    for k in range(n_words):
        if ids[k] != OTHER_WORD:
            put_varint(out, ids[k] + 1)
        else:
            put_varint(out, 0)
            put_varint(out, <uint32_t> sizes[k])
            put_bytes(out, words[k], sizes[k])
    return n_words

# The head of a text that is taken to mean another one, with both texts; 0 = it means itself.
cdef inline int put_meant(Encoder *e, int f, const uint8_t *p, uint64_t n, uint16_t *hot_row) noexcept nogil:
    cdef const Texts *t = &e.meant[f]
    cdef Bytes *out = &e.payload
    cdef const uint32_t *at
    cdef const uint8_t *meant
    cdef uint64_t n_meant, before = out.n
    cdef Slot *slot
    if t.table.n == 0:
        return 0
    slot = table_find(<Table *> &t.table, hash_bytes(p, n))
    if slot.hash == 0:
        return 0
    at = <const uint32_t *> t.offsets.p + slot.id
    meant = t.texts.p + at[0]
    n_meant = at[1] - at[0]
    if reserve(out, 2 * n_meant + n + 64):
        return -1
    if f == e.hot_field and put_words(e, meant, n_meant, True, hot_row) < 0:
        fill_hot(hot_row, OTHER_WORD)
    out.n = before
    put_varint(out, <uint32_t> n)
    put_bytes(out, p, n)
    put_varint(out, <uint32_t> n_meant)
    put_bytes(out, meant, n_meant)
    return HEAD_MEANT

# Append one field's text to the payload; its head, or -1 without memory.
cdef inline int put_field(Encoder *e, int f, const uint8_t *p, uint64_t n, uint16_t *hot_row, uint8_t *hot_bytes) noexcept nogil:
    cdef Bytes *out = &e.payload
    cdef const Coding *c = &e.codings[f]
    cdef Slot *slot
    cdef uint64_t value
    cdef uint32_t number = 0
    cdef int head = 0
    # A word at most costs three bytes for its number, or two and ite.
    if n >> 30 or reserve(out, 2 * n + 64):
        return -1
    if c.kind == CODED_WORDS:
        head = put_meant(e, f, p, n, hot_row)
        if head:
            return head
        head = put_words(e, p, n, f == e.hot_field, hot_row)
        if head > 0:
            return head
        if f == e.hot_field:
            put_crowded(e, p, n, hot_row)
    elif c.kind == CODED_PATTERN:
        if n == <uint64_t> (c.n_prefix + c.n_digits) and n and memcmp(p, c.prefix, c.n_prefix) == 0 \
                and digits_value(p + c.n_prefix, c.n_digits, &value) == 0:
            put_bytes(out, &value, c.n_bytes)
            return 1
    elif c.kind == CODED_DATE:
        head = date_head(p, n, &number)
        if head:
            put_bytes(out, &number, 2)
            return head
    else:
        slot = texts_add(&e.categories[f], p, n)
        if slot == NULL:
            return -1
        number = slot.id + 1
        if c.hot >= 0:
            hot_bytes[c.hot] = <uint8_t> number if number < LONG else LONG
            if number < LONG:
                return HEAD_HOT
        head = 1 if number < 256 else 2 if number < 65536 else 4
        put_bytes(out, &number, head)
        return head
    put_varint(out, <uint32_t> n)
    put_bytes(out, p, n)
    return HEAD_TEXT

# As put_field, for an entry of a column's own dictionary: encoded when it is first met.
cdef inline int put_entry(Encoder *e, int f, const Column *c, uint32_t entry, uint16_t *hot_row, uint8_t *hot_bytes) noexcept nogil:
    cdef Known *known = &c.known[entry]
    cdef uint64_t before = e.payload.n
    cdef int head, hot = e.codings[f].hot
    if not known.is_known:
        head = put_field(e, f, c.text + c.offsets[entry], c.offsets[entry + 1] - c.offsets[entry], hot_row, hot_bytes)
        if head < 0 or reserve(&e.kept, e.payload.n - before) or e.kept.n >> 32:
            return -1
        known.head = <uint8_t> head
        known.hot = hot_bytes[hot] if hot >= 0 else 0
        known.at = <uint32_t> e.kept.n
        known.n = <uint32_t> (e.payload.n - before)
        known.is_known = 1
        put_bytes(&e.kept, e.payload.p + before, known.n)
        return head
    if reserve(&e.payload, known.n):
        return -1
    put_bytes(&e.payload, e.kept.p + known.at, known.n)
    if hot >= 0:
        hot_bytes[hot] = known.hot
    return known.head
