# A scorer with weights -> the bounds by which it gives hopeless pairs up: sketches of its rows, or what makes them.
"""Sketches of a scorer's rows: begun, filled in threads, and put to use."""

import numpy as np

from comparisons cimport LANES, Comparison
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from linkage._kernels.score cimport Scorer
from sketch cimport HASH_LANES, NameSketch, Sketch, count_digits
from sketch_bounds cimport begin_bounds, fill_lane_bounds, most_of_dates, n_lane_rows
from sketch_lanes cimport SLOTS
from sketching cimport (
    SKETCHED_AT_ONCE,
    SeenWords,
    fill_sketches,
    level_of_dates,
    most_but_dates,
    most_in_lanes,
    most_of_date,
    name_sketch,
    value_sketch,
)

count_digits()      # the tables of each kernel that makes sketches are its own


def begin_sketches(Scorer scorer not None):
    """Prepare the sketches by which `Scorer.score_blocks` gives hopeless pairs up; returns the comparisons.

    Call `sketch_values` for each comparison, in any number of threads; then, to hold those of all rows
    (128 bytes each), `store_sketches` and `sketch_rows`, in threads as well. `end_sketches` puts them to
    use: where none are stored they are made for the records of some blocks at a time. `Scorer.set_weights`
    drops them.
    """
    scorer.drop_sketches()
    begin_bounds(&scorer.program)
    scorer.value_tables = [None] * scorer.program.n
    return scorer.program.n


def sketch_values(Scorer scorer not None, int i):
    """Bounds of each distinct value of one comparison, where its values have a table."""
    cdef const Comparison *c = &scorer.program.comparisons[i]
    cdef NameSketch *names
    cdef Py_ssize_t k, n
    if c.values == NULL or c.lane < 0:
        return
    n = scorer.n_values[i]
    cdef uint32_t[::1] view
    cdef uint64_t[:, ::1] pairs
    if scorer.program.name_of[i] >= 0:
        pairs = np.zeros((n, sizeof(NameSketch) // 8), np.uint64)
        names = <NameSketch *> &pairs[0, 0]
        with nogil:
            for k in range(1, n):
                names[k] = name_sketch(c, <uint32_t> k)
        scorer.value_tables[i] = pairs.base
        scorer.program.names[i] = names
        return
    view = np.zeros(n, np.uint32)
    with nogil:
        for k in range(1, n):
            view[k] = value_sketch(c, <uint32_t> k)
    scorer.value_tables[i] = view.base
    scorer.program.tables[i] = &view[0]


def store_sketches(Scorer scorer not None, room=None):
    """Make room for the sketches of all rows, in the bytes of `room` (uint8) where they are enough."""
    cdef Py_ssize_t n_bytes = scorer.rows.shape[0] * sizeof(Sketch)
    if room is None or room.size < n_bytes + 64:
        room = np.empty(n_bytes + 64, np.uint8)
    start = -room.ctypes.data & 63      # whole cache lines
    scorer.sketch_bytes = room[start : start + n_bytes].reshape(-1, sizeof(Sketch))


def sketch_rows(Scorer scorer not None, Py_ssize_t begin, Py_ssize_t end):
    """Fill the stored sketches of these rows."""
    cdef uint8_t[:, ::1] out = scorer.sketch_bytes
    cdef uint64_t rows[SKETCHED_AT_ONCE]
    cdef Py_ssize_t n, k
    if out is None or not 0 <= begin <= end <= out.shape[0]:
        raise ValueError("rows to sketch leave the table")
    cdef SeenWords *seen = <SeenWords *> calloc(1, sizeof(SeenWords))
    if seen == NULL:
        raise MemoryError
    with nogil:
        while begin < end:
            n = end - begin if end - begin < SKETCHED_AT_ONCE else SKETCHED_AT_ONCE
            for k in range(n):
                rows[k] = begin + k
            fill_sketches(&scorer.program, rows, n, rows, 0, seen, <Sketch *> &out[begin, 0])
            begin += n
    free(seen)


def end_sketches(Scorer scorer not None):
    """Use the sketches, which are complete, from now on."""
    cdef uint8_t[:, ::1] out = scorer.sketch_bytes
    cdef int32_t[:, ::1] lane_rows = np.zeros((n_lane_rows(&scorer.program) + 1, LANES), np.int32)
    fill_lane_bounds(&scorer.program, &lane_rows[0, 0])
    scorer.lane_rows = lane_rows
    scorer.program.date_most = most_of_dates(&scorer.program)
    scorer.program.sketched = True
    if out is not None and out.shape[0]:
        scorer.program.sketches = <Sketch *> &out[0, 0]
        scorer.value_tables = None


def upper_bound(Scorer scorer not None, uint32_t left, uint32_t right):
    """What the sketches allow as the most that two rows can weigh (1/256 bit)."""
    if scorer.program.sketches == NULL or left >= scorer.rows.shape[0] or right >= scorer.rows.shape[0]:
        raise ValueError("no sketches of these rows")
    cdef unsigned int apart = 0
    cdef const Sketch *a = &scorer.program.sketches[left]
    cdef const Sketch *b = &scorer.program.sketches[right]
    cdef int date = level_of_dates(&scorer.program, a, b)
    cdef int32_t most = most_but_dates(&scorer.program, a, b, &apart) + most_of_date(&scorer.program, a, b, date)
    cdef uint8_t allowed[HASH_LANES]
    cdef uint8_t states[SLOTS]
    cdef int32_t lanes[LANES]
    most_in_lanes(&scorer.program, a, b, apart, date, allowed, states, lanes)
    return min(most, *(lanes[k] for k in range(scorer.program.n_lanes)))
