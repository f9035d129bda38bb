"""One raw identifier -> its 64-bit code and status, and back; see identifiers.pxd."""

from cpython.bytes cimport PyBytes_AS_STRING
from libc.stdint cimport uint8_t, uint64_t

from identifiers cimport pack_identifier
from long_codes cimport MAX_GROUPED, is_grouped, unpack_digits

OK = 0
MISSING = 1
REPAIRED = 2
OLD_NUMBER = 3
MALFORMED = 4
UNRECOVERABLE = 5

HASHED = 16                   # added to a kind's number: what is long is hashed whole

KINDS = {"generic": 0, "personal": 1, "old": 2, "health": 3, "tax": 4, "phone": 5}


def pack_one(bytes text not None, str kind="generic", *, length=None, bint hashed=False):
    """Pack one identifier.

    Parameters
    ----------
    text : bytes
        UTF-8.
    kind : {"generic", "personal", "old", "health", "tax", "phone"}
        What the identifier should be.
    length : int, optional
        Bytes to read; what stands behind them does not matter. Default all.
    hashed : bool
        Hash whole what is too long for a nibble a digit or six bits a character, so that no two texts are likely
        to share a code, but nothing can be told of slips.

    Returns
    -------
    tuple of (int, int)
        uint64 code (0 = missing or beyond repair) and status (OK, MISSING, REPAIRED, OLD_NUMBER,
        MALFORMED, UNRECOVERABLE).

    Raises
    ------
    ValueError
        For an unknown kind.
    """
    cdef int status = 0
    cdef Py_ssize_t n = len(text) if length is None else min(<Py_ssize_t> length, len(text))
    if kind not in KINDS:
        raise ValueError(f"expected one of {', '.join(KINDS)}, got {kind!r}")
    code = pack_identifier(<const uint8_t *> PyBytes_AS_STRING(text), n, KINDS[kind] | HASHED * hashed, &status)
    return code, status


def unpack_one(uint64_t code):
    """The text of a code; str, or None for a missing or hashed identifier, or one in pieces."""
    cdef int shift = 4 if code >> 60 == 0 else 6
    cdef uint8_t digits[MAX_GROUPED]
    if is_grouped(code):
        return "".join(["0123456789X"[digits[i]] for i in range(unpack_digits(code, digits))])
    if code == 0 or code >> 60 > 1:
        return None
    code = code << 4 >> 4
    chars = []
    while code:
        chars.append("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(code & ((1 << shift) - 1)) - 1])
        code >>= shift
    return "".join(reversed(chars))


def time_one(bytes text not None, str kind="personal", *, int repeat=1_000_000):
    """Pack one text `repeat` times without the GIL; returns the sum of the statuses, for benchmarks."""
    cdef const uint8_t *data = <const uint8_t *> PyBytes_AS_STRING(text)
    cdef Py_ssize_t n = len(text)
    cdef int status = 0, number = KINDS[kind]
    cdef uint64_t total = 0
    cdef int _i
    with nogil:
        for _i in range(repeat):
            total += pack_identifier(data, n, number, &status) + status
    return total
