# A query's name -> all records whose names are the query's but for one word, where their dates can matter.
# Header-only.
#
# Such names are few, and each is a key of the postings of names, or of those of what is left of names that hold
# other tokens than the vocabulary's. What is met by neither differs more.
from blobs cimport HOT_CATEGORIES
from bounds cimport date_known, most_of_date
from candidates cimport end_group, offer_row
from dtypes cimport MAX_TOKENS, Value
from hashing cimport prefetch
from lanes cimport Eight, add_eight, least_of_eight
from libc.stdint cimport INT32_MAX, uint8_t, uint32_t, uint64_t
from libc.string cimport memset
from linkage._kernels.score cimport Scorer
from name_levels cimport NAME_NEAR, NAME_STRUCTURE
from named_rows cimport day_between, name_hash, offer_dated
from near_dates cimport block_shift, is_marked, mark_near_dates
from near_keys cimport (
    KEYS_AHEAD,
    MOST_GLUED,
    MOST_NEAR_KEYS,
    Letters,
    NearKeys,
    add_longer,
    add_mistyped,
    add_name,
    add_one_respaced,
    add_respaced,
    add_shorter,
    begin_keys,
    find_keys,
    initial_part,
    know_tokens,
    n_posted,
    read_letters,
)
from number_levels cimport DATE_ELSE, DATE_EXACT
from postings cimport Postings, posting_key, token_part
from reaches cimport can_reach_by_name, set_reaches, without_near_names
from search cimport A_YEAR, DATE_UNKNOWN, N_DAYS, NAME_ANY, SCANNED_AT_ONCE, Field, Search

cdef enum:
    # Records of an index in which names but for a space are looked up: at 110 million p99 would be 1.77 ms, not 1.35.
    MOST_RESPACED_IN = 1 << 25
    MOST_NEAR_ENTRIES = 1 << 19         # entries of postings that are read for names like the query's;
    FEW_NEAR_ENTRIES = 1 << 16          # the same where any date can matter,
    MOST_NEAR_ROWS = 1 << 16  # and records that are looked at
    MOST_NEAR_TOKENS = 5      # of a query whose names are looked up
    ROWS_AHEAD = 24           # rows whose categories are on their way
    KEY_COST = 16             # hot rows that a key costs,
    ROW_COST = 8              # and a record that is looked at

# Rows of whose dates so much is known, to be offered; and which dates can matter.
cdef struct NearRows:
    uint32_t rows[SCANNED_AT_ONCE]
    uint8_t dates[SCANNED_AT_ONCE]
    int n
    uint32_t n_all
    uint8_t reaches[DATE_EXACT + 1]
    int first                # day of the query's year

cdef inline void offer_near(Search *s, NearRows *near) noexcept nogil:
    """Offer the rows noted whose categories leave any hope: most of them are not looked at any closer."""
    cdef int i, k, at, n = 0
    cdef const uint8_t *ids
    cdef Eight most
    for i in range(near.n + ROWS_AHEAD):
        if i < near.n:
            prefetch(s.store.hot_categories + <uint64_t> near.rows[i] * HOT_CATEGORIES)
        at = i - ROWS_AHEAD
        if at < 0:
            continue
        ids = s.store.hot_categories + <uint64_t> near.rows[at] * HOT_CATEGORIES
        most_of_date(s, near.dates[at], &most)
        add_eight(&most, &s.name_most[NAME_ANY])
        for k in range(s.n_asked):
            add_eight(&most, &s.category_most[s.asked[k]][ids[s.asked[k]]])
        if least_of_eight(&most) >= s.theta:
            near.rows[n] = near.rows[at]
            near.dates[n] = near.dates[at]
            n += 1
    offer_dated(s, near.rows, near.dates, n)
    near.n = 0

cdef inline void add_row(Search *s, NearRows *near, uint32_t row, int date) noexcept nogil:
    """Note a row, where its date can matter."""
    if date <= DATE_EXACT and not near.reaches[date]:
        return
    near.rows[near.n] = row
    near.dates[near.n] = <uint8_t> date
    near.n += 1
    near.n_all += 1
    if near.n == SCANNED_AT_ONCE:
        offer_near(s, near)

cdef inline int day_of_row(const Search *s, const NearRows *near, uint32_t row) noexcept nogil:
    """The day that a row stands in: most are of the query's year."""
    if s.days[near.first] <= row < s.days[near.first + A_YEAR]:
        return day_between(s, row, near.first, near.first + A_YEAR)
    return day_between(s, row, 0, N_DAYS)

