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
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy, memmove

from hashing cimport mix
from letters cimport (
    CHAR_APOSTROPHE,
    CHAR_BRACKET,
    CHAR_DIGIT,
    CHAR_DOT,
    CHAR_IGNORED,
    CHAR_LETTER,
    CHAR_LOST,
    CHAR_SPACE,
    LETTER_ACCENTED,
    LETTER_CAPITAL,
    LETTER_FOREIGN,
    LETTER_LOWER,
    LETTER_NONLATIN,
    LETTER_TELEX,
    LETTER_VOWEL,
    Char,
    chars,
    decode_utf8,
    init_letters,
    mark_class,
    mark_code,
    mark_tone,
    n_pairs,
    page_of,
    pairs,
)

cdef enum:
    NAME_ACCENTED = 1         # some diacritic or đ was seen
    NAME_SUSPECT = 2          # asks for linkage.vietnam.spelling.repair_name
    NAME_NONLATIN = 4
    NAME_TRUNCATED = 8

cdef struct Normalised:
    int n_exact               # bytes in exact
    int n_spelling
    int n_folded
    int n_tokens
    int flags

cdef enum:
    MAX_LETTER_MARKS = 4      # combining marks read behind one letter
    MAX_TONES = 4             # Vietnamese has one a token; foreign names may carry several
    SLACK = 24                # bytes that one more letter, its marks and the token's tones may need
    REMEMBERED = 4            # token starts kept, for titles
    N_FAMILIES = 92
    N_COMMON = 15
    N_TITLES = 9
    N_NUCLEI = 32

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
    /* Folded vowel groups of Vietnamese, y written i. */
    static const char linkage_nuclei[32][4] = {
        "a", "e", "i", "o", "u", "ai", "ao", "au", "eo", "eu", "ia", "ie", "iu", "oa", "oe", "oi", "oo", "ua",
        "ue", "ui", "uo", "uu", "ieu", "oai", "oao", "oeo", "uai", "uau", "uia", "uie", "uoi", "uou"
    };
    static inline int linkage_listed(const char (*list)[8], int n, const uint8_t *p, long length) {
        uint64_t word = 0, other;
        if (length > 7) return -1;
        memcpy(&word, p, length);
        for (int i = 0; i < n; i++) { memcpy(&other, list[i], 8); if (other == word) return i; }
        return -1;
    }
    static inline int linkage_nucleus(const uint8_t *p, long length) {
        uint32_t word = 0, other;
        if (length > 3) return 0;
        memcpy(&word, p, length);
        for (int i = 0; i < 32; i++) { memcpy(&other, linkage_nuclei[i], 4); if (other == word) return 1; }
        return 0;
    }
    """
    const char (*families "linkage_families")[8]
    const char (*titles "linkage_titles")[8]
    int listed "linkage_listed"(const char (*list)[8], int n, const uint8_t *p, long length) noexcept nogil
    int is_nucleus "linkage_nucleus"(const uint8_t *p, long length) noexcept nogil

cdef struct Builder:
    uint8_t *exact
    uint8_t *spelling
    uint8_t *folded
    int n_exact
    int n_spelling
    int n_folded
    int exact_begin           # of the token being built
    int folded_begin
    int length                # characters of the token being built, 0 between tokens
    int n_digits
    int n_tones
    int has_y
    int telex                 # some token looks as if typed with Telex
    int previous              # base letter before
    int previous_flags
    int n_tokens
    int flags
    int dotted                # bit i: a dot follows token i
    int is_name
    int exact_start[REMEMBERED]
    int spelling_start[REMEMBERED]
    int folded_start[REMEMBERED]
    uint8_t tones[MAX_TONES]


cdef inline void init_normalise() noexcept:
    """Fill the including module's tables; call once at import."""
    init_letters()


