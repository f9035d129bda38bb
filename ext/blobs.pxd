# A record's blob in a segment -> the raw texts of its fields. Header-only; the writer is ext/store.pyx.
#
# A blob is the number of its shape (a varint) and, field after field, what the shape's heads announce. A shape
# holds one byte a field:
#   0 nothing; 255 the text itself: length (varint), bytes; else by the field's coding
#   CODED_WORDS     1 to 9: that many words, each its number in the vocabulary + 1 (varint), or 0, length and bytes
#                   101 to 104: so many words that stand in the hot row
#                   254: the text itself, and behind it the text that it was taken to mean
#   CODED_PATTERN   1: the column's prefix and its usual number of digits, as one number of n_bytes bytes
#   CODED_DATE      1 to 5: YYYY-MM-DD, DD/MM/YYYY (days since 1880), YYYY, MM/YYYY, YYYY-MM (months); two bytes
#   CODED_CATEGORY  1, 2, 4: that many bytes of the text's number in the column's list; 100: it stands in the hot row
# All numbers are little-endian. Every read is held against the blob's end: damaged bytes give no answer, never a crash.
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    static inline uint64_t linkage_sum_of_bytes(uint64_t x) {
        x = (x & 0x00FF00FF00FF00FFULL) + (x >> 8 & 0x00FF00FF00FF00FFULL);
        return x * 0x0001000100010001ULL >> 48;
    }
    /* Sum of the first k of 16 lengths, k < 16; -1 where one of them is 255. */
    static inline int64_t linkage_lengths_before(const uint8_t *lengths, unsigned k) {
        uint64_t low, high, ones;
        memcpy(&low, lengths, 8);
        memcpy(&high, lengths + 8, 8);
        low &= k < 8 ? (1ULL << 8 * k) - 1 : ~0ULL;
        high &= k < 8 ? 0 : (1ULL << 8 * (k - 8)) - 1;
        ones = ((~low - 0x0101010101010101ULL) & low) | ((~high - 0x0101010101010101ULL) & high);
        if (ones & 0x8080808080808080ULL) return -1;
        return (int64_t)(linkage_sum_of_bytes(low) + linkage_sum_of_bytes(high));
    }
    """
    int64_t lengths_before "linkage_lengths_before"(const uint8_t *lengths, unsigned k) noexcept nogil

cdef enum:
    CODED_WORDS = 0
    CODED_PATTERN = 1
    CODED_DATE = 2
    CODED_CATEGORY = 3

cdef enum:
    MAX_FIELDS = 48
    MAX_PREFIX = 16
    MAX_WORDS = 9
    HOT_WORDS = 4             # words of the name in a hot row
    HOT_CATEGORIES = 4
    OTHER_WORD = 65535        # in a hot row: a word that is not in the vocabulary, or several
    NO_WORD = 65534           # in a hot row: fewer words than four
    STRANGE_WORD = 65533      # in a hot row: one plain token that is not in the vocabulary
    HEAD_HOT = 100
    HEAD_MEANT = 254
    HEAD_TEXT = 255
    GROUP = 16                # records that share one offset
    LONG = 255                # a blob's length that stands in the list of long ones

cdef struct Coding:
    int kind
    int n_digits, n_bytes, n_prefix
    int hot                   # of a category: its place in the hot row, -1 = none
    uint8_t prefix[MAX_PREFIX]
    const uint32_t *offsets   # of the texts of a category
    const uint8_t *texts
    uint32_t n_texts

# One field's raw text; texts are borrowed from the segment or from the caller's buffer.
cdef struct FieldText:
    const uint8_t *text       # NULL = the record has none
    uint32_t n
    uint32_t category         # number of a category's text + 1, 0 = not in the list
    const uint8_t *meant      # what the text was taken to mean; NULL = the text itself
    uint32_t n_meant

cdef struct Store:
    uint64_t n_records, n_blob_bytes, n_groups
    const uint8_t *blobs
    const uint64_t *groups
    const uint8_t *lengths
    const uint32_t *long_rows
    const uint32_t *long_lengths
    uint64_t n_long
    const uint8_t *shapes
    uint64_t n_shapes
    int n_fields
    int hot_field             # whose words stand in the hot rows, -1 = none
    Coding codings[MAX_FIELDS]
    const uint16_t *hot_words
    const uint8_t *hot_categories
    const uint32_t *word_offsets
    const uint8_t *word_texts
    uint32_t n_words


cdef inline uint32_t read_varint(const uint8_t **p, const uint8_t *end, bint *bad) noexcept nogil:
    cdef uint32_t value = 0
    cdef int shift = 0
    cdef uint8_t byte
    while p[0] < end and shift < 32:
        byte = p[0][0]
        p[0] += 1
        value |= <uint32_t> (byte & 127) << shift
        if byte < 128:
            return value
        shift += 7
    bad[0] = True
    return 0


cdef inline uint64_t length_of(const Store *s, uint64_t row) noexcept nogil:
    cdef uint64_t low = 0, high = s.n_long, middle
    if s.lengths[row] != LONG:
        return s.lengths[row]
    while low < high:
        middle = (low + high) >> 1
        if s.long_rows[middle] < row:
            low = middle + 1
        else:
            high = middle
    return s.long_lengths[low] if low < s.n_long and s.long_rows[low] == row else 0


# A record's blob; 0 = the offsets leave the bytes.
cdef inline bint find_blob(const Store *s, uint64_t row, const uint8_t **begin, const uint8_t **end) noexcept nogil:
    cdef uint64_t at, first = row & ~<uint64_t> (GROUP - 1), n
    cdef int64_t before = -1
    if row >= s.n_records:
        return False
    at = s.groups[row // GROUP]
    if first + GROUP <= s.n_records:
        before = lengths_before(s.lengths + first, <unsigned> (row - first))
    if before >= 0:
        at += before
    else:
        while first < row:
            at += length_of(s, first)
            first += 1
    n = length_of(s, row)
    if n == 0 or at > s.n_blob_bytes or n > s.n_blob_bytes - at:
        return False
    begin[0] = s.blobs + at
    end[0] = begin[0] + n
    return True


cdef inline void write_digits(uint8_t *out, uint64_t value, int n) noexcept nogil:
    cdef int i
    for i in range(n - 1, -1, -1):
        out[i] = <uint8_t> (c"0" + value % 10)
        value //= 10


# Days since 1880-01-01 -> year, month, day (proleptic Gregorian, as in ext/dates.pxd).
cdef inline void day_to_date(uint32_t days, int *year, int *month, int *day) noexcept nogil:
    cdef int64_t z = <int64_t> days + 686596, cycle = z // 146097, of_cycle = z % 146097
    cdef int64_t y = (of_cycle - of_cycle // 1460 + of_cycle // 36524 - of_cycle // 146096) // 365
    cdef int64_t of_year = of_cycle - (365 * y + y // 4 - y // 100)
    cdef int64_t shifted = (5 * of_year + 2) // 153
    day[0] = <int> (of_year - (153 * shifted + 2) // 5 + 1)
    month[0] = <int> (shifted + 3 if shifted < 10 else shifted - 9)
    year[0] = <int> (y + cycle * 400 + (month[0] <= 2))


cdef inline int64_t date_to_day(int64_t year, int64_t month, int64_t day) noexcept nogil:
    cdef int64_t y = year - (month <= 2), cycle = y // 400, of_cycle = y - cycle * 400
    cdef int64_t of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return cycle * 146097 + of_cycle * 365 + of_cycle // 4 - of_cycle // 100 + of_year - 686596


cdef inline int write_date(uint8_t *out, int head, uint32_t value) noexcept nogil:
    cdef int year = 0, month = 0, day = 0
    if head == 1 or head == 2:
        day_to_date(value, &year, &month, &day)
        if head == 1:
            write_digits(out, year, 4)
            write_digits(out + 5, month, 2)
            write_digits(out + 8, day, 2)
            out[4] = out[7] = c"-"
        else:
            write_digits(out, day, 2)
            write_digits(out + 3, month, 2)
            write_digits(out + 6, year, 4)
            out[2] = out[5] = c"/"
        return 10
    if head == 3:
        write_digits(out, value, 4)
        return 4
    year = value // 12
    month = value % 12 + 1
    if head == 4:
        write_digits(out, month, 2)
        out[2] = c"/"
        write_digits(out + 3, year, 4)
    else:
        write_digits(out, year, 4)
        out[4] = c"-"
        write_digits(out + 5, month, 2)
    return 7


cdef inline uint32_t read_number(const uint8_t *p, int n) noexcept nogil:
    cdef uint32_t value = 0
    cdef int i
    for i in range(n):
        value |= <uint32_t> p[i] << (8 * i)
    return value


# Walk one blob; fields in `wanted` (bit = field) are written to `out`, with room for their texts in buffer.
# Returns 0, or -1 where the bytes make no sense or the texts do not fit.
cdef inline int read_blob(const Store *s, uint64_t row, uint64_t wanted, FieldText *out, uint8_t *buffer,
                          uint64_t capacity) noexcept nogil:
    cdef const uint8_t *p = NULL
    cdef const uint8_t *end = NULL
    cdef const uint8_t *heads
    cdef const Coding *c
    cdef uint8_t *to = buffer
    cdef uint8_t *limit = buffer + capacity
    cdef uint8_t *start
    cdef bint bad = False, keep
    cdef uint32_t shape, word, n
    cdef uint64_t value
    cdef int f, k, head, n_words
    if not find_blob(s, row, &p, &end):
        return -1
    shape = read_varint(&p, end, &bad)
    if bad or shape >= s.n_shapes:
        return -1
    heads = s.shapes + <uint64_t> shape * s.n_fields
    for f in range(s.n_fields):
        if wanted >> f == 0:
            break
        head = heads[f]
        keep = wanted >> f & 1
        if keep:
            out[f].text = out[f].meant = NULL
            out[f].n = out[f].category = out[f].n_meant = 0
        if head == 0:
            continue
        if head >= HEAD_MEANT:
            n = read_varint(&p, end, &bad)
            if bad or n > end - p:
                return -1
            if keep:
                out[f].text = p
                out[f].n = n
            p += n
            if head == HEAD_MEANT:
                n = read_varint(&p, end, &bad)
                if bad or n > end - p:
                    return -1
                if keep:
                    out[f].meant = p
                    out[f].n_meant = n
                p += n
            continue
        c = &s.codings[f]
        start = to
        if c.kind == CODED_WORDS:
            n_words = head - HEAD_HOT if head > HEAD_HOT else head
            if head > HEAD_HOT and not keep:      # nothing of it stands here, and its row is a cache miss
                if f != s.hot_field or n_words > HOT_WORDS:
                    return -1
                continue
            for k in range(n_words):
                n = 0
                if head > HEAD_HOT:
                    if f != s.hot_field or k >= HOT_WORDS:
                        return -1
                    word = <uint32_t> s.hot_words[row * HOT_WORDS + k] + 1
                else:
                    word = read_varint(&p, end, &bad)
                    if word == 0:
                        n = read_varint(&p, end, &bad)
                    if bad or n > end - p:
                        return -1
                if word > s.n_words:
                    return -1
                if keep:
                    if word:
                        n = s.word_offsets[word] - s.word_offsets[word - 1]
                    if <int64_t> n + 1 > limit - to:
                        return -1
                    if k:
                        to[0] = c" "
                        to += 1
                    memcpy(to, s.word_texts + s.word_offsets[word - 1] if word else p, n)
                    to += n
                if word == 0:
                    p += n
        elif c.kind == CODED_PATTERN:
            if head != 1 or c.n_bytes > end - p:
                return -1
            if keep:
                if c.n_prefix + c.n_digits > limit - to:
                    return -1
                value = 0
                memcpy(&value, p, c.n_bytes)
                memcpy(to, c.prefix, c.n_prefix)
                write_digits(to + c.n_prefix, value, c.n_digits)
                to += c.n_prefix + c.n_digits
            p += c.n_bytes
        elif c.kind == CODED_DATE:
            if head > 5 or end - p < 2:
                return -1
            if keep:
                if limit - to < 10:
                    return -1
                to += write_date(to, head, read_number(p, 2))
            p += 2
        else:
            if head == HEAD_HOT and c.hot >= 0:
                if not keep:
                    continue
                value = s.hot_categories[row * HOT_CATEGORIES + c.hot]
            elif head > 4 or end - p < head:
                return -1
            else:
                value = read_number(p, head)
                p += head
            if value == 0 or value > c.n_texts:
                return -1
            if keep:
                out[f].category = <uint32_t> value
                out[f].text = c.texts + c.offsets[value - 1]
                out[f].n = c.offsets[value] - c.offsets[value - 1]
            continue
        if keep:
            out[f].text = start
            out[f].n = <uint32_t> (to - start)
    return 0
