# A query's name -> all records, whatever their dates, whose names are the query's but for one word: a word is
# missing, in excess, mistyped, shortened, or the spaces stand elsewhere. Header-only.
#
# Such names are few, and each is a key of the postings. What the vocabulary lacks is in the odd rows, which are
# looked at one after the other. Together they are all there is: what is left differs more.
from blobs cimport HOT_WORDS
from bounds cimport can_reach_by_name, date_known, set_reaches, without_near_names
from candidates cimport end_group
from dtypes cimport MAX_TOKENS, Value
from hashing cimport hash_bytes, prefetch
from levels cimport DATE_ELSE, DATE_EXACT, NAME_NEAR, NAME_STRUCTURE
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memset
from linkage._kernels.score cimport Scorer
from named_rows cimport day_between, name_hash, offer_dated
from odd_rows cimport add_odd, is_known_token, knows_odd_rows
from phonetics cimport phonetic_hash
from postings cimport Postings, bucket_of, posting_key, token_part
from search cimport N_DAYS, SCANNED_AT_ONCE, Field, Search

cdef enum:
    MOST_NEAR_KEYS = 4096     # names like the query's that are looked up
    MOST_NEAR_ENTRIES = 1 << 15         # entries of postings that are read for them;
    FEW_NEAR_ENTRIES = 1 << 14          # the same where only days like the query's are left,
    MOST_NEAR_ROWS = 1 << 12  # and records that are looked at
    MOST_NEAR_TOKENS = 5      # of a query whose names are looked up
    MOST_GLUED = 40           # letters of a name that may be spaced otherwise
    KEY_COST = 16             # hot rows that a key costs
    KEYS_AHEAD = 16           # keys whose lines are on their way

# Names to be looked up.
cdef struct NearKeys:
    uint32_t keys[MOST_NEAR_KEYS]
    uint32_t tried[MOST_NEAR_KEYS]
    uint32_t begin[MOST_NEAR_KEYS]      # their entries, once `find_keys` was there
    uint32_t end[MOST_NEAR_KEYS]
    uint64_t n_entries
    int n
    bint is_full

# Rows of whose dates so much is known, to be offered.
cdef struct NearRows:
    uint32_t rows[SCANNED_AT_ONCE]
    uint8_t dates[SCANNED_AT_ONCE]
    int n
    uint32_t n_all

# ------------------------------------------------------------------------------------------- keys
cdef inline void add_name(NearKeys *near, uint64_t content, int family) noexcept nogil:
    """Note a name by its hash, unless it was just noted."""
    cdef uint32_t key = posting_key(content, family)
    if key == 0 or near.tried[key & (MOST_NEAR_KEYS - 1)] == key:
        return
    if near.n == MOST_NEAR_KEYS:
        near.is_full = True
        return
    near.tried[key & (MOST_NEAR_KEYS - 1)] = key
    near.keys[near.n] = key
    near.n += 1

cdef inline void add_shorter(NearKeys *near, const uint64_t *parts, const uint64_t *initials, int n, int n_chosen,
                             uint64_t content, int family) noexcept nogil:
    """Names of two or more of the query's words, or their initials."""
    if n == 0:
        if n_chosen >= 2:
            add_name(near, content, family)
        return
    add_shorter(near, parts + 1, initials + 1, n - 1, n_chosen, content, family)
    add_shorter(near, parts + 1, initials + 1, n - 1, n_chosen + 1, content + parts[0], family)
    if initials[0]:
        add_shorter(near, parts + 1, initials + 1, n - 1, n_chosen + 1, content + initials[0], family)

cdef inline void add_mistyped(Search *s, NearKeys *near, const Field *f, const uint64_t *parts, int n) noexcept nogil:
    """Names with another word in place of one that is like it."""
    cdef const Value *value = &f.values[1]
    cdef uint64_t total = name_hash(s, f)
    cdef uint32_t i, at
    cdef int k
    for i in range(s.n_touched):
        at = s.token_of[s.touched[i]]
        if at < s.n_hot_tokens:
            for k in range(n):
                if s.like[s.touched[i]] >> (value.tokens[k] - 1) & 1:
                    add_name(near, total - parts[k] + token_part(s.hot_tokens[at].phonetic), f.family)

cdef inline void add_respaced(Search *s, NearKeys *near, const uint8_t *text, int n, int n_words, uint64_t content,
                              int family) noexcept nogil:
    """Names of the same letters, of at most four of the vocabulary's tokens."""
    cdef int k
    cdef uint64_t h
    if n == 0:
        add_name(near, content, family)
        return
    if n_words == HOT_WORDS:
        return
    for k in range(1, n + 1):
        h = hash_bytes(text, k)
        if is_known_token(s, h):
            add_respaced(s, near, text + k, n - k, n_words + 1,
                         content + token_part(<uint32_t> phonetic_hash(text, k)), family)

# ------------------------------------------------------------------------------------------- rows
cdef inline void add_row(Search *s, NearRows *near, uint32_t row, int day, const uint8_t *reaches) noexcept nogil:
    """Note a row of a day, where its date can matter."""
    cdef int date = date_known(s, day)
    if date <= DATE_EXACT and not reaches[date]:
        return
    near.rows[near.n] = row
    near.dates[near.n] = <uint8_t> date
    near.n += 1
    near.n_all += 1
    if near.n == SCANNED_AT_ONCE:
        offer_dated(s, near.rows, near.dates, near.n)
        near.n = 0

