# Text of one date -> the numbers in it, and the month and the era that its words name. Header-only.
from libc.stdint cimport int64_t, uint8_t, uint32_t
from libc.string cimport memcmp

from compose cimport encode_utf8
from months cimport month_named
from utf8 cimport decode_utf8, digit_of

cdef enum:
    MAX_NUMBERS = 4
    MAX_DIGITS = 14           # yyyymmddHHMMSS
    MAX_WORD = 40             # bytes of a word that are looked at
    MAX_READ = 512            # bytes of a text that are looked at: a cell may hold megabytes
    FIRST_MINGUO = 1911       # Taiwan's year 0

cdef struct DateText:
    int n                     # numbers found
    int64_t value[MAX_NUMBERS]
    int length[MAX_NUMBERS]   # digits of each
    int month                 # that a word names, 0 = none
    int n_words
    int era                   # the year before a Japanese era's first, 0 = none
    int written_out           # the era by its name, not by its letter
    int vietnamese            # "ngay" was seen: day first whatever the column says
    int point                 # a full stop and nothing else stands behind the first number

cdef struct SlippedText:
    int n                     # numbers found
    int64_t value[MAX_NUMBERS]
    int length[MAX_NUMBERS]   # digits of each
    int lettered              # the number with a letter in it, -1 = none
    int64_t digits            # all of them in a row
    int n_digits


# A digit of any script at p -> its value and size; -1 = none.
cdef inline int digit_at(const uint8_t *p, const uint8_t *end, int *size) noexcept nogil:
    cdef uint32_t code
    size[0] = 1
    if p[0] < 0x80:
        return p[0] - c"0" if c"0" <= p[0] <= c"9" else -1
    size[0] = decode_utf8(p, end, &code)
    return digit_of(code)


# Part of a word: letters, and the marks that some scripts write them with.
cdef inline bint is_word_char(uint32_t code) noexcept nogil:
    if code < 0x80:
        return c"a" <= (code | 32) <= c"z"
    if code < 0xC0 or 0x2000 <= code < 0x2070 or 0x3000 <= code < 0x3040 or 0xFE00 <= code or code == 0x60C or code == 0x60D:
        return False
    return digit_of(code) < 0


# A capital of Latin, Greek or Cyrillic -> its small letter.
cdef inline uint32_t small(uint32_t code) noexcept nogil:
    if c"A" <= code <= c"Z" or 0xC0 <= code < 0xDF and code != 0xD7 or 0x391 <= code < 0x3AA or 0x410 <= code < 0x430:
        return code + 32
    if code == 0x130:
        return c"i"
    if 0x100 <= code < 0x138 or 0x14A <= code < 0x178:
        return code | 1
    if 0x139 <= code < 0x149 or 0x179 <= code < 0x17F:
        return code + (code & 1)
    return code + 80 if 0x400 <= code < 0x410 else code


# The month that a Roman numeral of up to four letters names (8-V-1948), 0 = none.
cdef inline int roman_month(const uint8_t *word, int n) noexcept nogil:
    cdef int i, value, before = 0, total = 0
    if n > 4:
        return 0
    for i in range(n - 1, -1, -1):
        value = 1 if word[i] == c"i" else 5 if word[i] == c"v" else 10 if word[i] == c"x" else 0
        if value == 0:
            return 0
        total += value if value >= before else -value
        before = value
    return total if 0 < total <= 12 else 0


# The year before the first of the Japanese era, or Taiwan's, that a sign begins to name, 0 = none.
cdef inline int era_of(uint32_t code) noexcept nogil:
    if code == c"m" or code == 0x660E or code == 0x337E:
        return 1867
    if code == c"t" or code == 0x5927 or code == 0x337D:
        return 1911
    if code == c"s" or code == 0x662D or code == 0x337C:
        return 1925
    if code == c"h" or code == 0x5E73 or code == 0x337B:
        return 1988
    if code == 0x6C11 or code == 0x4E2D:                  # Minguo, Taiwan's, with the republic's name or without
        return FIRST_MINGUO
    return 2018 if code == c"r" or code == 0x4EE4 or code == 0x32FF else 0