# The token's spelling: y becomes i alone and after h k l m s t v and qu.
cdef inline void add_spelling(Builder *b) noexcept nogil:
    cdef int begin = b.exact_begin, end = b.n_exact, i, previous
    cdef uint8_t *to = b.spelling + b.n_spelling
    cdef uint8_t c
    if b.has_y:
        for i in range(begin, end):
            c = b.exact[i]
            if c == c"y":
                previous = b.exact[i - 1] if i > begin else 0
                if b.length == 1 or (previous == c"u" and i - 2 >= begin and b.exact[i - 2] == c"q") or (
                    previous == c"h" or previous == c"k" or previous == c"l" or previous == c"m"
                    or previous == c"s" or previous == c"t" or previous == c"v"
                ):
                    c = c"i"
            to[i - begin] = c
    else:
        memcpy(to, b.exact + begin, end - begin)
    b.n_spelling += end - begin


cdef inline void end_token(Builder *b) noexcept nogil:
    cdef int i
    if b.length == 0:
        return
    if b.is_name:
        if b.n_digits and b.n_digits != b.length:
            b.flags |= NAME_SUSPECT
        if b.length == 3 and b.n_tones == 1 and b.tones[0] == 1 and memcmp(b.exact + b.exact_begin, b"t\xc6\xb0c", 4) == 0:
            b.flags |= NAME_SUSPECT          # "alias"
    for i in range(b.n_tones):
        b.exact[b.n_exact] = c"0" + b.tones[i]
        b.n_exact += 1
    add_spelling(b)
    b.n_tokens += 1
    b.length = b.n_digits = b.n_tones = b.has_y = b.previous = b.previous_flags = 0


cdef inline void begin_token(Builder *b) noexcept nogil:
    if b.n_tokens:
        b.exact[b.n_exact] = b.spelling[b.n_spelling] = b.folded[b.n_folded] = c" "
        b.n_exact += 1
        b.n_spelling += 1
        b.n_folded += 1
    b.exact_begin = b.n_exact
    b.folded_begin = b.n_folded
    if b.n_tokens < REMEMBERED:
        b.exact_start[b.n_tokens] = b.n_exact
        b.spelling_start[b.n_tokens] = b.n_spelling
        b.folded_start[b.n_tokens] = b.n_folded


cdef inline void add_tone(Builder *b, int tone) noexcept nogil:
    if b.n_tones < MAX_TONES:
        b.tones[b.n_tones] = tone
        b.n_tones += 1
    b.flags |= NAME_ACCENTED


# NAME_SUSPECT if a letter could not stand there in Vietnamese or is one that a wrong decoding leaves behind.
cdef inline int suspicion(const Char *c, int previous, int previous_flags) noexcept nogil:
    cdef int base = c.folded[0]
    if c.flags & LETTER_FOREIGN:
        return NAME_SUSPECT
    if c.flags & LETTER_CAPITAL and previous_flags & LETTER_LOWER:
        return NAME_SUSPECT                  # TCVN3: NguyÔn
    if c.flags & LETTER_VOWEL and previous_flags & LETTER_VOWEL and not previous_flags & LETTER_ACCENTED:
        if previous == base or ((previous == c"a" or previous == c"e") and base != c"i" and base != c"y") or (
            previous == c"o" and base == c"a" and c.n_exact == 2 and c.exact[0] == 0xC3
        ):
            return NAME_SUSPECT              # VNI: Traàn, Vaên, Ngoâ
    return 0


