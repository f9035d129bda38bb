# Rows offered with their bounds -> the best hits: candidates decoded and scored, the most promising first.
# Header-only.
from batches cimport soft_minimum
from blobs cimport GROUP, HOT_WORDS, find_blob
from bounds cimport most_in_lanes
from comparisons cimport LANES, Comparison
from dtypes cimport MAX_TOKENS
from hashing cimport prefetch
from hot_names cimport tokens_of_row
from lanes cimport Eight, add_eight, take_eight
from libc.stdint cimport INT32_MIN, int16_t, int32_t, uint16_t, uint32_t, uint64_t, uint8_t
from libc.stdlib cimport realloc
from libc.string cimport memset
from linkage._kernels.score cimport Scorer
from name_levels cimport NAME_ELSE, NAME_ENDS, NAME_STRUCTURE
from name_texts cimport form_of_name, has_other_letters
from postings cimport bucket_of, mixed, rarity_of
from query_texts cimport answer_questions, ask_content, decode_record
from reaches cimport set_reaches
from search cimport (
    CUT_SHORT,
    DAMAGED_BYTES,
    DATE_UNKNOWN,
    MOST_BOUND,
    MOST_SCORED,
    MOST_SCORED_BY_WORDS,
    MOST_SEEN,
    NAME_ANY,
    NAME_BOTH_ENDS,
    NEAR_BITS,
    SEEN_SIZE,
    SLOTS,
    Field,
    Hit,
    Search,
)

# A bound as an unsigned number of 24 bits in the same order; one that is beyond them counts as the outmost.
cdef inline uint64_t ordered(int32_t bound) noexcept nogil:
    bound = MOST_BOUND if bound > MOST_BOUND else -MOST_BOUND if bound < -MOST_BOUND else bound
    return <uint64_t> (bound + MOST_BOUND)

cdef inline bint is_hopeless(Search *s, int32_t bound, uint32_t row) noexcept nogil:
    """Whether a record of at most this weight cannot be among the best any more: of equals the first rows are."""
    cdef const Hit *last
    if bound != s.theta or s.n_hits < s.limit:
        return bound < s.theta
    last = &s.hits[s.limit - 1]
    return bound == last.weight and row > last.row

cdef inline bint is_open(Search *s, uint32_t row) noexcept nogil:
    if s.hidden != NULL and s.hidden[row >> 3] >> (row & 7) & 1:
        return False
    return s.allowed == NULL or s.allowed[row >> 3] >> (row & 7) & 1

cdef inline bint is_new(Search *s, uint32_t row) noexcept nogil:
    """Whether this query meets the record for the first time."""
    cdef uint64_t i = mixed(row) & (SEEN_SIZE - 1), mine = s.epoch << 32 | row
    while s.seen[i] >> 32 == s.epoch:
        if s.seen[i] == mine:
            return False
        i = (i + 1) & (SEEN_SIZE - 1)
    if s.n_seen >= MOST_SEEN:
        s.status |= CUT_SHORT
        return False
    s.seen[i] = mine
    s.n_seen += 1
    return True

cdef inline void offer_row(Search *s, uint32_t row, int32_t bound, int date) noexcept nogil:
    """Keep a candidate until `settle`; `date` is what is known of its date."""
    cdef void *p
    if not is_open(s, row):
        return
    if s.n_candidates == s.candidates_capacity:
        p = realloc(s.candidates, s.candidates_capacity * 16)
        if p == NULL:
            s.status |= CUT_SHORT
            return
        s.candidates = <uint64_t *> p
        s.candidates_capacity *= 2
    s.candidates[s.n_candidates] = ordered(bound) << 40 | <uint64_t> date << 32 | row
    s.n_candidates += 1

