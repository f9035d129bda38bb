# Descriptions of codings -> Coding (ext/blobs.pxd); how a date or a number is written, read off its text. Header-only.
from blobs cimport (
    CODED_CATEGORY,
    CODED_DATE,
    CODED_PATTERN,
    CODED_WORDS,
    HOT_CATEGORIES,
    MAX_PREFIX,
    Coding,
    date_to_day,
)
from dates cimport days_in_month
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

cdef inline fill_coding(Coding *c, spec):
    """A field's coding from its description: kind, and of a pattern prefix, n_digits, n_bytes."""
    cdef str kind = spec["kind"]
    if kind not in ("words", "pattern", "date", "category"):
        raise ValueError("a coding of no known kind")
    c.kind = (CODED_WORDS if kind == "words" else CODED_PATTERN if kind == "pattern" else
              CODED_DATE if kind == "date" else CODED_CATEGORY)
    c.hot = -1
    c.n_digits = spec.get("n_digits", 0)
    c.n_bytes = spec.get("n_bytes", 0)
    cdef bytes prefix = spec.get("prefix", b"")
    if prefix is None or len(prefix) > MAX_PREFIX:
        raise ValueError(f"expected a prefix of at most {MAX_PREFIX} bytes")
    c.n_prefix = <int> len(prefix)
    if not 0 <= c.n_digits <= 18 or not 0 <= c.n_bytes <= 8:
        raise ValueError("a pattern beyond 18 digits or 8 bytes")
    if c.kind == CODED_PATTERN and 256 ** c.n_bytes < 10 ** c.n_digits:
        raise ValueError("a pattern with more digits than its bytes hold")
    memcpy(c.prefix, <const uint8_t *> prefix, c.n_prefix)


cdef inline set_hot(Coding *codings, int n_fields, list hot_categories):
    """Note which categories stand in the hot rows, and where."""
    if len(hot_categories) > HOT_CATEGORIES:
        raise ValueError(f"expected at most {HOT_CATEGORIES} hot categories")
    for k, f in enumerate(hot_categories):
        if not 0 <= f < n_fields or codings[<int> f].kind != CODED_CATEGORY:
            raise ValueError("a hot category is no category")
        codings[<int> f].hot = k


cdef inline check_text(const int32_t[::1] offsets, const uint8_t[::1] data, const uint8_t[::1] valid, Py_ssize_t n):
    cdef Py_ssize_t i
    if n < 0 or offsets.shape[0] != n + 1 or valid is not None and valid.shape[0] != n:
        raise ValueError(f"expected {n + 1} offsets and {n} validities")
    if offsets[0] < 0 or offsets[n] > data.shape[0]:
        raise ValueError("offsets leave the data")
    for i in range(n):
        if offsets[i + 1] < offsets[i]:
            raise ValueError("offsets decrease")


cdef inline int digits_value(const uint8_t *p, int n, uint64_t *value) noexcept nogil:
    """0 if all n bytes are digits; their number."""
    cdef int i
    value[0] = 0
    for i in range(n):
        if not c"0" <= p[i] <= c"9":
            return -1
        value[0] = value[0] * 10 + (p[i] - c"0")
    return 0

# How a date is written, and the number that stands for it; head 0 = in no way listed.
cdef inline int date_head(const uint8_t *p, uint64_t n, uint32_t *value) noexcept nogil:
    cdef uint64_t year = 0, month = 0, day = 0
    cdef int head = 0
    cdef int64_t days
    if n == 10 and p[4] == c"-" and p[7] == c"-":
        if digits_value(p, 4, &year) == 0 and digits_value(p + 5, 2, &month) == 0 and digits_value(p + 8, 2, &day) == 0:
            head = 1
    elif n == 10 and p[2] == c"/" and p[5] == c"/":
        if digits_value(p, 2, &day) == 0 and digits_value(p + 3, 2, &month) == 0 and digits_value(p + 6, 4, &year) == 0:
            head = 2
    elif n == 4:
        if digits_value(p, 4, &year) == 0:
            value[0] = <uint32_t> year
            return 3
    elif n == 7 and p[2] == c"/":
        if digits_value(p, 2, &month) == 0 and digits_value(p + 3, 4, &year) == 0:
            head = 4
    elif n == 7 and p[4] == c"-":
        if digits_value(p, 4, &year) == 0 and digits_value(p + 5, 2, &month) == 0:
            head = 5
    if head == 0 or not 1 <= month <= 12:
        return 0
    if head >= 4:
        value[0] = <uint32_t> (year * 12 + month - 1)
        return head if value[0] < 65536 else 0
    if not 1 <= day <= <uint64_t> days_in_month(<int> month, <int> year) or year == 0:
        return 0
    days = date_to_day(year, month, day)
    value[0] = <uint32_t> days
    return head if 0 <= days < 65536 else 0
