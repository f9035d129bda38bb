"""One raw date -> its packed form, and the order in which a column's dates are written; see dates.pxd."""

from cpython.bytes cimport PyBytes_AS_STRING
from libc.stdint cimport uint8_t

from dates cimport order_evidence, parse_date

IMPOSSIBLE = 1 << 23
GUESSED_CENTURY = 1 << 24


def parse_one(bytes text not None, int order=0, *, length=None):
    """Pack one date.

    Parameters
    ----------
    text : bytes
        UTF-8.
    order : {0, 1}
        0 = day first, 1 = month first, 2 = year first; only for dates that fit several. 4 more: six digits
        are a whole date, never a year and a month.
    length : int, optional
        Bytes to read; what stands behind them does not matter. Default all.

    Returns
    -------
    int
        Bits 0-4 day, 5-8 month, 9-22 year (0 = unknown), IMPOSSIBLE, GUESSED_CENTURY; 0 = no date.
    """
    cdef Py_ssize_t n = len(text) if length is None else min(<Py_ssize_t> length, len(text))
    return parse_date(<const uint8_t *> PyBytes_AS_STRING(text), n, order)


def detect_order(texts):
    """The order in which a column's dates are written.

    Parameters
    ----------
    texts : iterable of bytes or str
        Distinct raw texts.

    Returns
    -------
    tuple of (int, int, int)
        Order (0 = day first, also when nothing speaks for any; 1 = month first; 2 = year first; 4 more where
        six digits are whole dates), number of texts that are only possible with the day first, and with the
        month first.
    """
    cdef bytes text
    cdef long count[4]
    cdef long n_whole = 0
    cdef int evidence, order
    count[0] = count[1] = count[2] = count[3] = 0
    for item in texts:
        text = item.encode("utf-8", "replace") if isinstance(item, str) else item
        evidence = order_evidence(<const uint8_t *> PyBytes_AS_STRING(text), len(text))
        count[evidence & 3] += 1
        n_whole += evidence >> 2
    order = int(count[2] > count[1])
    if count[3] > count[1 + order]:
        order = 2
    return int(order + 4 * (2 * n_whole > count[0] + count[1] + count[2] + count[3])), count[1], count[2]


def time_one(bytes text not None, *, int repeat=1_000_000):
    """Parse one text `repeat` times without the GIL; returns the sum of the codes, for benchmarks."""
    cdef const uint8_t *data = <const uint8_t *> PyBytes_AS_STRING(text)
    cdef Py_ssize_t n = len(text)
    cdef unsigned long total = 0
    cdef int _i
    with nogil:
        for _i in range(repeat):
            total += parse_date(data, n, _i & 1)
    return total
