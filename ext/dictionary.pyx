# Raw text of one field -> value ids; each distinct raw text is normalised once, each distinct value held once.
"""Raw texts of one field -> value ids, and the tables of distinct values and tokens."""

import numpy as np

from cpython.buffer cimport PyBuffer_FillInfo
from compact cimport set_letters, set_token_text
from dtypes cimport MAX_TOKENS, TOKEN_TEXT, Token, Value
from hashing cimport hash_bytes, prefetch
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset
from normalise cimport (
    NAME_SUSPECT,
    Normalised,
    init_normalise,
    normalise_name,
    normalise_text,
    phonetic_hash,
)
from pages cimport grown, is_big, release, zeroed

init_normalise()

VALUE_DTYPE = np.dtype(
    [("folded", "<u8"), ("spelling", "<u8"), ("letters", "<u8"), ("text", "<u4"), ("length", "<u2"),
     ("n_tokens", "u1"), ("flags", "u1"), ("tokens", "<u4", (MAX_TOKENS,))]
)
TOKEN_DTYPE = np.dtype(
    [("letters", "<u8"), ("folded", "<u8"), ("phonetic", "<u4"), ("length", "<u4"), ("count", "<u4"),
     ("unused", "<u4"), ("text", "u1", (TOKEN_TEXT,))]
)

cdef enum:
    CAPACITY = 512
    AHEAD = 16            # rows whose hashes are known before the tables are probed: cache misses overlap
    PADDING = 64          # bytes readable behind every text, for SIMD compares
    TEXT_NAME = 0
    TEXT_PLAIN = 1
    TEXT_EMAIL = 2

cdef struct Slot:
    uint64_t hash         # 0 = free
    uint32_t id

# Open addressing, power-of-two size, at most three quarters full.
cdef struct Table:
    Slot *slots
    uint64_t mask
    uint64_t n

# One text in its forms, and the hash of the exact one (0 = nothing is left of it).
cdef struct Form:
    uint8_t exact[CAPACITY + PADDING]
    uint8_t spelling[CAPACITY + PADDING]
    uint8_t folded[CAPACITY + PADDING]
    Normalised sizes
    uint64_t hash

cdef int table_init(Table *t, uint64_t size) noexcept nogil:
    t.slots = <Slot *> zeroed(size * sizeof(Slot))
    t.mask = size - 1
    t.n = 0
    return -1 if t.slots == NULL else 0

cdef void table_drop(Table *t) noexcept nogil:
    release(t.slots, (t.mask + 1) * sizeof(Slot))
    t.slots = NULL

cdef inline bint is_full(Table *t, uint64_t n_more) noexcept nogil:
    return (t.n + n_more) * 4 > (t.mask + 1) * 3

cdef int table_grow(Table *t) noexcept nogil:
    cdef uint64_t size = (t.mask + 1) * 2, i, j
    cdef Slot *slots = <Slot *> zeroed(size * sizeof(Slot))
    if slots == NULL:
        return -1
    for i in range(t.mask + 1):
        if t.slots[i].hash:
            j = t.slots[i].hash & (size - 1)
            while slots[j].hash:
                j = (j + 1) & (size - 1)
            slots[j] = t.slots[i]
    table_drop(t)
    t.slots = slots
    t.mask = size - 1
    return 0

# The slot of a hash: the one that holds it, or the free one where it belongs.
cdef inline Slot *table_find(Table *t, uint64_t h) noexcept nogil:
    cdef uint64_t i = h & t.mask
    while t.slots[i].hash and t.slots[i].hash != h:
        i = (i + 1) & t.mask
    return &t.slots[i]


# A copy that starts on a cache line (a value is one, a token half of a pair), with zeroes behind; uint8.
cdef copied(const void *p, uint64_t n, uint64_t n_zeros):
    if p == NULL:
        raise ValueError("the tables were taken out before")
    out = np.empty(n + n_zeros + 64, np.uint8)
    cdef uint64_t start = -<uint64_t> out.ctypes.data & 63
    out = out[start : start + n + n_zeros]
    cdef uint8_t[::1] view = out
    if n + n_zeros:
        with nogil:
            memcpy(&view[0], p, n)
            memset(&view[0] + n, 0, n_zeros)
    return out


cdef class Memory:
    """Bytes that a dictionary filled; freed with the last array that shows them."""

    cdef void *p
    cdef size_t n_bytes, capacity

    def __getbuffer__(self, Py_buffer *buffer, int flags):
        PyBuffer_FillInfo(buffer, self, self.p, self.n_bytes, 0, flags)

    def __dealloc__(self):
        release(self.p, self.capacity)


