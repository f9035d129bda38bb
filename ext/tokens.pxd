# Letters, one after the other -> the tokens of normalise.pxd in their three forms. Header-only.
from libc.stdint cimport uint8_t, uint16_t, uint32_t
from libc.string cimport memcmp, memcpy

from compose cimport compose, decompose, encode_utf8, is_mark
from letters cimport (
    CHAR_DIGIT,
    CHAR_LETTER,
    LETTER_ACCENTED,
    LETTER_CAPITAL,
    LETTER_FOREIGN,
    LETTER_LOWER,
    LETTER_NONLATIN,
    LETTER_TELEX,
    LETTER_VOWEL,
    Char,
    chars,
    mark_code,
    mark_tone,
    page_of,
)
from utf8 cimport decode_utf8

cdef enum:
    NAME_ACCENTED = 1         # some diacritic or đ was seen
    NAME_SUSPECT = 2          # asks for linkage.vietnam.spelling.repair_name
    NAME_NONLATIN = 4
    NAME_TRUNCATED = 8

cdef enum:
    MAX_LETTER_MARKS = 4      # combining marks read behind one letter
    MAX_TONES = 4             # Vietnamese has one a token; foreign names may carry several
    SLACK = 24                # bytes that one more letter, its marks and the token's tones may need
    REMEMBERED = 24           # token starts kept

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
    int parts                 # bit i: token i begins what stands behind a comma or dash
    int is_name
    int exact_start[REMEMBERED]
    int spelling_start[REMEMBERED]
    int folded_start[REMEMBERED]
    uint8_t tones[MAX_TONES]


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
            c = &chars[p[0]]
            after = p + 1
        else:
            after = p + decode_utf8(p, end, &code)
            if code > 0xFFFF or page_of[code >> 8] == 255 or is_mark(p, end):
                break
            c = &chars[page_of[code >> 8] << 8 | code & 255]
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


# A letter that is not Latin, composed, at the end of the folded token: as its own code point would be folded.
cdef inline void add_folded(Builder *b, const uint8_t *written, int n) noexcept nogil:
    cdef const Char *known
    cdef uint32_t code = 0
    if decode_utf8(written, written + n, &code) == n and page_of[code >> 8 & 0xFF] != 255 and code < 0x10000:
        known = &chars[page_of[code >> 8] << 8 | code & 255]
        b.flags |= known.flags & NAME_ACCENTED
        n = known.n_folded
        written = known.folded
    memcpy(b.folded + b.n_folded, written, n)
    b.n_folded += n


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
            b.n_folded -= c.n_folded
            add_folded(b, written, n)
        else:
            b.flags |= NAME_ACCENTED
    return p


cdef inline void add_other(Builder *b, const uint8_t *p, int size) noexcept nogil:
    cdef Char letter
    letter.kind = CHAR_LETTER
    letter.flags = LETTER_NONLATIN
    letter.tone = 0
    letter.n_exact = letter.n_folded = size
    memcpy(letter.exact, p, size)
    memcpy(letter.folded, p, size)
    add_letter(b, &letter)


# Chinese characters and Hangul syllables: each is a syllable of a name, as what stands between spaces elsewhere.
cdef inline bint is_character(uint32_t code) noexcept nogil:
    return 0x3400 <= code < 0xA000 or 0xAC00 <= code < 0xD7A4 or 0xF900 <= code < 0xFB00 or 0x20000 <= code < 0x32000


# A letter outside the table whose code point is given and stands before p; the byte behind it. Hangul that is
# written letter by letter, as some systems name their files, becomes the syllable.
cdef inline const uint8_t *add_composed(Builder *b, uint32_t code, const uint8_t *start, const uint8_t *p,
                                        const uint8_t *end) noexcept nogil:
    cdef uint8_t written[4]
    cdef uint32_t next_code = 0
    cdef int size
    cdef bint is_open = 0xAC00 <= code < 0xD7A4 and (code - 0xAC00) % 28 == 0
    if 0x1100 <= code < 0x1113 and p < end:
        size = decode_utf8(p, end, &next_code)
        if 0x1161 <= next_code < 0x1176:
            code = 0xAC00 + ((code - 0x1100) * 21 + next_code - 0x1161) * 28
            is_open = True
            p += size
    if is_open and p < end:
        size = decode_utf8(p, end, &next_code)
        if 0x11A8 <= next_code < 0x11C3:
            code += next_code - 0x11A7
            p += size
    if b.is_name and is_character(code):
        end_token(b)
    if is_open:
        add_other(b, written, encode_utf8(code, written))
    else:
        add_other(b, start, <int> (p - start))
    if b.is_name and is_character(code):
        end_token(b)
    return p
