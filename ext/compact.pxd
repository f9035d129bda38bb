# Folded text of another script -> one byte a letter, so that edits are counted in letters. Header-only.
#
# UTF-8 writes the letters of one script with the same first bytes: two names of three Thai or Cyrillic letters
# share a half or two thirds of their bytes by chance. Here a letter of an alphabet is one byte, a Hangul
# syllable its two or three letters, and a character of Chinese or Japanese, which tells as much as some
# letters, is two. ASCII stays, spaces with it. The text only serves similarity: equality is by hashes of the whole.
from dtypes cimport TOKEN_TEXT, Token, Value
from hashing cimport letter_signature
from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memcpy
from tokens cimport NAME_NONLATIN
from utf8 cimport decode_utf8

cdef enum:
    COMPARED = 66             # bytes of the compact form that comparisons look at: more than 64 are never near
    COMPARED_ROOM = COMPARED + 64     # with bytes to read behind it, for SIMD

# At most `capacity` bytes of the compact form; returns its length.
cdef inline int compact(const uint8_t *text, Py_ssize_t n, uint8_t *out, int capacity) noexcept nogil:
    cdef const uint8_t *p = text
    cdef const uint8_t *end = text + n
    cdef uint32_t code, syllable
    cdef int k = 0
    while p < end and k + 3 <= capacity:
        p += decode_utf8(p, end, &code)
        if code < 0x80:
            out[k] = <uint8_t> code
            k += 1
        elif code < 0x2000:
            out[k] = <uint8_t> (0x80 | code & 0x7F)
            k += 1
        elif 0xAC00 <= code <= 0xD7A3:
            syllable = code - 0xAC00
            out[k] = <uint8_t> (0x80 + syllable // 588)
            out[k + 1] = <uint8_t> (0x98 + syllable % 588 // 28)
            k += 2
            if syllable % 28:
                out[k] = <uint8_t> (0xB0 + syllable % 28)
                k += 1
        else:
            code *= 0x9E3779B1u
            out[k] = <uint8_t> (0x80 | code >> 24)
            out[k + 1] = <uint8_t> (0x80 | (code >> 16) & 0x7F)
            k += 2
    return k

# What of a value is compared, and its length: its text, or the compact form, put into room[COMPARED_ROOM].
cdef inline const uint8_t *compared_text(const Value *v, const uint8_t *texts, uint8_t *room, int *n) noexcept nogil:
    if not v.flags & NAME_NONLATIN:
        n[0] = v.length
        return texts + v.text
    n[0] = compact(texts + v.text, v.length, room, COMPARED)
    return room

# The signature of a value's letters, in the form that is compared. One edit of it flips at most two bits.
cdef inline void set_letters(Value *v, const uint8_t *folded) noexcept nogil:
    cdef uint8_t room[512]
    if v.flags & NAME_NONLATIN:
        v.letters = letter_signature(room, compact(folded, v.length, room, 512))
    else:
        v.letters = letter_signature(folded, v.length)

# The same for a token, with its text.
cdef inline void set_token_text(Token *token, const uint8_t *text, long n) noexcept nogil:
    cdef uint8_t room[512]
    cdef long i
    for i in range(n):
        if text[i] >= 0x80:
            n = compact(text, n, room, 512)
            text = room
            break
    token.letters = letter_signature(text, n)
    token.length = <uint32_t> n
    memcpy(token.text, text, TOKEN_TEXT if n > TOKEN_TEXT else n)
