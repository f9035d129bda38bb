# A query's words -> the records that share enough of them, where days and whole names do not serve. Header-only.
#
# Each word asked for votes for its records. What a record's votes leave possible is a bound of its weight: of those
# without a vote all at once, so that what is left may be known not to matter, without being looked at.
from blobs cimport HOT_CATEGORIES
from bounds cimport HOPELESS, most_left, set_reaches
from candidates cimport offer_row, settle
from comparisons cimport LANES
from hashing cimport prefetch
from lanes cimport Eight, add_eight, least_of_eight, sum_eight, take_eight
from levels cimport NAME_EXACT, NAME_FOLDED
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from linkage._kernels.score cimport Scorer
from postings cimport Postings, bucket_of
from search cimport (
    DATE_UNKNOWN,
    FEW_VOTES,
    MOST_VOTES,
    NAME_ANY,
    SLOTS_A_FIELD,
    VOTES_SIZE,
    Search,
    Vote,
)
from word_slots cimport MISSING_PLACE, add_missing, make_slots, most_with_words, n_places

cdef enum:
    MOST_VOTED = 12           # fields that vote
    BOUNDS = 256              # bounds of votes that are kept in mind

# What the votes for one field say: by its bits, from the first on, a table of the most that it can say.
cdef struct Voted:
    int field, first, n
    Eight most[2 << SLOTS_A_FIELD]

cdef struct Bounds:
    Eight rest                # prior, date and all fields that do not vote, but for categories
    Voted voted[MOST_VOTED]
    int n_voted
    uint32_t bits[BOUNDS]
    int32_t most[BOUNDS]

cdef inline int choose_slots(Search *s, uint64_t most) noexcept nogil:
    """Ask the words with the fewest entries, so many in all; how many words."""
    cdef uint64_t n_entries = 0
    cdef int i, k, n_same, n_chosen = 0
    for i in range(s.n_slots):
        s.slots[i].bit = -1
    for i in range(s.n_slots):
        n_same = 0
        for k in range(i):
            n_same += s.slots[k].field == s.slots[i].field and s.slots[k].bit >= 0 and s.slots[k].place != MISSING_PLACE
        if n_same == SLOTS_A_FIELD and s.slots[i].place != MISSING_PLACE:
            continue
        n_entries += s.slots[i].n_entries
        if n_entries > most:
            return n_chosen
        s.slots[i].bit = 0
        n_chosen += 1
    return n_chosen

cdef inline void set_votes(Search *s, Bounds *b) noexcept nogil:
    """Give each word that is asked its bit, field after field, and each field what its bits say."""
    cdef int i, k, n_bits = 0, n_words
    cdef uint32_t places, bits
    cdef int place_of[SLOTS_A_FIELD + 1]
    cdef Voted *v
    sum_eight(&b.rest, &s.base, &s.any_date)
    add_eight(&b.rest, &s.name_most[NAME_ANY])
    b.n_voted = 0
    for i in range(BOUNDS):
        b.bits[i] = 0xFFFFFFFFu
    for i in range(s.n_fields):
        if b.n_voted == MOST_VOTED:
            return
        v = &b.voted[b.n_voted]
        v.field, v.first, v.n = i, n_bits, 0
        for k in range(s.n_slots):
            if s.slots[k].field == i and s.slots[k].bit >= 0:
                s.slots[k].bit = n_bits + v.n
                place_of[v.n] = s.slots[k].place
                v.n += 1
        if v.n == 0:
            continue
        n_words = n_places(s, i)
        for bits in range(1u << v.n):
            places = (1u << n_words) - 1 | 1u << MISSING_PLACE
            for k in range(v.n):
                if not bits >> k & 1:
                    places &= ~(1u << place_of[k])
            most_with_words(s, i, places, n_words, &v.most[bits])
        take_eight(&b.rest, &s.name_most[NAME_ANY] if i == s.hot_field else &s.field_most[i])
        n_bits += v.n
        b.n_voted += 1

cdef inline void most_of_votes(const Bounds *b, uint32_t bits, Eight *most) noexcept nogil:
    """The most that a record with these votes says, but for its categories."""
    cdef int k
    most[0] = b.rest
    for k in range(b.n_voted):
        add_eight(most, &b.voted[k].most[bits >> b.voted[k].first & ((1u << b.voted[k].n) - 1)])

