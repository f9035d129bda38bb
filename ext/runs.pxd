# Numbers as Parquet writes levels and indices: runs of one value, and runs packed bit by bit. Header-only.
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

cdef struct Runs:
    const uint8_t *p
    Py_ssize_t at, n      # bytes read, and bytes there are
    int width             # bits of a number, at most 32
    Py_ssize_t left       # numbers left of this run
    bint is_packed
    uint32_t value        # of a run of one value
    Py_ssize_t packed     # bit of p where the next packed number begins


cdef inline void init_runs(Runs *r, const uint8_t *p, Py_ssize_t n, int width) noexcept nogil:
    r.p = p
    r.n = n
    r.width = width
    r.at = r.left = r.packed = 0
    r.is_packed = False
    r.value = 0


cdef inline bint next_run(Runs *r) noexcept nogil:
    """Begin the next run that holds a number; 0 where the bytes end or say something impossible."""
    cdef uint64_t header, n_bytes
    cdef int shift
    while r.left == 0:
        header = 0
        shift = 0
        while True:
            if r.at >= r.n or shift > 35:
                return False
            header |= <uint64_t> (r.p[r.at] & 127) << shift
            shift += 7
            r.at += 1
            if r.p[r.at - 1] < 128:
                break
        r.is_packed = header & 1
        header >>= 1
        if r.is_packed:
            n_bytes = header * <uint64_t> r.width
            # Some writers leave out what would pack nothing at the end.
            if n_bytes > <uint64_t> (r.n - r.at):
                n_bytes = <uint64_t> (r.n - r.at)
            r.packed = r.at * 8
            r.at += <Py_ssize_t> n_bytes
            r.left = <Py_ssize_t> (n_bytes * 8 // <uint64_t> r.width if r.width else header * 8)
        else:
            n_bytes = <uint64_t> (r.width + 7) // 8
            if n_bytes > <uint64_t> (r.n - r.at):
                return False
            r.value = 0
            memcpy(&r.value, r.p + r.at, n_bytes)
            r.at += <Py_ssize_t> n_bytes
            r.left = <Py_ssize_t> header
    return True


# The next number of a run that has some left.
cdef inline uint32_t next_number(Runs *r) noexcept nogil:
    cdef uint64_t bits = 0
    cdef Py_ssize_t at
    r.left -= 1
    if not r.is_packed:
        return r.value
    at = r.packed >> 3
    if at + 8 <= r.n:
        memcpy(&bits, r.p + at, 8)
    else:
        memcpy(&bits, r.p + at, r.n - at)
    bits = bits >> (r.packed & 7) & ((<uint64_t> 1 << r.width) - 1)
    r.packed += r.width
    return <uint32_t> bits


# The next n numbers of a run that has so many left; the largest of them.
cdef inline uint32_t take_numbers(Runs *r, Py_ssize_t n, int32_t *to) noexcept nogil:
    cdef Py_ssize_t i = 0, at = r.packed
    cdef uint64_t bits, mask = (<uint64_t> 1 << r.width) - 1
    cdef uint32_t number, largest = 0
    if not r.is_packed:
        for i in range(n):
            to[i] = <int32_t> r.value
        r.left -= n
        return r.value if n else 0
    # As long as eight bytes can be read at once.
    while i < n and (at >> 3) + 8 <= r.n:
        memcpy(&bits, r.p + (at >> 3), 8)
        number = <uint32_t> (bits >> (at & 7) & mask)
        to[i] = <int32_t> number
        largest = number if number > largest else largest
        at += r.width
        i += 1
    r.packed = at
    r.left -= i
    while i < n:
        number = next_number(r)
        to[i] = <int32_t> number
        largest = number if number > largest else largest
        i += 1
    return largest
