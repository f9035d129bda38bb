# A segment's odd rows, whose names are no keys that a query's name leads to -> those that may be like the query's.
# Noted once, on first use. Header-only.
from blobs cimport HOT_CATEGORIES, HOT_WORDS, MAX_FIELDS, NO_WORD, FieldText, read_blob
from bounds cimport date_known, most_of_date
from candidates cimport offer_row
from dtypes cimport Token
from hashing cimport hash_bytes
from hot_names cimport name_known
from lanes cimport Eight, add_eight, least_of_eight
from levels cimport DATE_EXACT, token_likeness
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memset
from normalise cimport Normalised, normalise_name
from postings cimport token_part
from query_texts cimport fill_token
from scans cimport quick_rows
from search cimport BUFFER, CAPACITY, SCANNED_AT_ONCE, Field, OddRow, OddWord, Search

# ---------------------------------------------------------------------------------- once a segment
cdef inline bint is_odd_row(const Search *s, const uint16_t *words) noexcept nogil:
    """Whether a row's name is none that is looked up: its tokens are not told, too many, or two are initials, or one
    of four. Whether a title is a part of it does not matter: its tokens are the vocabulary's either way."""
    cdef const OddWord *odd
    cdef int k, j, n = 0, n_initials = 0
    for k in range(HOT_WORDS):
        if words[k] == NO_WORD:
            break
        if s.odd_of[words[k]] == 1:
            return True
        if s.odd_of[words[k]] == 0:
            n += 1
            n_initials += token_length(s, words[k]) == 1
            continue
        odd = &s.odd_words[s.odd_of[words[k]] - 2]
        n += odd.n_tokens
        for j in range(odd.n_tokens):
            n_initials += token_length(s, odd.words[j]) == 1
    return n > HOT_WORDS or n_initials > (n < HOT_WORDS)

cdef inline uint32_t token_length(const Search *s, uint16_t word) noexcept nogil:
    """Letters of a word's token; 1 too where it is none, so that it is looked at closely."""
    return s.hot_tokens[s.token_of[word]].length if s.token_of[word] < s.n_hot_tokens else 1

cdef inline bint is_plain_word(const Search *s, uint16_t word) noexcept nogil:
    if word == NO_WORD:
        return True
    return s.odd_of[word] == 0 and token_length(s, word) != 1

cdef inline bint room_for_odd_rows(Search *s, uint32_t *capacity) noexcept nogil:
    """Have room for twice as many odd rows; 0 = there is no memory."""
    cdef void *rows = realloc(s.odd_rows, sizeof(OddRow) * 2 * capacity[0])
    cdef void *words = realloc(s.odd_row_words, <uint64_t> 4 * HOT_WORDS * capacity[0])
    if rows != NULL:
        s.odd_rows = <OddRow *> rows
    if words != NULL:
        s.odd_row_words = <uint16_t *> words
    capacity[0] *= 2
    return rows != NULL and words != NULL

cdef inline void note_odd_row(Search *s, uint32_t row, int day) noexcept nogil:
    cdef OddRow *odd = &s.odd_rows[s.n_odd_rows]
    memset(odd, 0, sizeof(OddRow))
    odd.row = row
    odd.day = day
    memcpy(odd.categories, s.store.hot_categories + <uint64_t> row * HOT_CATEGORIES, HOT_CATEGORIES)
    memcpy(s.odd_row_words + <uint64_t> s.n_odd_rows * HOT_WORDS, s.store.hot_words + <uint64_t> row * HOT_WORDS,
           2 * HOT_WORDS)
    s.n_odd_rows += 1

cdef inline bint load_odd_rows(Search *s) noexcept nogil:
    """Note the odd rows; 0 = there is no memory for them."""
    cdef uint8_t *plain = <uint8_t *> malloc(1 << 16)
    cdef const uint16_t *words = s.store.hot_words
    cdef uint32_t row, capacity = 1 << 11
    cdef int k, day = 0
    cdef bint has_room = plain != NULL and room_for_odd_rows(s, &capacity)
    if has_room:
        for k in range(1 << 16):
            plain[k] = is_plain_word(s, <uint16_t> k)
    for row in range(<uint32_t> s.store.n_records if has_room else 0):
        if not plain[words[0]] & plain[words[1]] & plain[words[2]] & plain[words[3]] and is_odd_row(s, words):
            while s.days[day + 1] <= row:
                day += 1
            if s.n_odd_rows == capacity:
                has_room = room_for_odd_rows(s, &capacity)
                if not has_room:
                    break
            note_odd_row(s, row, day)
        words += HOT_WORDS
    free(plain)
    return has_room

cdef inline bint load_parts(Search *s) noexcept nogil:
    """Note what the vocabulary's tokens add to a name's hash, and mark their hashes; 0 = there is no memory."""
    cdef uint32_t i, k, n = 0
    cdef uint64_t part
    s.parts = <uint64_t *> malloc(8 * (<uint64_t> s.n_hot_tokens + 1))
    if s.parts == NULL:
        return False
    memset(s.initials, 0, sizeof(s.initials))
    for i in range(s.n_hot_tokens):
        if s.hot_tokens[i].length == 1:
            s.initials[s.hot_tokens[i].text[0]] = token_part(s.hot_tokens[i].phonetic)
        s.known_tokens[s.hot_tokens[i].folded >> 3 & 0x1FFF] |= <uint8_t> (1 << (s.hot_tokens[i].folded & 7))
        part = token_part(s.hot_tokens[i].phonetic)
        for k in range(n):
            if s.parts[k] == part:
                break
        else:
            s.parts[n] = part
            n += 1
    s.n_known_parts = n
    return True