cdef inline int32_t bound_of_votes(Search *s, Bounds *b, uint32_t bits) noexcept nogil:
    """The same with the best categories, in the worst lane."""
    cdef uint32_t at = bits * 0x9E3779B1u >> 24
    cdef Eight most
    if b.bits[at] != bits:
        most_of_votes(b, bits, &most)
        add_eight(&most, &s.categories_best)
        b.bits[at] = bits
        b.most[at] = least_of_eight(&most)
    return b.most[at]

cdef inline void vote(Search *s, uint32_t row, uint32_t bit) noexcept nogil:
    cdef uint32_t i = row * 0x9E3779B1u >> 15
    while s.votes[i].row_1 and s.votes[i].row_1 != row + 1:
        i = (i + 1) & (VOTES_SIZE - 1)
    if s.votes[i].row_1 == 0:
        s.votes[i].row_1 = row + 1
        s.voted[s.n_voted] = i
        s.n_voted += 1
    s.votes[i].bits |= bit

cdef inline void read_votes(Search *s) noexcept nogil:
    """Let every word that is asked vote for its records."""
    cdef const Postings *p
    cdef uint64_t begin, end
    cdef uint32_t row, mark, mask = (<uint32_t> 0xFFFFFFFFu) >> (32 - s.row_bits)
    cdef int i, k
    s.n_voted = 0
    for i in range(s.n_slots):
        if s.slots[i].bit < 0:
            continue
        for k in range(s.slots[i].n_keys):
            p = &s.fields[s.slots[i].fields[k]].words
            mark = s.slots[i].keys[k] << s.row_bits
            bucket_of(p, s.slots[i].keys[k], &begin, &end)
            while begin < end:
                row = p.entries[begin] & mask
                if p.entries[begin] & ~mask == mark and row < s.store.n_records:
                    vote(s, row, 1u << s.slots[i].bit)
                begin += 1

cdef inline void offer_votes(Search *s, Bounds *b) noexcept nogil:
    """Offer the records whose votes, and categories, can reach theta; forget all votes."""
    cdef uint32_t i, row, n = 0
    cdef int k
    cdef int32_t bound
    cdef const uint8_t *ids
    cdef Vote held
    cdef Eight most
    for i in range(s.n_voted):
        held = s.votes[s.voted[i]]
        s.votes[s.voted[i]].row_1 = s.votes[s.voted[i]].bits = 0
        if bound_of_votes(s, b, held.bits) >= s.theta:
            s.passed[n] = held
            n += 1
    for i in range(n):
        if s.n_hot_categories and i + 8 < n:
            prefetch(s.store.hot_categories + <uint64_t> (s.passed[i + 8].row_1 - 1) * HOT_CATEGORIES)
        row = s.passed[i].row_1 - 1
        most_of_votes(b, s.passed[i].bits, &most)
        ids = s.store.hot_categories + <uint64_t> row * HOT_CATEGORIES
        for k in range(s.n_asked):
            add_eight(&most, &s.category_most[s.asked[k]][ids[s.asked[k]]])
        bound = least_of_eight(&most)
        if bound >= s.theta:
            offer_row(s, row, bound, DATE_UNKNOWN)

cdef inline void without_votes(Search *s, const Bounds *b) noexcept nogil:
    """Records not offered yet have none of the words that were asked."""
    cdef int k, i, code, lane
    for k in range(b.n_voted):
        i = b.voted[k].field
        if i != s.hot_field:
            take_eight(&s.base, &s.field_most[i])
            s.field_most[i] = b.voted[k].most[0]
            add_eight(&s.base, &s.field_most[i])
            continue
        s.name_most[NAME_ANY] = b.voted[k].most[0]
        s.knows_words = True
        for code in range(NAME_FOLDED, NAME_EXACT + 1 if s.is_whole_name else NAME_FOLDED):
            for lane in range(LANES):
                s.name_most[code].v[lane] = HOPELESS

cdef inline void by_words(Search *s, Scorer scorer) noexcept nogil:
    """Records that share the query's rarest words; then, if others can still matter, those that share any; then
    those that lack a field."""
    cdef Bounds b
    cdef int n, n_before = 0, stage
    if not s.has_words or most_left(s) < s.theta:
        return
    make_slots(s)
    for stage in range(3):
        if stage == 2:
            add_missing(s)
        n = choose_slots(s, MOST_VOTES if stage else FEW_VOTES)
        if n == n_before:
            continue
        n_before = n
        set_votes(s, &b)
        read_votes(s)
        offer_votes(s, &b)
        settle(s, scorer)
        if bound_of_votes(s, &b, 0) < s.theta:
            break
    if n_before:
        without_votes(s, &b)
    set_reaches(s)