cdef inline void find_keys(const Postings *p, NearKeys *keys) noexcept nogil:
    """Where the names' entries are, and how many in all."""
    cdef uint64_t begin, end
    cdef int i
    keys.n_entries = 0
    for i in range(keys.n + KEYS_AHEAD):
        if i < keys.n:
            prefetch(p.buckets + (<uint64_t> keys.keys[i] * p.n_buckets >> 32))
        if i >= KEYS_AHEAD:
            bucket_of(p, keys.keys[i - KEYS_AHEAD], &begin, &end)
            keys.begin[i - KEYS_AHEAD] = <uint32_t> begin
            keys.end[i - KEYS_AHEAD] = <uint32_t> end
            keys.n_entries += end - begin

cdef inline bint add_posted(Search *s, const NearKeys *keys, int family, NearRows *near,
                            const uint8_t *reaches) noexcept nogil:
    """Offer the rows of the names; 0 = they are too many."""
    cdef const uint32_t *entries = s.postings[family].entries
    cdef uint32_t mask = (<uint32_t> 0xFFFFFFFFu) >> (32 - s.row_bits), row, mark, at
    cdef int i
    for i in range(keys.n):
        if i + KEYS_AHEAD < keys.n and keys.begin[i + KEYS_AHEAD] < keys.end[i + KEYS_AHEAD]:
            prefetch(entries + keys.begin[i + KEYS_AHEAD])
            prefetch(entries + keys.end[i + KEYS_AHEAD] - 1)
        mark = keys.keys[i] << s.row_bits
        for at in range(keys.begin[i], keys.end[i]):
            row = entries[at] & mask
            if entries[at] & ~mask == mark and row < s.store.n_records:
                add_row(s, near, row, day_between(s, row, 0, N_DAYS), reaches)
        if near.n_all > MOST_NEAR_ROWS:
            return False
    return True

cdef inline bint by_near_names(Search *s, Scorer scorer) noexcept nogil:
    """Offer all records whose names are the query's but for one word; 0 = not all of them."""
    cdef const Field *f = &s.fields[s.hot_field]
    cdef const Value *value = &f.values[1]
    cdef NearKeys keys
    cdef NearRows near
    cdef uint64_t parts[MAX_TOKENS]
    cdef uint64_t initials[MAX_TOKENS]
    cdef uint8_t reaches[DATE_EXACT + 1]
    cdef uint8_t letters[MOST_GLUED + 64]
    cdef int n = value.n_tokens, k, n_letters = 0, date
    cdef bint has_initial = False, is_all, extends
    cdef uint32_t n_before
    if not 2 <= n <= MOST_NEAR_TOKENS or not s.has_strange or value.length > MOST_GLUED or not knows_odd_rows(s):
        return False
    for k in range(value.length):
        if f.texts[value.text + k] != c" ":
            letters[n_letters] = f.texts[value.text + k]
            n_letters += 1
    memset(letters + n_letters, 0, 64)
    for k in range(n):
        parts[k] = token_part(f.tokens[value.tokens[k]].phonetic)
        initials[k] = s.initials[f.tokens[value.tokens[k]].text[0]]
        has_initial = has_initial or f.tokens[value.tokens[k]].length == 1
    extends = False
    for date in range(DATE_EXACT + 1):
        reaches[date] = can_reach_by_name(s, date, NAME_STRUCTURE) or can_reach_by_name(s, date, NAME_NEAR)
        extends = extends or can_reach_by_name(s, date, NAME_STRUCTURE)
    keys.n = 0
    keys.is_full = False
    memset(keys.tried, 0, sizeof(keys.tried))
    memset(&near, 0, sizeof(near))
    # More words than a hot row holds are in the odd rows; two more than the query's are not looked for.
    is_all = not has_initial and n > 2
    if not is_all and can_reach_by_name(s, DATE_ELSE, NAME_STRUCTURE):
        return False
    add_mistyped(s, &keys, f, parts, n)
    add_respaced(s, &keys, letters, n_letters, 0, 0, f.family)
    if extends and is_all:
        add_shorter(&keys, parts, initials, n, 0, 0, f.family)
        if n == HOT_WORDS - 1:
            for k in range(<int> s.n_known_parts):
                add_name(&keys, name_hash(s, f) + s.parts[k], f.family)
    n_before = s.n_candidates
    find_keys(&s.postings[f.family], &keys)
    if keys.is_full or keys.n_entries > (MOST_NEAR_ENTRIES if reaches[DATE_ELSE] else FEW_NEAR_ENTRIES) \
            or not add_posted(s, &keys, f.family, &near, reaches):
        s.n_candidates = n_before
        return False
    offer_dated(s, near.rows, near.dates, near.n)
    add_odd(s, f, reaches)
    s.spent += keys.n * KEY_COST + 2 * keys.n_entries + s.n_odd_rows
    end_group(s, scorer)
    without_near_names(s, is_all or not extends)
    set_reaches(s)
    return True
