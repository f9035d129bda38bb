# Raw text of one field -> value ids; each distinct raw text is normalised once, each distinct value held once.
"""Raw texts of one field -> value ids, and the tables of distinct values and tokens."""

import numpy as np

from distinct cimport (
    AHEAD,
    PADDING,
    TEXT_EMAIL,
    TEXT_PLACE,
    TEXT_NAME,
    TEXT_PLAIN,
    Distinct,
    Form,
    drop_distinct,
    drop_tables,
    init_distinct,
    make_form,
    reserve,
    value_id,
)
from dtypes cimport MAX_TOKENS, TOKEN_TEXT, Token, Value
from hash_table cimport Slot, Table, table_find
from hashing cimport hash_bytes, prefetch
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset
from linkage._kernels.used_pages cimport UsedPages, memory_array
from normalise cimport NAME_SUSPECT, init_normalise
from pages cimport is_big, release

init_normalise()

VALUE_DTYPE = np.dtype(
    [("folded", "<u8"), ("spelling", "<u8"), ("letters", "<u8"), ("text", "<u4"), ("length", "<u2"),
     ("n_tokens", "u1"), ("flags", "u1"), ("tokens", "<u4", (MAX_TOKENS,))]
)
TOKEN_DTYPE = np.dtype(
    [("letters", "<u8"), ("folded", "<u8"), ("phonetic", "<u4"), ("length", "<u4"), ("count", "<u4"),
     ("unused", "<u4"), ("text", "u1", (TOKEN_TEXT,))]
)


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


# n of the capacity's bytes as an array that owns them; small ones are copied to where a cache line starts.
cdef handed_over(void *p, size_t n, size_t capacity):
    if is_big(capacity):
        return memory_array(p, n, capacity)
    out = copied(p, n, 0)
    release(p, capacity)
    return out


cdef void leave_table(Table *table, UsedPages used) noexcept:
    used.keep(table.slots, (table.mask + 1) * sizeof(Slot))
    table.slots = NULL


# The hashes of the rows from `at` on, 0 = missing, and their places among the raw texts on the way to the caches.
cdef inline void hash_ahead(Distinct *d, int n, const int32_t *at, const uint8_t *text, const uint8_t *valid, int gap,
                            uint64_t *hashes) noexcept nogil:
    cdef int j
    for j in range(n):
        hashes[j] = 0
        if at[j + 1] - gap > at[j] and (valid == NULL or valid[j]):
            hashes[j] = hash_bytes(text + at[j], at[j + 1] - gap - at[j])
            prefetch(&d.raw.slots[hashes[j] & d.raw.mask])


cdef Py_ssize_t encode_from(Distinct *d, Py_ssize_t i, Py_ssize_t n, const int32_t *offsets, const uint8_t *text,
                            const uint8_t *valid, uint32_t[:] out, int gap, bint asks, bint counts, uint32_t table,
                            long *n_repaired) noexcept nogil:
    """Encode rows i to n; the row it stopped at: n, one that asks for repair, or -1 without memory.

    Where it counts, texts that were repaired for an earlier table and are new in this one are added up.
    """
    cdef uint64_t ahead[2 * AHEAD]   # the hashes of a block, and of the one behind it
    cdef uint64_t *hashes
    cdef Slot *slots[AHEAD]          # of each row; NULL = missing
    cdef Form forms[AHEAD]
    cdef int fresh[AHEAD]            # rows of the block with a text that was never seen before
    cdef int n_fresh, j, k, n_rows, n_block, n_next, side = 0
    cdef const int32_t *at
    n_next = <int> (n - i) if n - i < AHEAD else AHEAD
    hash_ahead(d, n_next, offsets + i, text, NULL if valid == NULL else valid + i, gap, ahead)
    while i < n:
        n_rows = n_block = n_next
        at = offsets + i
        hashes = ahead + side
        side = AHEAD - side
        if reserve(d):           # nothing grows, so no slot moves, until the block is done
            return -1
        n_next = <int> (n - i - n_block) if n - i - n_block < AHEAD else AHEAD
        hash_ahead(d, n_next, at + n_block, text, NULL if valid == NULL else valid + i + n_block, gap, ahead + side)
        n_fresh = 0
        for j in range(n_block):
            slots[j] = NULL
            if hashes[j] == 0:
                continue
            slots[j] = table_find(&d.raw, hashes[j])
            if slots[j].hash == 0:
                make_form(d, text + at[j], at[j + 1] - gap - at[j], &forms[n_fresh])
                if asks and forms[n_fresh].sizes.flags & NAME_SUSPECT:
                    n_rows = j
                    break
                slots[j].hash = hashes[j]
                d.raw.n += 1
                fresh[n_fresh] = j
                n_fresh += 1
        for k in range(n_fresh):
            j = fresh[k]
            slots[j].id = value_id(d, &forms[k], text + at[j], at[j + 1] - gap - at[j])
        for j in range(n_rows):
            out[i + j] = slots[j].id if slots[j] != NULL else 0
        if counts:
            for j in range(n_rows):
                if slots[j] != NULL and slots[j].count and slots[j].count != table:
                    slots[j].count = table
                    n_repaired[0] += 1
        i += n_rows
        if n_rows < n_block:
            return i
    return n


