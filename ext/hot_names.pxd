# A hot row's words -> what they say about the query's name: its level, or the highest that it can have.
# Which words may stand for which of the query's tokens is marked once a query. Header-only.
from blobs cimport HOT_WORDS, NO_WORD, OTHER_WORD, STRANGE_WORD
from comparisons cimport OP_NAME
from dtypes cimport MAX_TOKENS, Token, Value
from hashing cimport prefetch
from lanes cimport equal_of_eight
from libc.stdint cimport uint16_t, uint32_t, uint64_t, uint8_t
from libc.string cimport memcpy, memset
from name_levels cimport (
    ACCENTED,
    NAME_ELSE,
    NAME_ENDS,
    NAME_EXACT,
    NAME_FIRST,
    NAME_FOLDED,
    NAME_LAST,
    NAME_NEAR,
    NAME_SPELLING,
    NAME_STRUCTURE,
    NAME_UNACCENTED,
    token_likeness,
)
from query_texts cimport written_of
from search cimport (
    MOST_ALIKE,
    NAME_ANY,
    NAME_BOTH_ENDS,
    REMEMBERED,
    SHAPE_FIRST,
    SHAPE_LAST,
    SHAPE_LIKE,
    SHAPE_UNLIKE,
    Alike,
    Field,
    Marks,
    OddWord,
    Search,
    Written,
)
from similarity cimport leading_zeros, popcount

cdef enum:
    SAME_TOKEN = 4            # likeness of tokens that are one
    FIT_BUT_ONE = 16          # of as many words as the query's, at most one is unlike all of its

# How a hot row's name fits the query's n_query distinct words, n_again of which stand there once more: 4 = all words
# of the shorter name, 2 = the last, 1 = the first; 8 = to be looked at closely (no word, or one that may stand for
# anything); 16 = as many words, at most one unlike. `like` as in Searcher.
cdef inline int fit_of(const uint16_t *words, const uint8_t *like, int n_query, int n_again, int last_bit) noexcept nogil:
    cdef uint64_t packed, gone
    cdef uint32_t marks, seen, present, odd
    cdef int n, needed, n_like
    memcpy(&packed, words, 8)
    gone = packed ^ <uint64_t> 0xFFFEFFFEFFFEFFFEu          # no more words: zeros above
    marks = <uint32_t> like[packed & 0xFFFF] | <uint32_t> like[packed >> 16 & 0xFFFF] << 8 \
        | <uint32_t> like[packed >> 32 & 0xFFFF] << 16 | <uint32_t> like[packed >> 48] << 24
    odd = ~marks
    if gone == 0 or (odd - 0x01010101u) & ~odd & 0x80808080u:
        return 8
    n = 4 - (leading_zeros(gone) >> 4)
    present = ((marks & 0x7F7F7F7Fu) + 0x7F7F7F7Fu | marks) & 0x80808080u
    n_like = popcount(present)
    needed = n if n < n_query else n_query
    seen = marks | marks >> 16
    seen |= seen >> 8
    return (n_like >= needed and popcount(seen & ((1u << n_query) - 1)) >= needed - n_again) << 2 \
        | (n == n_query + n_again and n_like + 1 >= n) << 4 | (marks >> (8 * (n - 1)) >> last_bit & 1) << 1 | marks & 1

cdef inline bint is_two_letters_away(Search *s, const uint16_t *words, int n) noexcept nogil:
    """Whether n words, all but one like the query's tokens, may be two letters in all from its name."""
    cdef const Field *f = &s.fields[s.hot_field]
    cdef const Token *asked
    cdef const Token *held
    cdef int k, n_unlike = 0
    if n != f.values[1].n_tokens:
        return False
    for k in range(n):
        if s.like[words[k]] >> (f.values[1].tokens[k] - 1) & 1:
            continue
        n_unlike += 1
        if s.token_of[words[k]] >= s.n_hot_tokens:
            continue
        asked, held = &f.tokens[f.values[1].tokens[k]], &s.hot_tokens[s.token_of[words[k]]]
        if popcount(asked.letters ^ held.letters) > 4 or asked.length > held.length + 2 \
                or held.length > asked.length + 2:
            return False
    return n_unlike <= 1

