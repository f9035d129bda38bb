# Raw texts of records -> blobs and hot rows (ext/blobs.pxd); blobs -> raw texts.
"""Raw texts of records -> compact blobs, and back."""

import numpy as np

from blobs cimport (
    CODED_CATEGORY,
    CODED_DATE,
    CODED_PATTERN,
    CODED_WORDS,
    GROUP,
    HEAD_HOT,
    HEAD_MEANT,
    HEAD_TEXT,
    HOT_CATEGORIES,
    HOT_WORDS,
    LONG,
    MAX_FIELDS,
    MAX_PREFIX,
    MAX_WORDS,
    NO_WORD,
    OTHER_WORD,
    Coding,
    FieldText,
    Store,
    date_to_day,
    read_blob,
)
from dates cimport days_in_month
from hashing cimport hash_bytes, prefetch
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcmp, memcpy, memset

cdef enum:
    LONGEST_WORD = 255
    READ_BUFFER = 1 << 16

CODINGS = {"words": CODED_WORDS, "pattern": CODED_PATTERN, "date": CODED_DATE, "category": CODED_CATEGORY}

cdef struct Slot:
    uint64_t hash             # 0 = free
    uint32_t id
    uint32_t count

cdef struct Table:
    Slot *slots
    uint64_t mask, n

cdef struct Bytes:
    uint8_t *p
    uint64_t n, capacity

cdef int reserve(Bytes *b, uint64_t more) noexcept nogil:
    cdef uint64_t capacity = b.capacity
    cdef void *p
    if b.n + more <= capacity:
        return 0
    while capacity < b.n + more:
        capacity = capacity + (capacity >> 1) + 4096
    p = realloc(b.p, capacity)
    if p == NULL:
        return -1
    b.p = <uint8_t *> p
    b.capacity = capacity
    return 0

cdef int table_init(Table *t, uint64_t size) noexcept nogil:
    t.slots = <Slot *> malloc(size * sizeof(Slot))
    if t.slots == NULL:
        return -1
    memset(t.slots, 0, size * sizeof(Slot))
    t.mask = size - 1
    t.n = 0
    return 0

cdef inline Slot *table_find(Table *t, uint64_t h) noexcept nogil:
    cdef uint64_t i = h & t.mask
    while t.slots[i].hash and t.slots[i].hash != h:
        i = (i + 1) & t.mask
    return &t.slots[i]

cdef int table_room(Table *t) noexcept nogil:
    """Room for one more entry."""
    cdef Table larger
    cdef uint64_t i
    if (t.n + 1) * 4 <= (t.mask + 1) * 3:
        return 0
    if table_init(&larger, (t.mask + 1) * 2):
        return -1
    for i in range(t.mask + 1):
        if t.slots[i].hash:
            table_find(&larger, t.slots[i].hash)[0] = t.slots[i]
    larger.n = t.n
    free(t.slots)
    t[0] = larger
    return 0

cdef inline void put_varint(Bytes *b, uint32_t value) noexcept nogil:
    while value >= 128:
        b.p[b.n] = <uint8_t> (value | 128)
        b.n += 1
        value >>= 7
    b.p[b.n] = <uint8_t> value
    b.n += 1

cdef inline void put_bytes(Bytes *b, const void *p, uint64_t n) noexcept nogil:
    memcpy(b.p + b.n, p, n)
    b.n += n

# Distinct texts, numbered in order of first appearance, and how often each was added.
cdef struct Texts:
    Table table
    Bytes texts
    Bytes offsets             # uint32 each

cdef int texts_init(Texts *t) noexcept nogil:
    memset(t, 0, sizeof(Texts))
    if table_init(&t.table, 1024) or reserve(&t.offsets, 4):
        return -1
    memset(t.offsets.p, 0, 4)
    t.offsets.n = 4
    return 0

cdef void texts_free(Texts *t) noexcept nogil:
    free(t.table.slots)
    free(t.texts.p)
    free(t.offsets.p)
    memset(t, 0, sizeof(Texts))

cdef int append_text(Texts *t, const uint8_t *text, uint64_t n) noexcept nogil:
    cdef uint32_t end
    if reserve(&t.texts, n) or reserve(&t.offsets, 4) or (t.texts.n + n) >> 32:
        return -1
    put_bytes(&t.texts, text, n)
    end = <uint32_t> t.texts.n
    put_bytes(&t.offsets, &end, 4)
    return 0