cdef inline void offer_key(Search *s, int family, uint32_t key, int32_t bound) noexcept nogil:
    """Offer the records of a key in one family of postings (and the few whose fingerprints are alike)."""
    cdef uint64_t begin, end
    cdef uint32_t row, mask = (<uint32_t> 0xFFFFFFFFu) >> (32 - s.row_bits), mark = key << s.row_bits
    if key == 0:
        return
    bucket_of(&s.postings[family], key, &begin, &end)
    while begin < end:
        if s.postings[family].entries[begin] & ~mask == mark:
            row = s.postings[family].entries[begin] & mask
            if row < s.store.n_records:
                offer_row(s, row, bound, DATE_UNKNOWN)
        begin += 1

cdef inline void keep_hit(Search *s, int32_t weight, uint32_t row, uint64_t gamma) noexcept nogil:
    """Put a record among the best: by weight, then row."""
    cdef int i = s.n_hits
    if s.n_hits == s.limit:
        i -= 1
        if weight < s.hits[i].weight or weight == s.hits[i].weight and row > s.hits[i].row:
            return
    else:
        s.n_hits += 1
    while i > 0 and (s.hits[i - 1].weight < weight or
                     s.hits[i - 1].weight == weight and s.hits[i - 1].row > row):
        s.hits[i] = s.hits[i - 1]
        i -= 1
    s.hits[i].weight = weight
    s.hits[i].row = row
    s.hits[i].gamma = gamma
    if s.n_hits == s.limit and s.hits[s.limit - 1].weight > s.theta:
        s.theta = s.hits[s.limit - 1].weight
    if s.hits[0].weight - s.window > s.theta:
        s.theta = s.hits[0].weight - s.window

