# A query's words -> keys of the postings that hold them or words like them; and what a record can say at most that
# shares these words, or none. Header-only.
from comparisons cimport LANES, OP_EMAIL, OP_NAME, OP_PART, OP_TEXT, Comparison
from dtypes cimport MAX_TOKENS, TOKEN_TEXT, Token, Value
from field_bounds cimport HOPELESS, code_most, most_of_level
from hashing cimport hash_bytes
from lanes cimport Eight, raise_eight
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from name_levels cimport (
    NAME_ELSE,
    NAME_ENDS,
    NAME_FIRST,
    NAME_LAST,
    NAME_NEAR,
    NAME_STRUCTURE,
    PART_ELSE,
    PART_INITIAL,
    PART_NEAR,
    PART_SIMILAR,
    PART_SWAPPED,
    token_likeness,
)
from postings cimport MISSING, Postings, bucket_of, posting_key, token_part
from search cimport MOST_LEFT, MOST_SLOT_KEYS, MOST_SLOTS, MOST_VOTES, SLOTS_A_FIELD, Field, Search, WordSlot
from spellings cimport MOST_SPELLINGS, TWO_SLIPS, spelling_keys
from text_levels cimport EMAIL_NEAR, TEXT_ELSE, TEXT_NEAR, TEXT_OVERLAP, TEXT_SIMILAR, is_digit

cdef enum:
    MISSING_PLACE = 8         # the place, among a field's words, of its being missing
    SHORTEST_ENDS = 6         # bytes of a name from which on two slips in one word leave its ends alike (name_level)
    SHORTEST_NEAR = 3         # letters of a word of a text from which on words like it are asked
    COUNTED = 64              # entries of a bucket up to which a key's own are counted

cdef inline uint64_t n_posted(Search *s, int field, uint32_t key) noexcept nogil:
    """How many entries a key has in one field's postings; of a large bucket, what it holds."""
    cdef const Postings *p = &s.fields[field].words
    cdef uint32_t mask = (<uint32_t> 0xFFFFFFFFu) >> (32 - s.row_bits), mark = key << s.row_bits
    cdef uint64_t begin, end, n = 0
    bucket_of(p, key, &begin, &end)
    if end - begin > COUNTED:
        return end - begin
    while begin < end:
        n += p.entries[begin] & ~mask == mark
        begin += 1
    return n

cdef inline void add_key(Search *s, WordSlot *slot, int field, uint64_t content) noexcept nogil:
    """Note a key of one field's postings, once; a slot with too many is not to be asked."""
    cdef uint32_t key = posting_key(content, field)
    cdef uint64_t n
    cdef int k
    for k in range(slot.n_keys):
        if slot.keys[k] == key and slot.fields[k] == field:
            return
    n = n_posted(s, field, key)
    if n == 0:
        return
    slot.n_entries += n
    if slot.n_keys == MOST_SLOT_KEYS:
        slot.n_entries = MOST_VOTES + 1
        return
    slot.keys[slot.n_keys] = key
    slot.fields[slot.n_keys] = <uint8_t> field
    slot.n_keys += 1

cdef inline void add_name(Search *s, WordSlot *slot, const Field *f, int field, uint64_t content) noexcept nogil:
    """Note a word of a name, in the name's other part as well: the two may be exchanged."""
    if f.comparison >= 0:
        add_key(s, slot, field, content)
    if f.partner >= 0 and s.fields[f.partner].words.n_buckets:
        add_key(s, slot, f.partner, content)

cdef inline void add_moved(Search *s, WordSlot *slot, const Field *f, uint64_t content) noexcept nogil:
    """Note a word of a name in all names that it may have moved to, or from: who marries has another family name, and
    the old one as a middle or maiden name."""
    cdef uint64_t fields = f.swaps | f.swapped_by
    cdef int i
    for i in range(s.n_fields):
        if fields >> i & 1 and s.fields[i].words.n_buckets:
            add_key(s, slot, i, content)
    slot.n_moved = slot.n_keys
    slot.n_moved_entries = slot.n_entries

cdef inline bint has_near(const Token *t) noexcept nogil:
    """Whether words like this one are meant by it: a number a digit away is another number."""
    cdef uint32_t k
    for k in range(t.length if t.length < TOKEN_TEXT else TOKEN_TEXT):
        if is_digit(t.text[k]):
            return False
    return t.length >= SHORTEST_NEAR

