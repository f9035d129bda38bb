# Raw text of one field -> value ids; each distinct raw text is normalised once, each distinct value held once.
"""Raw texts of one field -> value ids, and the tables of distinct values and tokens."""

import numpy as np

from dtypes cimport MAX_TOKENS, TOKEN_TEXT, Token, Value
from hashing cimport hash_bytes, letter_signature, mix, prefetch
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy, memset
from normalise cimport (
    NAME_SUSPECT,
    Normalised,
    init_normalise,
    normalise_name,
    normalise_text,
    phonetic_hash,
)

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
    AHEAD = 16            # rows hashed before they are probed, so that the table's cache misses overlap
    PADDING = 64          # bytes readable behind every text, for SIMD compares
    TEXT_NAME = 0
    TEXT_PLAIN = 1
    TEXT_EMAIL = 2

cdef struct Slot:
    uint64_t hash         # 0 = free
    uint32_t id

# Open addressing, power-of-two size, at most half full.
cdef struct Table:
    Slot *slots
    uint64_t mask
    uint64_t n

cdef int table_init(Table *t, uint64_t size) noexcept nogil:
    t.slots = <Slot *> calloc(size, sizeof(Slot))
    t.mask = size - 1
    t.n = 0
    return -1 if t.slots == NULL else 0

cdef int table_grow(Table *t) noexcept nogil:
    cdef uint64_t size = (t.mask + 1) * 2, i, j
    cdef Slot *slots = <Slot *> calloc(size, sizeof(Slot))
    if slots == NULL:
        return -1
    for i in range(t.mask + 1):
        if t.slots[i].hash:
            j = t.slots[i].hash & (size - 1)
            while slots[j].hash:
                j = (j + 1) & (size - 1)
            slots[j] = t.slots[i]
    free(t.slots)
    t.slots = slots
    t.mask = size - 1
    return 0

# The slot of a hash: the one that holds it, or the free one where it belongs.
cdef inline Slot *table_find(Table *t, uint64_t h) noexcept nogil:
    cdef uint64_t i = h & t.mask
    while t.slots[i].hash and t.slots[i].hash != h:
        i = (i + 1) & t.mask
    return &t.slots[i]


