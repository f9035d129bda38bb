# Identifiers that do not fit a nibble or six bits a character <-> 60 bits that still tell one slip from another number.
# Header-only.
#
# top nibble 3, 4, 5: 16, 17, 18 digits; 6: 17 digits and an X. Six groups of three digits, ten bits each, the last lowest
# top nibble 8-13: 11-16 letters and digits in four pieces of nearly the same length, 15 bits each, the last lowest;
#   14, 15: 17, 18 of them in three of 20 bits. Of a piece of digits their number, of any other a hash beyond all numbers
from libc.stdint cimport uint8_t, uint32_t, uint64_t

cdef enum:
    MIN_GROUPED = 16
    MAX_GROUPED = 18
    TAG_DIGITS = 3            # of 16 digits
    TAG_DIGITS_X = 6
    TAG_PIECES = 8            # of 11 characters
    TAG_THREE = 14            # pieces


cdef extern from *:
    """
    /* The hash of a piece's at most six characters. */
    static inline unsigned linkage_piece_hash(uint64_t chars) {
        return (unsigned)((chars * 0x9E3779B97F4A7C15ULL) >> 40);
    }
    """
    uint32_t piece_hash "linkage_piece_hash"(uint64_t chars) noexcept nogil


# How many pieces a code has, the bits of each, and how many numbers come before its hashes.
cdef inline int n_pieces(uint64_t tag) noexcept nogil:
    return 3 if tag >= TAG_THREE else 4

cdef inline int bits_of_piece(uint64_t tag) noexcept nogil:
    return 20 if tag >= TAG_THREE else 15

cdef inline uint32_t plain_pieces(uint64_t tag) noexcept nogil:
    return 1000000 if tag >= TAG_THREE else 10000


cdef inline uint32_t piece_code(const uint8_t *text, int n, uint64_t tag) noexcept nogil:
    cdef uint64_t chars = 0
    cdef uint32_t number = 0, plain = plain_pieces(tag)
    cdef bint digits = True
    cdef int i
    for i in range(n):
        chars = chars << 8 | text[i]
        digits = digits and text[i] <= c"9"
        number = number * 10 + (text[i] - c"0")
    return number if digits else plain + piece_hash(chars) % ((<uint32_t> 1 << bits_of_piece(tag)) - plain)


