# Code point -> what it is in a name: a table in pages, made of the Unicode database by letters.py before compiling.
#
# A letter's entry says how it is written without its tone (`exact`, UTF-8, composed), its tone, and its
# ASCII base (`folded`). Header-only. Kinds and flags are numbered as letters.py lists them.
from libc.stdint cimport uint8_t, uint16_t

cdef enum:
    CHAR_LETTER = 0
    CHAR_DIGIT = 1            # the kinds up to here make a token
    CHAR_SPACE = 2
    CHAR_APOSTROPHE = 3
    CHAR_DOT = 4
    CHAR_IGNORED = 5
    CHAR_LOST = 6             # stands where a letter was: dropped, suspect
    CHAR_BRACKET = 7          # a separator, suspect

cdef enum:
    LETTER_ACCENTED = 1
    LETTER_FOREIGN = 2        # a Latin-1 letter that Vietnamese does not have: perhaps a legacy encoding
    LETTER_NONLATIN = 4
    LETTER_CAPITAL = 8        # an accented capital of Latin-1
    LETTER_VOWEL = 16         # a, e, i, o, u, y whatever they carry
    LETTER_LOWER = 32         # an ASCII lower-case letter
    LETTER_TELEX = 64         # f j r s w x z: a tone or a horn when it stands behind a vowel

cdef extern from "letters_table.h":
    ctypedef struct Char "linkage_char":
        uint8_t kind
        uint8_t tone          # 1 acute, 2 grave, 3 hook, 4 tilde, 5 dot below
        uint8_t flags
        uint8_t n_exact
        uint8_t exact[4]
        uint8_t folded[4]
        uint8_t n_folded
    ctypedef struct Pair "linkage_pair":
        uint16_t composed
        uint16_t first
        uint16_t mark
    const Char chars "linkage_chars"[1]                       # by page and low byte
    const uint8_t page_of "linkage_page_of"[256]              # high byte of a code point -> page, 255 = none
    const Pair pairs "linkage_pairs"[1]                       # n_pairs of them
    int n_pairs "linkage_n_pairs"
    # Of U+0300 to U+036F:
    const uint16_t mark_code "linkage_mark_code"[112]         # canonical code point, 0 = ignored
    const uint8_t mark_tone "linkage_mark_tone"[112]
    const uint8_t mark_class "linkage_mark_class"[112]
