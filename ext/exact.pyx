# Values of identifiers, phones, e-mails or record ids + a segment's postings -> exactly the rows that hold them.
"""Exact search: by content hash, then held against the record's own text."""

import numpy as np

from blobs cimport MAX_FIELDS, FieldText, find_blob, read_blob, read_varint
from entries cimport Entries, add_entry, settle_entries
from hashing cimport hash_bytes, prefetch
from identifiers cimport pack_identifier
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free
from libc.string cimport memset
from linkage._kernels.store cimport RecordStore
from normalise cimport Normalised, init_normalise, normalise_text
from postings cimport Postings, bucket_of, posting_key

init_normalise()

cdef enum:
    RAW = -1                  # a record id: the text itself
    EMAIL = -2
    BLOCK = 64                # queries whose cache misses overlap
    MOST_TARGETS = 2
    BUFFER = 1 << 15          # texts of one record
    CAPACITY = 512

# Where records keep a value: in a field, as a kind of identifier; found through one family of postings.
cdef struct Place:
    int field, kind

cdef struct Target:
    Postings postings
    int family


# What a text says, as 64 bits: equal for all ways to write it; 0 = nothing.
cdef inline uint64_t content_of(const uint8_t *text, uint32_t n, int kind, int *status) noexcept nogil:
    cdef uint8_t exact[CAPACITY + 64]
    cdef uint8_t spelling[CAPACITY + 64]
    cdef uint8_t folded[CAPACITY + 64]
    cdef Normalised sizes
    status[0] = 0
    if text == NULL or n == 0:
        return 0
    if kind >= 0:
        return pack_identifier(text, n, kind, status)
    if kind == RAW:
        return hash_bytes(text, n)
    normalise_text(text, n, exact, spelling, folded, CAPACITY, &sizes, NULL)
    return hash_bytes(folded, sizes.n_folded) if sizes.n_exact and sizes.n_folded else 0


