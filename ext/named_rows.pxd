# A name's key -> the rows that bear it, offered with the bounds of their own dates. Header-only.
from blobs cimport HOT_CATEGORIES, HOT_WORDS
from bounds cimport date_known, most_in_lanes
from candidates cimport offer_row
from dtypes cimport MAX_TOKENS, Value
from hashing cimport prefetch
from lanes cimport Eight, least_of_eight
from libc.stdint cimport int32_t, uint32_t, uint64_t, uint8_t
from number_levels cimport DATE_EXACT
from postings cimport Postings, bucket_of, posting_key, token_part
from search cimport DAY_SHIFT, MOST_NAMED, N_DAYS, SCANNED_AT_ONCE, Field, Search

cdef enum:
    FETCHED_AHEAD = 16        # rows whose lines are on their way

cdef inline uint64_t name_hash(Search *s, const Field *f) noexcept nogil:
    cdef const Value *value = &f.values[1]
    cdef int k
    cdef uint64_t total = 0
    for k in range(value.n_tokens if value.n_tokens < MAX_TOKENS else MAX_TOKENS):
        total += token_part(f.tokens[value.tokens[k]].phonetic)
    return total

cdef inline uint32_t first_named(Search *s, uint32_t row) noexcept nogil:
    """The place of the first noted row that is not below this one."""
    cdef uint32_t low = 0, high = s.n_named, middle
    while low < high:
        middle = (low + high) >> 1
        if s.named[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low

cdef inline bint load_rows(Search *s, int family, uint32_t key, uint32_t first, uint32_t last) noexcept nogil:
    """Note the rows from first to below last that a key names; 0 = too many."""
    cdef const Postings *p = &s.postings[family]
    cdef uint64_t begin, end
    cdef uint32_t row, mark = key << s.row_bits, mask = (<uint32_t> 0xFFFFFFFFu) >> (32 - s.row_bits), i
    s.n_named = 0
    bucket_of(p, key, &begin, &end)
    while begin < end:
        row = p.entries[begin] & mask
        if p.entries[begin] & ~mask == mark and first <= row < last:
            if s.n_named == MOST_NAMED:
                return False
            # Another key with the same fingerprint may stand between: then rows start anew.
            i = s.n_named
            while i > 0 and s.named[i - 1] > row:
                s.named[i] = s.named[i - 1]
                i -= 1
            s.named[i] = row
            s.n_named += 1
        begin += 1
    return True

cdef inline int day_between(const Search *s, uint32_t row, int low, int high) noexcept nogil:
    """The day that a row stands in: `low` or later, before `high`."""
    cdef int middle, first = <int> s.day_at[row >> DAY_SHIFT], last = <int> s.day_at[(row >> DAY_SHIFT) + 1] + 1
    low = first if first > low else low
    high = last if last < high else high
    while high - low > 1:
        middle = (low + high) >> 1
        if s.days[middle] <= row:
            low = middle
        else:
            high = middle
    return low

cdef inline bint load_named(Search *s) noexcept nogil:
    """Note the rows with the query's whole name, in any order of its words and any dialect; 0 = too many."""
    cdef const Field *f
    cdef uint32_t key
    s.knows_named = False
    if s.hot_field < 0 or not s.has[s.hot_field] or s.fields[s.hot_field].family < 0:
        return False
    f = &s.fields[s.hot_field]
    key = posting_key(name_hash(s, f), f.family)
    s.knows_named = key != 0 and load_rows(s, f.family, key, 0, s.days[N_DAYS])
    return s.knows_named

cdef inline void offer_named(Search *s, int first, int last) noexcept nogil:
    """Offer the noted rows of days first to last, each with the bound of its own date, name and categories."""
    cdef uint32_t at = first_named(s, s.days[first]), end = s.days[last], row
    cdef uint32_t rows[SCANNED_AT_ONCE]
    cdef uint8_t dates[SCANNED_AT_ONCE]
    cdef int day = first, date, n = 0
    while at < s.n_named and s.named[at] < end:
        row = s.named[at]
        at += 1
        if s.days[day + 1] <= row:
            day = day_between(s, row, day + 1, last)
        date = date_known(s, day)
        if date <= DATE_EXACT and not s.reaches_date[date]:
            continue
        rows[n] = row
        dates[n] = <uint8_t> date
        n += 1
        if n == SCANNED_AT_ONCE:
            offer_dated(s, rows, dates, n)
            n = 0
    offer_dated(s, rows, dates, n)

cdef inline void offer_dated(Search *s, const uint32_t *rows, const uint8_t *dates, int n) noexcept nogil:
    """Offer rows of whose dates so much is known."""
    cdef int i
    cdef int32_t bound
    cdef Eight most
    for i in range(n + FETCHED_AHEAD):
        if i < n:
            prefetch(s.store.hot_words + <uint64_t> rows[i] * HOT_WORDS)
            prefetch(s.store.hot_categories + <uint64_t> rows[i] * HOT_CATEGORIES)
        if i < FETCHED_AHEAD:
            continue
        most_in_lanes(s, rows[i - FETCHED_AHEAD], dates[i - FETCHED_AHEAD], &most)
        bound = least_of_eight(&most)
        if bound >= s.theta:
            offer_row(s, rows[i - FETCHED_AHEAD], bound, dates[i - FETCHED_AHEAD])