# 11 to 18 of 0-9A-Z -> their code; 0 = shorter or longer.
cdef inline uint64_t pack_long(const uint8_t *text, int n, int n_digits) noexcept nogil:
    cdef uint64_t code = 0, tag = TAG_PIECES + n - 11
    cdef int i, k, at
    cdef uint32_t group = 0
    cdef bint x = n == MAX_GROUPED and n_digits == n - 1 and text[n - 1] == c"X"
    if n < 11 or n > MAX_GROUPED:
        return 0
    if n_digits == n or x:
        for i in range(n):
            group = group * 10 + (0 if text[i] > c"9" else text[i] - c"0")
            if (n - 1 - i) % 3 == 0:
                code = code << 10 | group
                group = 0
        tag = TAG_DIGITS_X if x else TAG_DIGITS + n - MIN_GROUPED
        return code | tag << 60
    k = n_pieces(tag)
    for i in range(k):
        at = n * i // k
        code = code << bits_of_piece(tag) | piece_code(text + at, n * (i + 1) // k - at, tag)
    return code | tag << 60


# A code of pieces, with one of them as the text has it now.
cdef inline uint64_t with_piece(uint64_t code, const uint8_t *text, int n, int k) noexcept nogil:
    cdef uint64_t tag = code >> 60
    cdef int m = n_pieces(tag), bits = bits_of_piece(tag), at = n * k // m, shift = bits * (m - 1 - k)
    cdef uint64_t piece = piece_code(text + at, n * (k + 1) // m - at, tag)
    return code & ~(((<uint64_t> 1 << bits) - 1) << shift) | piece << shift


# Whether a code is of digits alone, or of 17 and an X.
cdef inline bint is_grouped(uint64_t code) noexcept nogil:
    return TAG_DIGITS <= code >> 60 <= TAG_DIGITS_X


# The digits of a code whose top nibble is 0 or of grouped digits, an X as 10, the first one first; how many.
cdef inline int unpack_digits(uint64_t code, uint8_t *out) noexcept nogil:
    cdef int n = 0, i
    cdef uint32_t group = 0
    cdef uint64_t tag = code >> 60
    if tag == 0:
        while code >> (4 * n) and n < 15:
            n += 1
        for i in range(n):
            out[n - 1 - i] = <uint8_t> ((code >> (4 * i) & 15) - 1)
        return n
    n = MAX_GROUPED if tag == TAG_DIGITS_X else MIN_GROUPED + <int> (tag - TAG_DIGITS)
    for i in range(n):
        group = <uint32_t> (code >> (10 * (i // 3)) & 1023) if i % 3 == 0 else group // 10
        out[n - 1 - i] = <uint8_t> (group % 10)
    if tag == TAG_DIGITS_X:
        out[n - 1] = 10
    return n


# The code of n digits, of which the last may be 10 for an X: at most 18; 0 = none.
cdef inline uint64_t pack_digits(const uint8_t *digits, int n) noexcept nogil:
    cdef uint8_t text[MAX_GROUPED]
    cdef uint64_t code = 0
    cdef int i, n_digits = 0
    if n > MAX_GROUPED:
        return 0
    if n < MIN_GROUPED:
        for i in range(n):
            if digits[i] > 9:
                return 0
            code = code << 4 | (digits[i] + 1)
        return code
    for i in range(n):
        text[i] = c"X" if digits[i] > 9 else c"0" + digits[i]
        n_digits += digits[i] <= 9
    if n_digits < n and (n < MAX_GROUPED or n_digits < n - 1 or digits[n - 1] <= 9):
        return 0
    return pack_long(text, n, n_digits)


# How many slips lie between two texts of digits: 1 also for two neighbours exchanged, or a digit more or less; 2 only
# for two characters that differ, the texts' ends laid together; 3 for anything further.
cdef inline int slips_between(const uint8_t *a, int na, const uint8_t *b, int nb) noexcept nogil:
    cdef int longer = na - nb, i, begin = 0, end = 0, n
    if longer < 0:
        return slips_between(b, nb, a, na)
    n = longer
    for i in range(nb):
        n += a[longer + i] != b[i]
    if n < 2 or longer > 1:
        return n if n < 3 else 3
    while begin < nb and a[begin] == b[begin]:
        begin += 1
    while end < nb - begin and a[na - 1 - end] == b[nb - 1 - end]:
        end += 1
    if longer and begin + end == nb:
        return 1
    if not longer and begin + end == na - 2 and a[begin] == b[begin + 1] and a[begin + 1] == b[begin]:
        return 1
    return n if n < 3 else 3


# Slips between two codes of which one at least is long, and which differ; 3 = further, or not to be told.
cdef inline int slips_of_long(uint64_t a, uint64_t b) noexcept nogil:
    cdef uint8_t one[MAX_GROUPED]
    cdef uint8_t two[MAX_GROUPED]
    cdef uint64_t x = a ^ b, tag, piece
    cdef int k, n = 0, na, nb, bits
    if (a >> 60 == 0 or is_grouped(a)) and (b >> 60 == 0 or is_grouped(b)):
        for k in range(6):
            n += (x >> (10 * k) & 1023) != 0
        if n > 2 and a >> 60 and b >> 60 and (x >> 60 == 0 or (a >> 60) + (b >> 60) == 11):
            return 3              # of the same length: in more than two groups
        na = unpack_digits(a, one)
        nb = unpack_digits(b, two)
        return slips_between(one, na, two, nb)
    if a >> 60 < TAG_PIECES or x >> 60:
        return 3
    tag = a >> 60
    bits = bits_of_piece(tag)
    piece = ((<uint64_t> 1 << bits) - 1)
    for k in range(n_pieces(tag)):
        if x & piece << bits * k:
            n += slips_of_pieces(a >> bits * k & piece, b >> bits * k & piece, plain_pieces(tag))
    return n if n < 3 else 3


# Slips between two pieces that differ; a hash tells of one at least.
cdef inline int slips_of_pieces(uint32_t a, uint32_t b, uint32_t plain) noexcept nogil:
    cdef uint8_t one[6]
    cdef uint8_t two[6]
    cdef int i
    if a >= plain or b >= plain:
        return 1
    for i in range(6):
        one[5 - i] = <uint8_t> (a % 10)
        two[5 - i] = <uint8_t> (b % 10)
        a //= 10
        b //= 10
    return slips_between(one, 6, two, 6)