# Letters and digits from p (one is there) up to anything else, to a letter that a mark follows, or to the
# buffers' end; where it stopped. The state lives in local variables, for the byte stores below may alias
# the Builder: 158 -> 80 ns for a name of 18 bytes (benchmarks: time_one).
cdef inline const uint8_t *add_run(Builder *b, const uint8_t *p, const uint8_t *end, int capacity) noexcept nogil:
    cdef uint8_t *exact = b.exact + b.n_exact
    cdef uint8_t *folded = b.folded + b.n_folded
    cdef const uint8_t *exact_end = b.exact + capacity - SLACK
    cdef const uint8_t *folded_end = b.folded + capacity - SLACK
    cdef const Char *c
    cdef const uint8_t *after
    cdef uint32_t code
    cdef int previous = b.previous, previous_flags = b.previous_flags, length = b.length, flags = 0
    cdef int n_digits = 0, has_y = 0, telex = 0, base
    while p < end and exact <= exact_end and folded <= folded_end:
        if p[0] < 0x80:
            c = &chars[0][p[0]]
            after = p + 1
        else:
            after = p + decode_utf8(p, end, &code)
            if code > 0xFFFF or page_of[code >> 8] == 255 or is_mark(p, end):
                break
            c = &chars[page_of[code >> 8]][code & 255]
        if c.kind > CHAR_DIGIT or is_mark(after, end):
            break
        p = after
        memcpy(exact, c.exact, 4)
        memcpy(folded, c.folded, 4)
        exact += c.n_exact
        folded += c.n_folded
        length += 1
        base = c.folded[0]
        n_digits += c.kind
        if base == c"y":
            has_y = 1
        if base == previous:
            if not (c.flags | previous_flags) & LETTER_ACCENTED and (
                base == c"a" or base == c"d" or base == c"e" or base == c"o"
            ):
                telex = 1
        elif c.flags & LETTER_TELEX and length > 1 and not (base == c"r" and previous == c"t"):
            telex = 1
        if c.flags & (LETTER_ACCENTED | LETTER_NONLATIN | LETTER_FOREIGN):
            flags |= c.flags & (NAME_ACCENTED | NAME_NONLATIN) | suspicion(c, previous, previous_flags)
            if c.tone:
                add_tone(b, c.tone)
        previous = base
        previous_flags = c.flags
    b.n_exact = exact - b.exact
    b.n_folded = folded - b.folded
    b.n_digits += n_digits
    b.previous, b.previous_flags, b.length = previous, previous_flags, length
    b.has_y |= has_y
    b.telex |= telex
    b.flags |= flags if b.is_name else flags & ~NAME_SUSPECT
    return p


# One letter off the fast path; the buffers have room for SLACK bytes.
cdef inline void add_letter(Builder *b, const Char *c) noexcept nogil:
    if b.length == 0:
        begin_token(b)
    memcpy(b.exact + b.n_exact, c.exact, 4)
    memcpy(b.folded + b.n_folded, c.folded, 4)
    b.n_exact += c.n_exact
    b.n_folded += c.n_folded
    b.length += 1
    b.n_digits += c.kind
    if c.folded[0] == c"y":
        b.has_y = 1
    b.flags |= c.flags & (NAME_ACCENTED | NAME_NONLATIN)
    if c.tone:
        add_tone(b, c.tone)
    b.previous = c.folded[0]
    b.previous_flags = c.flags | LETTER_ACCENTED


# Splits a composed letter into its base and marks (appended), by the pair table.
cdef inline int decompose(uint32_t code, uint16_t *marks, int *n_marks) noexcept nogil:
    cdef int i = 0, j
    while i < n_pairs:
        if pairs[i].composed == code:
            for j in range(n_marks[0], 0, -1):
                marks[j] = marks[j - 1]
            marks[0] = pairs[i].mark
            n_marks[0] += 1
            code = pairs[i].first
            i = 0
        else:
            i += 1
    return code


cdef inline int encode_utf8(uint32_t code, uint8_t *to) noexcept nogil:
    """Write a code point below 0x10000; bytes written."""
    if code < 0x80:
        to[0] = code
        return 1
    if code < 0x800:
        to[0] = 0xC0 | code >> 6
        to[1] = 0x80 | (code & 0x3F)
        return 2
    to[0] = 0xE0 | code >> 12
    to[1] = 0x80 | (code >> 6 & 0x3F)
    to[2] = 0x80 | (code & 0x3F)
    return 3


