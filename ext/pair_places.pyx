# Pairs of rows -> where each stands in a list of pairs, whichever of its rows comes first.
"""Places of pairs, by their two rows."""

import numpy as np

from hashing cimport prefetch
from libc.stdint cimport int64_t, uint32_t, uint64_t
from pages cimport release, zeroed

cdef enum:
    AHEAD = 16            # pairs whose slots are on their way

# Open addressing, a power of two in size, at most half full; no pair is of one row with itself, so name 0 is free.
cdef struct Slot:
    uint64_t name, place


cdef inline uint64_t name_of(uint32_t a, uint32_t b) noexcept nogil:
    return <uint64_t> min(a, b) << 32 | max(a, b)


cdef inline uint64_t home_of(uint64_t name, uint64_t mask) noexcept nogil:
    return ((name ^ name >> 31) * <uint64_t> 0x9E3779B97F4A7C15u >> 24) & mask


cdef class PairPlaces:
    """Where pairs stand in a list of them.

    Parameters
    ----------
    left, right : uint32[n_pairs]
        Two rows each, no pair twice.
    """

    cdef Slot *slots
    cdef uint64_t mask
    cdef readonly Py_ssize_t n_pairs

    def __init__(self, const uint32_t[::1] left not None, const uint32_t[::1] right not None):
        cdef Py_ssize_t k, n = left.shape[0]
        cdef uint64_t at, size = 16
        cdef bint fits = True
        if right.shape[0] != n:
            raise ValueError(f"expected {n} right rows, got {right.shape[0]}")
        while size < 2 * <uint64_t> n:
            size *= 2
        release(self.slots, (self.mask + 1) * sizeof(Slot))
        self.slots = <Slot *> zeroed(size * sizeof(Slot))
        if self.slots == NULL:
            raise MemoryError
        self.mask, self.n_pairs = size - 1, n
        with nogil:
            for k in range(n):
                if k + AHEAD < n:
                    prefetch(&self.slots[home_of(name_of(left[k + AHEAD], right[k + AHEAD]), self.mask)])
                fits = fits and left[k] != right[k]
                at = self.slot_of(name_of(left[k], right[k]))
                self.slots[at].name, self.slots[at].place = name_of(left[k], right[k]), k
        if not fits:
            raise ValueError("expected pairs of two rows, got one of a row with itself")

    def __dealloc__(self):
        release(self.slots, (self.mask + 1) * sizeof(Slot))

    cdef inline uint64_t slot_of(self, uint64_t name) noexcept nogil:
        cdef uint64_t at = home_of(name, self.mask)
        while self.slots[at].name and self.slots[at].name != name:
            at = (at + 1) & self.mask
        return at

    def find(self, const uint32_t[::1] left not None, const uint32_t[::1] right not None):
        """The place of each of these pairs, `n_pairs` where it is none of the list; int64[n]."""
        cdef Py_ssize_t k, n = left.shape[0]
        cdef uint64_t at
        if right.shape[0] != n:
            raise ValueError(f"expected {n} right rows, got {right.shape[0]}")
        found = np.empty(n, np.int64)
        cdef int64_t[::1] places = found
        with nogil:
            for k in range(n):
                if k + AHEAD < n:
                    prefetch(&self.slots[home_of(name_of(left[k + AHEAD], right[k + AHEAD]), self.mask)])
                at = self.slot_of(name_of(left[k], right[k]))
                places[k] = self.slots[at].place if self.slots[at].name else self.n_pairs
        return found
