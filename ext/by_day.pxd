# A query's date -> the records of days that a slip makes of it, and of its day in other years. Header-only.
from blobs cimport HOT_WORDS
from candidates cimport end_group
from hashing cimport prefetch
from libc.stdint cimport uint32_t, uint64_t, uint8_t
from linkage._kernels.score cimport Scorer
from near_dates cimport VAGUE_DAYS, far_days
from number_levels cimport date_level, is_vague
from scans cimport is_too_much, scan_day
from search cimport A_YEAR, MOST_DAYS, N_DAYS, N_YEARS, Search, date_of, day_of, two

cdef inline int add_day(Search *s, uint32_t q, uint32_t d, int *days, int n) noexcept nogil:
    """Note a day that may hold records that matter; how many are noted."""
    cdef int day
    if d == q or two(d >> 8 & 255) > 12 or two(d & 255) > 31 or n == MOST_DAYS:
        return n
    day = day_of(d)
    if day == 0 or s.days[day] == s.days[day + 1] or not s.reaches_date[date_level(q, d)]:
        return n
    days[n] = day
    return n + 1

cdef inline int slips(Search *s, uint32_t q, int *days) noexcept nogil:
    """Days that one digit, two neighbours, or day and month exchanged make of the query's; how many."""
    cdef int n = 0, k, d
    cdef uint32_t edited
    for k in range(8):
        for d in range(10):
            n = add_day(s, q, q & ~(<uint32_t> 15 << (4 * k)) | <uint32_t> d << (4 * k), days, n)
        if k < 7:
            edited = q & ~(<uint32_t> 255 << (4 * k)) | (q >> (4 * k) & 15) << (4 * k + 4)
            n = add_day(s, q, edited | (q >> (4 * k + 4) & 15) << (4 * k), days, n)
    return add_day(s, q, q & 0xFFFF0000u | (q & 255) << 8 | (q >> 8 & 255), days, n)

cdef inline void fetch_days(Search *s, const int *days, int n) noexcept nogil:
    """Fetch the first hot rows of some days."""
    cdef int k
    cdef const uint8_t *words
    for k in range(n):
        words = <const uint8_t *> (s.store.hot_words + <uint64_t> s.days[days[k]] * HOT_WORDS)
        prefetch(words)
        prefetch(words + 64)
        prefetch(words + 128)

cdef inline void by_slips(Search *s, Scorer scorer, uint32_t q) noexcept nogil:
    """Records of the days that a slip makes of the query's."""
    cdef int days[MOST_DAYS]
    cdef int n = slips(s, q, days), k
    fetch_days(s, days, n)
    for k in range(n):
        scan_day(s, days[k])
    end_group(s, scorer)

cdef inline void by_other_years(Search *s, Scorer scorer, uint32_t q, int day) noexcept nogil:
    """Records of the same day in other years."""
    cdef int days[N_YEARS]
    cdef int k, n = 0, other
    cdef uint64_t n_rows = 0
    for k in range(N_YEARS):
        prefetch(s.days + k * A_YEAR + 1 + (day - 1) % A_YEAR)
    for k in range(N_YEARS):
        other = k * A_YEAR + 1 + (day - 1) % A_YEAR
        if other != day and s.days[other] < s.days[other + 1] and s.reaches_date[date_level(q, date_of(other))]:
            days[n] = other
            n += 1
            n_rows += s.days[other + 1] - s.days[other]
    if is_too_much(s, n_rows):
        return
    fetch_days(s, days, n)
    for k in range(n):
        scan_day(s, days[k])
    end_group(s, scorer)

cdef inline void by_far_slips(Search *s, Scorer scorer, uint32_t q, int first) noexcept nogil:
    """Records of days with a digit of the year and one of day or month changed, or these exchanged; of vague dates a
    year away, and of a vague one those with a digit of the year changed."""
    cdef int days[VAGUE_DAYS]
    cdef int k, d, j, e, day, n
    cdef uint32_t edited, x
    cdef bint vague = not q & 0xFF or not q & 0xFF00, any_vague = is_vague(q)
    for k in range(first - A_YEAR, first + 2 * A_YEAR):
        if 0 < k < N_DAYS and not first <= k < first + A_YEAR and (vague or (k - 1) % 32 == 0 or (k - 1) % A_YEAR < 32):
            scan_day(s, k)
    for k in range(16, 32, 4):
        for d in range(10):
            edited = q & ~(<uint32_t> 15 << k) | <uint32_t> d << k
            n = far_days(q, edited, days)
            for j in range(n):         # vague ones a year away have been looked at
                if not any_vague or not first - A_YEAR <= days[j] < first + 2 * A_YEAR:
                    scan_day(s, days[j])
            if vague or edited == q or day_of(edited) == 0:
                continue
            for j in range(0, 16, 4):
                for e in range(10):
                    x = edited & ~(<uint32_t> 15 << j) | <uint32_t> e << j
                    day = day_of(x)
                    if x != edited and day and s.days[day] < s.days[day + 1] and s.reaches_date[date_level(q, x)]:
                        scan_day(s, day)
    end_group(s, scorer)