cdef inline bint add_posted(Search *s, const Postings *p, const NearKeys *keys, NearRows *near) noexcept nogil:
    """Offer the rows of the names; 0 = they are too many."""
    cdef uint32_t mask = (<uint32_t> 0xFFFFFFFFu) >> (32 - s.row_bits), row, mark, at
    cdef int i, shift = block_shift(s)
    for i in range(keys.n):
        if i + KEYS_AHEAD < keys.n and keys.begin[i + KEYS_AHEAD] < keys.end[i + KEYS_AHEAD]:
            prefetch(p.entries + keys.begin[i + KEYS_AHEAD])
            prefetch(p.entries + keys.end[i + KEYS_AHEAD] - 1)
        mark = keys.keys[i] << s.row_bits
        for at in range(keys.begin[i], keys.end[i]):
            row = p.entries[at] & mask
            if p.entries[at] & ~mask != mark or row >= s.store.n_records:
                continue
            if is_marked(s, row, shift):
                add_row(s, near, row, date_known(s, day_of_row(s, near, row)))
            elif near.reaches[DATE_ELSE]:
                add_row(s, near, row, DATE_ELSE)
        if near.n_all > MOST_NEAR_ROWS:
            return False
    return True

cdef inline void fill_others(const Search *s, NearKeys *keys, const uint64_t *parts, const uint64_t *initials, int n,
                             uint64_t total, bint extends) noexcept nogil:
    """Keys of names that are posted by what is left of them; if `extends`, of long ones by the rarest of the words."""
    cdef int k, family = s.fields[s.hot_field].family, rarest = 0
    cdef uint64_t n_entries, least = <uint64_t> 1 << 62
    begin_keys(keys, family)
    add_name(keys, total)
    for k in range(n):
        add_name(keys, total - parts[k])
        n_entries = n_posted(&s.near, parts[k], family) + n_posted(&s.near, initials[k], family)
        if n_entries < least:
            least = n_entries
            rarest = k
    if extends:
        add_name(keys, parts[rarest])
        add_name(keys, initials[rarest])
    find_keys(&s.near, keys)

cdef inline void fill_names(Search *s, NearKeys *keys, const uint64_t *parts, const uint64_t *initials, int n,
                            uint64_t total, bint extends) noexcept nogil:
    """Keys of whole names; if `extends`, also of those with words missing or in excess."""
    cdef const Field *f = &s.fields[s.hot_field]
    cdef Letters letters
    begin_keys(keys, f.family)
    add_mistyped(s, keys, f, parts, n)
    read_letters(s, f, &letters)
    add_respaced(keys, &letters, 0, 0, 0, 0)
    if extends:
        add_shorter(keys, parts, initials, n, 0, 0)
        add_longer(s, keys, total)
    find_keys(&s.postings[f.family], keys)

cdef inline bint fill_query(Search *s, NearRows *near, uint64_t *parts, uint64_t *initials, bint *extends) noexcept nogil:
    """What the query's words add to a name's hash, which dates can matter, whether names of other lengths do; 0 = such
    names are too many to be looked up."""
    cdef const Field *f = &s.fields[s.hot_field]
    cdef const Value *value = &f.values[1]
    cdef bint is_all = value.n_tokens > 2         # of names of two words, and with initials, too many have more words
    cdef int k, date
    know_tokens(s)
    for k in range(value.n_tokens):
        parts[k] = token_part(f.tokens[value.tokens[k]].phonetic)
        initials[k] = initial_part(s, f.tokens[value.tokens[k]].text[0])
        is_all = is_all and f.tokens[value.tokens[k]].length != 1
    memset(near, 0, sizeof(NearRows))
    extends[0] = False
    for date in range(DATE_EXACT + 1):
        near.reaches[date] = can_reach_by_name(s, date, NAME_STRUCTURE) or can_reach_by_name(s, date, NAME_NEAR)
        extends[0] = extends[0] or can_reach_by_name(s, date, NAME_STRUCTURE)
    return is_all