# The text's slot, added where it is new; NULL without memory.
cdef Slot *texts_add(Texts *t, const uint8_t *text, uint64_t n) noexcept nogil:
    cdef uint64_t h = hash_bytes(text, n)
    cdef Slot *slot
    if table_room(&t.table):
        return NULL
    slot = table_find(&t.table, h)
    if slot.hash == 0:
        if append_text(t, text, n):
            return NULL
        slot.hash = h
        slot.id = <uint32_t> t.table.n
        t.table.n += 1
    slot.count += 1
    return slot

# Offsets (uint32[n + 1]) and bytes (uint8) of these texts, in this order.
cdef taken(const Texts *t, const uint32_t[::1] chosen):
    cdef Py_ssize_t i, n = chosen.shape[0]
    cdef const uint32_t *at = <const uint32_t *> t.offsets.p
    cdef uint64_t total = 0, n_texts = t.offsets.n // 4 - 1
    for i in range(n):
        if chosen[i] >= n_texts:
            raise ValueError("a number beyond the texts")
        total += at[chosen[i] + 1] - at[chosen[i]]
    offsets = np.zeros(n + 1, np.uint32)
    texts = np.zeros(total, np.uint8)
    cdef uint32_t[::1] ends = offsets
    cdef uint8_t[::1] out = texts
    cdef uint32_t k, end = 0
    for i in range(n):
        k = at[chosen[i] + 1] - at[chosen[i]]
        if k:
            memcpy(&out[end], t.texts.p + at[chosen[i]], k)
        end += k
        ends[i + 1] = end
    return offsets, texts