cdef inline bint knows_odd_rows(Search *s) noexcept nogil:
    """Whether the odd rows are known; they are looked for once."""
    if not s.asked_odd_rows:
        s.asked_odd_rows = True
        s.knows_odd_rows = load_odd_rows(s) and load_parts(s)
    return s.knows_odd_rows

# ------------------------------------------------------------------------------------------- a query
cdef inline bint is_known_token(const Search *s, uint64_t folded) noexcept nogil:
    """Whether the vocabulary may hold a token."""
    return s.known_tokens[folded >> 3 & 0x1FFF] >> (folded & 7) & 1

cdef inline void read_strange(Search *s, OddRow *odd) noexcept nogil:
    """Read the token of an odd row's name that the vocabulary lacks, if there is one."""
    cdef FieldText texts[MAX_FIELDS]
    cdef uint8_t exact[CAPACITY + 64]
    cdef uint8_t spelling[CAPACITY + 64]
    cdef uint8_t folded[CAPACITY + 64]
    cdef Normalised sizes
    cdef const FieldText *t = &texts[s.hot_field]
    cdef Token *token
    cdef void *p
    cdef long begin = 0, end, first = 0, last = 0
    cdef int n = 0
    cdef uint64_t h
    odd.strange = 1
    if s.n_strange == s.strange_capacity:
        p = realloc(s.strange, (<uint64_t> s.strange_capacity * 2 + 256) * sizeof(Token))
        if p == NULL:
            return
        s.strange = <Token *> p
        s.strange_capacity = s.strange_capacity * 2 + 256
    if read_blob(s.store, odd.row, <uint64_t> 1 << s.hot_field, texts, s.buffer, BUFFER):
        return
    normalise_name(t.meant if t.meant != NULL else t.text, t.n_meant if t.meant != NULL else t.n, exact, spelling,
                   folded, CAPACITY, &sizes)
    while begin < sizes.n_folded:
        end = begin
        while end < sizes.n_folded and folded[end] != c" ":
            end += 1
        if end > begin:
            h = hash_bytes(folded + begin, end - begin)
            odd.tokens |= <uint64_t> 1 << (h >> 20 & 63)
            odd.n_tokens += odd.n_tokens < 255
            odd.n_free += odd.n_free < 255 and (end - begin == 1 or not is_known_token(s, h))
            if not is_known_token(s, h):
                n += 1
                first = begin
                last = end
        begin = end + 1
    if n == 1 and odd.n_free == 1 and odd.n_tokens <= HOT_WORDS:
        token = &s.strange[s.n_strange]
        memset(token, 0, sizeof(Token))
        fill_token(token, folded + first, last - first)
        odd.strange = s.n_strange + 2
        s.n_strange += 1

cdef inline bint may_be_near(Search *s, OddRow *odd, const Field *f, const uint16_t *words) noexcept nogil:
    """Whether what the words of an odd row leave open can be a name like the query's."""
    cdef uint32_t fit = <uint32_t> s.quick[words[0]] + s.quick[words[1]] + s.quick[words[2]] + s.quick[words[3]]
    cdef int k, n_missing = 0
    if odd.strange == 0:
        read_strange(s, odd)
    if odd.strange > 1 and fit < 128:
        # Its one token that the vocabulary lacks is like one of the query's, or stands beside all of them.
        for k in range(f.n_query_tokens):
            if token_likeness(&s.strange[odd.strange - 2], &f.tokens[1 + k]) >= 2:
                return True
        return (fit & 15) > <uint32_t> s.n_query_words
    if odd.n_tokens < f.values[1].n_tokens:
        return True
    # Of as many words, one may be mistyped; of more, all of the query's are among them.
    for k in range(f.n_query_tokens):
        n_missing += not odd.tokens >> (f.tokens[1 + k].folded >> 20 & 63) & 1
    return n_missing <= odd.n_free + (odd.n_tokens == f.values[1].n_tokens)

cdef inline void offer_odd(Search *s, const Field *f, OddRow *odd, const uint16_t *words,
                           const uint8_t *reaches) noexcept nogil:
    """Offer an odd row whose name may have all words of the shorter one alike."""
    cdef Eight most
    cdef int k, date = date_known(s, <int> odd.day)
    cdef int32_t bound
    if date <= DATE_EXACT and not reaches[date]:
        return
    most_of_date(s, date, &most)
    add_eight(&most, &s.name_most[name_known(s, words)])
    for k in range(s.n_asked):
        add_eight(&most, &s.category_most[s.asked[k]][odd.categories[s.asked[k]]])
    bound = least_of_eight(&most)
    if bound >= s.theta and may_be_near(s, odd, f, words):
        offer_row(s, odd.row, bound, date)

cdef inline void add_odd(Search *s, const Field *f, const uint8_t *reaches) noexcept nogil:
    """Offer the odd rows whose names may be like the query's."""
    cdef uint32_t chosen[SCANNED_AT_ONCE]
    cdef uint32_t at = 0, stop
    cdef int i, n
    while at < s.n_odd_rows:
        stop = at + SCANNED_AT_ONCE if s.n_odd_rows - at > SCANNED_AT_ONCE else s.n_odd_rows
        n = quick_rows(s.odd_row_words, at, stop, s.quick, s.quick_passes, chosen)
        for i in range(n):
            offer_odd(s, f, &s.odd_rows[chosen[i]], s.odd_row_words + <uint64_t> chosen[i] * HOT_WORDS, reaches)
        at = stop
