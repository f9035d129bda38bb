# A query's date -> the blocks of rows, a bit each, whose dates may be like it where that can matter.
# Header-only.
from libc.stdint cimport uint32_t, uint64_t, uint8_t
from libc.string cimport memset
from number_levels cimport DATE_ELSE, DATE_TWO_SLIPS, date_level, is_vague
from search cimport A_YEAR, N_DAYS, N_YEARS, Search, date_of, day_of, two

cdef enum:
    BLOCK_BITS = 18           # at most so many blocks as a number of these bits tells: 32 KiB
    VAGUE_DAYS = 45           # of a year

cdef inline uint32_t with_digit(uint32_t d, int at, uint32_t digit) noexcept nogil:
    return d & ~(<uint32_t> 15 << at) | digit << at

cdef inline int far_days(uint32_t q, uint32_t edited, int *days) noexcept nogil:
    """Of a year a digit away, the days as vague as the query's date, or its day and month exchanged; how many."""
    cdef int k, first = day_of(edited & 0xFFFF0000u), month = two(q & 255), day = two(q >> 8 & 255)
    if edited == q or first == 0:
        return 0
    if not is_vague(q):
        days[0] = first + month * 32 + day
        return 1 if month <= 12 and month != day else 0
    for k in range(32):
        days[k] = first + k
    for k in range(1, 13):
        days[31 + k] = first + 32 * k
    days[VAGUE_DAYS - 1] = first + 33
    return VAGUE_DAYS

cdef inline int block_shift(const Search *s) noexcept nogil:
    """A block holds as many rows as a number of so many bits tells."""
    cdef int shift = 0
    while <uint64_t> s.store.n_records >> (shift + BLOCK_BITS):
        shift += 1
    return shift

cdef inline bint is_marked(const Search *s, uint32_t row, int shift) noexcept nogil:
    return s.blocks[row >> shift >> 6] >> (row >> shift & 63) & 1

cdef inline void mark_day(Search *s, uint32_t q, int day, int shift, const uint8_t *reaches) noexcept nogil:
    """Mark the blocks of a day's rows, if its date can matter, or any can."""
    cdef uint32_t block, last, begin = s.days[day], end = s.days[day + 1]
    if begin == end or not reaches[DATE_ELSE] and day and not reaches[date_level(q, date_of(day))]:
        return
    last = (end - 1) >> shift
    for block in range(begin >> shift, last + 1):
        s.blocks[block >> 6] |= <uint64_t> 1 << (block & 63)

cdef inline void mark_date(Search *s, uint32_t q, uint32_t d, int shift, const uint8_t *reaches) noexcept nogil:
    """Mark a date's day, if it is one."""
    cdef int day = day_of(d) if two(d >> 8 & 255) <= 12 and two(d & 255) <= 31 else 0
    if day:
        mark_day(s, q, day, shift, reaches)

cdef inline void mark_slips(Search *s, uint32_t q, int shift, const uint8_t *reaches) noexcept nogil:
    """Mark the days of one slip, and where that can matter, of a digit of the year and one of day or month."""
    cdef int k, j
    cdef uint32_t digit, other, edited
    cdef bint has_far = reaches[DATE_ELSE] or reaches[DATE_TWO_SLIPS]
    for k in range(0, 32, 4):
        for digit in range(10):
            edited = with_digit(q, k, digit)
            mark_date(s, q, edited, shift, reaches)
            if k < 16 or edited == q or not has_far or day_of(edited) == 0:
                continue
            for j in range(0, 16, 4):
                for other in range(10):
                    mark_date(s, q, with_digit(edited, j, other), shift, reaches)
        if k < 28:
            edited = with_digit(with_digit(q, k, q >> (k + 4) & 15), k + 4, q >> k & 15)
            mark_date(s, q, edited, shift, reaches)

cdef inline void mark_slipped_years(Search *s, uint32_t q, int shift, const uint8_t *reaches) noexcept nogil:
    """Mark the days of years a digit away that are vague as the query's date is, or have its day and month exchanged."""
    cdef int days[VAGUE_DAYS]
    cdef int k, i, n
    cdef uint32_t digit
    for k in range(16, 32, 4):
        for digit in range(10):
            n = far_days(q, with_digit(q, k, digit), days)
            for i in range(n):
                mark_day(s, q, days[i], shift, reaches)

cdef inline void mark_near_dates(Search *s, uint32_t q, int day, const uint8_t *reaches) noexcept nogil:
    """Mark the days like the query's, which may be vague, whose dates can matter: of its year and those beside it,
    slips of it, two as well, the same day in other years, and what is no day. Where any date can matter, all days like it."""
    cdef int first = day - (day - 1) % A_YEAR, shift = block_shift(s), k
    cdef int low = first - A_YEAR if first > A_YEAR else 1
    cdef int high = first + 2 * A_YEAR if first + 2 * A_YEAR < N_DAYS else N_DAYS
    memset(s.blocks, 0, 8 << (BLOCK_BITS - 6))
    for k in range(low, high):
        mark_day(s, q, k, shift, reaches)
    mark_day(s, q, 0, shift, reaches)
    if reaches[DATE_ELSE] or reaches[DATE_TWO_SLIPS]:
        mark_slipped_years(s, q, shift, reaches)
    if not q & 0xFF or not q & 0xFF00:
        return
    for k in range(N_YEARS):
        mark_day(s, q, k * A_YEAR + 1 + (day - 1) % A_YEAR, shift, reaches)
    mark_slips(s, q, shift, reaches)
