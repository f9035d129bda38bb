# A query's name -> the records that bear it, or one like it, where their dates can matter. Header-only.
from blobs cimport HOT_CATEGORIES, HOT_WORDS
from bounds cimport begin_run, most_of_row
from by_day cimport slips
from candidates cimport end_group, offer_key, ordered, settle
from dtypes cimport MAX_TOKENS, Value
from hashing cimport prefetch
from libc.stdint cimport int32_t, uint32_t, uint64_t
from libc.string cimport memset
from linkage._kernels.score cimport Scorer
from named_rows cimport load_named, load_rows, name_hash, offer_named
from number_levels cimport (
    DATE_ELSE,
    DATE_NEAR_YEAR,
    DATE_ONE_SLIP,
    DATE_SHIFTED_YEAR,
    DATE_TWO_SLIPS,
    DATE_YEAR,
    date_level,
)
from postings cimport Postings, bucket_of, posting_key, token_part
from reaches cimport can_reach, most_left, set_reaches, without_same_name
from search cimport (
    A_YEAR,
    DATE_ANY,
    FEW_NAMED,
    FIELD_NAME,
    MOST_DAYS,
    MOST_KEYS,
    MOST_NAMESAKES,
    MOST_POSTED,
    N_DAYS,
    N_YEARS,
    Field,
    Search,
    date_of,
)
from similarity cimport popcount

cdef inline bint is_digit_away(Search *s, uint32_t q, int first) noexcept nogil:
    """Whether at most one digit of this year differs from the query's."""
    cdef uint32_t x = (q ^ date_of(first)) >> 16
    x = (x | x >> 1 | x >> 2 | x >> 3) & 0x1111
    return popcount(x) <= 1

cdef inline void by_name_and_date(Search *s, Scorer scorer, uint32_t q, int day) noexcept nogil:
    """Offer the records with the query's name whose dates can matter; lower the bound of all other names."""
    cdef int first = day - (day - 1) % A_YEAR, k, other, n
    cdef int days[MOST_DAYS]
    cdef bint vague = not q & 0xFF or not q & 0xFF00
    cdef bint has_far = can_reach(s, DATE_NEAR_YEAR, DATE_TWO_SLIPS)
    cdef bint has_other_years = s.reaches_date[DATE_NEAR_YEAR] or can_reach(s, DATE_SHIFTED_YEAR, DATE_ONE_SLIP)
    if not load_named(s):
        return
    s.cut_named = s.n_named > MOST_NAMESAKES and s.reaches_date[DATE_ELSE]
    if s.n_named <= FEW_NAMED or s.reaches_date[DATE_ELSE] and not s.cut_named:
        offer_named(s, 0, N_DAYS)
    else:
        offer_named(s, first, first + A_YEAR)
        for k in range(N_YEARS):
            other = k * A_YEAR + 1
            if other == first:
                continue
            if -A_YEAR <= other - first <= A_YEAR and (s.reaches_date[DATE_NEAR_YEAR] or s.reaches_date[DATE_YEAR]) \
                    or has_far and is_digit_away(s, q, other):
                offer_named(s, other, other + A_YEAR)
            elif has_other_years and not vague:
                other += (day - 1) % A_YEAR
                if s.days[other] < s.days[other + 1] and s.reaches_date[date_level(q, date_of(other))]:
                    offer_named(s, other, other + 1)
        n = slips(s, q, days)
        for k in range(n):
            if not first <= days[k] < first + A_YEAR:
                offer_named(s, days[k], days[k] + 1)
        offer_named(s, 0, 1)
    end_group(s, scorer)
    without_same_name(s)
    set_reaches(s)

