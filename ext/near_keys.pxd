# A query's name -> keys of all names that are it but for one word: a word is missing, in excess, mistyped, shortened,
# or the spaces stand elsewhere. Header-only.
#
# What is in excess, or mistyped, is one of the vocabulary's tokens, or the name is posted without it
# (linkage/segment/near_postings.py).
from dtypes cimport MAX_TOKENS, Value
from hashing cimport hash_bytes, prefetch
from libc.stdint cimport uint32_t, uint64_t, uint8_t
from libc.string cimport memset
from named_rows cimport name_hash
from phonetics cimport phonetic_hash
from postings cimport Postings, bucket_of, posting_key, token_part
from search cimport Field, Search

cdef enum:
    MOST_NEAR_KEYS = 4096     # names like the query's that are looked up
    MOST_GLUED = 40           # letters of a name that may be spaced otherwise,
    MOST_STRANGE = 2          # of its words, those that the vocabulary lacks
    KEYS_AHEAD = 16           # keys whose lines are on their way

# Names to be looked up in some postings.
cdef struct NearKeys:
    uint32_t keys[MOST_NEAR_KEYS]
    uint32_t tried[MOST_NEAR_KEYS]
    uint32_t begin[MOST_NEAR_KEYS]      # their entries, once `find_keys` was there
    uint32_t end[MOST_NEAR_KEYS]
    uint64_t n_entries
    int n, family
    bint is_full

# The letters of the query's name, and which pieces of them are the vocabulary's tokens: a bit for each length.
cdef struct Letters:
    uint8_t text[MOST_GLUED + 64]
    uint64_t known[MOST_GLUED]
    int n, most_words

cdef inline void begin_keys(NearKeys *near, int family) noexcept nogil:
    near.n = 0
    near.family = family
    near.is_full = False
    memset(near.tried, 0, sizeof(near.tried))

cdef inline void add_name(NearKeys *near, uint64_t content) noexcept nogil:
    """Note a name by its hash, unless it was just noted."""
    cdef uint32_t key = posting_key(content, near.family)
    if key == 0 or near.tried[key & (MOST_NEAR_KEYS - 1)] == key:
        return
    if near.n == MOST_NEAR_KEYS:
        near.is_full = True
        return
    near.tried[key & (MOST_NEAR_KEYS - 1)] = key
    near.keys[near.n] = key
    near.n += 1

cdef inline void add_shorter(NearKeys *near, const uint64_t *parts, const uint64_t *initials, int n, int n_chosen,
                             uint64_t content) noexcept nogil:
    """Names of two or more of the query's words, or their initials."""
    if n == 0:
        if n_chosen >= 2:
            add_name(near, content)
        return
    add_shorter(near, parts + 1, initials + 1, n - 1, n_chosen, content)
    add_shorter(near, parts + 1, initials + 1, n - 1, n_chosen + 1, content + parts[0])
    if initials[0]:
        add_shorter(near, parts + 1, initials + 1, n - 1, n_chosen + 1, content + initials[0])

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
                    add_name(near, total - parts[k] + token_part(s.hot_tokens[at].phonetic))

cdef inline void add_longer(Search *s, NearKeys *near, uint64_t total) noexcept nogil:
    """Names with one of the vocabulary's words in excess."""
    cdef uint32_t i
    for i in range(s.n_hot_tokens):
        if near.is_full:
            return
        add_name(near, total + token_part(s.hot_tokens[i].phonetic))

# ------------------------------------------------------------------------------------------- spaces
cdef inline bint is_known_token(const Search *s, uint64_t folded) noexcept nogil:
    """Whether the vocabulary may hold a token."""
    return s.known_tokens[folded >> 3 & 0x1FFF] >> (folded & 7) & 1

cdef inline void know_tokens(Search *s) noexcept nogil:
    """Mark the hashes of the vocabulary's tokens, once."""
    cdef uint32_t i
    if s.knows_tokens:
        return
    s.knows_tokens = True
    for i in range(s.n_hot_tokens):
        if s.hot_tokens[i].length == 1:
            s.initials[s.hot_tokens[i].text[0]] = token_part(s.hot_tokens[i].phonetic)
        s.known_tokens[s.hot_tokens[i].folded >> 3 & 0x1FFF] |= <uint8_t> (1 << (s.hot_tokens[i].folded & 7))