cdef inline int code_of_fit(int fit) noexcept nogil:
    if fit & 4:
        return NAME_ANY
    if fit & 2:
        return NAME_ENDS if fit & 1 else NAME_LAST
    return NAME_FIRST if fit & 1 else NAME_ELSE

cdef inline void mark_word(Search *s, uint16_t word, uint8_t bit, int likeness) noexcept nogil:
    """Note that a word may stand for one of the query's tokens; likeness as of tokens, SAME_TOKEN if it is that one."""
    cdef Marks *marks = &s.marks[word]
    cdef const Field *f = &s.fields[s.hot_field]
    cdef const Written *written
    if s.like[word] == 0:
        s.touched[s.n_touched] = word
        s.n_touched += 1
        s.quick[word] = 1
    s.like[word] |= bit
    if s.quick[word] == 1:
        s.shapes[word] = <uint16_t> (SHAPE_LIKE | (s.like[word] & 1) * SHAPE_FIRST
                                     | (s.like[word] >> s.last_bit & 1) * SHAPE_LAST)
    if likeness == 2:
        marks.initial |= bit
    elif likeness == SAME_TOKEN:
        marks.same |= bit
    written = written_of(s, word)         # of like tokens too: i and y are one spelling, but other letters
    marks.written |= <uint8_t> equal_of_eight(f.written, written.exact)
    marks.spelled |= <uint8_t> equal_of_eight(f.spelled, written.spelling)

