# Text of one identifier -> 64-bit code that keeps its content. Header-only, no state, without the GIL.
#
# top nibble 0: at most 15 digits, one nibble each (digit + 1), the last one lowest; leading zeros count
# top nibble 1: at most 10 of 0-9A-Z, 6 bits each (1-36), the last one lowest
# top nibble 2: 60-bit hash of anything longer or other
# 0: missing, or beyond repair
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy, memmove, strlen

from digits cimport are_digits, load8, nibbles
from hashing cimport hash_bytes
from utf8 cimport decode_utf8, digit_of

cdef enum:
    ID_OK = 0
    ID_MISSING = 1
    ID_REPAIRED = 2           # a lost zero, an O for a 0, the phone numbers' change of 2018 ...
    ID_OLD_NUMBER = 3         # a 9-digit number where a personal number was expected
    ID_MALFORMED = 4          # packed as it is
    ID_UNRECOVERABLE = 5      # a spreadsheet kept only the leading digits: 1.23E+11

cdef enum:
    KIND_GENERIC = 0
    KIND_PERSONAL = 1
    KIND_OLD = 2
    KIND_HEALTH = 3
    KIND_TAX = 4
    KIND_PHONE = 5

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
    /* Bit p: prefix p names one of the 63 provinces. */
    static const unsigned long long linkage_provinces[2] = {
        0x555B757ECF5ADD56ULL, 0x00000001FADDAD5DULL
    };
    """
    const char *missing_words "linkage_missing"[12]
    const uint64_t province_bits "linkage_provinces"[2]


# One of the 63 provinces, or a country.
cdef inline bint is_personal_prefix(const uint8_t *t) noexcept nogil:
    cdef int prefix = (t[0] - c"0") * 100 + (t[1] - c"0") * 10 + t[2] - c"0"
    if prefix > 100:
        return prefix <= 295
    return province_bits[prefix >> 6] >> (prefix & 63) & 1


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
    if c <= c" " or c == c"." or c == c"-" or c == c"'" or c == c'"' or c == c"`":
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


cdef inline uint64_t pack_clean(IdText *t) noexcept nogil:
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
    return hash_code(t.text, t.n)


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


# O, I and L in a number of the right length are misread digits.
cdef inline void undo_misread(IdText *t) noexcept nogil:
    cdef int i, n_letters = 0
    if (t.n != 9 and t.n != 12) or t.n - t.n_digits > 2 or t.n == t.n_digits:
        return
    for i in range(t.n):
        n_letters += t.text[i] == c"O" or t.text[i] == c"I" or t.text[i] == c"L"
    if n_letters != t.n - t.n_digits:
        return
    for i in range(t.n):
        if t.text[i] > c"9":
            t.text[i] = c"0" if t.text[i] == c"O" else c"1"
    t.n_digits = t.n
    t.repaired = 1


# A 12-digit number, with its one or two leading zeros restored: a number column in a spreadsheet drops them,
# and every province's prefix has one (Ha Noi and four more have two). False = it is none.
cdef inline bint fix_personal(IdText *t) noexcept nogil:
    cdef uint8_t prefix[3]
    cdef int zeros = 12 - t.n
    if t.n_digits != t.n or zeros < 0 or zeros > 2:
        return False
    memcpy(prefix, b"000", 3)
    memcpy(prefix + zeros, t.text, 3 - zeros)
    if not is_personal_prefix(prefix) or zeros and t.text[3 - zeros] > c"3":
        return False
    if zeros:
        prepend(t, zeros)
    return True


cdef inline int check_personal(IdText *t) noexcept nogil:
    undo_misread(t)
    if fix_personal(t):
        return ID_OK
    if t.n_digits == t.n and t.n == 8:
        prepend(t, 1)
    return ID_OLD_NUMBER if t.n_digits == t.n and t.n == 9 else ID_MALFORMED


cdef inline int check_old(IdText *t) noexcept nogil:
    cdef int prefix
    undo_misread(t)
    if t.n >= 11 and fix_personal(t):
        return ID_OK
    if t.n_digits == t.n and t.n == 8:
        prepend(t, 1)
    if t.n_digits != t.n or t.n != 9:
        return ID_MALFORMED
    prefix = (t.text[0] - c"0") * 10 + t.text[1] - c"0"
    return ID_OK if 1 <= prefix <= 38 else ID_MALFORMED


cdef inline int check_health(IdText *t) noexcept nogil:
    if t.n == 15 and t.n_digits == 13 and t.text[0] > c"9" and t.text[1] > c"9" and not t.other:
        keep_last(t, 10)
        return ID_OK
    if t.n_digits != t.n:
        return ID_MALFORMED
    if t.n == 13:
        keep_last(t, 10)
        t.repaired = 1
    elif t.n == 9:
        prepend(t, 1)
    return ID_OK if t.n == 10 or t.n >= 11 and fix_personal(t) else ID_MALFORMED


# Check digit of a tax code: 10 - (31 d1 + 29 d2 + ... + 3 d9) mod 11 (circular 105/2020/TT-BTC).
cdef inline bint has_tax_check(const uint8_t *t) noexcept nogil:
    cdef int rest = (31 * (t[0] - 48) + 29 * (t[1] - 48) + 23 * (t[2] - 48) + 19 * (t[3] - 48) + 17 * (t[4] - 48)
                     + 13 * (t[5] - 48) + 7 * (t[6] - 48) + 5 * (t[7] - 48) + 3 * (t[8] - 48)) % 11
    return rest != 0 and 10 - rest == t[9] - 48


cdef inline int check_tax(IdText *t) noexcept nogil:
    cdef uint8_t digits[10]
    if t.n_digits != t.n:
        return ID_MALFORMED
    if t.n == 12 and t.text[0] == c"0" or t.n == 11:
        if fix_personal(t):
            return ID_OK
    if t.n == 9 or t.n == 12:
        digits[0] = c"0"
        memcpy(digits + 1, t.text, 9)
        if has_tax_check(digits):
            prepend(t, 1)
            return ID_OK
    if t.n == 12 and fix_personal(t):
        return ID_OK
    return ID_OK if (t.n == 10 or t.n == 13) and has_tax_check(t.text) else ID_MALFORMED


# The two digits that replaced a mobile prefix of 11-digit numbers (1xx) in 2018; 0 = there was none.
cdef inline int new_mobile_prefix(const uint8_t *t) noexcept nogil:
    cdef int last = t[2] - c"0"
    if t[1] == c"6":
        return 30 + last if last >= 2 else 0
    if t[1] == c"8":
        return 56 if last == 6 else 58 if last == 8 else 0
    if t[1] == c"9":
        return 59 if last == 9 else 0
    if t[1] != c"2":
        return 0
    if last == 0:
        return 70
    if last == 1:
        return 79
    if last == 2:
        return 77
    if last == 6 or last == 8:
        return 70 + last
    if last == 7:
        return 81
    return 82 if last == 9 else 80 + last


cdef inline int check_phone(IdText *t) noexcept nogil:
    cdef int prefix
    cdef bint had_zero = False
    if t.n > 2 and t.text[0] == c"0" and t.text[1] == c"0":
        keep_last(t, t.n - 2)
        t.plus = 1
    if t.n >= 11 and t.text[0] == c"8" and t.text[1] == c"4":
        keep_last(t, t.n - 2)
        had_zero = True
    elif t.plus:
        return ID_OK if 7 <= t.n <= 15 else ID_MALFORMED
    if t.n > 1 and t.text[0] == c"0":
        keep_last(t, t.n - 1)
        had_zero = True
    if t.n == 10 and t.text[0] == c"1":
        prefix = new_mobile_prefix(t.text)
        if prefix:
            keep_last(t, 9)
            t.text[0] = c"0" + prefix / 10
            t.text[1] = c"0" + prefix % 10
            t.repaired = 1
    if t.n == 9 and (t.text[0] == c"3" or t.text[0] == c"5" or t.text[0] >= c"7") or (t.n == 9 or t.n == 10) and t.text[0] == c"2":
        prefix = t.repaired or not had_zero
        prepend(t, 1)
        t.repaired = prefix
        return ID_OK
    if had_zero:
        prepend(t, 1)
    return ID_MALFORMED


# The code of an identifier as nearly all are written: 8 to 15 plain digits that its kind accepts as they are, or
# a capital with capitals and digits behind it. 0 = look closer.
cdef inline uint64_t pack_usual(const uint8_t *text, Py_ssize_t n, int kind) noexcept nogil:
    cdef uint64_t first, last, code = 0
    cdef int i, c, n_digits = 0
    if n > MAX_NIBBLES or n < 8:
        return 0
    first = load8(text)
    last = load8(text + n - 8)
    if not (are_digits(first) and are_digits(last)):
        if kind != KIND_GENERIC or n > MAX_SIXES or not c"A" <= text[0] <= c"Z":
            return 0
        for i in range(n):
            c = text[i]
            if c"0" <= c <= c"9":
                n_digits += 1
                c -= c"0" - 1
            elif c"A" <= c <= c"Z":
                c -= c"A" - 11
            else:
                return 0
            code = code << 6 | c
        return code | <uint64_t> 1 << 60 if n_digits else 0       # without a digit it may be a word
    if first == (first << 8 | first >> 56):                      # one digit all the way, perhaps
        return 0
    if kind == KIND_PERSONAL:
        if n != 12 or not is_personal_prefix(text):
            return 0
    elif kind == KIND_OLD:
        i = (text[0] - c"0") * 10 + text[1] - c"0"
        if n != 9 or i < 1 or i > 38:
            return 0
    elif kind == KIND_HEALTH:
        if n != 10:
            return 0
    elif kind == KIND_TAX:
        if n != 10 or not has_tax_check(text):
            return 0
    elif kind == KIND_PHONE:
        c = text[1]
        if n != 10 or text[0] != c"0" or not (c == c"3" or c == c"5" or c >= c"7" or c == c"2"):
            return 0
    # Each nibble is its digit + 1, at most 10: adding ones does not carry.
    code = (nibbles(first) + 0x11111111) << (4 * (n - 8))
    return code | (nibbles(last) + 0x11111111)


cdef inline uint64_t pack_identifier(const uint8_t *text, Py_ssize_t n, int kind, int *status) noexcept nogil:
    """The code of an identifier (see the head of this file) and its status; malformed ones keep their content."""
    cdef IdText t
    cdef int found = ID_OK
    cdef uint64_t usual = pack_usual(text, n, kind)
    if usual:
        status[0] = ID_OK
        return usual
    read_identifier(text, n, kind, &t)
    if t.overflow:
        status[0] = ID_OK if kind == KIND_GENERIC else ID_MALFORMED
        return hash_code(text, n)
    if undo_spreadsheet(text, n, &t):
        status[0] = ID_UNRECOVERABLE
        return 0
    if is_missing(&t, kind):
        status[0] = ID_MISSING
        return 0
    if kind == KIND_PERSONAL:
        found = check_personal(&t)
    elif kind == KIND_OLD:
        found = check_old(&t)
    elif kind == KIND_HEALTH:
        found = check_health(&t)
    elif kind == KIND_TAX:
        found = check_tax(&t)
    elif kind == KIND_PHONE:
        found = check_phone(&t)
    status[0] = ID_REPAIRED if found == ID_OK and t.repaired else found
    return pack_clean(&t)
