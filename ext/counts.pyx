# Values of chunk after chunk -> how often each content hash occurred, in eight bytes a distinct one.
"""Counts of a field's values, by content hash, for as many chunks as there are."""

import numpy as np

from dtypes cimport MAX_TOKENS, Token, Value
from hashing cimport prefetch_write
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset
from pages cimport release, zeroed
from postings cimport pair_hash

cdef enum:
    MAX_FORMS = 4
    AHEAD = 16                # values whose slots are fetched before they are counted
    COUNT_BITS = 16
    CARRY_BITS = 15           # what no longer fits moves on in units of 2^15
    FIRST_SIZE = 1 << 12

# Open addressing, power-of-two size, at most three quarters full: the hash's upper 48 bits above a count; 0 = free.
cdef struct Counts:
    uint64_t *slots
    uint64_t mask, n

cdef int counts_init(Counts *t, uint64_t size) noexcept nogil:
    t.slots = <uint64_t *> zeroed(size * sizeof(uint64_t))
    t.mask = size - 1
    t.n = 0
    return -1 if t.slots == NULL else 0

cdef void counts_free(Counts *t) noexcept nogil:
    if t.slots != NULL:
        release(t.slots, (t.mask + 1) * sizeof(uint64_t))
    memset(t, 0, sizeof(Counts))

# The part of a hash that is told apart; never 0, which stands for a free slot.
cdef inline uint64_t kept_of(uint64_t h) noexcept nogil:
    h >>= COUNT_BITS
    return h if h else 1

cdef inline uint64_t *slot_of(const Counts *t, uint64_t kept) noexcept nogil:
    cdef uint64_t i = (kept * <uint64_t> 0x9E3779B97F4A7C15u >> 20) & t.mask
    while t.slots[i] and t.slots[i] >> COUNT_BITS != kept:
        i = (i + 1) & t.mask
    return &t.slots[i]

cdef int counts_room(Counts *t, uint64_t more) noexcept nogil:
    """Room for so many more hashes."""
    cdef Counts larger
    cdef uint64_t i, size = t.mask + 1
    while (t.n + more) * 4 > size * 3:
        size *= 2
    if size == t.mask + 1:
        return 0
    if counts_init(&larger, size):
        return -1
    for i in range(t.mask + 1):
        if t.slots[i]:
            slot_of(&larger, t.slots[i] >> COUNT_BITS)[0] = t.slots[i]
    larger.n = t.n
    counts_free(t)
    t[0] = larger
    return 0

# Counts n more of a hash; there must be room. What is too much for the slot is returned, in units of 2^CARRY_BITS.
cdef inline uint64_t count(Counts *t, uint64_t kept, uint64_t n) noexcept nogil:
    cdef uint64_t *slot = slot_of(t, kept)
    cdef uint64_t carry = 0
    t.n += slot[0] == 0
    n += slot[0] & ((1 << COUNT_BITS) - 1)
    if n >> COUNT_BITS:
        carry = n >> CARRY_BITS
        n &= (1 << CARRY_BITS) - 1
    slot[0] = kept << COUNT_BITS | n
    return carry