cdef inline void add_number(DateText *t, int64_t value, int length) noexcept nogil:
    if t.n < MAX_NUMBERS:
        t.value[t.n] = value
        t.length[t.n] = length
        t.n += 1


# A word at p -> the byte behind it. Notes names of months and of eras, and the Vietnamese word for day.
cdef inline const uint8_t *read_word(const uint8_t *p, const uint8_t *end, DateText *t) noexcept nogil:
    cdef uint8_t word[MAX_WORD + 4]
    cdef uint32_t code, first = 0
    cdef int n = 0, size, length = 0
    cdef bint is_first_year = False
    while p < end:
        size = decode_utf8(p, end, &code)
        if code == c"." and 0xE00 <= first < 0xE80:       # Thai abbreviations
            if n < MAX_WORD:
                word[n] = c"."
                n += 1
            p += size
            continue
        if not is_word_char(code):
            break
        code = small(code)
        if length == 0:
            first = code
        is_first_year = code == 0x5143
        if n < MAX_WORD and code < 0x10000:
            n += encode_utf8(code, word + n)
        length += 1
        p += size
        if is_first_year:
            break
    while n and word[n - 1] == c".":
        n -= 1
    if n and t.month == 0:
        t.month = month_named(word, n)
        if t.month == 0 and t.n == 1 and t.length[0] <= 2 and t.value[0] <= 31:
            t.month = roman_month(word, n)
    if length >= 4 and word[0] == c"n" and word[1] == c"g" or n >= 5 and memcmp(word, b"ng\xc3\xa0y", 5) == 0:
        t.vietnamese = 1
    if t.n == 0 and t.n_words == 0 and (first >= 0x80 or length == 1):
        t.era = era_of(first)
        t.written_out = first >= 0x80
        if t.era and is_first_year:
            add_number(t, 1, 1)
    t.n_words += 1
    return p


cdef inline void read_date_text(const uint8_t *text, Py_ssize_t n, DateText *t) noexcept nogil:
    cdef const uint8_t *p = text
    cdef const uint8_t *end = text + min(n, <Py_ssize_t> MAX_READ)
    cdef int digit, size, length, i
    cdef int64_t value
    cdef uint32_t code
    t.n = t.month = t.n_words = t.era = t.written_out = t.vietnamese = t.point = 0
    for i in range(MAX_NUMBERS):
        t.value[i] = t.length[i] = 0
    while p < end:
        digit = digit_at(p, end, &size)
        if digit >= 0:
            value = length = 0
            while digit >= 0:
                length += 1
                if length <= MAX_DIGITS:
                    value = value * 10 + digit
                p += size
                if p >= end:
                    break
                digit = digit_at(p, end, &size)
            if p < end and p[0] == c":" and t.n:      # the hour: what follows is no date
                return
            add_number(t, value, length)
            if t.n == 1:
                t.point = p < end and p[0] == c"."
            continue
        size = decode_utf8(p, end, &code)
        p = read_word(p, end, t) if is_word_char(code) else p + size


# Digits, at most one letter beside one of them, and the signs / - . alone, in a text about as long as a date.
cdef inline bint read_slipped(const uint8_t *text, Py_ssize_t n, SlippedText *t) noexcept nogil:
    cdef Py_ssize_t i
    cdef int digit
    cdef bint is_inside = False
    t.n = t.n_digits = 0
    t.digits = 0
    t.lettered = -1
    if n < 8 or n > 12:
        return False
    for i in range(n):
        digit = text[i] - c"0"
        if 0 <= digit <= 9 or c"a" <= (text[i] | 32) <= c"z":
            if not is_inside:
                if t.n == MAX_NUMBERS:
                    return False
                t.value[t.n] = t.length[t.n] = 0
                t.n += 1
                is_inside = True
            if not 0 <= digit <= 9:
                if t.lettered >= 0:
                    return False
                t.lettered = t.n - 1
                continue
            t.value[t.n - 1] = t.value[t.n - 1] * 10 + digit
            t.length[t.n - 1] += 1
            t.digits = t.digits * 10 + digit
            t.n_digits += 1
        elif text[i] == c"/" or text[i] == c"-" or text[i] == c".":
            is_inside = False
        else:
            return False
    return t.lettered < 0 or t.length[t.lettered] > 0