cdef class ValueDictionary:
    """Distinct values of one text-like field.

    Equality of raw texts and of values is by 64-bit content hash. Id 0 is the missing value; other ids
    count up in order of first appearance, so the same input gives the same ids on any number of threads.

    Parameters
    ----------
    kind : {"name", "place", "text", "email"}
        How raw text is normalised.
    """

    cdef Distinct distinct
    cdef bint is_taken
    cdef uint32_t table   # in a repaired text's slot `count` is the last table that it was met in, from 1
    cdef bint is_repaired, was_repaired   # a text of any table, of an earlier one

    def __cinit__(self, str kind not None):
        if init_distinct(&self.distinct, {"name": TEXT_NAME, "place": TEXT_PLACE, "text": TEXT_PLAIN, "email": TEXT_EMAIL}[kind]):
            raise MemoryError
        self.table = 1

    def __dealloc__(self):
        drop_distinct(&self.distinct)

    def __len__(self):
        return self.distinct.n_value

    def begin(self):
        """A table begins: texts that were repaired before are counted anew where it holds them."""
        self.table += 1
        self.was_repaired = self.is_repaired

    def encode(self, const int32_t[::1] offsets not None, const uint8_t[::1] data not None,
               const uint8_t[::1] valid, uint32_t[:] out not None, repair=None, int gap=0):
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
        gap : int
            Bytes between one text and the next that belong to neither.

        Returns
        -------
        int
            Distinct texts of this table that were repaired, without those of earlier calls.
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
        if n and (offsets[0] < 0 or gap < 0 or <int64_t> offsets[n] - gap > data.shape[0]):
            raise ValueError("offsets leave the data")
        if n and valid is not None:
            validity = &valid[0]
        while True:
            with nogil:
                i = encode_from(&self.distinct, i, n, &offsets[0], text, validity, out, gap, asks,
                                self.was_repaired, self.table, &n_repaired)
            if i < 0:
                raise MemoryError("the distinct values of a column do not fit into memory, or exceed 4 GiB of text")
            if i == n:
                return n_repaired
            raw = (<const char *> text)[offsets[i]:offsets[i + 1] - gap]
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
        if reserve(&self.distinct):
            raise MemoryError("the distinct values of a column do not fit into memory, or exceed 4 GiB of text")
        make_form(&self.distinct, text, len(meant), &form)
        value = value_id(&self.distinct, &form, text, len(meant))
        slot = table_find(&self.distinct.raw, hash_bytes(<const uint8_t *> <const char *> raw, len(raw)))
        slot.hash = hash_bytes(<const uint8_t *> <const char *> raw, len(raw))
        slot.id = value
        slot.count = self.table if changed else 0
        self.is_repaired = self.is_repaired or changed
        self.distinct.raw.n += 1
        return changed

    def exact_hashes(self):
        """Content hash of each value in its exact form, by which values of several dictionaries are equal; uint64[n]."""
        out = np.zeros(self.distinct.n_value, np.uint64)
        cdef uint64_t[::1] view = out
        cdef uint64_t i
        if self.is_taken:
            raise ValueError("the tables were taken out before")
        for i in range(self.distinct.exact.mask + 1):
            if self.distinct.exact.slots[i].hash:
                view[self.distinct.exact.slots[i].id] = self.distinct.exact.slots[i].hash
        return out

    def take(self, UsedPages used=None):
        """Take the tables out, without a copy where they are large; nothing can be encoded afterwards.

        Parameters
        ----------
        used : UsedPages or None
            Whom the memory is left to that only encoding needs; None frees it.

        Returns
        -------
        tuple of (values, tokens, texts)
            As the properties of these names.
        """
        if self.is_taken:
            raise ValueError("the tables were taken out before")
        if reserve(&self.distinct):
            raise MemoryError("the distinct values of a column do not fit into memory, or exceed 4 GiB of text")
        self.is_taken = True
        if used is not None:
            leave_table(&self.distinct.raw, used)
            leave_table(&self.distinct.exact, used)
        drop_tables(&self.distinct)
        memset(self.distinct.arena + self.distinct.arena_used, 0, PADDING)
        values = handed_over(self.distinct.value_items, self.distinct.n_value * sizeof(Value), self.distinct.value_capacity * sizeof(Value))
        self.distinct.value_items = NULL
        tokens = handed_over(self.distinct.token_items, self.distinct.n_token * sizeof(Token), self.distinct.token_capacity * sizeof(Token))
        self.distinct.token_items = NULL
        texts = handed_over(self.distinct.arena, self.distinct.arena_used + PADDING, self.distinct.arena_capacity)
        self.distinct.arena = NULL
        return values.view(VALUE_DTYPE), tokens.view(TOKEN_DTYPE), texts

    @property
    def n_raw_texts(self):
        """Distinct raw texts seen; int."""
        return self.distinct.raw.n

    @property
    def values(self):
        """Copy of the distinct values; structured array of VALUE_DTYPE, entry 0 = missing."""
        return copied(self.distinct.value_items, self.distinct.n_value * sizeof(Value), 0).view(VALUE_DTYPE)

    @property
    def tokens(self):
        """Copy of the distinct tokens; structured array of TOKEN_DTYPE, entry 0 = none."""
        return copied(self.distinct.token_items, self.distinct.n_token * sizeof(Token), 0).view(TOKEN_DTYPE)

    @property
    def texts(self):
        """Copy of the folded texts, with 64 readable bytes behind; uint8[n_bytes + 64]."""
        return copied(self.distinct.arena, self.distinct.arena_used, PADDING)
