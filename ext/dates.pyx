"""One raw date -> its packed form, and the order in which a column's dates are written; see dates.pxd."""

from cpython.bytes cimport PyBytes_AS_STRING
from libc.stdint cimport uint8_t

from dates cimport order_evidence, parse_date

IMPOSSIBLE = 1 << 21
GUESSED_CENTURY = 1 << 22


def parse_one(bytes text not None, int order=0, *, length=None):
    """Pack one date.

    Parameters
    ----------
    text : bytes
        UTF-8.
    order : {0, 1}
        0 = day first, 1 = month first; only for dates that fit both.
    length : int, optional
        Bytes to read; what stands behind them does not matter. Default all.

    Returns
    -------
    int
        Bits 0-4 day, 5-8 month, 9-20 year (0 = unknown), IMPOSSIBLE, GUESSED_CENTURY; 0 = no date.
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
        Order (0 = day first, also when nothing speaks for either; 1 = month first), number of texts that
        are only possible with the day first, and with the month first.
    """
    cdef bytes text
    cdef long n_day_first = 0, n_month_first = 0
    cdef int evidence
    for item in texts:
        text = item.encode("utf-8", "replace") if isinstance(item, str) else item
        evidence = order_evidence(<const uint8_t *> PyBytes_AS_STRING(text), len(text))
        n_day_first += evidence == 1
        n_month_first += evidence == 2
    return int(n_month_first > n_day_first), n_day_first, n_month_first


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