# Canonical order and composition of a base with its marks; bytes written to `to`.
cdef inline int compose(uint32_t base, uint16_t *marks, int n_marks, uint8_t *to) noexcept nogil:
    cdef int i, j, k, n, last = 0, n_kept = 0
    cdef uint16_t mark
    cdef bint joined
    for i in range(1, n_marks):
        mark = marks[i]
        j = i
        while j and mark_class[marks[j - 1] - 0x300] > mark_class[mark - 0x300]:
            marks[j] = marks[j - 1]
            j -= 1
        marks[j] = mark
    for i in range(n_marks):
        joined = False
        if not n_kept or last < mark_class[marks[i] - 0x300]:
            for k in range(n_pairs):
                if pairs[k].first == base and pairs[k].mark == marks[i]:
                    base = pairs[k].composed
                    joined = True
                    break
        if not joined:
            last = mark_class[marks[i] - 0x300]
            marks[n_kept] = marks[i]
            n_kept += 1
    n = encode_utf8(base, to)
    for i in range(n_kept):
        n += encode_utf8(marks[i], to + n)
    return n


cdef inline bint is_mark(const uint8_t *p, const uint8_t *end) noexcept nogil:
    return end - p >= 2 and (p[0] == 0xCC and p[1] & 0xC0 == 0x80 or p[0] == 0xCD and 0x80 <= p[1] < 0xB0)


# A letter that combining marks follow (at p); the byte behind them. Tones go to the token, the rest is composed.
cdef inline const uint8_t *add_marked(Builder *b, const Char *c, const uint8_t *p, const uint8_t *end) noexcept nogil:
    cdef Char letter
    cdef uint16_t marks[MAX_LETTER_MARKS + 4]
    cdef uint8_t written[32]
    cdef uint32_t base = 0, own = 0
    cdef int n_marks = 0, i, n, tone = c.tone
    cdef bint new_tone = False
    memcpy(&letter, c, sizeof(Char))
    while is_mark(p, end):
        i = ((p[0] & 0x1F) << 6 | (p[1] & 0x3F)) - 0x300
        p += 2
        if mark_tone[i] and tone == 0:
            tone = mark_tone[i]
            new_tone = True
        if mark_code[i] and n_marks < MAX_LETTER_MARKS and not (mark_tone[i] and i != 0x44):
            marks[n_marks] = mark_code[i]
            n_marks += 1
    add_letter(b, &letter)
    if new_tone:
        add_tone(b, tone)
    if n_marks:
        n = decode_utf8(c.exact, &c.exact[c.n_exact], &base)
        if n < c.n_exact:      # the letter with its own mark has no composed form
            for i in range(n_marks, 0, -1):
                marks[i] = marks[i - 1]
            decode_utf8(&c.exact[n], &c.exact[c.n_exact], &own)
            marks[0] = <uint16_t> own
            n_marks += 1
        base = decompose(base, marks, &n_marks)
        n = compose(base, marks, n_marks, written)
        b.n_exact += n - c.n_exact
        memcpy(b.exact + b.n_exact - n, written, n)
        if c.flags & LETTER_NONLATIN:
            b.n_folded += n - c.n_folded
            memcpy(b.folded + b.n_folded - n, written, n)
        else:
            b.flags |= NAME_ACCENTED
    return p


# Code points outside the table: letters that are kept, but for symbols and private use.
cdef inline int other_kind(uint32_t code) noexcept nogil:
    if 0x2100 <= code < 0x2C00 or 0xE000 <= code < 0xF900:
        return CHAR_LOST
    if 0x3000 <= code < 0x3040 or 0x1F000 <= code < 0x20000:
        return CHAR_SPACE
    if 0xFE00 <= code < 0xFE10 or code >= 0xE0000:
        return CHAR_IGNORED
    return CHAR_LETTER


cdef inline void add_other(Builder *b, const uint8_t *p, int size) noexcept nogil:
    cdef Char letter
    letter.kind = CHAR_LETTER
    letter.flags = LETTER_NONLATIN
    letter.tone = 0
    letter.n_exact = letter.n_folded = size
    memcpy(letter.exact, p, size)
    memcpy(letter.folded, p, size)
    add_letter(b, &letter)


# H'Hen, Y'Blo, K'Brel: the prefix is a token of its own.
cdef inline bint is_prefix(Builder *b) noexcept nogil:
    return b.is_name and b.length == 1 and (b.previous == c"h" or b.previous == c"y" or b.previous == c"k")