# n of the capacity's bytes as an array that owns them; small ones are copied to where a cache line starts.
cdef handed_over(void *p, size_t n, size_t capacity):
    cdef Memory memory
    if not is_big(capacity):
        out = copied(p, n, 0)
        release(p, capacity)
        return out
    memory = Memory()
    memory.p, memory.n_bytes, memory.capacity = p, n, capacity
    return np.frombuffer(memory, np.uint8)


cdef class ValueDictionary:
    """Distinct values of one text-like field.

    Equality of raw texts and of values is by 64-bit content hash. Id 0 is the missing value; other ids
    count up in order of first appearance, so the same input gives the same ids on any number of threads.

    Parameters
    ----------
    kind : {"name", "text", "email"}
        How raw text is normalised.
    """

    cdef Table raw, exact, vocabulary       # hash of a raw text, a value, a token -> value, value, token id
    cdef Value *value_items
    cdef Token *token_items
    cdef uint8_t *arena
    cdef uint64_t n_value, value_capacity, n_token, token_capacity
    cdef uint64_t arena_used, arena_capacity
    cdef int kind
    cdef bint is_taken

    def __cinit__(self, str kind not None):
        self.kind = {"name": TEXT_NAME, "text": TEXT_PLAIN, "email": TEXT_EMAIL}[kind]
        self.value_capacity = self.token_capacity = 1024
        self.arena_capacity = 1 << 17
        self.value_items = <Value *> zeroed(self.value_capacity * sizeof(Value))
        self.token_items = <Token *> zeroed(self.token_capacity * sizeof(Token))
        self.arena = <uint8_t *> zeroed(self.arena_capacity)
        if (table_init(&self.raw, 4096) or table_init(&self.exact, 4096) or table_init(&self.vocabulary, 4096)
                or self.value_items == NULL or self.token_items == NULL or self.arena == NULL):
            raise MemoryError
        self.n_value = self.n_token = 1
        memset(&self.value_items[0], 0, sizeof(Value))
        memset(&self.token_items[0], 0, sizeof(Token))

    def __dealloc__(self):
        self.drop_tables()
        release(self.value_items, self.value_capacity * sizeof(Value))
        release(self.token_items, self.token_capacity * sizeof(Token))
        release(self.arena, self.arena_capacity)

    cdef void drop_tables(self) noexcept nogil:
        table_drop(&self.raw)
        table_drop(&self.exact)
        table_drop(&self.vocabulary)

    def __len__(self):
        return self.n_value

    cdef int reserve(self) noexcept nogil:
        """Make room for AHEAD more raw texts, their values and their tokens; -1 without memory."""
        cdef uint64_t n
        cdef void *p
        # Ids and offsets have 32 bits.
        if (self.n_value + AHEAD | self.n_token + AHEAD * MAX_TOKENS | self.arena_used + AHEAD * CAPACITY) >> 32:
            return -1
        if self.n_value + AHEAD >= self.value_capacity:
            n = self.value_capacity + (self.value_capacity >> 1)
            p = grown(self.value_items, self.value_capacity * sizeof(Value), n * sizeof(Value))
            if p == NULL:
                return -1
            self.value_items = <Value *> p
            self.value_capacity = n
        if self.n_token + AHEAD * MAX_TOKENS >= self.token_capacity:
            n = self.token_capacity * 2
            p = grown(self.token_items, self.token_capacity * sizeof(Token), n * sizeof(Token))
            if p == NULL:
                return -1
            self.token_items = <Token *> p
            self.token_capacity = n
        if self.arena_used + AHEAD * CAPACITY + PADDING >= self.arena_capacity:
            n = self.arena_capacity + (self.arena_capacity >> 1)
            p = grown(self.arena, self.arena_capacity, n)
            if p == NULL:
                return -1
            self.arena = <uint8_t *> p
            self.arena_capacity = n
        if is_full(&self.raw, AHEAD) and table_grow(&self.raw):
            return -1
        if is_full(&self.exact, AHEAD) and table_grow(&self.exact):
            return -1
        if is_full(&self.vocabulary, AHEAD * MAX_TOKENS) and table_grow(&self.vocabulary):
            return -1
        return 0

    cdef uint32_t token_id(self, const uint8_t *text, long n) noexcept nogil:
        cdef uint64_t h = hash_bytes(text, n)
        cdef Slot *slot = table_find(&self.vocabulary, h)
        cdef Token *token
        if slot.hash == 0:
            slot.hash = h
            slot.id = <uint32_t> self.n_token
            self.vocabulary.n += 1
            token = &self.token_items[self.n_token]
            self.n_token += 1
            memset(token, 0, sizeof(Token))
            token.folded = h
            token.phonetic = <uint32_t> phonetic_hash(text, <int> n)
            set_token_text(token, text, n)
        self.token_items[slot.id].count += 1
        return slot.id

    cdef void form(self, const uint8_t *text, long n, Form *f) noexcept nogil:
        """Normalise a text, and have its place among the values fetched."""
        if self.kind == TEXT_NAME:
            normalise_name(text, n, f.exact, f.spelling, f.folded, CAPACITY, &f.sizes)
        else:
            normalise_text(text, n, f.exact, f.spelling, f.folded, CAPACITY, &f.sizes)
        f.hash = 0
        if f.sizes.n_exact and f.sizes.n_folded:
            f.hash = hash_bytes(f.exact, f.sizes.n_exact)
            prefetch(&self.exact.slots[f.hash & self.exact.mask])

    cdef uint32_t value_id(self, Form *f, const uint8_t *text, long n) noexcept nogil:
        """The id of a text's value, added when it is new; 0 for a text of which nothing is left."""
        cdef Normalised local_sizes
        cdef Slot *slot
        cdef Value *value
        cdef const uint8_t *folded = f.folded
        cdef long n_folded = f.sizes.n_folded, begin = 0, end, local = 0
        if f.hash == 0:
            return 0
        slot = table_find(&self.exact, f.hash)
        if slot.hash:
            return slot.id
        slot.hash = f.hash
        slot.id = <uint32_t> self.n_value
        self.exact.n += 1
        value = &self.value_items[self.n_value]
        self.n_value += 1
        memset(value, 0, sizeof(Value))
        value.folded = hash_bytes(folded, n_folded)
        value.spelling = hash_bytes(f.spelling, f.sizes.n_spelling)
        value.flags = <uint8_t> f.sizes.flags
        value.text = <uint32_t> self.arena_used
        value.length = <uint16_t> n_folded
        set_letters(value, folded)
        memcpy(self.arena + self.arena_used, folded, n_folded)
        self.arena_used += n_folded
        while begin < n_folded:
            end = begin
            while end < n_folded and folded[end] != c" ":
                end += 1
            if end > begin:
                if value.n_tokens < MAX_TOKENS:
                    value.tokens[value.n_tokens] = self.token_id(folded + begin, end - begin)
                if value.n_tokens < 255:
                    value.n_tokens += 1
            begin = end + 1
        if self.kind == TEXT_EMAIL:
            while local < n and text[local] != c"@":
                local += 1
            value.spelling = value.folded
            if local < n:
                normalise_text(text, local, f.exact, f.spelling, f.folded, CAPACITY, &local_sizes)
                if local_sizes.n_folded:
                    value.spelling = hash_bytes(f.folded, local_sizes.n_folded)
        return slot.id

    cdef Py_ssize_t encode_from(self, Py_ssize_t i, Py_ssize_t n, const int32_t *offsets, const uint8_t *text,
                                const uint8_t *valid, uint32_t[:] out, bint asks) noexcept nogil:
        """Encode rows i to n; the row it stopped at: n, one that asks for repair, or -1 without memory."""
        cdef uint64_t h
        cdef uint64_t hashes[AHEAD]
        cdef Slot *slots[AHEAD]          # of each row; NULL = missing
        cdef Form forms[AHEAD]
        cdef int fresh[AHEAD]            # rows of the block with a text that was never seen before
        cdef int n_fresh, j, k, n_rows, n_block
        cdef const int32_t *at
        while i < n:
            n_rows = n_block = <int> (n - i) if n - i < AHEAD else AHEAD
            at = offsets + i
            if self.reserve():           # nothing grows, so no slot moves, until the block is done
                return -1
            for j in range(n_block):
                hashes[j] = 0
                if at[j + 1] > at[j] and (valid == NULL or valid[i + j]):
                    h = hash_bytes(text + at[j], at[j + 1] - at[j])
                    hashes[j] = h
                    prefetch(&self.raw.slots[h & self.raw.mask])
            n_fresh = 0
            for j in range(n_block):
                slots[j] = NULL
                if hashes[j] == 0:
                    continue
                slots[j] = table_find(&self.raw, hashes[j])
                if slots[j].hash == 0:
                    self.form(text + at[j], at[j + 1] - at[j], &forms[n_fresh])
                    if asks and forms[n_fresh].sizes.flags & NAME_SUSPECT:
                        n_rows = j
                        break
                    slots[j].hash = hashes[j]
                    self.raw.n += 1
                    fresh[n_fresh] = j
                    n_fresh += 1
            for k in range(n_fresh):
                j = fresh[k]
                slots[j].id = self.value_id(&forms[k], text + at[j], at[j + 1] - at[j])
            for j in range(n_rows):
                out[i + j] = slots[j].id if slots[j] != NULL else 0
            i += n_rows
            if n_rows < n_block:
                return i
        return n

    def encode(self, const int32_t[::1] offsets not None, const uint8_t[::1] data not None,
               const uint8_t[::1] valid, uint32_t[:] out not None, repair=None):
        """Raw texts -> value ids.

        Parameters
        ----------
        offsets : int32[n + 1]
            Arrow offsets into `data`.
        data : uint8[n_bytes]
            UTF-8 text.
        valid : uint8[n] or None
            0 where the row is null; None when no row is.
        out : uint32[n]
            Filled with value ids; 0 = missing or empty.
        repair : callable or None
            str -> str, asked once for each distinct name that looks mistyped or wrongly decoded; such a
            text stands for its repair's value.

        Returns
        -------
        int
            Distinct texts that were repaired.
        """
        cdef Py_ssize_t n = out.shape[0], i = 0
        cdef const uint8_t *text = &data[0] if data.shape[0] else NULL
        cdef const uint8_t *validity = NULL
        cdef bint asks = repair is not None
        cdef long n_repaired = 0
        if self.is_taken:
            raise ValueError("the tables were taken out before")
        if offsets.shape[0] != n + 1:
            raise ValueError(f"expected {n + 1} offsets, got {offsets.shape[0]}")
        if valid is not None and valid.shape[0] != n:
            raise ValueError(f"expected {n} validities, got {valid.shape[0]}")
        if n and (offsets[0] < 0 or offsets[n] > data.shape[0]):
            raise ValueError("offsets leave the data")
        if n and valid is not None:
            validity = &valid[0]
        while True:
            with nogil:
                i = self.encode_from(i, n, &offsets[0], text, validity, out, asks)
            if i < 0:
                raise MemoryError("the distinct values of a column do not fit into memory, or exceed 4 GiB of text")
            if i == n:
                return n_repaired
            raw = (<const char *> text)[offsets[i]:offsets[i + 1]]
            n_repaired += self.add_repaired(raw, repair)

    cdef int add_repaired(self, bytes raw, repair) except -1:
        """Hold a suspect text with its repair's value; whether it was repaired."""
        cdef str given = raw.decode("utf-8", "replace"), repaired = repair(given)
        cdef bint changed = bool(repaired) and repaired != given
        cdef bytes meant = repaired.encode("utf-8", "replace") if changed else raw
        cdef const uint8_t *text = <const uint8_t *> <const char *> meant
        cdef Form form
        cdef uint32_t value
        cdef Slot *slot
        if self.reserve():
            raise MemoryError("the distinct values of a column do not fit into memory, or exceed 4 GiB of text")
        self.form(text, len(meant), &form)
        value = self.value_id(&form, text, len(meant))
        slot = table_find(&self.raw, hash_bytes(<const uint8_t *> <const char *> raw, len(raw)))
        slot.hash = hash_bytes(<const uint8_t *> <const char *> raw, len(raw))
        slot.id = value
        self.raw.n += 1
        return changed

    def exact_hashes(self):
        """Content hash of each value in its exact form, by which values of several dictionaries are equal; uint64[n]."""
        out = np.zeros(self.n_value, np.uint64)
        cdef uint64_t[::1] view = out
        cdef uint64_t i
        if self.is_taken:
            raise ValueError("the tables were taken out before")
        for i in range(self.exact.mask + 1):
            if self.exact.slots[i].hash:
                view[self.exact.slots[i].id] = self.exact.slots[i].hash
        return out

    def take(self):
        """Take the tables out, without a copy where they are large; nothing can be encoded afterwards.

        Returns
        -------
        tuple of (values, tokens, texts)
            As the properties of these names.
        """
        if self.is_taken:
            raise ValueError("the tables were taken out before")
        if self.reserve():
            raise MemoryError("the distinct values of a column do not fit into memory, or exceed 4 GiB of text")
        self.is_taken = True
        self.drop_tables()
        memset(self.arena + self.arena_used, 0, PADDING)
        values = handed_over(self.value_items, self.n_value * sizeof(Value), self.value_capacity * sizeof(Value))
        self.value_items = NULL
        tokens = handed_over(self.token_items, self.n_token * sizeof(Token), self.token_capacity * sizeof(Token))
        self.token_items = NULL
        texts = handed_over(self.arena, self.arena_used + PADDING, self.arena_capacity)
        self.arena = NULL
        return values.view(VALUE_DTYPE), tokens.view(TOKEN_DTYPE), texts

    @property
    def n_raw_texts(self):
        """Distinct raw texts seen; int."""
        return self.raw.n

    @property
    def values(self):
        """Copy of the distinct values; structured array of VALUE_DTYPE, entry 0 = missing."""
        return copied(self.value_items, self.n_value * sizeof(Value), 0).view(VALUE_DTYPE)

    @property
    def tokens(self):
        """Copy of the distinct tokens; structured array of TOKEN_DTYPE, entry 0 = none."""
        return copied(self.token_items, self.n_token * sizeof(Token), 0).view(TOKEN_DTYPE)

    @property
    def texts(self):
        """Copy of the folded texts, with 64 readable bytes behind; uint8[n_bytes + 64]."""
        return copied(self.arena, self.arena_used, PADDING)