cdef class ValueDictionary:
    """Distinct values of one text-like field.

    Equality of raw texts and of values is by 64-bit content hash. Id 0 is the missing value; other ids
    count up in order of first appearance, so the same input gives the same ids on any number of threads.

    Parameters
    ----------
    kind : {"name", "text", "email"}
        How raw text is normalised.
    """

    cdef Table raw, exact, vocabulary
    cdef uint32_t *raw_to_value
    cdef Value *value_items
    cdef Token *token_items
    cdef uint8_t *arena
    cdef uint64_t n_raw, raw_capacity, n_value, value_capacity, n_token, token_capacity
    cdef uint64_t arena_used, arena_capacity
    cdef int kind, failed
    cdef readonly list suspects      # raw ids whose text asks for the Python repair
    cdef readonly object kind_name

    def __cinit__(self, str kind not None):
        self.kind = {"name": TEXT_NAME, "text": TEXT_PLAIN, "email": TEXT_EMAIL}[kind]
        self.kind_name = kind
        self.suspects = []
        self.raw_capacity = self.value_capacity = self.token_capacity = 1024
        self.arena_capacity = 1 << 16
        self.raw_to_value = <uint32_t *> malloc(self.raw_capacity * sizeof(uint32_t))
        self.value_items = <Value *> malloc(self.value_capacity * sizeof(Value))
        self.token_items = <Token *> malloc(self.token_capacity * sizeof(Token))
        self.arena = <uint8_t *> calloc(self.arena_capacity + PADDING, 1)
        if (table_init(&self.raw, 4096) or table_init(&self.exact, 4096) or table_init(&self.vocabulary, 4096)
                or self.raw_to_value == NULL or self.value_items == NULL or self.token_items == NULL
                or self.arena == NULL):
            raise MemoryError
        self.raw_to_value[0] = 0
        self.n_raw = self.n_value = self.n_token = 1
        memset(&self.value_items[0], 0, sizeof(Value))
        memset(&self.token_items[0], 0, sizeof(Token))

    def __dealloc__(self):
        free(self.raw.slots)
        free(self.exact.slots)
        free(self.vocabulary.slots)
        free(self.raw_to_value)
        free(self.value_items)
        free(self.token_items)
        free(self.arena)

    def __len__(self):
        return self.n_value

    cdef int reserve(self, long n_bytes) noexcept nogil:
        """Make room for one more raw text, value, its tokens and n_bytes of text."""
        cdef void *p
        if self.n_raw + 1 >= self.raw_capacity:
            self.raw_capacity *= 2
            p = realloc(self.raw_to_value, self.raw_capacity * sizeof(uint32_t))
            if p == NULL:
                return -1
            self.raw_to_value = <uint32_t *> p
        if self.n_value + 1 >= self.value_capacity:
            self.value_capacity += self.value_capacity >> 1
            p = realloc(self.value_items, self.value_capacity * sizeof(Value))
            if p == NULL:
                return -1
            self.value_items = <Value *> p
        if self.n_token + MAX_TOKENS >= self.token_capacity:
            self.token_capacity *= 2
            p = realloc(self.token_items, self.token_capacity * sizeof(Token))
            if p == NULL:
                return -1
            self.token_items = <Token *> p
        if self.arena_used + n_bytes >= self.arena_capacity:
            self.arena_capacity += (self.arena_capacity >> 1) + n_bytes
            p = realloc(self.arena, self.arena_capacity + PADDING)
            if p == NULL:
                return -1
            self.arena = <uint8_t *> p
            memset(self.arena + self.arena_used, 0, self.arena_capacity + PADDING - self.arena_used)
        if (self.raw.n + 1) * 2 > self.raw.mask and table_grow(&self.raw):
            return -1
        if (self.exact.n + 1) * 2 > self.exact.mask and table_grow(&self.exact):
            return -1
        if (self.vocabulary.n + MAX_TOKENS) * 2 > self.vocabulary.mask and table_grow(&self.vocabulary):
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
            token.letters = letter_signature(text, n)
            token.phonetic = <uint32_t> phonetic_hash(text, <int> n)
            token.length = <uint32_t> n
            memcpy(token.text, text, TOKEN_TEXT if n > TOKEN_TEXT else n)
        self.token_items[slot.id].count += 1
        return slot.id

    cdef uint32_t value_id(self, const uint8_t *text, long n, int *flags) noexcept nogil:
        """The id of a text's normalised value; 0 for one that normalises to nothing."""
        cdef uint8_t exact[CAPACITY + PADDING]
        cdef uint8_t spelling[CAPACITY + PADDING]
        cdef uint8_t folded[CAPACITY + PADDING]
        cdef uint8_t local_part[CAPACITY + PADDING]
        cdef Normalised out, out_local
        cdef Slot *slot
        cdef Value *value
        cdef uint64_t h
        cdef long begin = 0, end, local = 0
        if self.kind == TEXT_NAME:
            normalise_name(text, n, exact, spelling, folded, CAPACITY, &out)
        else:
            normalise_text(text, n, exact, spelling, folded, CAPACITY, &out)
        flags[0] = out.flags
        if out.n_exact == 0 or out.n_folded == 0:
            return 0
        h = hash_bytes(exact, out.n_exact)
        slot = table_find(&self.exact, h)
        if slot.hash:
            return slot.id
        slot.hash = h
        slot.id = <uint32_t> self.n_value
        self.exact.n += 1
        value = &self.value_items[self.n_value]
        self.n_value += 1
        memset(value, 0, sizeof(Value))
        value.folded = hash_bytes(folded, out.n_folded)
        value.spelling = hash_bytes(spelling, out.n_spelling)
        value.letters = letter_signature(folded, out.n_folded)
        value.flags = <uint8_t> out.flags
        if self.kind == TEXT_EMAIL:
            while local < n and text[local] != c"@":
                local += 1
            value.spelling = value.folded
            if local < n:
                normalise_text(text, local, exact, spelling, local_part, CAPACITY, &out_local)
                if out_local.n_folded:
                    value.spelling = hash_bytes(local_part, out_local.n_folded)
        value.text = <uint32_t> self.arena_used
        value.length = <uint16_t> out.n_folded
        memcpy(self.arena + self.arena_used, folded, out.n_folded)
        self.arena_used += out.n_folded
        while begin < out.n_folded:
            end = begin
            while end < out.n_folded and folded[end] != c" ":
                end += 1
            if end > begin:
                if value.n_tokens < MAX_TOKENS:
                    value.tokens[value.n_tokens] = self.token_id(folded + begin, end - begin)
                if value.n_tokens < 255:
                    value.n_tokens += 1
            begin = end + 1
        return slot.id

    def encode(self, const int32_t[::1] offsets not None, const uint8_t[::1] data not None,
               const uint8_t[::1] valid, uint32_t[:] out not None):
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

        Returns
        -------
        list of tuple[int, int]
            (raw id, row) of texts that ask for a repair; see `repair`.
        """
        cdef Py_ssize_t n = out.shape[0], i, j, begin, end
        cdef uint64_t hashes[AHEAD]
        cdef Slot *slot
        cdef int flags = 0
        cdef const uint8_t *text = &data[0] if data.shape[0] else NULL
        cdef bint all_valid = valid is None
        cdef long n_suspect = 0
        cdef list suspects = []
        if offsets.shape[0] != n + 1:
            raise ValueError(f"expected {n + 1} offsets, got {offsets.shape[0]}")
        if n and (offsets[0] < 0 or offsets[n] > data.shape[0]):
            raise ValueError("offsets leave the data")
        cdef uint32_t[::1] suspect_rows = np.empty(n, np.uint32)
        with nogil:
            begin = 0
            while begin < n:
                end = begin + AHEAD if begin + AHEAD < n else n
                for i in range(begin, end):
                    hashes[i - begin] = 0
                    if (all_valid or valid[i]) and offsets[i + 1] > offsets[i]:
                        hashes[i - begin] = hash_bytes(text + offsets[i], offsets[i + 1] - offsets[i])
                        prefetch(&self.raw.slots[hashes[i - begin] & self.raw.mask])
                for i in range(begin, end):
                    if hashes[i - begin] == 0:
                        out[i] = 0
                        continue
                    slot = table_find(&self.raw, hashes[i - begin])
                    if slot.hash == 0:
                        if self.reserve(CAPACITY + PADDING):
                            self.failed = 1
                            break
                        slot = table_find(&self.raw, hashes[i - begin])
                        slot.hash = hashes[i - begin]
                        slot.id = <uint32_t> self.n_raw
                        self.raw.n += 1
                        self.n_raw += 1
                        self.raw_to_value[slot.id] = self.value_id(
                            text + offsets[i], offsets[i + 1] - offsets[i], &flags
                        )
                        if flags & NAME_SUSPECT and self.kind == TEXT_NAME:
                            suspect_rows[n_suspect] = <uint32_t> i
                            n_suspect += 1
                    out[i] = self.raw_to_value[slot.id]
                if self.failed:
                    break
                begin = end
        if self.failed:
            raise MemoryError("the dictionary of distinct values does not fit into memory")
        for j in range(n_suspect):
            i = suspect_rows[j]
            suspects.append((table_find(&self.raw, hash_bytes(text + offsets[i], offsets[i + 1] - offsets[i])).id, i))
        return suspects

    def value_of(self, bytes text not None):
        """The id of one text's value, added when it is new; int, 0 = nothing left after normalising."""
        cdef int flags = 0
        if self.reserve(CAPACITY + PADDING):
            raise MemoryError
        return self.value_id(<const uint8_t *> <const char *> text, len(text), &flags)

    def redirect(self, uint32_t raw_id, uint32_t value_id):
        """Let a raw text stand for another value from now on (after its repair)."""
        if raw_id >= self.n_raw or value_id >= self.n_value:
            raise ValueError(f"raw id {raw_id} or value id {value_id} is not held")
        self.raw_to_value[raw_id] = value_id

    def freeze(self):
        """Drop the table of raw texts, the largest part; nothing can be encoded afterwards."""
        free(self.raw.slots)
        free(self.raw_to_value)
        self.raw.slots = NULL
        self.raw_to_value = NULL

    @property
    def n_raw_texts(self):
        """Distinct raw texts seen; int."""
        return self.n_raw - 1

    @property
    def values(self):
        """Copy of the distinct values; structured array of VALUE_DTYPE, entry 0 = missing."""
        out = np.empty(self.n_value, VALUE_DTYPE)
        cdef uint8_t[::1] view = out.view(np.uint8)
        memcpy(&view[0], self.value_items, self.n_value * sizeof(Value))
        return out

    @property
    def tokens(self):
        """Copy of the distinct tokens; structured array of TOKEN_DTYPE, entry 0 = none."""
        out = np.empty(self.n_token, TOKEN_DTYPE)
        cdef uint8_t[::1] view = out.view(np.uint8)
        memcpy(&view[0], self.token_items, self.n_token * sizeof(Token))
        return out

    @property
    def texts(self):
        """Copy of the folded texts, with 64 readable bytes behind; uint8[n_bytes + 64]."""
        out = np.empty(self.arena_used + PADDING, np.uint8)
        cdef uint8_t[::1] view = out
        memcpy(&view[0], self.arena, self.arena_used + PADDING)
        return out