cdef class ExactSearch:
    """Rows that hold a value in one field; immutable, shared by threads.

    Parameters
    ----------
    store : RecordStore
    kind : int
        How a query is read: a kind of identifier, -1 for a record id, -2 for an e-mail.
    places : list of (int, int)
        Fields that may hold the value, and how each is read; at most two, the query's own first.
    targets : list of (int, uint32 array, uint32 array)
        Each place's family of postings with its buckets and entries. Only an old number is looked for beyond
        the first: people write it in the new number's place.
    row_bits : int
        Bits of a row number in the postings.
    """

    cdef RecordStore store
    cdef list alive
    cdef Place places[MOST_TARGETS]
    cdef Target targets[MOST_TARGETS]
    cdef int kind, n_places, row_bits
    cdef uint64_t wanted[MOST_TARGETS + 1]    # fields to read for so many places

    def __init__(self, RecordStore store not None, int kind, list places not None, list targets not None,
                 int row_bits):
        cdef Target *t
        if not 0 < len(places) <= MOST_TARGETS or len(targets) != len(places) or not 0 < row_bits < 32:
            raise ValueError(f"expected 1 to {MOST_TARGETS} places, each with its postings")
        self.store = store
        self.kind = kind
        self.row_bits = row_bits
        self.n_places = len(places)
        self.alive = [targets]
        for i, (field, read_as) in enumerate(places):
            if not 0 <= field < store.store.n_fields:
                raise ValueError("no such field")
            self.places[i].field = field
            self.places[i].kind = read_as
            self.wanted[i + 1] = self.wanted[i] | <uint64_t> 1 << <int> field
        for i, (family, buckets, entries) in enumerate(targets):
            for array in (buckets, entries):
                if array.dtype != np.uint32 or not array.flags.c_contiguous:
                    raise ValueError(f"expected contiguous postings of uint32, got {array.dtype}")
            if buckets.size < 2:
                raise ValueError("postings without a bucket")
            t = &self.targets[i]
            t.family = family
            t.postings.buckets = <const uint32_t *> <size_t> buckets.ctypes.data
            t.postings.entries = <const uint32_t *> <size_t> entries.ctypes.data
            t.postings.n_buckets = buckets.size - 1
            t.postings.n_entries = entries.size

    cdef inline int n_targets(self, uint64_t content) noexcept nogil:
        """Families to look in: an old number may stand in either place (nine digits, whatever their prefix)."""
        if content == 0:
            return 0
        return self.n_places if content >> 36 == 0 and content >> 32 else 1

    cdef inline int holds(self, uint32_t row, uint64_t content, int n_places, uint8_t *buffer) noexcept nogil:
        """Whether one of the record's texts says this; -1 where the record cannot be read."""
        cdef FieldText texts[MAX_FIELDS]
        cdef FieldText *t
        cdef int i, status = 0
        if read_blob(&self.store.store, row, self.wanted[n_places], texts, buffer, BUFFER):
            return -1
        for i in range(n_places):
            t = &texts[self.places[i].field]
            if content_of(t.text, t.n, self.places[i].kind, &status) == content:
                return 1
        return 0

    cdef int gather(self, const uint64_t *contents, uint32_t first, int n, Entries *found) noexcept nogil:
        """The candidates of a block of queries; their records are on their way into the cache afterwards."""
        cdef uint64_t begin, end, bucket
        cdef bint bad = False
        cdef uint32_t key, entry, row, shape, mask = (<uint32_t> 0xFFFFFFFFu) >> (32 - self.row_bits)
        cdef uint32_t keys[BLOCK]
        cdef int i, k
        cdef Py_ssize_t j
        cdef const Postings *p
        cdef const uint8_t *at = NULL
        cdef const uint8_t *stop = NULL
        found.n = 0
        for k in range(self.n_places):
            p = &self.targets[k].postings
            for i in range(n):
                keys[i] = 0
                if k < self.n_targets(contents[i]):
                    keys[i] = posting_key(contents[i], self.targets[k].family)
                    prefetch(p.buckets + (<uint64_t> keys[i] * p.n_buckets >> 32))
            for i in range(n):
                if keys[i]:
                    bucket = <uint64_t> keys[i] * p.n_buckets >> 32
                    prefetch(p.entries + (p.buckets[bucket] if p.buckets[bucket] < p.n_entries else 0))
            for i in range(n):
                key = keys[i]
                if key == 0:
                    continue
                bucket_of(p, key, &begin, &end)
                while begin < end:
                    entry = p.entries[begin]
                    begin += 1
                    row = entry & mask
                    if entry & ~mask == key << self.row_bits and row < self.store.store.n_records:
                        if add_entry(found, <uint64_t> (first + i) << 32 | row):
                            return -1
                        prefetch(self.store.store.groups + row // 16)
                        prefetch(self.store.store.lengths + (row & ~<uint32_t> 15))
        settle_entries(found)
        for j in range(found.n):
            row = <uint32_t> found.items[j]
            if find_blob(&self.store.store, row, &at, &stop):
                prefetch(at)
                prefetch(stop - 1)
        for j in range(found.n):
            if find_blob(&self.store.store, <uint32_t> found.items[j], &at, &stop):
                shape = read_varint(&at, stop, &bad)
                if shape < self.store.store.n_shapes:
                    prefetch(self.store.store.shapes + <uint64_t> shape * self.store.store.n_fields)
        return 0

    def find(self, bytes text not None, const uint8_t[::1] hidden=None):
        """Rows that hold this value, ascending.

        Parameters
        ----------
        text : bytes
        hidden : uint8 array or None
            A bit a record: those not to be found.

        Raises
        ------
        ValueError
            Damaged bytes of a record.
        """
        cdef uint8_t buffer[BUFFER]
        cdef int status = 0
        cdef uint64_t content = content_of(<const uint8_t *> <const char *> text, <uint32_t> len(text), self.kind, &status)
        cdef Entries found
        cdef Py_ssize_t i
        cdef list rows = []
        cdef uint32_t row
        cdef int held
        if content == 0:
            return rows
        if hidden is not None:
            self.check_bits(hidden)
        memset(&found, 0, sizeof(found))
        try:
            if self.gather(&content, 0, 1, &found):
                raise MemoryError
            for i in range(found.n):
                row = <uint32_t> found.items[i]
                if hidden is not None and hidden[row >> 3] >> (row & 7) & 1:
                    continue
                held = self.holds(row, content, self.n_targets(content), buffer)
                if held < 0:
                    raise ValueError(f"record {row} cannot be read")
                if held:
                    rows.append(row)
        finally:
            free(found.items)
        return rows

    cdef check_bits(self, const uint8_t[::1] hidden):
        if hidden.shape[0] < <Py_ssize_t> (self.store.store.n_records + 7) // 8:
            raise ValueError("fewer bits of hidden rows than records")

    def find_many(self, const int32_t[::1] offsets not None, const uint8_t[::1] data not None,
                  const uint8_t[::1] valid, Py_ssize_t begin, Py_ssize_t end, const uint8_t[::1] hidden=None):
        """Rows that hold the values of begin to end of a column.

        Returns
        -------
        tuple of (uint32[n], uint32[n])
            Positions in the column, rows; ascending.

        Raises
        ------
        ValueError
            A range beyond the column, or damaged bytes of a record.
        """
        cdef uint8_t buffer[BUFFER]
        cdef uint64_t contents[BLOCK]
        cdef Entries found
        cdef Entries kept
        cdef uint32_t row
        cdef uint64_t content
        cdef Py_ssize_t at = begin, i, j, n = offsets.shape[0] - 1
        cdef int n_block, held, status = 0
        cdef bint failed = False, damaged = False
        if not 0 <= begin <= end <= n or valid is not None and valid.shape[0] != n:
            raise ValueError("a range beyond the column")
        for i in range(begin, end):
            if offsets[i] < 0 or offsets[i + 1] < offsets[i] or offsets[i + 1] > data.shape[0]:
                raise ValueError("offsets leave the data")
        if hidden is not None:
            self.check_bits(hidden)
        memset(&found, 0, sizeof(found))
        memset(&kept, 0, sizeof(kept))
        with nogil:
            while at < end and not failed:
                n_block = <int> (end - at if end - at < BLOCK else BLOCK)
                for i in range(n_block):
                    contents[i] = 0
                    if offsets[at + i + 1] > offsets[at + i] and (valid is None or valid[at + i]):
                        contents[i] = content_of(&data[offsets[at + i]], offsets[at + i + 1] - offsets[at + i],
                                                 self.kind, &status)
                failed = self.gather(contents, <uint32_t> at, n_block, &found) != 0
                for j in range(found.n):
                    row = <uint32_t> found.items[j]
                    content = contents[(found.items[j] >> 32) - at]
                    if hidden is not None and hidden[row >> 3] >> (row & 7) & 1:
                        continue
                    held = self.holds(row, content, self.n_targets(content), buffer)
                    damaged = damaged or held < 0
                    if held > 0:
                        failed = failed or add_entry(&kept, found.items[j]) != 0
                at += n_block
            free(found.items)
        try:
            if failed:
                raise MemoryError
            if damaged:
                raise ValueError("a record cannot be read")
            queries = np.empty(kept.n, np.uint32)
            rows = np.empty(kept.n, np.uint32)
            self.copy_out(&kept, queries, rows)
        finally:
            free(kept.items)
        return queries, rows

    cdef copy_out(self, const Entries *kept, uint32_t[::1] queries, uint32_t[::1] rows):
        cdef Py_ssize_t i
        for i in range(kept.n):
            queries[i] = <uint32_t> (kept.items[i] >> 32)
            rows[i] = <uint32_t> kept.items[i]


def category_numbers(RecordStore store not None, int field):
    """Per record, the number of a category's text in its list + 1; 0 = none, or a text beyond the list."""
    cdef FieldText texts[MAX_FIELDS]
    cdef uint8_t buffer[BUFFER]
    cdef Py_ssize_t row
    cdef bint damaged = False
    if not 0 <= field < store.store.n_fields:
        raise ValueError("no such field")
    numbers = np.zeros(store.store.n_records, np.uint32)
    cdef uint32_t[::1] out = numbers
    with nogil:
        for row in range(out.shape[0]):
            if read_blob(&store.store, row, <uint64_t> 1 << field, texts, buffer, BUFFER):
                damaged = True
                break
            out[row] = texts[field].category
    if damaged:
        raise ValueError(f"record {row} cannot be read")
    return numbers