cdef inline int alike_keys(Search *s, const Field *f, uint32_t *keys) noexcept nogil:
    """Keys of names that the query's becomes with one word less, or one that is like it; how many."""
    cdef const Value *value = &f.values[1]
    cdef uint64_t total = name_hash(s, f), without
    cdef uint32_t tried[MOST_KEYS]
    cdef uint32_t i, key, at
    cdef int k, n = 0, n_tokens = value.n_tokens if value.n_tokens < MAX_TOKENS else MAX_TOKENS
    memset(tried, 0, sizeof(tried))
    for k in range(n_tokens):
        without = total - token_part(f.tokens[value.tokens[k]].phonetic)
        if n_tokens > 2:
            n = note_key(tried, keys, n, posting_key(without, f.family))
        for i in range(s.n_touched):
            at = s.token_of[s.touched[i]]
            if s.like[s.touched[i]] >> (value.tokens[k] - 1) & 1 and at < s.n_hot_tokens:
                key = posting_key(without + token_part(s.hot_tokens[at].phonetic), f.family)
                n = note_key(tried, keys, n, key)
    return n

cdef inline int note_key(uint32_t *tried, uint32_t *keys, int n, uint32_t key) noexcept nogil:
    """Note a key, unless it was tried just before; how many there are."""
    if n == MOST_KEYS or key == 0 or tried[key % MOST_KEYS] == key:
        return n
    tried[key % MOST_KEYS] = key
    keys[n] = key
    return n + 1

cdef inline void by_alike_names(Search *s, Scorer scorer, int first) noexcept nogil:
    """Offer records with a name like the query's: all of rare ones, of frequent ones those of the year."""
    cdef const Field *f = &s.fields[s.hot_field]
    cdef const Postings *p = &s.postings[f.family]
    cdef uint32_t keys[MOST_KEYS]
    cdef uint64_t begin, end, n_read = 0
    cdef int i, n = alike_keys(s, f, keys)
    for i in range(n):
        prefetch(p.buckets + (<uint64_t> keys[i] * p.n_buckets >> 32))
    for i in range(n):
        bucket_of(p, keys[i], &begin, &end)
        if begin < end:
            prefetch(p.entries + begin)
    for i in range(n):
        bucket_of(p, keys[i], &begin, &end)
        n_read += end - begin
        if n_read > MOST_POSTED:
            return
        if end - begin <= FEW_NAMED and load_rows(s, f.family, keys[i], 0, s.days[N_DAYS]):
            offer_named(s, 0, N_DAYS)
        elif load_rows(s, f.family, keys[i], s.days[first], s.days[first + A_YEAR]):
            offer_named(s, first, first + A_YEAR)
    end_group(s, scorer)

cdef inline void rebound(Search *s, uint32_t first) noexcept nogil:
    """Replace the bounds of the candidates offered last by those of their hot rows; drop hopeless ones."""
    cdef uint32_t i, row, kept = first
    cdef int32_t bound
    begin_run(s, DATE_ANY)
    for i in range(first, s.n_candidates):
        if i + 16 < s.n_candidates:
            row = <uint32_t> s.candidates[i + 16]
            prefetch(s.store.hot_words + <uint64_t> row * HOT_WORDS)
            prefetch(s.store.hot_categories + <uint64_t> row * HOT_CATEGORIES)
        row = <uint32_t> s.candidates[i]
        bound = most_of_row(s, row)
        if bound >= s.theta:
            s.candidates[kept] = ordered(bound) << 40 | <uint64_t> DATE_ANY << 32 | row
            kept += 1
    s.n_candidates = kept

cdef inline void by_names(Search *s, Scorer scorer) noexcept nogil:
    """Records with the query's whole name, in any order of its words; or its parent's."""
    cdef int i
    cdef Field *f
    cdef int32_t most
    cdef uint32_t n
    for i in range(s.n_fields):
        f = &s.fields[i]
        if i == s.hot_field and (s.knows_named or s.knows_words):
            continue
        if s.has[i] and f.family >= 0 and f.kind == FIELD_NAME and s.rows[f.word]:
            most = most_left(s)
            if most < s.theta:
                continue
            n = s.n_candidates
            offer_key(s, f.family, posting_key(name_hash(s, f), f.family), most)
            rebound(s, n)
            settle(s, scorer)