cdef class ValueCounts:
    """How often each value of a text field occurs, by content hash and by form.

    Parameters
    ----------
    n_forms : int
        1: the value; 2: also without diacritics; 4: also its first and last token, and its last token.

    Notes
    -----
    Hashes are told apart by their upper 48 bits. Some 16 bytes a distinct value and form.
    """

    cdef Counts low[MAX_FORMS]
    cdef Counts high[MAX_FORMS]
    cdef int n_forms
    cdef readonly uint64_t total

    def __cinit__(self, int n_forms):
        cdef int k
        if not 1 <= n_forms <= MAX_FORMS:
            raise ValueError("expected 1 to 4 forms")
        self.n_forms = n_forms
        for k in range(n_forms):
            if counts_init(&self.low[k], FIRST_SIZE) or counts_init(&self.high[k], 64):
                raise MemoryError

    def __dealloc__(self):
        cdef int k
        for k in range(MAX_FORMS):
            counts_free(&self.low[k])
            counts_free(&self.high[k])

    cdef int add_form(self, int k, uint64_t kept, uint64_t n) noexcept nogil:
        cdef uint64_t carry = count(&self.low[k], kept, n)
        if carry == 0:
            return 0
        if counts_room(&self.high[k], 1):
            return -1
        # 2^31 records in all are far beyond a segment.
        return -1 if count(&self.high[k], kept, carry) else 0

    def add(self, const uint8_t[::1] values not None, const uint8_t[::1] tokens not None,
            const uint64_t[::1] exact not None, const uint32_t[:] words not None):
        """Count a chunk's rows.

        Parameters
        ----------
        values, tokens : uint8
            A column's tables of values (`Value`) and tokens (`Token`).
        exact : uint64[n_values]
            Content hash of each value.
        words : uint32[n]
            Each row's value; 0 = missing.
        """
        cdef Py_ssize_t i, n_values = values.shape[0] // sizeof(Value), n_tokens = tokens.shape[0] // sizeof(Token)
        cdef const Value *value = <const Value *> &values[0] if n_values else NULL
        cdef const Token *token = <const Token *> &tokens[0] if n_tokens else NULL
        cdef uint64_t hashes[AHEAD][MAX_FORMS]
        cdef uint32_t numbers[AHEAD]
        cdef uint32_t[::1] seen = np.zeros(n_values, np.uint32)
        cdef int j, k, n_block, last, failed = 0
        if exact.shape[0] < n_values:
            raise ValueError("a value without a content hash")
        with nogil:
            for i in range(words.shape[0]):
                if words[i] >= <uint64_t> n_values:
                    failed = 2
                    break
                seen[words[i]] += 1
            i = 1
            while i < n_values and not failed:
                for k in range(self.n_forms):
                    if counts_room(&self.low[k], AHEAD):
                        failed = 1
                n_block = 0
                while not failed and i < n_values and n_block < AHEAD:
                    if seen[i]:
                        numbers[n_block] = seen[i]
                        hashes[n_block][0] = exact[i]
                        hashes[n_block][1] = value[i].folded
                        last = value[i].n_tokens - 1
                        last = MAX_TOKENS - 1 if last >= MAX_TOKENS else 0 if last < 0 else last
                        if value[i].tokens[0] >= <uint64_t> n_tokens or value[i].tokens[last] >= <uint64_t> n_tokens:
                            failed = 2
                            break
                        hashes[n_block][3] = token[value[i].tokens[last]].folded
                        hashes[n_block][2] = pair_hash(token[value[i].tokens[0]].folded, hashes[n_block][3])
                        for k in range(self.n_forms):
                            hashes[n_block][k] = kept_of(hashes[n_block][k])
                            prefetch_write(&self.low[k].slots[(hashes[n_block][k]
                                                               * <uint64_t> 0x9E3779B97F4A7C15u >> 20) & self.low[k].mask])
                        n_block += 1
                    i += 1
                for j in range(n_block):
                    self.total += numbers[j]
                    for k in range(self.n_forms):
                        if self.add_form(k, hashes[j][k], numbers[j]):
                            failed = 1
        if failed == 2:
            raise ValueError("a row's value, or a value's token, that is not in the tables")
        if failed:
            raise MemoryError

    def n_held(self, int k):
        """Distinct hashes of a form that are held."""
        if not 0 <= k < self.n_forms:
            raise ValueError("no such form")
        return self.low[k].n

    def drain(self, int k):
        """Hand out a form's hashes, sorted, and forget them: upper 48 bits above a count; uint64.

        `merged` puts together what was handed out.
        """
        cdef Counts *t = &self.low[k]
        cdef uint64_t i, n = 0
        out = np.empty(self.n_held(k), np.uint64)
        cdef uint64_t[::1] to = out
        with nogil:
            for i in range(t.mask + 1):
                if t.slots[i]:
                    to[n] = t.slots[i]
                    n += 1
            memset(t.slots, 0, (t.mask + 1) * sizeof(uint64_t))
            t.n = 0
        out.sort()
        return out

    def merged(self, int k, uint64_t[::1] drained not None):
        """As `repeated`, of a form whose hashes were drained: all of them together, sorted; written over."""
        cdef Py_ssize_t i = 0, n = drained.shape[0]
        cdef const uint64_t *more
        cdef uint64_t kept, number, used = 0
        if not 0 <= k < self.n_forms:
            raise ValueError("no such form")
        numbers = np.empty(_n_repeated(drained, self.high[k].n > 0), np.int64)
        cdef int64_t[::1] counted = numbers
        with nogil:
            while i < n:
                kept, number = drained[i] >> COUNT_BITS, 0
                while i < n and drained[i] >> COUNT_BITS == kept:
                    number += drained[i] & ((1 << COUNT_BITS) - 1)
                    i += 1
                if self.high[k].n:
                    more = slot_of(&self.high[k], kept)
                    number += (more[0] & ((1 << COUNT_BITS) - 1)) << CARRY_BITS
                if number > 1:
                    drained[used] = kept << COUNT_BITS
                    counted[used] = <int64_t> number
                    used += 1
        return np.asarray(drained)[:used].copy(), numbers[:used]

    def repeated(self, int k):
        """A form's hashes that occur more than once: upper 48 bits above 0 (uint64), and how often (int64)."""
        cdef Counts *t = &self.low[k]
        cdef const uint64_t *more
        cdef uint64_t i, n = 0
        if not 0 <= k < self.n_forms:
            raise ValueError("no such form")
        for i in range(t.mask + 1):
            n += (t.slots[i] & ((1 << COUNT_BITS) - 1)) > 1 or t.slots[i] and self.high[k].n > 0
        hashes, numbers = np.empty(n, np.uint64), np.empty(n, np.int64)
        cdef uint64_t[::1] to = hashes
        cdef int64_t[::1] counted = numbers
        cdef uint64_t number
        n = 0
        with nogil:
            for i in range(t.mask + 1):
                number = t.slots[i] & ((1 << COUNT_BITS) - 1)
                if t.slots[i] and self.high[k].n:
                    more = slot_of(&self.high[k], t.slots[i] >> COUNT_BITS)
                    number += (more[0] & ((1 << COUNT_BITS) - 1)) << CARRY_BITS
                if number > 1:
                    to[n] = t.slots[i] >> COUNT_BITS << COUNT_BITS
                    counted[n] = <int64_t> number
                    n += 1
        return hashes[:n], numbers[:n]


# How many hashes of sorted entries count more than one, at most; with carries, each may.
cdef Py_ssize_t _n_repeated(const uint64_t[::1] entries, bint carries) noexcept nogil:
    cdef Py_ssize_t i = 0, n = entries.shape[0], found = 0
    cdef uint64_t number, kept
    while i < n:
        kept, number = entries[i] >> COUNT_BITS, 0
        while i < n and entries[i] >> COUNT_BITS == kept:
            number += entries[i] & ((1 << COUNT_BITS) - 1)
            i += 1
        found += carries or number > 1
    return found
