# Texts -> the distinct words in them and how often each occurs; content hashes of texts.
"""Distinct words of texts with their counts; content hashes of texts."""

import numpy as np

from codings cimport check_text
from hashing cimport hash_bytes
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from texts cimport LONGEST_WORD, Texts, taken, texts_add, texts_free, texts_init


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
