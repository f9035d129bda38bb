# Memory that is needed no more -> arrays that begin with its pages, which the system need not clear again.
"""Large pieces of memory as arrays, their pages used twice, or put in place ahead of use."""

import numpy as np

from cpython.buffer cimport PyBuffer_FillInfo
from libc.stdint cimport uint8_t
from pages cimport is_big, move_pages, release, span, zeroed

cdef enum:
    PAGE = 4096     # the smallest there is: of larger ones some are written to twice


cdef class Memory:
    """Bytes that a kernel filled; freed with the last array that shows them."""

    def __getbuffer__(self, Py_buffer *buffer, int flags):
        PyBuffer_FillInfo(buffer, self, self.p, self.n_bytes, 0, flags)

    def __dealloc__(self):
        release(self.p, self.capacity)


cdef object memory_array(void *p, size_t n, size_t capacity):
    """n of a big piece's bytes as an array that owns it; uint8[n]."""
    cdef Memory memory = Memory()
    memory.p, memory.n_bytes, memory.capacity = p, n, capacity
    return np.frombuffer(memory, np.uint8)


cdef class UsedPages:
    """Pieces of memory that one step leaves to the next.

    Clearing a page costs little where it is in place, and 12 us where the host of a virtual machine has to
    provide it first: what a step has finished with serves the next one better than new memory.
    """

    def __dealloc__(self):
        self.drop()

    cdef void keep(self, void *p, size_t n) noexcept:
        """Take over n bytes as `pages` gives them; small pieces are freed at once."""
        if p == NULL or not is_big(n) or self.n_pieces == MOST_PIECES:
            release(p, n)
            return
        self.pieces[self.n_pieces], self.sizes[self.n_pieces] = p, n
        self.n_pieces += 1

    cdef void drop(self) noexcept:
        while self.n_pieces:
            self.n_pieces -= 1
            release(self.pieces[self.n_pieces], self.sizes[self.n_pieces])

    @property
    def n_bytes(self):
        """Bytes that are held; int."""
        return sum(self.sizes[k] for k in range(self.n_pieces))

    def array(self, size_t n):
        """n bytes of any content, uint8[n], with the pages held at its beginning; what does not fit is freed."""
        cdef char *start
        cdef size_t at = 0, piece
        if not is_big(n) or not self.n_pieces:
            self.drop()
            return np.empty(n, np.uint8)
        start = <char *> zeroed(n)
        if start == NULL:
            raise MemoryError
        while self.n_pieces:
            piece = self.sizes[self.n_pieces - 1]
            if at + span(piece) <= span(n):
                if move_pages(self.pieces[self.n_pieces - 1], piece, start + at):
                    release(start, n)
                    self.drop()
                    return np.empty(n, np.uint8)
                at += span(piece)
            else:
                release(self.pieces[self.n_pieces - 1], piece)
            self.n_pieces -= 1
        return memory_array(start, n, n)


def touch_pages(uint8_t[::1] memory not None, const uint8_t[::1] ended not None):
    """Write to each page of memory, the last one first, until the byte of `ended` is set: then they are in place."""
    cdef Py_ssize_t i = memory.shape[0] - 1
    if ended.shape[0] != 1:
        raise ValueError(f"expected one byte, got {ended.shape[0]}")
    with nogil:
        while i >= 0 and not ended[0]:
            memory[i] = 0
            i -= PAGE if i > PAGE else max(i, 1)