cdef inline uint64_t initial_part(const Search *s, uint8_t letter) noexcept nogil:
    """What a word's initial adds to a name's hash; 0 = it is no letter, nor met in any name."""
    cdef uint8_t text[64]
    if not c"a" <= letter <= c"z":
        return s.initials[letter]
    memset(text, 0, 64)
    text[0] = letter
    return token_part(<uint32_t> phonetic_hash(text, 1))

cdef inline void read_letters(const Search *s, const Field *f, Letters *letters) noexcept nogil:
    """The letters of the query's name without its spaces."""
    cdef const Value *value = &f.values[1]
    cdef int k, n
    letters.n = 0
    letters.most_words = value.n_tokens + 1
    for k in range(value.length):
        if f.texts[value.text + k] != c" ":
            letters.text[letters.n] = f.texts[value.text + k]
            letters.n += 1
    memset(letters.text + letters.n, 0, 64)
    for k in range(letters.n):
        letters.known[k] = 0
        for n in range(1, letters.n - k + 1):
            letters.known[k] |= <uint64_t> is_known_token(s, hash_bytes(letters.text + k, n)) << n

cdef inline void add_respaced(NearKeys *near, const Letters *letters, int at, int n_words, int n_strange,
                              uint64_t content) noexcept nogil:
    """Names of the same letters, in at most one word more, all but a few the vocabulary's."""
    cdef int n, strange
    if at == letters.n:
        add_name(near, content)
        return
    if n_words == letters.most_words:
        return
    for n in range(1, letters.n - at + 1):
        strange = n_strange + (not letters.known[at] >> n & 1)
        if strange <= MOST_STRANGE:
            add_respaced(near, letters, at + n, n_words + 1, strange,
                         content + token_part(<uint32_t> phonetic_hash(letters.text + at, n)))

cdef inline void add_cut(Search *s, NearKeys *near, const uint8_t *text, int n, int whole, uint64_t content) noexcept nogil:
    """Names with n letters as two words instead of others, but for the cut at `whole`; one at least is known."""
    cdef int at
    for at in range(1, n):
        if at != whole and (is_known_token(s, hash_bytes(text, at)) or is_known_token(s, hash_bytes(text + at, n - at))):
            add_name(near, content + token_part(<uint32_t> phonetic_hash(text, at))
                     + token_part(<uint32_t> phonetic_hash(text + at, n - at)))

cdef inline void add_one_respaced(Search *s, NearKeys *near, const Field *f) noexcept nogil:
    """Names with one space less, more or elsewhere."""
    cdef const Value *value = &f.values[1]
    cdef uint8_t text[MOST_GLUED + 64]
    cdef uint64_t total = name_hash(s, f), part, before = 0
    cdef int k, n, begin = 0, last = 0, length = 0
    memset(text, 0, sizeof(text))
    for k in range(value.length):
        if f.texts[value.text + k] != c" ":
            text[length] = f.texts[value.text + k]
            length += 1
        if length == begin or k + 1 < value.length and f.texts[value.text + k] != c" ":
            continue
        n = length - begin
        part = token_part(<uint32_t> phonetic_hash(text + begin, n))
        add_cut(s, near, text + begin, n, 0, total - part)
        if begin:
            n = length - last
            add_name(near, total - before - part + token_part(<uint32_t> phonetic_hash(text + last, n)))
            add_cut(s, near, text + last, n, begin - last, total - before - part)
        before = part
        last = begin
        begin = length

# ------------------------------------------------------------------------------------------- entries
cdef inline uint64_t n_posted(const Postings *p, uint64_t content, int family) noexcept nogil:
    """How many entries the bucket of a name's hash has; 0 of none."""
    cdef uint64_t begin = 0, end = 0
    cdef uint32_t key = posting_key(content, family)
    if key:
        bucket_of(p, key, &begin, &end)
    return end - begin

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