cdef inline void score_chosen(Search *s, Scorer scorer, const uint32_t *chosen, int n) noexcept nogil:
    cdef int i, k, n_live
    cdef const uint8_t *begin = NULL
    cdef const uint8_t *end = NULL
    s.batch.n = 0
    s.n_scored += n
    # Each step waits for memory: so one step of all of them, then the next.
    for i in range(n):
        prefetch(s.store.lengths + chosen[i])
        prefetch(s.store.groups + chosen[i] // GROUP)
    for i in range(n):
        if find_blob(s.store, chosen[i], &begin, &end):
            prefetch(begin)
            prefetch(end - 1)
    for i in range(n):
        if decode_record(s, chosen[i], i + 1):
            s.status |= DAMAGED_BYTES
            continue
        s.batch.left[s.batch.n] = 0
        s.batch.right[s.batch.n] = i + 1
        s.batch.n += 1
    answer_questions(s)
    n_live = scorer.score_batch(s.batch, INT32_MIN if s.exhaustive else s.theta)
    for i in range(n_live):
        k = s.batch.live[i]
        if s.batch.weight[k] >= s.theta and s.batch.gamma[k]:      # 0: the two have no field in common
            keep_hit(s, s.batch.weight[k], chosen[s.batch.right[k] - 1], s.batch.gamma[k])

cdef inline int drop_by_hot_rows(Search *s, Scorer scorer, uint32_t *chosen, const uint8_t *dates, int n) noexcept nogil:
    """Drop the chosen whose hot rows tell that they cannot reach theta: by level, all lanes, and how rare the
    record's own name is; returns how many are kept. 0.9 us a candidate less than decoding it."""
    cdef Eight most[SLOTS]
    cdef int16_t rarity[SLOTS]
    cdef int16_t own[SLOTS]
    cdef const Field *f = NULL
    cdef const Comparison *c = NULL
    cdef int i, code, form, lane, n_tokens, kept = 0
    cdef uint64_t content
    cdef uint16_t tokens[MAX_TOKENS]
    if s.is_whole_name:
        f = &s.fields[s.hot_field]
        c = &s.comparisons[f.comparison]
    for i in range(n):
        rarity[kept] = own[kept] = 0
        memset(&most[kept], 0, sizeof(Eight))
        if dates[i] != DATE_UNKNOWN:
            code = most_in_lanes(s, chosen[i], dates[i], &most[kept])
            n_tokens = tokens_of_row(s, s.store.hot_words + <uint64_t> chosen[i] * HOT_WORDS, tokens) if c != NULL else 0
            if NAME_ELSE <= code <= NAME_ENDS and n_tokens > 0:
                take_eight(&most[kept], &s.name_most[code])
                if has_other_letters(s, tokens, n_tokens):
                    add_eight(&most[kept], &s.name_least[code])
                else:
                    add_eight(&most[kept], &s.name_most[NAME_ANY])
            if is_hopeless(s, soft_minimum(&scorer.program, most[kept].v), chosen[i]):
                continue
            form = -1
            if c != NULL and c.tf != NULL and NAME_STRUCTURE <= code <= NAME_BOTH_ENDS:
                form = c.tf_part[NAME_ENDS if code == NAME_BOTH_ENDS else code] - 1
            if 0 < form < f.n_parts and n_tokens > 0:
                content = form_of_name(s, tokens, n_tokens, form)
                if content and content != f.forms[form]:
                    own[kept] = rarity[kept] = c.tf[4 + form]
                    ask_content(s, &f.rarity[form], content, &rarity[kept])
        chosen[kept] = chosen[i]
        kept += 1
    answer_questions(s)
    n = kept
    kept = 0
    for i in range(n):
        if rarity[i] < own[i]:
            for lane in range(LANES):
                if c.rarity_of[lane]:
                    most[i].v[lane] -= own[i] - rarity[i]
            if is_hopeless(s, soft_minimum(&scorer.program, most[i].v), chosen[i]):
                continue
        chosen[kept] = chosen[i]
        kept += 1
    return kept

cdef inline void settle(Search *s, Scorer scorer) noexcept nogil:
    """Score the candidates, the most promising first, as long as their bounds reach theta.

    Tier by tier of two bits, each in one pass: of many candidates, most are passed once a tier."""
    cdef uint32_t i, kept, best, row
    cdef uint64_t least, bound
    cdef int n
    cdef uint32_t chosen[SLOTS]
    cdef uint8_t dates[SLOTS]
    while s.n_candidates:
        best = 0
        kept = 0
        least = ordered(s.theta)
        for i in range(s.n_candidates):
            if s.candidates[i] >> 40 >= least:
                s.candidates[kept] = s.candidates[i]
                kept += 1
                if s.candidates[i] >> 40 > best:
                    best = <uint32_t> (s.candidates[i] >> 40)
        s.n_candidates = kept
        least = best - NEAR_BITS if best > NEAR_BITS else 0
        kept = 0
        n = 0
        for i in range(s.n_candidates):
            bound = s.candidates[i] >> 40
            row = <uint32_t> s.candidates[i]
            if bound < least:
                s.candidates[kept] = s.candidates[i]
                kept += 1
            elif not is_hopeless(s, <int32_t> bound - <int32_t> MOST_BOUND, row) and is_new(s, row):
                chosen[n] = row
                dates[n] = <uint8_t> (s.candidates[i] >> 32)
                n += 1
                if n == SLOTS:
                    score_promising(s, scorer, chosen, dates, n)
                    n = 0
        s.n_candidates = kept
        score_promising(s, scorer, chosen, dates, n)

cdef inline void score_promising(Search *s, Scorer scorer, uint32_t *chosen, const uint8_t *dates, int n) noexcept nogil:
    """Score those of the chosen that their hot rows leave any hope."""
    if n:
        n = drop_by_hot_rows(s, scorer, chosen, dates, n)
    if n and s.store.n_records > MOST_SEEN and s.n_scored >= (MOST_SCORED_BY_WORDS if s.has_words else MOST_SCORED):
        s.status |= CUT_SHORT
    elif n:
        score_chosen(s, scorer, chosen, n)

cdef inline void end_group(Search *s, Scorer scorer) noexcept nogil:
    """Score what was offered; what the answers leave open narrows what comes next."""
    settle(s, scorer)
    if s.theta > s.reached:
        set_reaches(s)
