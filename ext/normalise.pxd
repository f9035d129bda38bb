# Raw text of one name or place -> canonical tokens. Header-only; every including module calls
# init_normalise() once at import.
#
#   exact     lower case; the tone mark moved to one digit at the end of its token (1 acute, 2 grave, 3 hook,
#             4 tilde, 5 dot below), so that neither Unicode form nor tone placement can differ;
#             circumflex, breve, horn, stroke and all other diacritics kept, composed
#   spelling  exact with y written i where both spell one sound: alone and after h k l m qu s t v
#   folded    no tone, no diacritic; ASCII unless the script is not Latin
#
# Tokens are separated by one space. One pass over the bytes, one table entry a code point; only a letter
# that is followed by a combining mark leaves the fast path.
from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memcmp, memmove

from compose cimport is_mark
from known_words cimport ROOM, KnownWord, Word, add_known, hold_word, is_known, word_at, word_place
from letters cimport (
    CHAR_APOSTROPHE,
    CHAR_BRACKET,
    CHAR_DIGIT,
    CHAR_DOT,
    CHAR_IGNORED,
    CHAR_LETTER,
    CHAR_LOST,
    CHAR_SPACE,
    Char,
    chars,
    page_of,
)
from phonetics cimport phonetic_hash
from place_words cimport init_place_words, shorten_places
from tokens cimport (
    NAME_ACCENTED,
    NAME_NONLATIN,
    NAME_SUSPECT,
    NAME_TRUNCATED,
    REMEMBERED,
    SLACK,
    Builder,
    add_composed,
    add_marked,
    add_run,
    begin_token,
    end_token,
)
from utf8 cimport decode_utf8, digit_of

cdef struct Normalised:
    int n_exact               # bytes in exact
    int n_spelling
    int n_folded
    int n_tokens
    int flags

cdef enum:
    N_FAMILIES = 92
    N_COMMON = 15             # of them, those that follow even a rare title
    N_TITLES = 9
    MOST_TITLES = 3           # of one name

cdef enum:
    AS_TEXT = 0, AS_NAME = 1, AS_PLACE = 2

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    /* Folded family names, the commonest first: they anchor the guess that a token is a title or was
       typed with Telex. A missing one only means that nothing is guessed. */
    static const char linkage_families[92][8] = {
        "nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do", "ho",
        "ngo", "duong", "ly", "truong", "dinh", "trinh", "nong", "mai", "ha", "doan", "luong", "cao", "dao",
        "luu", "trieu", "phung", "dam", "chu", "van", "vi", "thai", "lam", "ta", "vuong", "to", "hua", "dau",
        "chau", "tang", "quach", "la", "lo", "ma", "kieu", "khuc", "khong", "nghiem", "ninh", "bach", "au",
        "tong", "thach", "son", "kim", "danh", "giang", "vang", "sung", "thao", "lau", "mua", "hang", "lu",
        "lang", "luc", "quang", "ca", "leo", "cam", "bac", "deo", "ban", "chao", "tan", "quan", "tu", "than",
        "dong", "phi", "cu", "tieu", "diep", "on", "mac", "bien", "nham", "hong", "thieu", "doi"
    };
    static const char linkage_titles[9][8] = { "bs", "ths", "ts", "pgs", "gs", "mr", "mrs", "ms", "dr" };
    static inline int linkage_listed(const char (*list)[8], int n, const uint8_t *p, long length) {
        uint64_t word = 0, other;
        if (length > 7) return -1;
        memcpy(&word, p, length);
        for (int i = 0; i < n; i++) { memcpy(&other, list[i], 8); if (other == word) return i; }
        return -1;
    }
    """
    const char (*families "linkage_families")[8]
    const char (*titles "linkage_titles")[8]
    int listed "linkage_listed"(const char (*list)[8], int n, const uint8_t *p, long length) noexcept nogil


cdef inline void init_normalise() noexcept:
    """Fill the including module's tables; call once at import."""
    init_place_words()


# Code points outside the table: letters that are kept, but for symbols and private use.
cdef inline int other_kind(uint32_t code) noexcept nogil:
    if 0x2100 <= code < 0x2C00 or 0xE000 <= code < 0xF900:
        return CHAR_LOST
    if 0x3000 <= code < 0x3040 or 0x1F000 <= code < 0x20000:
        return CHAR_SPACE
    if 0xFE00 <= code < 0xFE10 or code >= 0xE0000:
        return CHAR_IGNORED
    return CHAR_LETTER


# H'Hen, Y'Blo, K'Brel: the prefix is a token of its own.
cdef inline bint is_prefix(Builder *b) noexcept nogil:
    return b.is_name and b.length == 1 and (b.previous == c"h" or b.previous == c"y" or b.previous == c"k")


