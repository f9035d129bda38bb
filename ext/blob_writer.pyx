# Raw texts of records -> blobs and hot rows (ext/blobs.pxd), kept in pieces until they are handed out in order.
"""Raw texts of records -> compact blobs."""

import numpy as np

from blobs cimport CODED_CATEGORY, CODED_WORDS, GROUP, HOT_CATEGORIES, HOT_WORDS, LONG, MAX_FIELDS, NO_WORD, STRANGE_WORD
from codings cimport check_text, fill_coding, set_hot
from encoding cimport Column, Encoder, Known, fill_hot, put_entry, put_field
from hashing cimport hash_bytes, prefetch
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy, memset
from normalise cimport init_normalise
from texts cimport (
    Bytes,
    Slot,
    Texts,
    all_of,
    append_text,
    bytes_free,
    put_bytes,
    put_varint,
    reserve,
    table_find,
    table_room,
    texts_add,
    texts_free,
    texts_init,
)

init_normalise()

cdef enum:
    PIECE_BITS = 19           # records of a piece: 2^19; a piece grows without the others being moved
    AHEAD = 16                # records whose bytes are fetched before they are copied
    TOO_LONG = -2

# Records that follow one another.
cdef struct Piece:
    Bytes blobs, ends, hot_words, hot_bytes


