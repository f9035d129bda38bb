# A query's words -> the records that share enough of them, where days and whole names do not serve. Header-only.
#
# Each word asked for votes for its records. What a record's votes leave possible is a bound of its weight: of those
# without a vote all at once, so that what is left may be known not to matter, without being looked at.
from blobs cimport HOT_CATEGORIES, HOT_WORDS
from candidates cimport offer_row, settle
from comparisons cimport LANES
from field_bounds cimport HOPELESS
from hashing cimport prefetch
from hot_names cimport name_known
from lanes cimport Eight, add_eight, least_of_eight, sum_eight, take_eight
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset
from linkage._kernels.score cimport Scorer
from name_levels cimport NAME_EXACT, NAME_FOLDED
from postings cimport Postings, bucket_of
from reaches cimport most_left, set_reaches
from search cimport (
    DATE_UNKNOWN,
    FEW_VOTES,
    MOST_LEFT,
    MOST_SLOTS,
    MOST_VOTES,
    NAME_ANY,
    NAME_SLOTS,
    SLOTS_A_FIELD,
    SOME_VOTES,
    VOTES_SIZE,
    Search,
    Vote,
    WordSlot,
)
from similarity cimport popcount
from word_slots cimport MISSING_PLACE, add_missing, know_moved, make_slots, most_with_words, n_places

cdef enum:
    MOST_VOTED = 8            # fields that vote
    FIELD_BITS = 256          # 2 to the bits of a field: two for each word, one for its being missing, and the last:
    MOVED_BIT = 7             # whether its name may be another one of the query's
    ALL_BITS = 31
    FIRST_SCORED = 256        # records with the most votes that are scored before the others
    BOUNDS = 256              # bounds of votes that are kept in mind

# What the votes for one field say: by its n bits, from the first on, the most that it can say, found on first use.
cdef struct Voted:
    int field, first, n, n_words, n_slots
    bint only_same[SLOTS_A_FIELD + 1]
    bint only_moved[SLOTS_A_FIELD + 1]
    int place[SLOTS_A_FIELD + 1]        # of the words asked: their bits, two for each, in this order
    uint32_t moved            # bits of the very words of the query's other names that may be this field's,
    bint is_open              # and whether some of them are not asked
    uint8_t is_known[FIELD_BITS]
    Eight most[FIELD_BITS]

cdef struct Bounds:
    Eight rest                # prior, date and all fields that do not vote, but for categories
    Voted voted[MOST_VOTED]
    int n_voted
    Eight names[NAME_SLOTS]   # what is known of a hot row's name says
    uint32_t bits[BOUNDS]
    int32_t most[BOUNDS]

cdef inline int choose_slots(Search *s, uint64_t most) noexcept nogil:
    """Ask the words with the fewest entries, so many in all, or only the words themselves, or in other names alone;
    0 = none, more where more is asked."""
    cdef uint64_t n_entries = 0, n_more
    cdef int i, k, n_same, n_chosen = 0, n_bits = 0
    for i in range(s.n_slots):
        s.slots[i].bit = -1
    for i in range(s.n_slots):
        n_same = 0
        for k in range(i):
            n_same += s.slots[k].field == s.slots[i].field and s.slots[k].bit >= 0 and s.slots[k].place != MISSING_PLACE
        if n_same == SLOTS_A_FIELD and s.slots[i].place != MISSING_PLACE:
            continue
        s.slots[i].only_same = n_entries + s.slots[i].n_entries > most
        n_more = s.slots[i].n_same_entries if s.slots[i].only_same else s.slots[i].n_entries
        s.slots[i].only_moved = s.slots[i].n_moved > 0 and n_entries + n_more > most
        n_more = s.slots[i].n_moved_entries if s.slots[i].only_moved else n_more
        if n_entries + n_more > most or n_bits + 2 > ALL_BITS or s.slots[i].only_same and s.slots[i].place == MISSING_PLACE:
            continue
        n_entries += n_more
        n_bits += 2
        s.slots[i].bit = 0
        n_chosen += 1 if s.slots[i].only_same else MOST_SLOTS
    return n_chosen

cdef inline void set_votes(Search *s, Bounds *b) noexcept nogil:
    """Give each word that is asked its bits, field after field."""
    cdef int k
    give_bits(s, b)
    for k in range(b.n_voted):
        b.voted[k].is_open = not know_moved(s, b.voted[k].field, &b.voted[k].moved)