cdef inline void add_alike(Search *s, WordSlot *slot, const Field *f, int field, const Token *t, bint is_name) noexcept nogil:
    """Note all words that are near a token; of names, its initial too."""
    cdef uint32_t keys[MOST_SPELLINGS + 1]
    cdef uint32_t at, mark, mask = (<uint32_t> 0xFFFFFFFFu) >> (32 - s.spelling_bits)
    cdef uint64_t begin, end
    cdef int k, n = spelling_keys(t, keys)
    keys[n] = posting_key(hash_bytes(t.text, 1), 0)
    for k in range(n + 1):
        mark = keys[k] << s.spelling_bits
        bucket_of(&s.by_spelling, keys[k], &begin, &end)
        while begin < end:
            at = s.by_spelling.entries[begin] & mask
            if s.by_spelling.entries[begin] & ~mask == mark and at < s.n_spellings \
                    and token_likeness(t, &s.spellings[at]) >= 2:
                if is_name:
                    add_name(s, slot, f, field, token_part(s.spellings[at].phonetic))
                else:
                    add_key(s, slot, field, s.spellings[at].folded)
            begin += 1

cdef inline void end_same(WordSlot *slot) noexcept nogil:
    """The keys so far are those of the word itself."""
    slot.n_same = slot.n_keys
    slot.n_same_entries = slot.n_entries

cdef inline void add_slot(Search *s, int field, int place) noexcept nogil:
    """What the postings know one of the query's words by."""
    cdef const Field *f = &s.fields[field]
    cdef const Value *value = &f.values[1]
    cdef const Token *t
    cdef int op
    cdef WordSlot *slot = &s.slots[s.n_slots]
    slot.field, slot.place, slot.bit, slot.n_keys, slot.n_same, slot.n_moved = field, place, -1, 0, 0, 0
    slot.n_entries = slot.n_same_entries = slot.n_moved_entries = 0
    slot.only_same = slot.only_moved = False
    s.n_slots += 1
    if place == MISSING_PLACE:
        add_key(s, slot, field, MISSING)
        return
    op = OP_PART if f.comparison < 0 else s.comparisons[f.comparison].op
    if op == OP_EMAIL:
        add_key(s, slot, field, value.spelling)
        end_same(slot)
        return
    t = &f.tokens[value.tokens[place]]
    if op == OP_TEXT:
        add_key(s, slot, field, t.folded)
        end_same(slot)
        if has_near(t) and s.n_spellings:
            add_alike(s, slot, f, field, t, False)
    elif t.length == 1:
        slot.n_entries = slot.n_same_entries = MOST_VOTES + 1      # an initial may stand for too many
    else:
        add_moved(s, slot, f, token_part(t.phonetic))
        add_name(s, slot, f, field, token_part(t.phonetic))
        end_same(slot)
        if s.n_spellings and f.comparison >= 0:
            add_alike(s, slot, f, field, t, True)

cdef inline int n_places(Search *s, int field) noexcept nogil:
    """How many words of the query a field is asked by; 0 = it has no postings of words. One that is not compared may
    hold another's family name."""
    cdef const Field *f = &s.fields[field]
    cdef int op, n
    if not s.has[field] or f.words.n_buckets == 0 or s.rows[f.word] == 0 or f.comparison < 0 and f.swapped_by == 0:
        return 0
    op = OP_PART if f.comparison < 0 else s.comparisons[f.comparison].op
    n = f.values[1].n_tokens if f.values[1].n_tokens < MAX_TOKENS else MAX_TOKENS
    return 1 if op == OP_EMAIL else n if op == OP_NAME or op == OP_PART or op == OP_TEXT else 0

cdef inline void make_slots(Search *s) noexcept nogil:
    """A slot for each word of the query, those with the fewest entries first."""
    cdef int i, k, n
    s.n_slots = 0
    for i in range(s.n_fields):
        n = n_places(s, i)
        for k in range(n):
            if s.n_slots == MOST_SLOTS:
                break
            add_slot(s, i, k)
    sort_slots(s)

cdef inline void add_missing(Search *s) noexcept nogil:
    """One more for each field, of the records that lack it."""
    cdef int i
    for i in range(s.n_fields):
        if s.fields[i].comparison >= 0 and n_places(s, i) and s.n_slots < MOST_SLOTS:
            add_slot(s, i, MISSING_PLACE)
    sort_slots(s)