# The titles at the start; the number of tokens they take. A title that is also a syllable (ong, ba) only
# counts in front of a family name, for both are rare family names themselves.
cdef inline int count_titles(Builder *b) noexcept nogil:
    cdef int i = 0, left, n, family
    cdef bint dotted
    cdef const uint8_t *token
    while i < REMEMBERED - 1 and b.n_tokens - i >= 2:
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
            n = (b.folded_start[i + 2] - 1 if left >= 2 and i + 2 < REMEMBERED else b.n_folded) - b.folded_start[i + 1]
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


cdef inline void finish(Builder *b, Normalised *out) noexcept nogil:
    cdef int skip
    end_token(b)
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


cdef inline void normalise(const uint8_t *text, Py_ssize_t n, uint8_t *exact, uint8_t *spelling, uint8_t *folded,
                           int capacity, int is_name, Normalised *out) noexcept nogil:
    cdef Builder b
    cdef const uint8_t *p = text
    cdef const uint8_t *end = text + (trimmed_length(text, n) if is_name else n)
    cdef const uint8_t *start
    cdef const Char *c
    cdef uint32_t code
    cdef int kind
    b.exact, b.spelling, b.folded = exact, spelling, folded
    b.n_exact = b.n_spelling = b.n_folded = b.exact_begin = b.folded_begin = b.length = b.n_digits = 0
    b.n_tones = b.has_y = b.telex = b.previous = b.previous_flags = b.n_tokens = b.flags = b.dotted = 0
    b.is_name = is_name
    while p < end:
        start = p
        if p[0] < 0x80:
            c = &chars[0][p[0]]
            p += 1
        else:
            p += decode_utf8(p, end, &code)
            if is_mark(start, end):
                continue
            if code > 0xFFFF or page_of[code >> 8] == 255:
                c = NULL
            else:
                c = &chars[page_of[code >> 8]][code & 255]
        kind = c.kind if c != NULL else other_kind(code)
        if kind <= CHAR_DIGIT:
            if b.n_exact + SLACK >= capacity or b.n_folded + SLACK >= capacity:
                b.flags |= NAME_TRUNCATED
                break
            if c == NULL:
                add_other(&b, start, <int> (p - start))
            elif is_mark(p, end):
                p = add_marked(&b, c, p, end)
            else:
                if b.length == 0:
                    begin_token(&b)
                p = add_run(&b, start, end, capacity)
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
    finish(&b, out)


cdef inline void normalise_name(const uint8_t *text, Py_ssize_t n, uint8_t *exact, uint8_t *spelling,
                                uint8_t *folded, int capacity, Normalised *out) noexcept nogil:
    """A person's name -> its tokens, without titles, trailing digits and apostrophes.

    Each buffer holds `capacity` bytes; longer text is cut at a letter and flagged NAME_TRUNCATED.
    """
    normalise(text, n, exact, spelling, folded, capacity, 1, out)


cdef inline void normalise_text(const uint8_t *text, Py_ssize_t n, uint8_t *exact, uint8_t *spelling,
                                uint8_t *folded, int capacity, Normalised *out) noexcept nogil:
    """A place or any other text -> its tokens; digits stay, punctuation separates."""
    normalise(text, n, exact, spelling, folded, capacity, 0, out)


cdef inline uint64_t add_code(uint64_t h, int c) noexcept nogil:
    return mix(h ^ <uint64_t> c, 0x9FB21C651E98DF25)


cdef inline bint is_vowel(uint8_t c) noexcept nogil:
    return c == c"a" or c == c"e" or c == c"i" or c == c"o" or c == c"u" or c == c"y"