cdef inline void give_bits(Search *s, Bounds *b) noexcept nogil:
    """Field after field, two bits a word."""
    cdef int i, k, n_bits = 0
    cdef Voted *v
    sum_eight(&b.rest, &s.base, &s.any_date)
    add_eight(&b.rest, &s.name_most[NAME_ANY])
    b.n_voted = 0
    memcpy(b.names, s.name_most, sizeof(s.name_most))
    for i in range(BOUNDS):
        b.bits[i] = 0xFFFFFFFFu
    for i in range(s.n_fields):
        if b.n_voted == MOST_VOTED:
            for k in range(s.n_slots):
                s.slots[k].bit = -1 if s.slots[k].field >= i else s.slots[k].bit
            return
        v = &b.voted[b.n_voted]
        v.field, v.first, v.n, v.n_slots = i, n_bits, 0, 0
        for k in range(s.n_slots):
            if s.slots[k].field == i and s.slots[k].bit >= 0:
                s.slots[k].bit = n_bits + v.n
                v.place[v.n_slots] = s.slots[k].place
                v.only_same[v.n_slots] = s.slots[k].only_same
                v.only_moved[v.n_slots] = s.slots[k].only_moved
                v.n_slots += 1
                v.n += 1 if s.slots[k].place == MISSING_PLACE else 2
        if v.n == 0:
            continue
        v.n_words = n_places(s, i)
        memset(v.is_known, 0, FIELD_BITS)
        take_eight(&b.rest, &s.name_most[NAME_ANY] if i == s.hot_field else &s.field_most[i])
        n_bits += v.n
        b.n_voted += 1

cdef inline const Eight *most_of_field_votes(Search *s, Voted *v, uint32_t all_bits) noexcept nogil:
    """The most that a field says of a record with these votes."""
    cdef uint32_t bits = all_bits >> v.first & ((1u << v.n) - 1), places = (1u << v.n_words) - 1 | 1u << MISSING_PLACE
    cdef uint32_t same = places
    cdef bint moved = v.is_open or all_bits & v.moved
    cdef int k, at = 0
    bits |= <uint32_t> moved << MOVED_BIT
    if not v.is_known[bits]:
        for k in range(v.n_slots):
            if not bits >> at & 1 and not v.only_same[k]:
                places &= ~(1u << v.place[k])
            at += 1
            if v.place[k] != MISSING_PLACE:
                if not bits >> at & 1 and not v.only_moved[k]:
                    same &= ~(1u << v.place[k])
                at += 1
        memset(&v.most[bits], 0, sizeof(Eight))
        if s.fields[v.field].comparison >= 0:
            most_with_words(s, v.field, places, same, v.n_words, moved, &v.most[bits])
        v.is_known[bits] = True
    return &v.most[bits]

cdef inline void most_of_votes(Search *s, Bounds *b, uint32_t bits, Eight *most) noexcept nogil:
    """The most that a record with these votes says, but for its categories."""
    cdef int k
    most[0] = b.rest
    for k in range(b.n_voted):
        add_eight(most, most_of_field_votes(s, &b.voted[k], bits))

cdef inline int32_t bound_of_votes(Search *s, Bounds *b, uint32_t bits) noexcept nogil:
    """The same with the best categories, in the worst lane."""
    cdef uint32_t at = bits * 0x9E3779B1u >> 24
    cdef Eight most
    if b.bits[at] != bits:
        most_of_votes(s, b, bits, &most)
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

cdef inline int n_asked(const WordSlot *slot) noexcept nogil:
    """How many of a slot's keys are asked."""
    return slot.n_moved if slot.only_moved else slot.n_same if slot.only_same else slot.n_keys

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
        for k in range(n_asked(&s.slots[i])):
            p = &s.fields[s.slots[i].fields[k]].words
            mark = s.slots[i].keys[k] << s.row_bits
            bucket_of(p, s.slots[i].keys[k], &begin, &end)
            while begin < end:
                row = p.entries[begin] & mask
                if p.entries[begin] & ~mask == mark and row < s.store.n_records:
                    vote(s, row, (3u if k < s.slots[i].n_same else 1u) << s.slots[i].bit)
                begin += 1

cdef inline int most_shared(Search *s, uint32_t n) noexcept nogil:
    """From how many votes on there are few records."""
    cdef uint32_t counts[33]
    cdef uint32_t i, n_above = 0
    cdef int k = 32
    memset(counts, 0, sizeof(counts))
    for i in range(n):
        counts[popcount(s.passed[i].bits)] += 1
    while k > 0 and n_above + counts[k] <= FIRST_SCORED:
        n_above += counts[k]
        k -= 1
    return k + 1

cdef inline bint offer_votes(Search *s, Scorer scorer, Bounds *b, bint is_last) noexcept nogil:
    """Score the records whose votes can reach theta, those with the most votes first; forget all votes. False =
    too many of the others, who are left to more words.

    A bound is high where the query's value is rare, whatever the record's is: it does not tell who is likely."""
    cdef uint32_t i, n = 0
    cdef int least
    cdef Vote held
    for i in range(s.n_voted):
        held = s.votes[s.voted[i]]
        s.votes[s.voted[i]].row_1 = s.votes[s.voted[i]].bits = 0
        if bound_of_votes(s, b, held.bits) >= s.theta:
            s.passed[n] = held
            n += 1
    least = most_shared(s, n)
    offer_passed(s, b, n, least, 33)
    settle(s, scorer)
    if not is_last and n_reaching(s, b, n, least) > FIRST_SCORED:
        return False
    offer_passed(s, b, n, 0, least)
    settle(s, scorer)
    return True

