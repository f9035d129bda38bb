# Raw text of one name or place -> canonical tokens. Header-only; every including module calls init_normalise() once.
#
# exact     lower case, tone marks moved to one digit at the end of the token (so tone placement and
#           Unicode form cannot differ), circumflex, breve, horn and stroke kept
# spelling  exact with the i/y spellings of one sound unified
# folded    ASCII, no tone
#
# A token is built in one pass over the bytes: every code point has an entry in a two-level table (page of
# 256 code points -> entry), filled once from the Unicode database; only text with combining marks leaves
# the fast path. Code points outside the table are letters that are kept as they are.
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy, memmove

from hashing cimport mix

cdef enum:
    NAME_ACCENTED = 1     # some diacritic or đ was seen
    NAME_SUSPECT = 2      # asks for linkage.vietnam.spelling.repair_name
    NAME_NONLATIN = 4
    NAME_TRUNCATED = 8

cdef struct Normalised:
    int n_exact           # bytes in exact
    int n_spelling
    int n_folded
    int n_tokens
    int flags

cdef enum:
    CHAR_SPACE = 0
    CHAR_LETTER = 1
    CHAR_DIGIT = 2
    CHAR_APOSTROPHE = 3
    CHAR_DOT = 4
    CHAR_IGNORED = 5
    CHAR_LOST = 6         # stands where a letter was: dropped, suspect
    CHAR_BRACKET = 7      # a separator, suspect

cdef enum:
    LETTER_ACCENTED = 1
    LETTER_FOREIGN = 2    # a Latin-1 letter that Vietnamese does not have: perhaps a legacy encoding
    LETTER_NONLATIN = 4
    LETTER_LATIN1_CAPITAL = 8
    LETTER_VOWEL = 16
    LETTER_LOWER = 32

cdef enum:
    N_PAGES = 11          # pages 00-05, 1E, 1F, 20, FF and an empty one
    N_MARKS = 112         # U+0300 - U+036F
    MAX_PAIRS = 1024
    MAX_LETTER_MARKS = 4  # combining marks kept of one letter
    MAX_TONES = 4         # Vietnamese has one a token; foreign names may carry several
    SLACK = 24            # bytes that one more letter with its marks and the token's tones may need
    N_FAMILIES = 96
    N_COMMON_FAMILIES = 15

cdef extern from *:
    """
    #include <stdint.h>
    typedef struct {
        uint8_t kind, tone, flags, n_exact, exact[4], folded[4], n_folded, unused[3];
    } linkage_char;
    typedef struct { uint16_t composed, first, mark; } linkage_pair;
    static linkage_char linkage_chars[11][256];
    static uint8_t linkage_page[256];          /* high byte of a code point -> page, 255 = none */
    static uint16_t linkage_mark[112];         /* canonical code point, 0 = ignored */
    static uint8_t linkage_mark_tone[112], linkage_mark_class[112];
    static linkage_pair linkage_pairs[1024];
    static int linkage_n_pairs = 0;
    static const char linkage_families[96][8] = {
        "nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do", "ho",
        "ngo", "duong", "ly", "truong", "dinh", "trinh", "nong", "mai", "ha", "doan", "luong", "cao", "dao",
        "luu", "trieu", "phung", "dam", "chu", "van", "vi", "thai", "lam", "ta", "vuong", "to", "hua", "dau",
        "chau", "tang", "quach", "la", "lo", "ma", "kieu", "khuc", "khong", "nghiem", "ninh", "bach", "au",
        "tong", "thach", "son", "kim", "danh", "giang", "vang", "sung", "thao", "vu", "lau", "mua", "hang",
        "lu", "lang", "luc", "quang", "tong", "ca", "leo", "cam", "bac", "deo", "ban", "chao", "tan", "quan",
        "tu", "than", "dong", "phi", "cu", "tieu", "diep", "ung", "on", "mac", "bien", "trang", "nham",
        "huong", "hong", "thieu"
    };
    """
    ctypedef struct Char "linkage_char":
        uint8_t kind
        uint8_t tone
        uint8_t flags
        uint8_t n_exact
        uint8_t exact[4]
        uint8_t folded[4]
        uint8_t n_folded
    ctypedef struct Pair "linkage_pair":
        uint16_t composed
        uint16_t first
        uint16_t mark
    Char chars "linkage_chars"[11][256]
    uint8_t page_of "linkage_page"[256]
    uint16_t mark_code "linkage_mark"[112]
    uint8_t mark_tone "linkage_mark_tone"[112]
    uint8_t mark_class "linkage_mark_class"[112]
    Pair pairs "linkage_pairs"[1024]
    int n_pairs "linkage_n_pairs"
    const char families "linkage_families"[96][8]


cdef inline void init_normalise() noexcept:
    pass

cdef inline void normalise_name(const uint8_t *text, Py_ssize_t n, uint8_t *exact, uint8_t *spelling,
                                uint8_t *folded, int capacity, Normalised *out) noexcept nogil:
    out.n_exact = out.n_spelling = out.n_folded = out.n_tokens = out.flags = 0

cdef inline void normalise_text(const uint8_t *text, Py_ssize_t n, uint8_t *exact, uint8_t *spelling,
                                uint8_t *folded, int capacity, Normalised *out) noexcept nogil:
    out.n_exact = out.n_spelling = out.n_folded = out.n_tokens = out.flags = 0

cdef inline uint64_t phonetic_hash(const uint8_t *folded_token, int n) noexcept nogil:
    return 1