cdef class StoreWriter:
    """Records' texts -> blobs, in the order they are added, and their hot rows.

    Parameters
    ----------
    codings : list of dict
        One per field: kind "words", "pattern" (with prefix, n_digits, n_bytes), "date" or "category".
    word_offsets, word_texts : uint32[n + 1], uint8
        The vocabulary, at most 65,533 words.
    hot_field : int
        The name whose words stand in the hot rows; -1 = none.
    hot_categories : list of int
        At most four fields of categories.
    piece_bits : int
        Records are held in pieces of 2 ** piece_bits.

    Notes
    -----
    The bytes of the blobs and 16 a record, in huge pages where the system has them.
    """

    cdef Encoder e
    cdef Texts shapes
    cdef int piece_bits
    cdef Piece *pieces
    cdef uint64_t n_pieces, n_records
    cdef uint32_t n_words
    cdef bint has_hot

    def __cinit__(self):
        cdef int f
        if texts_init(&self.e.words) or texts_init(&self.shapes):
            raise MemoryError
        for f in range(MAX_FIELDS):
            if texts_init(&self.e.categories[f]) or texts_init(&self.e.meant[f]):
                raise MemoryError

    def __init__(self, list codings not None, const uint32_t[::1] word_offsets not None,
                 const uint8_t[::1] word_texts not None, int hot_field, list hot_categories not None,
                 int piece_bits=PIECE_BITS):
        cdef uint32_t i
        if not 0 < len(codings) <= MAX_FIELDS:
            raise ValueError(f"expected 1 to {MAX_FIELDS} fields, got {len(codings)}")
        if not 0 <= piece_bits <= 24 or not -1 <= hot_field < len(codings):
            raise ValueError("pieces or a hot field beyond what is there")
        self.e.n_fields = len(codings)
        self.piece_bits = piece_bits
        self.has_hot = True
        for f, spec in enumerate(codings):
            fill_coding(&self.e.codings[f], spec)
        self.e.hot_field = hot_field
        set_hot(self.e.codings, self.e.n_fields, hot_categories)
        self.n_words = <uint32_t> (word_offsets.shape[0] - 1)
        if self.n_words > STRANGE_WORD:
            raise ValueError("a vocabulary of more than 65,533 words")
        for i in range(self.n_words):
            if texts_add(&self.e.words, &word_texts[word_offsets[i]], word_offsets[i + 1] - word_offsets[i]) == NULL:
                raise MemoryError
        if self.e.words.table.n != self.n_words:
            raise ValueError("a word stands in the vocabulary twice")

    def __dealloc__(self):
        cdef int f
        cdef uint64_t k
        texts_free(&self.e.words)
        texts_free(&self.shapes)
        for f in range(MAX_FIELDS):
            texts_free(&self.e.categories[f])
            texts_free(&self.e.meant[f])
        for k in range(self.n_pieces):
            bytes_free(&self.pieces[k].blobs)
            bytes_free(&self.pieces[k].ends)
            bytes_free(&self.pieces[k].hot_words)
            bytes_free(&self.pieces[k].hot_bytes)
        free(self.pieces)
        bytes_free(&self.e.payload)
        bytes_free(&self.e.kept)

    def __len__(self):
        return self.n_records

    def mean(self, int field, bytes raw not None, bytes meant not None):
        """From now on this raw text of a field is kept together with the text it was taken to mean."""
        cdef Texts *t = &self.e.meant[field]
        cdef Slot *slot
        if not 0 <= field < self.e.n_fields or self.e.codings[field].kind != CODED_WORDS:
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

    cdef Piece *current(self) noexcept nogil:
        """The piece that the next record goes to; NULL without memory."""
        cdef Piece *p
        if self.n_records >> self.piece_bits < self.n_pieces:
            return &self.pieces[self.n_pieces - 1]
        p = <Piece *> realloc(self.pieces, (self.n_pieces + 1) * sizeof(Piece))
        if p == NULL:
            return NULL
        self.pieces = p
        memset(&p[self.n_pieces], 0, sizeof(Piece))
        self.n_pieces += 1
        return &p[self.n_pieces - 1]

    cdef int add_row(self, const Column *columns, Py_ssize_t i) noexcept nogil:
        """Append one record; -1 without memory."""
        cdef uint8_t heads[MAX_FIELDS]
        cdef uint16_t hot_row[HOT_WORDS]
        cdef uint8_t hot_bytes[HOT_CATEGORIES]
        cdef Slot *shape
        cdef Piece *piece = self.current()
        cdef const Column *c
        cdef uint32_t end
        cdef int f, head
        if piece == NULL:
            return -1
        self.e.payload.n = 0
        fill_hot(hot_row, NO_WORD)
        memset(hot_bytes, 0, sizeof(hot_bytes))
        for f in range(self.e.n_fields):
            heads[f] = 0
            c = &columns[f]
            if c.offsets == NULL or c.valid != NULL and not c.valid[i]:
                continue
            if c.indices == NULL:
                head = put_field(&self.e, f, c.text + c.offsets[i], c.offsets[i + 1] - c.offsets[i], hot_row, hot_bytes)
            elif <uint64_t> <uint32_t> c.indices[i] >= c.n_entries:
                continue              # a broken file's: missing
            else:
                head = put_entry(&self.e, f, c, <uint32_t> c.indices[i], hot_row, hot_bytes)
            if head < 0:
                return -1
            heads[f] = <uint8_t> head
        shape = texts_add(&self.shapes, heads, self.e.n_fields)
        if shape == NULL or reserve(&piece.blobs, self.e.payload.n + 8) or reserve(&piece.ends, 4):
            return -1
        if reserve(&piece.hot_words, 2 * HOT_WORDS) or reserve(&piece.hot_bytes, HOT_CATEGORIES):
            return -1
        if (piece.blobs.n + self.e.payload.n + 8) >> 32:
            return TOO_LONG
        put_varint(&piece.blobs, shape.id)
        put_bytes(&piece.blobs, self.e.payload.p, self.e.payload.n)
        end = <uint32_t> piece.blobs.n
        put_bytes(&piece.ends, &end, 4)
        put_bytes(&piece.hot_words, hot_row, 2 * HOT_WORDS)
        put_bytes(&piece.hot_bytes, hot_bytes, HOT_CATEGORIES)
        self.n_records += 1
        return 0

    def add(self, list columns not None, Py_ssize_t n):
        """Append n records.

        Parameters
        ----------
        columns : list of tuple or None
            One per field; None = no record has it. Offsets (int32[n + 1]), text (uint8) and validity
            (uint8[n] or None); or the offsets and text of a dictionary's entries, validity, and the
            entry of each record (int32[n]). Not for the hot field.
        """
        cdef Column held[MAX_FIELDS]
        cdef Py_ssize_t i
        cdef const int32_t[::1] offsets
        cdef const uint8_t[::1] data
        cdef const uint8_t[::1] valid
        cdef const int32_t[::1] indices
        cdef uint8_t[::1] known
        cdef int failed = 0
        self.check_hot()
        if len(columns) != self.e.n_fields:
            raise ValueError(f"expected {self.e.n_fields} columns, got {len(columns)}")
        if n == 0:
            return
        memset(held, 0, sizeof(held))
        self.e.kept.n = 0
        alive = []
        for f, column in enumerate(columns):
            if column is None:
                continue
            offsets, data, valid = column[:3]
            if len(column) > 3:
                indices = column[3]
                if indices.shape[0] != n or offsets.shape[0] < 1 or valid is not None and valid.shape[0] != n \
                        or f == self.e.hot_field:
                    raise ValueError(f"expected {n} indices, of any field but the hot one")
                check_text(offsets, data, None, offsets.shape[0] - 1)
                known = np.zeros(offsets.shape[0] * sizeof(Known), np.uint8)
                alive.append(known)
                held[f].indices = &indices[0]
                held[f].n_entries = offsets.shape[0] - 1
                held[f].known = <Known *> &known[0]
            else:
                check_text(offsets, data, valid, n)
            held[f].offsets = &offsets[0]
            held[f].text = &data[0] if data.shape[0] else NULL
            held[f].valid = &valid[0] if valid is not None else NULL
        with nogil:
            for i in range(n):
                failed = self.add_row(held, i)
                if failed:
                    break
        if failed == TOO_LONG:
            raise ValueError(f"{1 << self.piece_bits:,} records in a row hold more than 4 GiB of text")
        if failed:
            raise MemoryError("the records do not fit into memory, or a text is longer than 1 GiB")

    def last_words(self):
        """Each record's last word, as a look-up finds it in the hot row; uint16[n]."""
        self.check_hot()
        out = np.empty(self.n_records, np.uint16)
        cdef uint16_t[::1] to = out
        cdef uint64_t i
        cdef const uint16_t *row
        cdef int k
        with nogil:
            for i in range(self.n_records):
                row = <const uint16_t *> self.piece_of(i).hot_words.p + HOT_WORDS * self.within(i)
                k = HOT_WORDS - 1
                while k and row[k] == NO_WORD:
                    k -= 1
                to[i] = row[k]
        return out

    def words_used(self):
        """Which words occur in hot rows; uint8[65536], 1 = it does."""
        self.check_hot()
        out = np.zeros(1 << 16, np.uint8)
        cdef uint8_t[::1] to = out
        cdef uint64_t k, i
        cdef const uint16_t *words
        with nogil:
            for k in range(self.n_pieces):
                words = <const uint16_t *> self.pieces[k].hot_words.p
                for i in range(self.pieces[k].hot_words.n // 2):
                    to[words[i]] = 1
        return out

    def hot_words(self, const uint32_t[::1] order not None):
        """The words of the hot rows in this order; uint16[n, 4]."""
        self.check_hot()
        self.check_order(order)
        out = np.empty((self.n_records, HOT_WORDS), np.uint16)
        cdef uint16_t[:, ::1] to = out
        cdef uint64_t i, n = self.n_records
        with nogil:
            for i in range(n):
                if i + AHEAD < n:
                    prefetch(self.piece_of(order[i + AHEAD]).hot_words.p + 8 * self.within(order[i + AHEAD]))
                memcpy(&to[i, 0], self.piece_of(order[i]).hot_words.p + 8 * self.within(order[i]), 8)
        return out

    def hot_categories(self, const uint32_t[::1] order not None):
        """The categories of the hot rows in this order; uint8[n, 4]."""
        self.check_hot()
        self.check_order(order)
        out = np.empty((self.n_records, HOT_CATEGORIES), np.uint8)
        cdef uint8_t[:, ::1] to = out
        cdef uint64_t i, n = self.n_records
        with nogil:
            for i in range(n):
                if i + AHEAD < n:
                    prefetch(self.piece_of(order[i + AHEAD]).hot_bytes.p + 4 * self.within(order[i + AHEAD]))
                memcpy(&to[i, 0], self.piece_of(order[i]).hot_bytes.p + 4 * self.within(order[i]), 4)
        return out

    def free_hot(self):
        """The hot rows are needed no more, nor are records added; the blobs stay."""
        cdef uint64_t k
        self.has_hot = False
        for k in range(self.n_pieces):
            bytes_free(&self.pieces[k].hot_words)
            bytes_free(&self.pieces[k].hot_bytes)

    def take(self, const uint32_t[::1] order not None, Py_ssize_t size=4 << 20):
        """Hand out the records' sections in this order; blobs as an iterator of pieces of `size` bytes.

        Returns
        -------
        dict
            n_bytes, blobs (iterator of uint8 arrays), groups (uint64), lengths (uint8), long_rows, long_lengths,
            shapes (uint8[n_shapes, n_fields]), categories (per field offsets and texts, or None).
        """
        self.check_order(order)
        cdef uint64_t i, n = self.n_records, total = 0, at
        cdef uint32_t length
        cdef Bytes rows, lengths
        cdef int failed = 0
        out, starts = np.empty(n, np.uint8), np.empty((n + GROUP - 1) // GROUP, np.uint64)
        cdef uint8_t[::1] short = out
        cdef uint64_t[::1] groups = starts
        memset(&rows, 0, sizeof(Bytes))
        memset(&lengths, 0, sizeof(Bytes))
        with nogil:
            for i in range(n):
                if i + AHEAD < n:
                    prefetch(self.piece_of(order[i + AHEAD]).ends.p + 4 * self.within(order[i + AHEAD]))
                if i % GROUP == 0:
                    groups[i // GROUP] = total
                length = self.blob_of(order[i], &at)
                total += length
                short[i] = <uint8_t> length if length < LONG else LONG
                if length >= LONG:
                    if reserve(&rows, 4) or reserve(&lengths, 4):
                        failed = 1
                        break
                    put_bytes(&rows, &i, 4)
                    put_bytes(&lengths, &length, 4)
        try:
            if failed:
                raise MemoryError
            long_rows, long_lengths = copy_of(&rows), copy_of(&lengths)
        finally:
            bytes_free(&rows)
            bytes_free(&lengths)
        return {
            "n_bytes": total,
            "blobs": self.blobs_in(np.asarray(order), size),
            "groups": starts,
            "lengths": out,
            "long_rows": long_rows,
            "long_lengths": long_lengths,
            "shapes": all_of(&self.shapes)[1].reshape(-1, self.e.n_fields),
            "categories": [
                all_of(&self.e.categories[f]) if self.e.codings[f].kind == CODED_CATEGORY else None
                for f in range(self.e.n_fields)
            ],
        }

    def blobs_in(self, order, Py_ssize_t size):
        """The blobs in this order, in arrays of `size` bytes; the last one is shorter."""
        cdef const uint32_t[::1] rows = order
        cdef uint64_t i = 0, n = self.n_records, used, at = 0, more, done = 0
        cdef uint32_t length = 0
        cdef uint8_t[::1] to
        while i < n:
            out = np.empty(size, np.uint8)
            to = out
            used = 0
            with nogil:
                while i < n and used < <uint64_t> size:
                    if i + 2 * AHEAD < n:
                        prefetch(self.piece_of(rows[i + 2 * AHEAD]).ends.p + 4 * self.within(rows[i + 2 * AHEAD]))
                    if i + AHEAD < n:
                        self.blob_of(rows[i + AHEAD], &at)
                        prefetch(self.piece_of(rows[i + AHEAD]).blobs.p + at)
                    length = self.blob_of(rows[i], &at)
                    more = length - done
                    if used + more > <uint64_t> size:
                        more = size - used
                    memcpy(&to[used], self.piece_of(rows[i]).blobs.p + at + done, more)
                    used += more
                    done += more
                    if done == length:
                        done = 0
                        i += 1
            yield out[:used]

    cdef inline Piece *piece_of(self, uint64_t row) noexcept nogil:
        return &self.pieces[row >> self.piece_bits]

    cdef inline uint64_t within(self, uint64_t row) noexcept nogil:
        return row & ((<uint64_t> 1 << self.piece_bits) - 1)

    cdef inline uint32_t blob_of(self, uint64_t row, uint64_t *at) noexcept nogil:
        """A record's blob: where it begins in its piece, and its length."""
        cdef const uint32_t *ends = <const uint32_t *> self.piece_of(row).ends.p
        cdef uint64_t i = self.within(row)
        at[0] = ends[i - 1] if i else 0
        return <uint32_t> (ends[i] - at[0])

    cdef check_hot(self):
        if not self.has_hot:
            raise ValueError("the hot rows have been freed")

    cdef check_order(self, const uint32_t[::1] order):
        if <uint64_t> order.shape[0] != self.n_records or self.n_records and int(np.asarray(order).max()) >= self.n_records:
            raise ValueError(f"expected an order of {self.n_records} records")


# uint32 numbers that were put together, as an array of their own.
cdef copy_of(Bytes *b):
    if b.n == 0:
        return np.zeros(0, np.uint32)
    return np.asarray(<uint8_t[:b.n]> b.p).view(np.uint32).copy()
