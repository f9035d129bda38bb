# Text of one identifier -> its letters and digits, what a spreadsheet did to them undone; these -> a 64-bit code.
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy, memmove, strlen

from hashing cimport hash_bytes
from long_codes cimport pack_long
from utf8 cimport decode_utf8, digit_of

cdef enum:
    KIND_GENERIC = 0
    KIND_PERSONAL = 1
    KIND_OLD = 2
    KIND_HEALTH = 3
    KIND_TAX = 4
    KIND_PHONE = 5
    KIND_HASHED = 16          # added to a kind: what is long is hashed whole, as in segments before version 4

cdef enum:
    ID_CAPACITY = 64
    MAX_NIBBLES = 15
    MAX_SIXES = 10
    N_MISSING_WORDS = 12
    N_PLAIN_MISSING = 4       # of them, those that no real identifier can be

cdef struct IdText:
    uint8_t text[ID_CAPACITY + 8]
    int n
    int n_digits
    int other                 # something that is neither digit nor ASCII letter was kept
    int plus                  # began with + or 00
    int repaired
    int overflow


cdef extern from *:
    """
    /* Without diacritics: a word's non-ASCII letters are dropped before it is looked up. */
    static const char *const linkage_missing[12] = {
        "NULL", "NONE", "NAN", "UNDEFINED", "NA", "NIL", "UNKNOWN", "KHONG", "KHNG", "KHONGCO", "KHNGC", "CHUACO"
    };
    """
    const char *missing_words "linkage_missing"[12]


# A character that is kept, ASCII, full width or a digit of any script, at p -> it in upper case, 0 = dropped, -1 = none of these.
cdef inline int id_char(const uint8_t *p, const uint8_t *end, int *size) noexcept nogil:
    cdef int c = p[0]
    cdef uint32_t code
    size[0] = 1
    if c >= 0x80:
        size[0] = decode_utf8(p, end, &code)
        c = digit_of(code)
        if c >= 0:
            return c"0" + c
        if code == 0xA0 or code == 0xFEFF or 0x2000 <= code < 0x2080:
            return 0                   # dashes, quotes, zero-width characters, byte order mark
        if not (0xFF21 <= code <= 0xFF3A or 0xFF41 <= code <= 0xFF5A):
            size[0] = 1
            return -1
        c = code - 0xFEE0
    if c"a" <= c <= c"z":
        return c - 32
    if c"0" <= c <= c"9" or c"A" <= c <= c"Z":
        return c
    if c <= c" " or c == c"." or c == c"-" or c == c"'" or c == c'"' or c == c"`" or c == c"/":
        return 0
    return -1


cdef inline void read_identifier(const uint8_t *text, Py_ssize_t n, int kind, IdText *t) noexcept nogil:
    cdef const uint8_t *p = text
    cdef const uint8_t *end = text + n
    cdef int c, size
    t.n = t.n_digits = t.other = t.plus = t.repaired = t.overflow = 0
    while p < end:
        if kind == KIND_PHONE and t.n_digits >= 9 and (p[0] == c"/" or p[0] == c"," or p[0] == c";" or p[0] == c"|"):
            return                     # the first of several
        c = id_char(p, end, &size)
        if p[0] == c"+" and t.n == 0:
            t.plus = 1
        if c > 0 and (kind != KIND_PHONE or c <= c"9") or c < 0 and (kind == KIND_GENERIC or p[0] >= 0x80 and kind != KIND_PHONE):
            if t.n + 1 > ID_CAPACITY:
                t.overflow = 1
                return
            if c < 0:
                t.other = 1
                c = p[0]
            t.text[t.n] = c
            t.n += 1
            t.n_digits += c"0" <= c <= c"9"
        p += size


# 12345.0, and 1.2345E+4 with all its digits -> the digits; 1 = digits are lost for good.
cdef inline int undo_spreadsheet(const uint8_t *text, Py_ssize_t n, IdText *t) noexcept nogil:
    cdef Py_ssize_t i = 0, begin, point = -1, mantissa = 0
    cdef int exponent = 0, n_exponent = 0
    while i < n and text[i] <= c" ":
        i += 1
    while n > i and text[n - 1] <= c" ":
        n -= 1
    begin = i
    while i < n and (c"0" <= text[i] <= c"9" or point < 0 and (text[i] == c"." or text[i] == c",")):
        if text[i] == c"." or text[i] == c",":
            point = i
        else:
            mantissa += 1
        i += 1
    if mantissa == 0:
        return 0
    if i == n:
        if point > begin and text[point] == c"." and (n - point == 2 or n - point == 3) and text[point + 1] == c"0" and text[n - 1] == c"0":
            t.n -= n - point - 1
            t.n_digits = t.n
            t.repaired = 1
        return 0
    if text[i] | 32 != c"e":
        return 0
    i += 1
    if i < n and text[i] == c"+":
        i += 1
    elif point != begin + 1:           # 12E5 may be an identifier
        return 0
    while i < n and c"0" <= text[i] <= c"9" and n_exponent < 3:
        exponent = exponent * 10 + text[i] - c"0"
        n_exponent += 1
        i += 1
    if i != n or n_exponent == 0:
        return 0
    if mantissa != exponent + 1 or mantissa > ID_CAPACITY:
        return 1
    t.n = t.n_digits = <int> mantissa
    t.repaired = 1
    return 0


cdef inline uint64_t hash_code(const uint8_t *text, Py_ssize_t n) noexcept nogil:
    return hash_bytes(text, n) >> 4 | <uint64_t> 2 << 60


cdef inline uint64_t pack_clean(IdText *t, bint hashed) noexcept nogil:
    cdef uint64_t code = 0
    cdef int i
    if t.n == 0:
        return 0
    if t.n_digits == t.n and t.n <= MAX_NIBBLES:
        for i in range(t.n):
            code = code << 4 | (t.text[i] - c"0" + 1)
        return code
    if t.n <= MAX_SIXES and not t.other:
        for i in range(t.n):
            code = code << 6 | (t.text[i] - c"0" + 1 if t.text[i] <= c"9" else t.text[i] - c"A" + 11)
        return code | <uint64_t> 1 << 60
    code = 0 if hashed or t.other else pack_long(t.text, t.n, t.n_digits)
    return code if code else hash_code(t.text, t.n)


cdef inline bint is_missing(IdText *t, int kind) noexcept nogil:
    cdef uint8_t word[ID_CAPACITY]
    cdef int i, n = 0
    if t.n == 0:
        return True
    if t.n_digits != t.n:
        for i in range(t.n):
            if t.text[i] < 0x80:
                word[n] = t.text[i]
                n += 1
        for i in range(N_PLAIN_MISSING if kind == KIND_GENERIC else N_MISSING_WORDS):
            if n and strlen(missing_words[i]) == <size_t> n and memcmp(word, missing_words[i], n) == 0:
                return True
        return False
    for i in range(1, t.n):
        if t.text[i] != t.text[0]:
            return False
    return t.text[0] == c"0" or t.n >= (6 if kind == KIND_GENERIC else 4)


cdef inline void prepend(IdText *t, int n_zeros) noexcept nogil:
    memmove(t.text + n_zeros, t.text, t.n)
    memcpy(t.text, b"00", n_zeros)
    t.n += n_zeros
    t.n_digits += n_zeros
    t.repaired = 1


# Keeps the last n characters.
cdef inline void keep_last(IdText *t, int n) noexcept nogil:
    memmove(t.text, t.text + t.n - n, n)
    t.n = t.n_digits = n
