# Text of one identifier -> 64-bit code that keeps its content. Header-only, no state, without the GIL.
#
# top nibble 0: at most 15 digits, one nibble each (digit + 1), the last one lowest; leading zeros count
# top nibble 1: at most 10 of 0-9A-Z, 6 bits each (1-36), the last one lowest
# top nibble 3-6 and 8-13: 16 to 18 digits, and 11 to 18 of 0-9A-Z: `long_codes.pxd`
# top nibble 2: 60-bit hash of anything longer or other
# 0: missing, or beyond repair
from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcpy

from digits cimport are_digits, load8, nibbles
from id_kinds cimport (
    ID_MALFORMED,
    ID_MISSING,
    ID_OK,
    ID_REPAIRED,
    ID_UNRECOVERABLE,
    check_health,
    check_old,
    check_personal,
    check_phone,
    check_tax,
    has_tax_check,
    is_personal_prefix,
)
from id_texts cimport (
    KIND_GENERIC,
    KIND_HASHED,
    KIND_HEALTH,
    KIND_OLD,
    KIND_PERSONAL,
    KIND_PHONE,
    KIND_TAX,
    MAX_NIBBLES,
    MAX_SIXES,
    IdText,
    hash_code,
    is_missing,
    pack_clean,
    read_identifier,
    undo_spreadsheet,
)
from long_codes cimport TAG_PIECES


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
    cdef bint hashed = kind >= KIND_HASHED
    cdef uint64_t usual
    kind = kind & (KIND_HASHED - 1)
    usual = pack_usual(text, n, kind)
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
    return pack_clean(&t, hashed)


cdef inline int letters_of(const uint8_t *text, Py_ssize_t n, int kind, uint64_t code, uint8_t *out) noexcept nogil:
    """The 11 to 18 letters and digits that a code of pieces was made of; how many, 0 = it is no such code."""
    cdef IdText t
    if code >> 60 < TAG_PIECES:
        return 0
    read_identifier(text, n, kind & (KIND_HASHED - 1), &t)
    if t.overflow or pack_clean(&t, False) != code:
        return 0
    memcpy(out, t.text, t.n)
    return t.n