cdef all_of(const Texts *t):
    return taken(t, np.arange(t.offsets.n // 4 - 1, dtype=np.uint32))


cdef class WordCounter:
    """Distinct words of texts and how often each occurs."""

    cdef Texts texts

    def __cinit__(self):
        if texts_init(&self.texts):
            raise MemoryError

    def __dealloc__(self):
        texts_free(&self.texts)

    def __len__(self):
        return self.texts.table.n

    def add_words(self, const int32_t[::1] offsets not None, const uint8_t[::1] data not None,
                  const uint8_t[::1] valid):
        """Count the words (separated by one space each) of every text."""
        cdef Py_ssize_t i, n = offsets.shape[0] - 1
        cdef const uint8_t *text = &data[0] if data.shape[0] else NULL
        cdef const uint8_t *p
        cdef const uint8_t *end
        cdef const uint8_t *word
        cdef bint failed = False
        check_text(offsets, data, valid, n)
        with nogil:
            for i in range(n):
                if valid is not None and not valid[i]:
                    continue
                p = text + offsets[i]
                end = text + offsets[i + 1]
                while p < end:
                    word = p
                    while p < end and p[0] != c" ":
                        p += 1
                    if 0 < p - word <= LONGEST_WORD and texts_add(&self.texts, word, p - word) == NULL:
                        failed = True
                        break
                    p += 1
        if failed:
            raise MemoryError

    def most_frequent(self, Py_ssize_t most, uint32_t least):
        """The `most` most frequent words with at least `least` occurrences, the most frequent first.

        Returns
        -------
        tuple of (uint32[n + 1], uint8)
            Offsets and bytes.
        """
        counts = np.zeros(self.texts.table.n, np.int64)
        cdef int64_t[::1] view = counts
        cdef uint64_t i
        for i in range(self.texts.table.mask + 1):
            if self.texts.table.slots[i].hash:
                view[self.texts.table.slots[i].id] = self.texts.table.slots[i].count
        order = np.argsort(-counts, kind="stable")[:most]
        return taken(&self.texts, order[counts[order] >= least].astype(np.uint32))


cdef check_text(const int32_t[::1] offsets, const uint8_t[::1] data, const uint8_t[::1] valid, Py_ssize_t n):
    cdef Py_ssize_t i
    if n < 0 or offsets.shape[0] != n + 1 or valid is not None and valid.shape[0] != n:
        raise ValueError(f"expected {n + 1} offsets and {n} validities")
    if offsets[0] < 0 or offsets[n] > data.shape[0]:
        raise ValueError("offsets leave the data")
    for i in range(n):
        if offsets[i + 1] < offsets[i]:
            raise ValueError("offsets decrease")


def hash_texts(const int32_t[::1] offsets not None, const uint8_t[::1] data not None, const uint8_t[::1] valid):
    """Content hashes of raw texts; uint64[n], 0 = null or empty."""
    cdef Py_ssize_t i, n = offsets.shape[0] - 1
    check_text(offsets, data, valid, n)
    out = np.zeros(n, np.uint64)
    cdef uint64_t[::1] view = out
    with nogil:
        for i in range(n):
            if (valid is None or valid[i]) and offsets[i + 1] > offsets[i]:
                view[i] = hash_bytes(&data[offsets[i]], offsets[i + 1] - offsets[i])
    return out


cdef struct Column:
    const int32_t *offsets
    const uint8_t *text
    const uint8_t *valid

cdef fill_coding(Coding *c, spec):
    """A field's coding from its description: kind, and of a pattern prefix, n_digits, n_bytes."""
    c.kind = CODINGS[spec["kind"]]
    c.hot = -1
    c.n_digits = spec.get("n_digits", 0)
    c.n_bytes = spec.get("n_bytes", 0)
    cdef bytes prefix = bytes(spec.get("prefix", b""))
    c.n_prefix = len(prefix)
    if c.n_prefix > MAX_PREFIX or not 0 <= c.n_digits <= 18 or not 0 <= c.n_bytes <= 8:
        raise ValueError("a pattern beyond 16 bytes of prefix, 18 digits or 8 bytes")
    if c.kind == CODED_PATTERN and 256 ** c.n_bytes < 10 ** c.n_digits:
        raise ValueError("a pattern with more digits than its bytes hold")
    memcpy(c.prefix, <const uint8_t *> prefix, c.n_prefix)


cdef set_hot(Coding *codings, int n_fields, list hot_categories):
    """Note which categories stand in the hot rows, and where."""
    if len(hot_categories) > HOT_CATEGORIES:
        raise ValueError(f"expected at most {HOT_CATEGORIES} hot categories")
    for k, f in enumerate(hot_categories):
        if not 0 <= f < n_fields or codings[<int> f].kind != CODED_CATEGORY:
            raise ValueError("a hot category is no category")
        codings[<int> f].hot = k


cdef inline int digits_value(const uint8_t *p, int n, uint64_t *value) noexcept nogil:
    """0 if all n bytes are digits; their number."""
    cdef int i
    value[0] = 0
    for i in range(n):
        if not c"0" <= p[i] <= c"9":
            return -1
        value[0] = value[0] * 10 + (p[i] - c"0")
    return 0

# How a date is written, and the number that stands for it; head 0 = in no way listed.
cdef inline int date_head(const uint8_t *p, uint64_t n, uint32_t *value) noexcept nogil:
    cdef uint64_t year = 0, month = 0, day = 0
    cdef int head = 0
    cdef int64_t days
    if n == 10 and p[4] == c"-" and p[7] == c"-":
        if digits_value(p, 4, &year) == 0 and digits_value(p + 5, 2, &month) == 0 and digits_value(p + 8, 2, &day) == 0:
            head = 1
    elif n == 10 and p[2] == c"/" and p[5] == c"/":
        if digits_value(p, 2, &day) == 0 and digits_value(p + 3, 2, &month) == 0 and digits_value(p + 6, 4, &year) == 0:
            head = 2
    elif n == 4:
        if digits_value(p, 4, &year) == 0:
            value[0] = <uint32_t> year
            return 3
    elif n == 7 and p[2] == c"/":
        if digits_value(p, 2, &month) == 0 and digits_value(p + 3, 4, &year) == 0:
            head = 4
    elif n == 7 and p[4] == c"-":
        if digits_value(p, 4, &year) == 0 and digits_value(p + 5, 2, &month) == 0:
            head = 5
    if head == 0 or not 1 <= month <= 12:
        return 0
    if head >= 4:
        value[0] = <uint32_t> (year * 12 + month - 1)
        return head if value[0] < 65536 else 0
    if not 1 <= day <= <uint64_t> days_in_month(<int> month, <int> year) or year == 0:
        return 0
    days = date_to_day(year, month, day)
    value[0] = <uint32_t> days
    return head if 0 <= days < 65536 else 0


cdef class StoreWriter:
    """Records' texts -> blobs, in the order they are added, and their hot rows.

    Parameters
    ----------
    codings : list of dict
        One per field: kind "words", "pattern" (with prefix, n_digits, n_bytes), "date" or "category".
    word_offsets, word_texts : uint32[n + 1], uint8
        The vocabulary, at most 65,535 words.
    hot_field : int
        The name whose words stand in the hot rows; -1 = none.
    hot_categories : list of int
        At most four fields of categories.
    """

    cdef Coding codings[MAX_FIELDS]
    cdef int n_fields, hot_field
    cdef Texts words, shapes
    cdef Texts categories[MAX_FIELDS]
    cdef Texts meant[MAX_FIELDS]     # hash of a raw text -> number of the text it was taken to mean
    cdef Bytes blobs, lengths, hot_words, hot_bytes, payload
    cdef uint32_t n_words

    def __cinit__(self):
        cdef int f
        if texts_init(&self.words) or texts_init(&self.shapes):
            raise MemoryError
        for f in range(MAX_FIELDS):
            if texts_init(&self.categories[f]) or texts_init(&self.meant[f]):
                raise MemoryError

    def __init__(self, list codings not None, const uint32_t[::1] word_offsets not None,
                 const uint8_t[::1] word_texts not None, int hot_field, list hot_categories not None):
        cdef uint32_t i
        if not 0 < len(codings) <= MAX_FIELDS:
            raise ValueError(f"expected 1 to {MAX_FIELDS} fields, got {len(codings)}")
        self.n_fields = len(codings)
        for f, spec in enumerate(codings):
            fill_coding(&self.codings[f], spec)
        self.hot_field = hot_field
        set_hot(self.codings, self.n_fields, hot_categories)
        self.n_words = <uint32_t> (word_offsets.shape[0] - 1)
        if self.n_words > NO_WORD:
            raise ValueError("a vocabulary of more than 65,534 words")
        for i in range(self.n_words):
            if texts_add(&self.words, &word_texts[word_offsets[i]], word_offsets[i + 1] - word_offsets[i]) == NULL:
                raise MemoryError
        if self.words.table.n != self.n_words:
            raise ValueError("a word stands in the vocabulary twice")

    def __dealloc__(self):
        cdef int f
        texts_free(&self.words)
        texts_free(&self.shapes)
        for f in range(MAX_FIELDS):
            texts_free(&self.categories[f])
            texts_free(&self.meant[f])
        free(self.blobs.p)
        free(self.lengths.p)
        free(self.hot_words.p)
        free(self.hot_bytes.p)
        free(self.payload.p)

    def __len__(self):
        return self.lengths.n // 4

    cdef int put_words(self, const uint8_t *p, uint64_t n, bint hot, uint16_t *hot_row) noexcept nogil:
        """The head of a text that words can write, with its words in out or in the hot row; -1 = they cannot."""
        cdef Bytes *out = &self.payload
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
            slot = table_find(&self.words.table, hash_bytes(words[k], sizes[k]))
            ids[k] = slot.id if slot.hash else OTHER_WORD
            all_known = all_known and slot.hash != 0
        if hot:
            # First, two others, last; a row that holds not all words says so by OTHER_WORD.
            for k in range(n_words if n_words < HOT_WORDS else HOT_WORDS):
                hot_row[k] = <uint16_t> ids[k]
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

    def mean(self, int field, bytes raw not None, bytes meant not None):
        """From now on this raw text of a field is kept together with the text it was taken to mean."""
        cdef Texts *t = &self.meant[field]
        cdef Slot *slot
        if not 0 <= field < self.n_fields or self.codings[field].kind != CODED_WORDS:
            raise ValueError("no field of words")
        if table_room(&t.table):
            raise MemoryError
        slot = table_find(&t.table, hash_bytes(<const uint8_t *> <const char *> raw, len(raw)))
        if slot.hash:
            return
        slot.hash = hash_bytes(<const uint8_t *> <const char *> raw, len(raw))
        slot.id = <uint32_t> t.table.n
        t.table.n += 1
        if append_text(t, <const uint8_t *> <const char *> meant, len(meant)):
            raise MemoryError

    cdef int put_meant(self, int f, const uint8_t *p, uint64_t n, uint16_t *hot_row) noexcept nogil:
        """The head of a text that is taken to mean another one, with both texts; 0 = it means itself."""
        cdef const Texts *t = &self.meant[f]
        cdef Bytes *out = &self.payload
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
        if f == self.hot_field and self.put_words(meant, n_meant, True, hot_row) < 0:
            fill_hot(hot_row, OTHER_WORD)
        out.n = before
        put_varint(out, <uint32_t> n)
        put_bytes(out, p, n)
        put_varint(out, <uint32_t> n_meant)
        put_bytes(out, meant, n_meant)
        return HEAD_MEANT

    cdef int put_field(self, int f, const uint8_t *p, uint64_t n, uint16_t *hot_row, uint8_t *hot_bytes) noexcept nogil:
        """Append one field's text to the payload; its head, or -1 without memory."""
        cdef Bytes *out = &self.payload
        cdef const Coding *c = &self.codings[f]
        cdef Slot *slot
        cdef uint64_t value
        cdef uint32_t number = 0
        cdef int head = 0
        # A word at most costs three bytes for its number, or two and itself.
        if n >> 30 or reserve(out, 2 * n + 64):
            return -1
        if c.kind == CODED_WORDS:
            head = self.put_meant(f, p, n, hot_row)
            if head:
                return head
            head = self.put_words(p, n, f == self.hot_field, hot_row)
            if head > 0:
                return head
            if f == self.hot_field:
                fill_hot(hot_row, OTHER_WORD)
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
            slot = texts_add(&self.categories[f], p, n)
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

    cdef int add_row(self, const Column *columns, Py_ssize_t i) noexcept nogil:
        """Append one record; -1 without memory."""
        cdef uint8_t heads[MAX_FIELDS]
        cdef uint16_t hot_row[HOT_WORDS]
        cdef uint8_t hot_bytes[HOT_CATEGORIES]
        cdef Slot *shape
        cdef uint64_t before = self.blobs.n
        cdef uint32_t n
        cdef int f, head
        self.payload.n = 0
        fill_hot(hot_row, NO_WORD)
        memset(hot_bytes, 0, sizeof(hot_bytes))
        for f in range(self.n_fields):
            heads[f] = 0
            if columns[f].offsets == NULL or columns[f].valid != NULL and not columns[f].valid[i]:
                continue
            head = self.put_field(f, columns[f].text + columns[f].offsets[i],
                                  columns[f].offsets[i + 1] - columns[f].offsets[i], hot_row, hot_bytes)
            if head < 0:
                return -1
            heads[f] = <uint8_t> head
        shape = texts_add(&self.shapes, heads, self.n_fields)
        if shape == NULL or reserve(&self.blobs, self.payload.n + 8) or reserve(&self.lengths, 4):
            return -1
        if reserve(&self.hot_words, 2 * HOT_WORDS) or reserve(&self.hot_bytes, HOT_CATEGORIES):
            return -1
        put_varint(&self.blobs, shape.id)
        put_bytes(&self.blobs, self.payload.p, self.payload.n)
        n = <uint32_t> (self.blobs.n - before)
        put_bytes(&self.lengths, &n, 4)
        put_bytes(&self.hot_words, hot_row, 2 * HOT_WORDS)
        put_bytes(&self.hot_bytes, hot_bytes, HOT_CATEGORIES)
        return 0

    def add(self, list columns not None, Py_ssize_t n):
        """Append n records.

        Parameters
        ----------
        columns : list of (int32[n + 1], uint8, uint8[n] or None) or None
            One per field: offsets, text, validity; None = no record has it.
        """
        cdef Column held[MAX_FIELDS]
        cdef Py_ssize_t i
        cdef const int32_t[::1] offsets
        cdef const uint8_t[::1] data
        cdef const uint8_t[::1] valid
        cdef bint failed = False
        if len(columns) != self.n_fields:
            raise ValueError(f"expected {self.n_fields} columns, got {len(columns)}")
        if n == 0:
            return
        memset(held, 0, sizeof(held))
        for f, column in enumerate(columns):
            if column is None:
                continue
            offsets, data, valid = column
            check_text(offsets, data, valid, n)
            held[f].offsets = &offsets[0]
            held[f].text = &data[0] if data.shape[0] else NULL
            held[f].valid = &valid[0] if valid is not None else NULL
        with nogil:
            for i in range(n):
                if self.add_row(held, i):
                    failed = True
                    break
        if failed:
            raise MemoryError("the records do not fit into memory, or a text is longer than 1 GiB")

    def hot(self):
        """The hot rows, borrowed until records are added: words uint16[n, 4], categories uint8[n, 4]."""
        return (view_of(&self.hot_words).view(np.uint16).reshape(-1, HOT_WORDS),
                view_of(&self.hot_bytes).reshape(-1, HOT_CATEGORIES))

    def take(self, const uint32_t[::1] order not None, Py_ssize_t size=1 << 24):
        """Hand out the records' sections in this order; blobs as an iterator of pieces of about `size` bytes.

        Returns
        -------
        dict
            n_bytes, blobs (iterator of uint8 arrays), groups (uint64), lengths (uint8), long_rows, long_lengths,
            shapes (uint8[n_shapes, n_fields]), categories (per field offsets and texts, or None).
        """
        cdef Py_ssize_t n = self.lengths.n // 4, i
        if order.shape[0] != n or n and int(np.asarray(order).max()) >= n:
            raise ValueError(f"expected an order of {n} records")
        sizes = view_of(&self.lengths).view(np.uint32)[np.asarray(order)]
        ends = np.cumsum(sizes, dtype=np.uint64)
        groups = np.concatenate([np.zeros(1, np.uint64), ends[GROUP - 1::GROUP]])[: (n + GROUP - 1) // GROUP]
        is_long = sizes >= LONG
        texts = all_of(&self.shapes)[1]
        return {
            "n_bytes": int(ends[n - 1]) if n else 0,
            "blobs": self.pieces(np.asarray(order), size),
            "groups": groups,
            "lengths": np.where(is_long, LONG, sizes).astype(np.uint8),
            "long_rows": np.flatnonzero(is_long).astype(np.uint32),
            "long_lengths": sizes[is_long],
            "shapes": texts.reshape(-1, self.n_fields),
            "categories": [
                all_of(&self.categories[i]) if self.codings[i].kind == CODED_CATEGORY else None
                for i in range(self.n_fields)
            ],
        }

    def pieces(self, order, Py_ssize_t size):
        """The blobs in this order, in pieces."""
        cdef const uint32_t[::1] rows = order
        starts = np.zeros(self.lengths.n // 4 + 1, np.uint64)
        np.cumsum(view_of(&self.lengths).view(np.uint32), out=starts[1:], dtype=np.uint64)
        cdef const uint64_t[::1] at = starts
        cdef Py_ssize_t i = 0, first, n = rows.shape[0]
        cdef uint64_t total, used
        cdef uint8_t[::1] out
        while i < n:
            first = i
            total = 0
            while i < n and total < <uint64_t> size:
                total += at[rows[i] + 1] - at[rows[i]]
                i += 1
            piece = np.empty(total, np.uint8)
            out = piece
            with nogil:
                used = 0
                while first < i:
                    if first + 16 < n:
                        prefetch(self.blobs.p + at[rows[first + 16]])
                    memcpy(&out[used], self.blobs.p + at[rows[first]], at[rows[first] + 1] - at[rows[first]])
                    used += at[rows[first] + 1] - at[rows[first]]
                    first += 1
            yield piece


cdef inline void fill_hot(uint16_t *row, int word) noexcept nogil:
    cdef int k
    for k in range(HOT_WORDS):
        row[k] = <uint16_t> word

# The bytes as an array that borrows them.
cdef view_of(Bytes *b):
    if b.n == 0:
        return np.zeros(0, np.uint8)
    return np.asarray(<uint8_t[:b.n]> b.p)


cdef class RecordStore:
    """The stored texts of a segment's records, read from its sections; nothing is copied.

    Parameters
    ----------
    codings : list of dict
        As of StoreWriter.
    sections : dict of arrays
        blobs, groups, lengths, long_rows, long_lengths, shapes, hot_words, hot_categories, word_offsets,
        word_texts.
    categories : list of (uint32[n + 1], uint8) or None
        Per field, the texts of a category.
    hot_field : int
    """

    def __init__(self, list codings not None, dict sections not None, list categories not None, int hot_field,
                 list hot_categories not None):
        cdef Store *s = &self.store
        cdef Coding *c
        cdef Py_ssize_t n = sections["lengths"].shape[0]
        self.alive = [sections, categories]
        s.n_records = n
        s.n_fields = len(codings)
        s.hot_field = hot_field
        if not 0 < len(codings) <= MAX_FIELDS or len(categories) != len(codings) or hot_field >= s.n_fields:
            raise ValueError("fields beyond what a store holds")
        if sections["groups"].shape[0] != (n + GROUP - 1) // GROUP or sections["hot_words"].shape != (n, HOT_WORDS) \
                or sections["hot_categories"].shape != (n, HOT_CATEGORIES):
            raise ValueError("sections of different numbers of records")
        if sections["shapes"].ndim != 2 or sections["shapes"].shape[1] != s.n_fields \
                or sections["long_rows"].shape != sections["long_lengths"].shape:
            raise ValueError("shapes that do not fit the fields")
        s.blobs = <const uint8_t *> address(sections["blobs"], np.uint8)
        s.n_blob_bytes = sections["blobs"].size
        s.groups = <const uint64_t *> address(sections["groups"], np.uint64)
        s.n_groups = sections["groups"].size
        s.lengths = <const uint8_t *> address(sections["lengths"], np.uint8)
        s.long_rows = <const uint32_t *> address(sections["long_rows"], np.uint32)
        s.long_lengths = <const uint32_t *> address(sections["long_lengths"], np.uint32)
        s.n_long = sections["long_rows"].size
        s.shapes = <const uint8_t *> address(sections["shapes"], np.uint8)
        s.n_shapes = sections["shapes"].shape[0]
        s.hot_words = <const uint16_t *> address(sections["hot_words"], np.uint16)
        s.hot_categories = <const uint8_t *> address(sections["hot_categories"], np.uint8)
        check_offsets(sections["word_offsets"], sections["word_texts"])
        s.word_offsets = <const uint32_t *> address(sections["word_offsets"], np.uint32)
        s.word_texts = <const uint8_t *> address(sections["word_texts"], np.uint8)
        s.n_words = <uint32_t> (sections["word_offsets"].size - 1)
        for f, spec in enumerate(codings):
            c = &s.codings[f]
            fill_coding(c, spec)
            if categories[f] is not None:
                check_offsets(categories[f][0], categories[f][1])
                c.offsets = <const uint32_t *> address(categories[f][0], np.uint32)
                c.texts = <const uint8_t *> address(categories[f][1], np.uint8)
                c.n_texts = <uint32_t> (categories[f][0].size - 1)
        set_hot(s.codings, s.n_fields, hot_categories)

    def __len__(self):
        return self.store.n_records

    def texts(self, const uint32_t[::1] rows not None, list fields not None):
        """Raw texts of these fields.

        Returns
        -------
        list of list of (bytes or None)
            Per field, per row.

        Raises
        ------
        ValueError
            A row beyond the records, or damaged bytes.
        """
        cdef FieldText out[MAX_FIELDS]
        cdef uint64_t wanted = 0
        cdef Py_ssize_t i
        cdef int f
        cdef list columns = [[] for _ in fields]
        cdef Bytes buffer
        memset(&buffer, 0, sizeof(Bytes))
        for field in fields:
            if not 0 <= field < self.store.n_fields:
                raise ValueError("no such field")
            wanted |= <uint64_t> 1 << <int> field
        if reserve(&buffer, READ_BUFFER):
            raise MemoryError
        try:
            for i in range(rows.shape[0]):
                if read_blob(&self.store, rows[i], wanted, out, buffer.p, READ_BUFFER):
                    raise ValueError(f"record {rows[i]} of {self.store.n_records} cannot be read")
                for k, field in enumerate(fields):
                    f = field
                    columns[k].append(out[f].text[:out[f].n] if out[f].text != NULL else None)
        finally:
            free(buffer.p)
        return columns


cdef size_t address(array, dtype) except? 0:
    if array.dtype != dtype or not array.flags.c_contiguous:
        raise ValueError(f"expected a contiguous array of {np.dtype(dtype)}, got {array.dtype}")
    return array.ctypes.data

cdef check_offsets(offsets, texts):
    if offsets.ndim != 1 or offsets.size == 0 or int(offsets[0]) != 0 or int(offsets[offsets.size - 1]) != texts.size \
            or not bool(np.all(np.diff(offsets.astype(np.int64)) >= 0)):
        raise ValueError("offsets of texts that do not ascend to the texts' end")