# Onset of a folded syllable -> its dialect class, 0 = none begins there. Sets the bytes it takes.
cdef inline int onset_class(const uint8_t *t, int n, int *size) noexcept nogil:
    cdef uint8_t a = t[0], b = t[1] if n > 1 else 0, third = t[2] if n > 2 else 0
    size[0] = 1
    if is_vowel(a):
        size[0] = 0
        return c"-"
    if a == c"l" or a == c"n":
        if a == c"n" and b == c"g":
            size[0] = 3 if third == c"h" else 2
            return c"N"
        if a == c"n" and b == c"h":
            size[0] = 2
            return c"J"
        return c"l"
    if a == c"t" and b == c"r" or a == c"c" and b == c"h":
        size[0] = 2
        return c"C"
    if a == c"s" or a == c"x":
        return c"s"
    if a == c"g":
        if b == c"i":
            size[0] = 2 if n > 2 and is_vowel(third) else 1
            return c"d"
        size[0] = 2 if b == c"h" else 1
        return c"g"
    if a == c"d" or a == c"r" or a == c"v":
        return c"d"
    if (a == c"k" or a == c"p" or a == c"t") and b == c"h":
        size[0] = 2
        return a - 32
    if a == c"c" or a == c"k" or a == c"q":
        return c"k"
    if a == c"b" or a == c"h" or a == c"m" or a == c"p" or a == c"t":
        return a
    return 0


# Final of a folded syllable -> its dialect class, 0 = it is none.
cdef inline int final_class(const uint8_t *t, int n) noexcept nogil:
    if n == 0:
        return c"-"
    if n == 1 and (t[0] == c"m" or t[0] == c"p"):
        return t[0]
    if n == 1 and t[0] == c"n" or n == 2 and t[0] == c"n" and (t[1] == c"g" or t[1] == c"h"):
        return c"n"
    if n == 1 and (t[0] == c"t" or t[0] == c"c") or n == 2 and t[0] == c"c" and t[1] == c"h":
        return c"t"
    return 0


# Vowel group, y written i, -> code; south and centre say -ieu, -uou, -uoi as -iu, -uu, -ui. -1 = it is none.
cdef inline int nucleus_class(const uint8_t *t, int n) noexcept nogil:
    cdef uint8_t vowels[4]
    cdef int i
    if n < 1 or n > 3:
        return -1
    for i in range(n):
        vowels[i] = c"i" if t[i] == c"y" else t[i]
    if not is_nucleus(vowels, n):
        return -1
    if n == 3 and (vowels[0] == c"i" and vowels[1] == c"e" or vowels[0] == c"u" and vowels[1] == c"o"):
        return vowels[0] << 8 | vowels[2]
    if n == 3:
        return vowels[0] << 16 | vowels[1] << 8 | vowels[2]
    if n == 2:
        return vowels[0] << 8 | vowels[1]
    return vowels[0]


# Other languages: first letter and the consonants behind it, c q z ph as k k s f, doubled ones once.
cdef inline uint64_t skeleton_hash(const uint8_t *t, int n) noexcept nogil:
    cdef uint64_t h = 0x5851F42D4C957F2D
    cdef int i = 0, c, last = 0
    while i < n:
        c = t[i]
        if c == c"p" and i + 1 < n and t[i + 1] == c"h":
            c = c"f"
            i += 1
        elif c == c"c" or c == c"q":
            c = c"k"
        elif c == c"z":
            c = c"s"
        if last == 0 or c != last and not (is_vowel(c) or c == c"h" or c == c"w"):
            h = add_code(h, c)
        last = c
        i += 1
    return h


cdef inline uint64_t phonetic_hash(const uint8_t *folded_token, int n) noexcept nogil:
    """Hash of a folded token's dialect class; tokens that sound alike somewhere in Vietnam are equal."""
    cdef int onset, size = 0, vowels, nucleus, final
    cdef uint64_t h = 0x2127599BF4325C37
    if n <= 0:
        return 0
    if n <= 7:
        onset = onset_class(folded_token, n, &size)
        vowels = size
        while vowels < n and is_vowel(folded_token[vowels]):
            vowels += 1
        nucleus = nucleus_class(folded_token + size, vowels - size)
        final = final_class(folded_token + vowels, n - vowels)
        if onset and nucleus > 0 and final:
            return add_code(add_code(add_code(h, onset), nucleus), final)
    return skeleton_hash(folded_token, n)