# The titles at the start; the number of tokens they take. A title that is also a syllable (ong, ba) only
# counts in front of a family name, for both are rare family names themselves.
cdef inline int count_titles(Builder *b) noexcept nogil:
    cdef int i = 0, left, n, family
    cdef bint dotted
    cdef const uint8_t *token
    while i < MOST_TITLES and b.n_tokens - i >= 2:
        left = b.n_tokens - i - 1
        dotted = b.dotted >> i & 1
        token = b.folded + b.folded_start[i]
        n = b.folded_start[i + 1] - b.folded_start[i] - 1
        if n > 3 or not (left >= 2 or dotted):
            return i
        if listed(titles, N_TITLES, token, n) < 0:
            if not (n == 3 and memcmp(token, b"ong", 3) == 0 or n == 2 and (memcmp(token, b"ba", 2) == 0 or memcmp(token, b"cu", 2) == 0)):
                return i
            token = b.exact + b.exact_start[i]
            n = b.exact_start[i + 1] - b.exact_start[i] - 1
            if b.flags & NAME_ACCENTED and not (
                n == 4 and memcmp(token, b"\xc3\xb4ng", 4) == 0
                or n == 3 and (memcmp(token, b"ba2", 3) == 0 or memcmp(token, b"cu5", 3) == 0)
            ):
                return i
            n = (b.folded_start[i + 2] - 1 if left >= 2 else b.n_folded) - b.folded_start[i + 1]
            family = listed(families, N_FAMILIES, b.folded + b.folded_start[i + 1], n)
            if family < 0 or left < 3 and family >= N_COMMON and not dotted:
                return i
        i += 1
    return i


# The first token without what Telex may have added is a family name.
cdef inline bint has_telex_anchor(Builder *b) noexcept nogil:
    cdef uint8_t letters[8]
    cdef int i, n = 0
    cdef uint8_t c
    for i in range(b.folded_start[0], b.n_folded):
        c = b.folded[i]
        if c == c" " or n == 8:
            break
        if n and (c == letters[n - 1] or c == c"f" or c == c"j" or c == c"s" or c == c"x" or c == c"z"
                  or c == c"w" or c == c"r" and letters[n - 1] != c"t"):
            continue
        letters[n] = c
        n += 1
    return listed(families, N_FAMILIES, letters, n) >= 0


# Trailing digits and punctuation of a name are counters and clutter.
cdef inline Py_ssize_t trimmed_length(const uint8_t *text, Py_ssize_t n) noexcept nogil:
    cdef uint8_t c
    while n:
        c = text[n - 1]
        if not (c"0" <= c <= c"9" or c == c" " or c == c"." or c == c"," or c == c"-" or c == c"_" or c == c"/" or c == c"#"):
            break
        n -= 1
    return n


# A comma, the end of a line, a dash behind a space: what follows is another part of an address.
cdef inline bint separates(const uint8_t *text, const uint8_t *at) noexcept nogil:
    return at[0] == c"," or at[0] == c";" or at[0] == c"\n" or at[0] == c"|" or (
        at[0] == c"-" and at > text and (at - 1)[0] == c" "
    )


cdef inline void finish(Builder *b, bint is_place, Normalised *out) noexcept nogil:
    cdef int skip
    end_token(b)
    if is_place:
        shorten_places(b)
    out.n_exact = b.n_exact
    out.n_spelling = b.n_spelling
    out.n_folded = b.n_folded
    out.n_tokens = b.n_tokens
    out.flags = b.flags
    if not b.is_name or b.n_tokens == 0:
        return
    skip = count_titles(b)
    if skip:
        out.n_tokens -= skip
        out.n_exact -= b.exact_start[skip]
        out.n_spelling -= b.spelling_start[skip]
        out.n_folded -= b.folded_start[skip]
        memmove(b.exact, b.exact + b.exact_start[skip], out.n_exact)
        memmove(b.spelling, b.spelling + b.spelling_start[skip], out.n_spelling)
        memmove(b.folded, b.folded + b.folded_start[skip], out.n_folded)
        b.n_folded = out.n_folded
        b.folded_start[0] = 0
    if b.telex and has_telex_anchor(b):
        out.flags |= NAME_SUSPECT


# The letters from p on, as add_run; if they are the whole word, the token is ended and the word held.
cdef inline const uint8_t *add_new_word(Builder *b, const uint8_t *p, const uint8_t *end, int capacity,
                                        KnownWord *known, Word *word) noexcept nogil:
    cdef int flags = b.flags, telex = b.telex, exact = b.n_exact, folded = b.n_folded
    cdef const uint8_t *behind = p + word.n
    b.flags = b.telex = 0
    p = add_run(b, p, end, capacity)
    if word.n and p == behind:
        end_token(b)
        hold_word(known, word, b, exact, folded)
    b.flags |= flags
    b.telex |= telex
    return p


