# Pairs of rows that lie in a file -> copies of their rows, and a program over these. Header-only.
#
# They are read, not mapped: a page that is touched stays in the process, with up to 2 MiB around it.
from batches cimport PAIRS, Batch, Program
from libc.stdint cimport uint32_t
from libc.stdlib cimport free, malloc

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    #include <unistd.h>
    /* A row of a mapped file, by its descriptor plus one. */
    static inline void linkage_read_row(int file, const uint32_t *rows, size_t width, uint32_t row, uint32_t *out) {
        size_t n = width * sizeof(uint32_t);
        if (pread(file - 1, out, n, (off_t)row * (off_t)n) != (ssize_t)n) memcpy(out, rows + row * width, n);
    }
    """
    void read_row "linkage_read_row"(int file, const uint32_t *rows, size_t width, uint32_t row,
                                     uint32_t *out) noexcept nogil

cdef struct Gathered:
    Program program               # whose rows are those of a batch
    uint32_t named[2 * PAIRS]     # the row that each of them is

cdef inline Gathered *new_gathered(const Program *p) noexcept nogil:
    """Room for a batch's rows; NULL without memory."""
    cdef Gathered *g = <Gathered *> malloc(sizeof(Gathered) + 2 * PAIRS * p.width * sizeof(uint32_t))
    if g != NULL:
        g.program = p[0]
        g.program.rows = <uint32_t *> (g + 1)
        g.program.rows_file = 0
    return g

cdef inline const Program *gather(Gathered *g, const Program *p, Batch *batch) noexcept nogil:
    """Read the rows of the batch's pairs, which name them from now on; the program to score them by."""
    cdef uint32_t *rows = <uint32_t *> (g + 1)
    cdef int k
    for k in range(batch.n):
        g.named[2 * k] = batch.left[k]
        g.named[2 * k + 1] = batch.right[k]
        read_row(p.rows_file, p.rows, p.width, batch.left[k], rows + 2 * k * p.width)
        read_row(p.rows_file, p.rows, p.width, batch.right[k], rows + (2 * k + 1) * p.width)
        batch.left[k] = 2 * k
        batch.right[k] = 2 * k + 1
    return &g.program

cdef inline void rename_pair(const Gathered *g, Batch *batch, int k) noexcept nogil:
    """Let a pair name its rows as before."""
    batch.left[k] = g.named[batch.left[k]]
    batch.right[k] = g.named[batch.right[k]]