cdef inline uint32_t n_reaching(Search *s, Bounds *b, uint32_t n, int most_votes) noexcept nogil:
    """How many records of fewer votes can still reach theta by them."""
    cdef uint32_t i, found = 0
    for i in range(n):
        found += popcount(s.passed[i].bits) < most_votes and bound_of_votes(s, b, s.passed[i].bits) >= s.theta
    return found

cdef inline void offer_passed(Search *s, Bounds *b, uint32_t n, int least, int most_votes) noexcept nogil:
    """Offer the records of so many votes whose votes, hot rows and categories can reach theta."""
    cdef uint32_t i, row
    cdef int k, at = -1, n_votes
    cdef int32_t bound
    cdef const uint8_t *ids
    cdef Eight most
    cdef const Eight *v
    cdef const Eight *level
    # Of a smaller table the bound is exact to two letters in all.
    cdef bint asks_names = s.store.n_records > MOST_LEFT and s.hot_field >= 0 and s.has[s.hot_field]
    for k in range(b.n_voted):
        at = k if b.voted[k].field == s.hot_field else at
    for i in range(n):
        n_votes = popcount(s.passed[i].bits)
        if not least <= n_votes < most_votes or bound_of_votes(s, b, s.passed[i].bits) < s.theta:
            continue
        if i + 8 < n:
            row = s.passed[i + 8].row_1 - 1
            prefetch(s.store.hot_words + <uint64_t> row * HOT_WORDS)
            prefetch(s.store.hot_categories + <uint64_t> row * HOT_CATEGORIES)
        row = s.passed[i].row_1 - 1
        most_of_votes(s, b, s.passed[i].bits, &most)
        if asks_names:
            # Also words that were not asked stand in the hot row.
            v = &s.name_most[NAME_ANY]
            if at >= 0:
                v = most_of_field_votes(s, &b.voted[at], s.passed[i].bits)
            level = &b.names[name_known(s, s.store.hot_words + <uint64_t> row * HOT_WORDS)]
            for k in range(LANES):
                if level.v[k] < v.v[k]:
                    most.v[k] += level.v[k] - v.v[k]
        ids = s.store.hot_categories + <uint64_t> row * HOT_CATEGORIES
        for k in range(s.n_asked):
            add_eight(&most, &s.category_most[s.asked[k]][ids[s.asked[k]]])
        bound = least_of_eight(&most)
        if bound >= s.theta:
            offer_row(s, row, bound, DATE_UNKNOWN)

cdef inline void without_votes(Search *s, Bounds *b) noexcept nogil:
    """Records not offered yet have none of the words that were asked."""
    cdef int k, i, code, lane
    for k in range(b.n_voted):
        i = b.voted[k].field
        if i != s.hot_field:
            take_eight(&s.base, &s.field_most[i])
            s.field_most[i] = most_of_field_votes(s, &b.voted[k], 0)[0]
            add_eight(&s.base, &s.field_most[i])
            continue
        s.name_most[NAME_ANY] = most_of_field_votes(s, &b.voted[k], 0)[0]
        s.knows_words = True
        for code in range(NAME_FOLDED, NAME_EXACT + 1 if s.is_whole_name else NAME_FOLDED):
            for lane in range(LANES):
                s.name_most[code].v[lane] = HOPELESS

cdef inline void by_words(Search *s, Scorer scorer) noexcept nogil:
    """Records that share the query's rarest words; then, if others can still matter, those that share any; then
    those that lack a field."""
    cdef Bounds b
    cdef int n, n_before = 0, stage
    cdef bint is_whole = True
    if not s.has_words or most_left(s) < s.theta:
        return
    make_slots(s)
    for stage in range(4):
        if stage == 3:
            add_missing(s)
        n = choose_slots(s, FEW_VOTES if stage == 0 else SOME_VOTES if stage == 1 else MOST_VOTES)
        if n == n_before:
            continue
        n_before = n
        set_votes(s, &b)
        read_votes(s)
        is_whole = offer_votes(s, scorer, &b, stage >= 2)
        if is_whole and bound_of_votes(s, &b, 0) < s.theta:
            break
    if n_before and not is_whole:       # no further word could be asked
        read_votes(s)
        offer_votes(s, scorer, &b, True)
    if n_before:
        without_votes(s, &b)
    set_reaches(s)