cdef inline void normalise(const uint8_t *text, Py_ssize_t n, uint8_t *exact, uint8_t *spelling, uint8_t *folded,
                           int capacity, int reading, Normalised *out, KnownWord *words) noexcept nogil:
    cdef Builder b
    cdef bint is_name = reading == AS_NAME
    cdef const uint8_t *p = text
    cdef const uint8_t *end = text + (trimmed_length(text, n) if is_name else n)
    cdef const uint8_t *start
    cdef const Char *c
    cdef uint32_t code
    cdef KnownWord *known
    cdef Word word
    cdef int kind
    b.exact, b.spelling, b.folded = exact, spelling, folded
    b.n_exact = b.n_spelling = b.n_folded = b.exact_begin = b.folded_begin = b.length = b.n_digits = 0
    b.n_tones = b.has_y = b.telex = b.previous = b.previous_flags = b.n_tokens = b.flags = b.dotted = b.parts = 0
    b.is_name = is_name
    while p < end:
        start = p
        if words != NULL and b.length == 0:
            word = word_at(p, end)
            known = word_place(words, &word)
            if is_known(known, &word) and b.n_exact + ROOM <= capacity and b.n_folded + ROOM <= capacity:
                add_known(&b, known)
                p += word.n + (p + word.n < end)     # nothing else to do for the space behind it
                continue
        if p[0] < 0x80:
            c = &chars[p[0]]
            p += 1
        else:
            p += decode_utf8(p, end, &code)
            if is_mark(start, end):
                continue
            if code > 0xFFFF or page_of[code >> 8] == 255:
                c = NULL
                kind = digit_of(code)
                if kind >= 0:
                    if b.n_exact + SLACK >= capacity or b.n_folded + SLACK >= capacity:
                        b.flags |= NAME_TRUNCATED
                        break
                    p = add_marked(&b, &chars[c"0" + kind], p, end)
                    continue
            else:
                c = &chars[page_of[code >> 8] << 8 | code & 255]
        kind = c.kind if c != NULL else other_kind(code)
        if kind <= CHAR_DIGIT:
            if b.n_exact + SLACK >= capacity or b.n_folded + SLACK >= capacity:
                b.flags |= NAME_TRUNCATED
                break
            if c == NULL:
                p = add_composed(&b, code, start, p, end)
            elif is_mark(p, end):
                p = add_marked(&b, c, p, end)
            else:
                if b.length:
                    p = add_run(&b, start, end, capacity)
                    continue
                begin_token(&b)
                if words == NULL:
                    p = add_run(&b, start, end, capacity)
                else:
                    p = add_new_word(&b, start, end, capacity, known, &word)
        elif kind == CHAR_LOST:
            if is_name or start[0] >= 0x80:
                b.flags |= NAME_SUSPECT
            if not is_name:
                end_token(&b)
        elif kind == CHAR_APOSTROPHE:
            if is_prefix(&b):
                end_token(&b)
        elif kind != CHAR_IGNORED:
            if kind == CHAR_DOT and b.length and b.n_tokens < REMEMBERED:
                b.dotted |= 1 << b.n_tokens
            elif kind == CHAR_BRACKET:
                b.flags |= NAME_SUSPECT
            end_token(&b)
            if b.n_tokens < REMEMBERED and separates(text, start):
                b.parts |= 1 << b.n_tokens
    finish(&b, reading == AS_PLACE, out)


cdef inline void normalise_name(const uint8_t *text, Py_ssize_t n, uint8_t *exact, uint8_t *spelling,
                                uint8_t *folded, int capacity, Normalised *out,
                                KnownWord *words) noexcept nogil:
    """A person's name -> its tokens, without titles, trailing digits and apostrophes.

    Each buffer holds `capacity` bytes; longer text is cut at a letter and flagged NAME_TRUNCATED. Words met before
    are taken from `words`, where there are any; the result is the same.
    """
    normalise(text, n, exact, spelling, folded, capacity, AS_NAME, out, words)


cdef inline void normalise_text(const uint8_t *text, Py_ssize_t n, uint8_t *exact, uint8_t *spelling,
                                uint8_t *folded, int capacity, Normalised *out,
                                KnownWord *words) noexcept nogil:
    """Any text -> its tokens; digits stay, punctuation separates."""
    normalise(text, n, exact, spelling, folded, capacity, AS_TEXT, out, words)


cdef inline void normalise_place(const uint8_t *text, Py_ssize_t n, uint8_t *exact, uint8_t *spelling,
                                 uint8_t *folded, int capacity, Normalised *out,
                                 KnownWord *words) noexcept nogil:
    """A place, a street or what an unknown text may be -> its tokens, abbreviated as `place_words.pxd` says."""
    normalise(text, n, exact, spelling, folded, capacity, AS_PLACE, out, words)
