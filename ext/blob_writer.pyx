# Raw texts of records -> blobs and hot rows (ext/blobs.pxd), kept in pieces (ext/pieces.pxd), handed out in any order.
"""Raw texts of records -> compact blobs."""

import numpy as np

from blobs cimport CODED_CATEGORY, CODED_WORDS, GROUP, HOT_CATEGORIES, HOT_WORDS, LONG, MAX_FIELDS, NO_WORD, STRANGE_WORD
from codings cimport check_text, fill_coding, set_hot
from encoding cimport Column, Encoder, Known
from hash_table cimport Slot, table_find, table_room
from hashing cimport hash_bytes, prefetch
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset
from normalise cimport init_normalise
from pieces cimport TOO_LONG, Pieces, add_record, blob_of, free_hot_rows, free_pieces, piece_of, within
from texts cimport Bytes, Texts, all_of, append_text, bytes_free, put_bytes, reserve, texts_add, texts_free, texts_init

init_normalise()

cdef enum:
    PIECE_BITS = 19           # records of a piece: 2^19
    AHEAD = 16                # records whose bytes are fetched before they are copied


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
    cdef Pieces pieces
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
        self.pieces.bits = piece_bits
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
        texts_free(&self.e.words)
        texts_free(&self.shapes)
        for f in range(MAX_FIELDS):
            texts_free(&self.e.categories[f])
            texts_free(&self.e.meant[f])
        free_pieces(&self.pieces)
        bytes_free(&self.e.payload)
        bytes_free(&self.e.kept)

    def __len__(self):
        return self.pieces.n_records

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
                failed = add_record(&self.pieces, &self.e, &self.shapes, held, i)
                if failed:
                    break
        if failed == TOO_LONG:
            raise ValueError(f"{1 << self.pieces.bits:,} records in a row hold more than 4 GiB of text")
        if failed:
            raise MemoryError("the records do not fit into memory, or a text is longer than 1 GiB")

    def last_words(self):
        """Each record's last word, as a look-up finds it in the hot row; uint16[n]."""
        self.check_hot()
        out = np.empty(self.pieces.n_records, np.uint16)
        cdef uint16_t[::1] to = out
        cdef uint64_t i
        cdef const uint16_t *row
        cdef int k
        with nogil:
            for i in range(self.pieces.n_records):
                row = <const uint16_t *> piece_of(&self.pieces, i).hot_words.p + HOT_WORDS * within(&self.pieces, i)
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
            for k in range(self.pieces.n_pieces):
                words = <const uint16_t *> self.pieces.items[k].hot_words.p
                for i in range(self.pieces.items[k].hot_words.n // 2):
                    to[words[i]] = 1
        return out

    def hot_words(self, const uint32_t[::1] order not None):
        """The words of the hot rows in this order; uint16[n, 4]."""
        self.check_hot()
        self.check_order(order)
        out = np.empty((self.pieces.n_records, HOT_WORDS), np.uint16)
        cdef uint16_t[:, ::1] to = out
        cdef uint64_t i, n = self.pieces.n_records
        with nogil:
            for i in range(n):
                if i + AHEAD < n:
                    prefetch(piece_of(&self.pieces, order[i + AHEAD]).hot_words.p + 8 * within(&self.pieces, order[i + AHEAD]))
                memcpy(&to[i, 0], piece_of(&self.pieces, order[i]).hot_words.p + 8 * within(&self.pieces, order[i]), 8)
        return out

    def hot_categories(self, const uint32_t[::1] order not None):
        """The categories of the hot rows in this order; uint8[n, 4]."""
        self.check_hot()
        self.check_order(order)
        out = np.empty((self.pieces.n_records, HOT_CATEGORIES), np.uint8)
        cdef uint8_t[:, ::1] to = out
        cdef uint64_t i, n = self.pieces.n_records
        with nogil:
            for i in range(n):
                if i + AHEAD < n:
                    prefetch(piece_of(&self.pieces, order[i + AHEAD]).hot_bytes.p + 4 * within(&self.pieces, order[i + AHEAD]))
                memcpy(&to[i, 0], piece_of(&self.pieces, order[i]).hot_bytes.p + 4 * within(&self.pieces, order[i]), 4)
        return out

    def free_hot(self):
        """The hot rows are needed no more, nor are records added; the blobs stay."""
        self.has_hot = False
        free_hot_rows(&self.pieces)

    def take(self, const uint32_t[::1] order not None, Py_ssize_t size=4 << 20):
        """Hand out the records' sections in this order; blobs as an iterator of pieces of `size` bytes.

        Returns
        -------
        dict
            n_bytes, blobs (iterator of uint8 arrays), groups (uint64), lengths (uint8), long_rows, long_lengths,
            shapes (uint8[n_shapes, n_fields]), categories (per field offsets and texts, or None).
        """
        self.check_order(order)
        cdef uint64_t i, n = self.pieces.n_records, total = 0, at
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
                    prefetch(piece_of(&self.pieces, order[i + AHEAD]).ends.p + 4 * within(&self.pieces, order[i + AHEAD]))
                if i % GROUP == 0:
                    groups[i // GROUP] = total
                length = blob_of(&self.pieces, order[i], &at)
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
        cdef uint64_t i = 0, n = self.pieces.n_records, used, at = 0, more, done = 0
        cdef uint32_t length = 0
        cdef uint8_t[::1] to
        while i < n:
            out = np.empty(size, np.uint8)
            to = out
            used = 0
            with nogil:
                while i < n and used < <uint64_t> size:
                    if i + 2 * AHEAD < n:
                        prefetch(piece_of(&self.pieces, rows[i + 2 * AHEAD]).ends.p + 4 * within(&self.pieces, rows[i + 2 * AHEAD]))
                    if i + AHEAD < n:
                        blob_of(&self.pieces, rows[i + AHEAD], &at)
                        prefetch(piece_of(&self.pieces, rows[i + AHEAD]).blobs.p + at)
                    length = blob_of(&self.pieces, rows[i], &at)
                    more = length - done
                    if used + more > <uint64_t> size:
                        more = size - used
                    memcpy(&to[used], piece_of(&self.pieces, rows[i]).blobs.p + at + done, more)
                    used += more
                    done += more
                    if done == length:
                        done = 0
                        i += 1
            yield out[:used]

    cdef check_hot(self):
        if not self.has_hot:
            raise ValueError("the hot rows have been freed")

    cdef check_order(self, const uint32_t[::1] order):
        if <uint64_t> order.shape[0] != self.pieces.n_records or self.pieces.n_records and int(np.asarray(order).max()) >= self.pieces.n_records:
            raise ValueError(f"expected an order of {self.pieces.n_records} records")


# uint32 numbers that were put together, as an array of their own.
cdef copy_of(Bytes *b):
    if b.n == 0:
        return np.zeros(0, np.uint32)
    return np.asarray(<uint8_t[:b.n]> b.p).view(np.uint32).copy()
