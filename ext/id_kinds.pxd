# Letters and digits of one identifier -> whether they are a number of its kind, lost zeros and misread digits repaired:
# personal numbers, old numbers, health insurance, tax codes, telephones.
from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcpy

from id_texts cimport IdText, keep_last, prepend

cdef enum:
    ID_OK = 0
    ID_MISSING = 1
    ID_REPAIRED = 2           # a lost zero, an O for a 0, the phone numbers' change of 2018 ...
    ID_OLD_NUMBER = 3         # a 9-digit number where a personal number was expected
    ID_MALFORMED = 4          # packed as it is
    ID_UNRECOVERABLE = 5      # a spreadsheet kept only the leading digits: 1.23E+11


cdef extern from *:
    """
    /* Bit p: prefix p names one of the 63 provinces. */
    static const unsigned long long linkage_provinces[2] = {
        0x555B757ECF5ADD56ULL, 0x00000001FADDAD5DULL
    };
    """
    const uint64_t province_bits "linkage_provinces"[2]


# One of the 63 provinces, or a country.
cdef inline bint is_personal_prefix(const uint8_t *t) noexcept nogil:
    cdef int prefix = (t[0] - c"0") * 100 + (t[1] - c"0") * 10 + t[2] - c"0"
    if prefix > 100:
        return prefix <= 295
    return province_bits[prefix >> 6] >> (prefix & 63) & 1


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


# How many of the first digits are a country's code (ITU-T E.164): no code is the beginning of another one.
cdef inline int country_code(const uint8_t *t) noexcept nogil:
    cdef int two = (t[0] - 48) * 10 + t[1] - 48
    if t[0] == c"1" or t[0] == c"7":
        return 1
    if two in (20, 27, 30, 31, 32, 33, 34, 36, 39) or 40 <= two <= 41 or 43 <= two <= 49 or 51 <= two <= 58 \
            or 60 <= two <= 66 or two in (81, 82, 84, 86, 98) or 90 <= two <= 95:
        return 2
    return 3


# A number of any country without the country's code and the zero that is dialled within the country: +44 7911 123456
# is 07911 123456, 8 912 in Russia is +7 912. Vietnam's keep their zero.
cdef inline int check_phone(IdText *t) noexcept nogil:
    cdef int prefix
    cdef bint had_zero = False
    if t.n > 2 and t.text[0] == c"0" and t.text[1] == c"0":
        keep_last(t, t.n - 2)
        t.plus = 1
    if t.n >= 11 and t.text[0] == c"8" and t.text[1] == c"4":
        keep_last(t, t.n - 2)
        had_zero = True
    elif t.plus and 7 <= t.n <= 15:
        keep_last(t, t.n - country_code(t.text))
    elif t.n == 11 and (t.text[0] == c"7" or t.text[0] == c"8") and t.text[1] == c"9":
        keep_last(t, 10)
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
        prefix = t.repaired or not (had_zero or t.plus)
        prepend(t, 1)
        t.repaired = prefix
        return ID_OK
    return ID_OK if t.plus and t.n >= 4 else ID_MALFORMED