cdef inline void mark_token(Search *s, const Token *t, uint8_t bit) noexcept nogil:
    """Mark the words that may stand for a token; those of tokens met before are remembered."""
    cdef Alike *alike = &s.alike[t.folded & (REMEMBERED - 1)]
    cdef const Token *h
    cdef uint32_t i, j, n = 0
    cdef int longest, likeness
    if alike.token == t.folded:
        for i in range(alike.n):
            prefetch(&s.written[alike.words[i]])
            prefetch(&s.marks[alike.words[i]])
        for i in range(alike.n):
            mark_word(s, alike.words[i], bit, alike.likeness[i])
        return
    alike.token = 0
    for i in range(s.n_hot_tokens):
        h = &s.hot_tokens[i]
        longest = t.length if t.length > h.length else h.length
        if popcount(t.letters ^ h.letters) > 2 * (1 + longest // 4) and t.phonetic != h.phonetic \
                and t.length != 1 and h.length != 1:
            continue
        likeness = SAME_TOKEN if t.folded == h.folded else token_likeness(t, h)
        if likeness >= 2:
            for j in range(s.token_offsets[i], s.token_offsets[i + 1]):
                if j < s.n_token_words and s.token_words[j] < NO_WORD:
                    mark_word(s, s.token_words[j], bit, likeness)
                    if n < MOST_ALIKE:
                        alike.words[n] = s.token_words[j]
                        alike.likeness[n] = <uint8_t> likeness
                    n += 1
    if n <= MOST_ALIKE:
        alike.token = t.folded
        alike.n = n

cdef inline void mark_like(Search *s) noexcept nogil:
    """Which words may stand for which token of the query's name; and the classes of its given name."""
    cdef Field *f
    cdef int k
    cdef uint32_t i
    cdef uint16_t kind
    cdef int order[2]
    for i in range(s.n_touched):
        s.like[s.touched[i]] = 0
        memset(&s.marks[s.touched[i]], 0, sizeof(Marks))
        s.quick[s.touched[i]] = 16
        s.shapes[s.touched[i]] = SHAPE_UNLIKE
    s.n_touched = 0
    s.n_classes = 0
    s.n_query_words = 0
    s.last_bit = 0
    s.is_whole_name = False
    s.shape_asked = -1
    if s.hot_field < 0 or not s.has[s.hot_field]:
        return
    f = &s.fields[s.hot_field]
    s.n_query_words = f.n_query_tokens
    s.is_whole_name = f.comparison >= 0 and s.comparisons[f.comparison].op == OP_NAME \
        and f.values[1].n_tokens <= MAX_TOKENS
    k = f.values[1].n_tokens if f.values[1].n_tokens < MAX_TOKENS else MAX_TOKENS
    s.n_again = k - s.n_query_words
    if k:
        s.last_bit = <int> f.values[1].tokens[k - 1] - 1
    # A token that nobody knows may be any of them, but it is one.
    if s.has_strange:
        s.like[STRANGE_WORD] = <uint8_t> ((1 << s.n_query_words) - 1)
    for k in range(513):
        s.quick_passes[k] = k >= 128 or k < 16 or (k & 15) >= s.n_query_words
    for k in range(f.n_query_tokens):
        mark_token(s, &f.tokens[1 + k], <uint8_t> (1 << k))
    # The given name stands last, in a name that was turned round first.
    order[0] = f.n_query_tokens - 1
    order[1] = 0
    for k in range(2):
        if f.n_query_tokens:
            kind = <uint16_t> ((f.tokens[1 + order[k]].phonetic >> 16) % NO_WORD)
            if k == 0 or kind != s.given_classes[0]:
                s.given_classes[s.n_classes] = kind
                s.n_classes += 1
    s.given_classes[s.n_classes] = OTHER_WORD
    s.n_classes += 1

cdef inline int tokens_of_row(Search *s, const uint16_t *words, uint16_t *out) noexcept nogil:
    """A hot row's tokens, each as a word of it; how many, -1 = not told."""
    cdef int k, j, n = 0
    cdef const OddWord *odd
    for k in range(HOT_WORDS):
        if words[k] == NO_WORD:
            break
        if s.odd_of[words[k]] == 0:
            out[n] = words[k]
            n += 1
            continue
        if s.odd_of[words[k]] == 1:
            return -1
        odd = &s.odd_words[s.odd_of[words[k]] - 2]
        if odd.is_title and n == 0 or n + odd.n_tokens > MAX_TOKENS:
            return -1
        for j in range(odd.n_tokens):
            out[n] = odd.words[j]
            n += 1
        if n == MAX_TOKENS:
            return -1
    return n

cdef inline int matched_code(Search *s, const uint16_t *words, int n) noexcept nogil:
    """The level of n words that are all like tokens of the query's name, as `name_level` tells it."""
    cdef const Value *query = &s.fields[s.hot_field].values[1]
    cdef int m = query.n_tokens, i, j, k, of_words, of_query, n_near = 0, n_initial = 0
    cdef int na = m if m <= n else n, nb = n if m <= n else m
    cdef uint32_t used = 0, spelled = 0xFF, written = 0xFF, place, bit
    cdef bint is_same = n == m, is_accented = False, aligned = True
    for k in range(n):
        place = 1u << k
        if words[k] == STRANGE_WORD and s.has_strange:
            return NAME_ANY
        if is_same and not s.marks[words[k]].same >> (query.tokens[k] - 1) & 1:
            is_same = False
        written &= s.marks[words[k]].written | ~place
        spelled &= s.marks[words[k]].spelled | ~place
        is_accented = is_accented or s.written[words[k]].is_accented
    if n == m and spelled == 0xFF:
        return NAME_EXACT if written == 0xFF else NAME_SPELLING
    if is_same:
        return NAME_FOLDED if is_accented and query.flags & ACCENTED else NAME_UNACCENTED
    if na < 2:
        return NAME_ANY
    # The bits of used: tokens of the longer name; 16 up, of the shorter one.
    for k in range(2):
        for i in range(na):
            if used >> (16 + i) & 1:
                continue
            for j in range(nb):
                if used >> j & 1:
                    continue
                of_words = j if m <= n else i
                of_query = i if m <= n else j
                bit = 1u << (query.tokens[of_query] - 1)
                if not (s.marks[words[of_words]].same if k == 0 else s.like[words[of_words]]) & bit:
                    continue
                used |= 1u << j | 1u << (16 + i)
                aligned = aligned and i == j
                if k and s.marks[words[of_words]].initial & bit:
                    n_initial += 1
                elif k:
                    n_near += 1
                break
    if popcount(used >> 16) < na:
        return NAME_ANY
    if n_near == 0:
        return NAME_STRUCTURE
    return NAME_NEAR if n_near == 1 and na == nb and n_initial == 0 and aligned else NAME_BOTH_ENDS

cdef inline int name_known(Search *s, const uint16_t *words) noexcept nogil:
    """What a hot row says about the query's name: its level, or the highest that it can have."""
    if s.n_query_words == 0:
        return 0
    return name_of_fit(s, words, fit_of(words, s.like, s.n_query_words, s.n_again, s.last_bit))

cdef inline int name_of_fit(Search *s, const uint16_t *words, int fit) noexcept nogil:
    """The same, where it is known how the words fit."""
    cdef int n
    cdef uint16_t tokens[MAX_TOKENS]
    if fit == 8 and not s.is_whole_name:
        return name_code(s, words)
    if fit == 8:
        n = tokens_of_row(s, words, tokens)
        return NAME_ANY if n < 0 else code_of_tokens(s, tokens, n) if n else 0
    n = 1 + (words[1] != NO_WORD) + (words[2] != NO_WORD) + (words[3] != NO_WORD)
    if fit & 4 and s.is_whole_name:
        return matched_code(s, words, n)
    if fit & FIT_BUT_ONE and s.is_whole_name and is_two_letters_away(s, words, n):
        return NAME_ENDS
    return code_of_fit(fit)

cdef inline int code_of_tokens(Search *s, const uint16_t *tokens, int n) noexcept nogil:
    """What a name of these tokens says about the query's: `fit_of` and `matched_code` for any number of them."""
    cdef int k, n_like = 0, needed = n if n < s.n_query_words else s.n_query_words
    cdef uint32_t seen = 0
    for k in range(n):
        n_like += s.like[tokens[k]] != 0
        seen |= s.like[tokens[k]]
    if n_like >= needed and popcount(seen & ((1u << s.n_query_words) - 1)) >= needed - s.n_again:
        return matched_code(s, tokens, n)
    if n_like + 1 >= n and is_two_letters_away(s, tokens, n):
        return NAME_ENDS
    return code_of_fit((s.like[tokens[n - 1]] >> s.last_bit & 1) << 1 | s.like[tokens[0]] & 1)

cdef inline int name_code(Search *s, const uint16_t *words) noexcept nogil:
    """The highest bucket of levels that a hot row's name can reach: the readable form of `fit_of`."""
    cdef uint32_t a = s.like[words[0]], b = s.like[words[1]], c = s.like[words[2]], d = s.like[words[3]]
    cdef int n = 1 + (words[1] != NO_WORD) + (words[2] != NO_WORD) + (words[3] != NO_WORD)
    cdef int n_like = (a != 0) + (b != 0) + (c != 0) + (d != 0), needed = n, nq = s.n_query_words
    cdef uint32_t last = d if n == 4 else c if n == 3 else b if n == 2 else a
    if a == 255 or b == 255 or c == 255 or d == 255:
        needed -= (a == 255) + (b == 255) + (c == 255) + (d == 255)
        if words[0] == OTHER_WORD or words[1] == OTHER_WORD or words[2] == OTHER_WORD or words[3] == OTHER_WORD:
            return NAME_ANY if nq else 0
    needed = needed if needed < nq else nq
    if n_like >= needed and popcount((a | b | c | d) & ((1 << nq) - 1)) >= needed - s.n_again:
        return NAME_ANY if nq and words[0] != NO_WORD else 0
    if nq and last >> s.last_bit & 1:
        return NAME_ENDS if a & 1 else NAME_LAST
    return NAME_FIRST if a & 1 else NAME_ELSE