cdef inline bint by_near_names(Search *s, Scorer scorer, uint32_t q, int day) noexcept nogil:
    """Offer all records whose names are the query's but for one word; 0 = not all of them."""
    cdef const Field *f = &s.fields[s.hot_field]
    cdef int n = f.values[1].n_tokens
    cdef NearKeys keys
    cdef NearRows near
    cdef uint64_t parts[MAX_TOKENS]
    cdef uint64_t initials[MAX_TOKENS]
    cdef uint64_t most, total = name_hash(s, f)
    cdef bint is_all, extends, fits
    cdef uint32_t n_before = s.n_candidates
    if not 2 <= n <= MOST_NEAR_TOKENS or f.values[1].length > MOST_GLUED or s.near.n_buckets == 0:
        return False
    is_all = fill_query(s, &near, parts, initials, &extends)
    if not is_all and can_reach_by_name(s, DATE_ELSE, NAME_STRUCTURE):
        return False
    most = FEW_NEAR_ENTRIES if near.reaches[DATE_ELSE] else MOST_NEAR_ENTRIES
    near.first = day - (day - 1) % A_YEAR
    mark_near_dates(s, q, day, near.reaches)
    fill_names(s, &keys, parts, initials, n, total, extends and is_all)
    fits = not keys.is_full and keys.n_entries <= most and add_posted(s, &s.postings[f.family], &keys, &near)
    s.spent += keys.n * KEY_COST + (keys.n_entries if fits else 0)
    if fits:
        fill_others(s, &keys, parts, initials, n, total, extends and is_all)
        fits = keys.n_entries <= most and add_posted(s, &s.near, &keys, &near)
        s.spent += keys.n_entries if fits else 0
    s.spent += near.n_all * ROW_COST
    if not fits:
        s.n_candidates = n_before
        return False
    offer_near(s, &near)
    end_group(s, scorer)
    without_near_names(s, is_all or not extends)
    set_reaches(s)
    return True

cdef inline bint is_likely(Search *s, uint32_t row, int date) noexcept nogil:
    """Whether a record of such a date, whose name is the query's but for its spaces, can still reach theta."""
    cdef int k
    cdef Eight most
    cdef const uint8_t *ids = s.store.hot_categories + <uint64_t> row * HOT_CATEGORIES
    most_of_date(s, date, &most)
    add_eight(&most, &s.name_most[NAME_NEAR])
    for k in range(s.n_asked):
        add_eight(&most, &s.category_most[s.asked[k]][ids[s.asked[k]]])
    return least_of_eight(&most) >= s.theta

cdef inline void offer_likely(Search *s, const uint32_t *rows, int n) noexcept nogil:
    """Offer those of some rows that can still reach theta, if their names are the query's but for their spaces."""
    cdef int i
    for i in range(n):
        if is_likely(s, rows[i], date_known(s, day_between(s, rows[i], 0, N_DAYS))):
            offer_row(s, rows[i], INT32_MAX, DATE_UNKNOWN)

cdef inline void by_respaced(Search *s, Scorer scorer) noexcept nogil:
    """Offer the records whose names are the query's but for a space, which hot rows do not tell; where they are too
    many, say so."""
    cdef const Field *f = &s.fields[s.hot_field]
    cdef const Postings *p = &s.postings[f.family]
    cdef NearKeys keys
    cdef uint32_t mask = (<uint32_t> 0xFFFFFFFFu) >> (32 - s.row_bits), row, own, at
    cdef uint32_t rows[SCANNED_AT_ONCE]
    cdef int i, date, n = 0
    cdef bint matters = False
    for date in range(DATE_ELSE, DATE_EXACT):          # those of the query's day have been looked at
        matters = matters or can_reach_by_name(s, date, NAME_NEAR)
    if not matters or f.values[1].length > MOST_GLUED or s.store.n_records > MOST_RESPACED_IN:
        return
    know_tokens(s)
    own = posting_key(name_hash(s, f), f.family)
    begin_keys(&keys, f.family)
    keys.tried[own & (MOST_NEAR_KEYS - 1)] = own       # its records have been offered
    add_one_respaced(s, &keys, f)
    find_keys(p, &keys)
    if keys.is_full or keys.n_entries > FEW_NEAR_ENTRIES:
        s.cut_named = True
        return
    for i in range(keys.n):
        if keys.begin[i] < keys.end[i]:
            prefetch(p.entries + keys.begin[i])
    for i in range(keys.n):
        for at in range(keys.begin[i], keys.end[i]):
            row = p.entries[at] & mask
            if p.entries[at] & ~mask != keys.keys[i] << s.row_bits or row >= s.store.n_records or keys.keys[i] == own:
                continue
            prefetch(s.store.hot_categories + <uint64_t> row * HOT_CATEGORIES)
            rows[n] = row
            n += 1
            if n == SCANNED_AT_ONCE:
                offer_likely(s, rows, n)
                n = 0
    offer_likely(s, rows, n)
    end_group(s, scorer)