cdef inline bint know_moved(Search *s, int field, uint32_t *bits) noexcept nogil:
    """Whether the words that are asked tell all records that have another of the query's names in this field; the bits
    that do: of the very words."""
    cdef const Field *f
    cdef int i, place, n, n_letters
    cdef const WordSlot *slot
    cdef bint is_letter, all_known = True
    bits[0] = 0
    for i in range(s.n_fields):
        if not s.fields[field].swaps >> i & 1 or not s.has[i]:
            continue
        f = &s.fields[i]
        n, n_letters = n_places(s, i), 0
        for place in range(n):
            slot = slot_of_word(s, i, place)
            if slot != NULL and slot.bit >= 0:
                bits[0] |= 2u << slot.bit
                continue
            # No letter is a family name that has moved; but names may be exchanged.
            is_letter = f.tokens[f.values[1].tokens[place]].length == 1
            n_letters += is_letter
            if is_letter:
                all_known = all_known and (n > 1 or i != s.fields[field].partner)
            else:
                all_known = all_known and slot != NULL and slot.n_moved == 0
        all_known = all_known and n and (n == 1 or n_letters < n)
    return all_known

cdef inline const WordSlot *slot_of_word(Search *s, int field, int place) noexcept nogil:
    """What one of the query's words is looked up by, NULL = it is not."""
    cdef int k
    for k in range(s.n_slots):
        if s.slots[k].field == field and s.slots[k].place == place:
            return &s.slots[k]
    return NULL

cdef inline void sort_slots(Search *s) noexcept nogil:
    cdef int i, k
    cdef WordSlot slot
    for i in range(1, s.n_slots):
        k = i
        slot = s.slots[i]
        while k > 0 and s.slots[k - 1].n_entries > slot.n_entries:
            s.slots[k] = s.slots[k - 1]
            k -= 1
        s.slots[k] = slot

cdef inline void add_level(Search *s, int field, int code, Eight *most) noexcept nogil:
    cdef Eight level
    if code < s.comparisons[s.fields[field].comparison].n_codes:
        most_of_level(s, field, code, &level)
        raise_eight(most, &level)

cdef inline void most_with_words(Search *s, int field, uint32_t places, uint32_t same, int n, bint moved,
                                 Eight *most) noexcept nogil:
    """The most that a field says of a record with these of the query's n words, a bit each, or words like them, and no
    others; the same ones; and the bit of its being missing. Moved: its name may be another one of the query's."""
    cdef const Field *f = &s.fields[field]
    cdef const Comparison *c = &s.comparisons[f.comparison]
    cdef const Token *t
    cdef int k, code, n_shared = 0, missed, last, slips
    cdef int length = f.values[1].length
    cdef bint first = places & 1, end = places >> (n - 1) & 1
    if places >> MISSING_PLACE & 1:
        code_most(s, c, 0, 0, most)
    else:
        for k in range(LANES):
            most.v[k] = HOPELESS
    for k in range(n):
        n_shared += places >> k & 1
    missed = n - n_shared
    last = c.n_codes - 1
    if moved and c.op == OP_PART:
        add_level(s, field, PART_SWAPPED, most)
    if missed == 0 and same & ((1u << n) - 1) != (1u << n) - 1:
        last = NAME_NEAR if c.op == OP_NAME else TEXT_NEAR if c.op == OP_TEXT else PART_ELSE if c.op == OP_PART else last
        if c.op == OP_PART:
            add_level(s, field, PART_INITIAL, most)
            add_level(s, field, PART_SIMILAR, most)
            add_level(s, field, PART_NEAR, most)
    elif missed and c.op == OP_NAME:
        last = NAME_ELSE
        if first:
            add_level(s, field, NAME_FIRST, most)
        if end:
            add_level(s, field, NAME_LAST, most)
        if n_shared >= 2 or missed == 1 and n > 1 and length >= SHORTEST_ENDS and s.store.n_records <= MOST_LEFT:
            add_level(s, field, NAME_ENDS, most)
        if n_shared >= 2:
            add_level(s, field, NAME_STRUCTURE, most)
    elif missed and c.op == OP_PART:
        last = PART_ELSE
        add_level(s, field, PART_SIMILAR, most)
        if n_shared:
            add_level(s, field, PART_NEAR, most)
        if first:
            add_level(s, field, PART_INITIAL, most)
    elif missed and c.op == OP_EMAIL:
        last = EMAIL_NEAR
    elif missed:
        # Each word missed has a slip in it, and more where its neighbours were asked as well.
        slips = 0
        for k in range(n):
            if not places >> k & 1:
                t = &f.tokens[f.values[1].tokens[k]]
                slips += 1 if not has_near(t) else 2 if t.length < TWO_SLIPS else 3
        last = TEXT_ELSE
        if n_shared * 2 >= n and n > 1:
            add_level(s, field, TEXT_OVERLAP, most)
        if slips * 3 <= length:
            add_level(s, field, TEXT_SIMILAR, most)
        if slips <= 1 or slips * 9 <= length:
            add_level(s, field, TEXT_NEAR, most)
    for code in range(1, last + 1):
        add_level(s, field, code, most)
