# Blobs of a segment (ext/blobs.pxd) -> raw texts; they are written by ext/blob_writer.pyx.
"""Raw texts of a segment's records, read from its sections."""

import numpy as np

from blobs cimport GROUP, HOT_CATEGORIES, HOT_WORDS, MAX_FIELDS, Coding, FieldText, read_blob
from codings cimport fill_coding, set_hot
from libc.stdint cimport INT32_MAX, int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset
from texts cimport Bytes, bytes_free, reserve

cdef enum:
    READ_BUFFER = 1 << 16


cdef class RecordStore:
    """The stored texts of a segment's records, read from its sections; nothing is copied.

    Parameters
    ----------
    codings : list of dict
        As of `StoreWriter` in ext/blob_writer.pyx.
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
            bytes_free(&buffer)
        return columns

    def columns(self, const uint32_t[::1] rows not None, list fields not None):
        """The same texts as plain buffers, made without the GIL and without an object a record.

        Returns
        -------
        list of (int32[n + 1], uint8[m], uint8[n], uint32[n])
            Per field: offsets, bytes, whether the record has a text, and of a category its text's number + 1
            (0 = none, or a text beyond the list).

        Raises
        ------
        ValueError
            A row beyond the records, damaged bytes, or texts of more than 2 GiB.
        """
        cdef FieldText out[MAX_FIELDS]
        cdef Bytes texts[MAX_FIELDS]
        cdef int32_t *offsets[MAX_FIELDS]
        cdef uint8_t *valid[MAX_FIELDS]
        cdef uint32_t *numbers[MAX_FIELDS]
        cdef int chosen[MAX_FIELDS]
        cdef int k, n_chosen = len(fields), problem = 0
        cdef uint64_t wanted = 0
        cdef Py_ssize_t i = 0, n = rows.shape[0]
        cdef FieldText *t
        cdef Bytes buffer
        cdef list arrays = []
        if n_chosen > MAX_FIELDS:
            raise ValueError("more fields than a store holds")
        for k, field in enumerate(fields):
            if not 0 <= field < self.store.n_fields:
                raise ValueError("no such field")
            wanted |= <uint64_t> 1 << <int> field
            chosen[k] = field
            made = (np.zeros(n + 1, np.int32), np.zeros(n, np.uint8), np.zeros(n, np.uint32))
            offsets[k] = <int32_t *> <size_t> made[0].ctypes.data
            valid[k] = <uint8_t *> <size_t> made[1].ctypes.data
            numbers[k] = <uint32_t *> <size_t> made[2].ctypes.data
            arrays.append(made)
        memset(texts, 0, sizeof(texts))
        memset(&buffer, 0, sizeof(Bytes))
        try:
            with nogil:
                problem = reserve(&buffer, READ_BUFFER)
                while i < n and problem == 0:
                    if read_blob(&self.store, rows[i], wanted, out, buffer.p, READ_BUFFER):
                        problem = 1
                        break
                    for k in range(n_chosen):
                        t = &out[chosen[k]]
                        if t.text != NULL:
                            if texts[k].n + t.n > INT32_MAX:
                                problem = 2
                                break
                            problem = reserve(&texts[k], t.n)
                            if problem:
                                break
                            if t.n:
                                memcpy(texts[k].p + texts[k].n, t.text, t.n)
                            texts[k].n += t.n
                            valid[k][i] = 1
                            numbers[k][i] = t.category
                        offsets[k][i + 1] = <int32_t> texts[k].n
                    i += 1
            if problem == 1:
                raise ValueError(f"record {rows[i]} of {self.store.n_records} cannot be read")
            if problem:
                raise MemoryError if problem < 0 else ValueError("texts of more than 2 GiB")
            return [
                (made[0], np.frombuffer(texts[k].p[:texts[k].n], np.uint8) if texts[k].n else np.empty(0, np.uint8),
                 made[1], made[2])
                for k, made in enumerate(arrays)
            ]
        finally:
            bytes_free(&buffer)
            for k in range(MAX_FIELDS):
                bytes_free(&texts[k])


cdef size_t address(array, dtype) except? 0:
    if array.dtype != dtype or not array.flags.c_contiguous:
        raise ValueError(f"expected a contiguous array of {np.dtype(dtype)}, got {array.dtype}")
    return array.ctypes.data

cdef check_offsets(offsets, texts):
    if offsets.ndim != 1 or offsets.size == 0 or int(offsets[0]) != 0 or int(offsets[offsets.size - 1]) != texts.size \
            or not bool(np.all(np.diff(offsets.astype(np.int64)) >= 0)):
        raise ValueError("offsets of texts that do not ascend to the texts' end")
