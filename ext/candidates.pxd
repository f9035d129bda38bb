# Rows offered with their bounds -> the best hits: hot rows scanned, candidates decoded and scored, the most
# promising first; and which of the hits are one person's. Header-only.
from batches cimport soft_minimum
from blobs cimport HOT_CATEGORIES, HOT_WORDS, NO_WORD
from bounds cimport (
    begin_run,
    date_known,
    most_in_lanes,
    most_of_date,
    most_of_named,
    most_of_row,
    set_reaches,
    with_name,
)
from comparisons cimport LANES, Comparison
from dtypes cimport MAX_TOKENS
from hashing cimport prefetch
from hot_names cimport fit_of, form_of_name, has_other_letters, name_of_fit, tokens_of_row
from lanes cimport Eight, add_eight, take_eight
from levels cimport DATE_EXACT, NAME_ELSE, NAME_ENDS, NAME_STRUCTURE
from libc.stdint cimport INT32_MIN, int16_t, int32_t, uint16_t, uint32_t, uint64_t, uint8_t
from libc.stdlib cimport realloc
from libc.string cimport memset
from linkage._kernels.score cimport Scorer
from postings cimport bucket_of, mixed
from query_texts cimport answer_questions, ask_content, decode_record, load_record
from search cimport (
    CLOSE_LOOK,
    CUT_SHORT,
    DAMAGED_BYTES,
    DATE_UNKNOWN,
    MOST_BOUND,
    MOST_SCANNED,
    MOST_SCORED,
    MOST_SEEN,
    NAME_ANY,
    NAME_BOTH_ENDS,
    NEAR_BITS,
    NOBODY,
    SCANNED_AT_ONCE,
    SEEN_SIZE,
    SLOTS,
    WHOLE_DAYS,
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
    cdef uint64_t group
    s.batch.n = 0
    s.n_scored += n
    for i in range(n):
        prefetch(s.store.lengths + chosen[i])
    for i in range(n):
        group = s.store.groups[chosen[i] >> 4]
        if group < s.store.n_blob_bytes:
            prefetch(s.store.blobs + group)
            prefetch(s.store.blobs + group + 512)
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
        if s.batch.weight[k] >= s.theta:
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
    if n and s.n_scored >= MOST_SCORED and s.store.n_records > MOST_SEEN:
        s.status |= CUT_SHORT
    elif n:
        score_chosen(s, scorer, chosen, n)

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

# Rows at to stop whose names may have all words of the shorter one alike; how many. As C: the compiler keeps its
# pointers in registers only where they are arguments.
cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    static int linkage_quick_rows(const uint16_t *restrict words, uint32_t at, uint32_t stop,
                                  const uint8_t *restrict quick, const uint8_t *restrict passes,
                                  uint32_t *restrict out) {
        int n = 0;
        for (; at < stop; at++, words += 4) {
            out[n] = at;
            n += passes[(uint32_t)quick[words[0]] + quick[words[1]] + quick[words[2]] + quick[words[3]]];
        }
        return n;
    }
    """
    int quick_rows "linkage_quick_rows"(const uint16_t *words, uint32_t at, uint32_t stop, const uint8_t *quick,
                                        const uint8_t *passes, uint32_t *out) noexcept nogil

cdef inline void scan_rows(Search *s, uint32_t begin, uint32_t end) noexcept nogil:
    """Offer the records of a run whose hot rows can reach theta."""
    cdef uint32_t row, at, stop
    cdef uint32_t chosen[SCANNED_AT_ONCE]
    cdef uint8_t fits[SCANNED_AT_ONCE]
    cdef int i, n, fit
    cdef int32_t bound
    cdef const uint16_t *words = s.store.hot_words
    s.n_scanned += end - begin
    if s.hot_field < 0 or s.n_query_words == 0:
        if s.reaches[0]:
            for row in range(begin, end):
                bound = most_of_row(s, row)
                if bound >= s.theta:
                    offer_row(s, row, bound, s.run_date)
        return
    # Without a branch on what a name is: one that is mispredicted costs more than a row. 10 -> 6 ns a row; where
    # only names matter whose words are all alike, a sum of four look-ups leaves few of them: 1 ns.
    at = begin
    while at < end:
        stop = at + SCANNED_AT_ONCE if end - at > SCANNED_AT_ONCE else end
        n = 0
        if s.is_quick:
            n = quick_rows(words + <uint64_t> at * HOT_WORDS, at, stop, s.quick, s.quick_passes, chosen)
        else:
            for row in range(at, stop):
                fit = fit_of(words + <uint64_t> row * HOT_WORDS, s.like, s.n_query_words, s.n_again, s.last_bit)
                chosen[n] = row
                fits[n] = <uint8_t> fit
                n += s.fit_reaches[fit]
        for i in range(n):
            if i + 8 < n:
                prefetch(s.store.hot_categories + <uint64_t> chosen[i + 8] * HOT_CATEGORIES)
            if s.is_quick:
                bound = most_of_row(s, chosen[i])
            else:
                bound = most_of_named(s, chosen[i], name_of_fit(s, words + <uint64_t> chosen[i] * HOT_WORDS, fits[i]))
            if bound >= s.theta:
                offer_row(s, chosen[i], bound, s.run_date)
        at = stop

cdef inline uint16_t class_of(Search *s, uint32_t row) noexcept nogil:
    cdef const uint16_t *words = s.store.hot_words + <uint64_t> row * HOT_WORDS
    cdef int k = HOT_WORDS - 1
    while k > 0 and words[k] == NO_WORD:
        k -= 1
    return s.classes[words[k]]

cdef inline uint32_t first_of_class(Search *s, uint32_t begin, uint32_t end, uint32_t kind) noexcept nogil:
    cdef uint32_t middle
    while begin < end:
        middle = begin + (end - begin) // 2
        if class_of(s, middle) < kind:
            begin = middle + 1
        else:
            end = middle
    return begin

cdef inline void scan_day(Search *s, int day) noexcept nogil:
    """Offer a day's records."""
    scan_days(s, day, day + 1)

cdef inline void scan_days(Search *s, int first, int last) noexcept nogil:
    """Offer the records of days first to last; days in a row that say the same of the date are one run."""
    cdef int day, from_day = first, date = -1, next
    for day in range(first, last + 1):
        if day < last and s.days[day] == s.days[day + 1]:
            continue
        next = date_known(s, day) if day < last else -1
        if next != date:
            scan_alike(s, from_day, day, date)
            from_day = day
            date = next

cdef inline void scan_alike(Search *s, int first, int last, int date) noexcept nogil:
    """Offer the records of days first to last, all of one kind of date, where that is not too many."""
    cdef uint32_t begin = s.days[first], end = s.days[last]
    cdef uint64_t cost
    cdef Eight most
    if begin == end or date < 0 or date <= DATE_EXACT and not s.reaches_date[date]:
        return
    most_of_date(s, date, &most)
    if with_name(s, &most) < s.theta:
        return
    begin_run(s, date)
    cost = end - begin
    if s.n_query_words and not s.is_quick:
        cost *= CLOSE_LOOK
    if date != DATE_EXACT and s.spent + cost > (WHOLE_DAYS if s.n_query_words else MOST_SCANNED):
        s.status |= CUT_SHORT
        return
    s.spent += cost
    scan_rows(s, begin, end)

cdef inline void scan_likely(Search *s, int day) noexcept nogil:
    """Offer those of a day whose names have all words alike: one of them, scored first, spares the others a close
    look."""
    if s.n_query_words and s.days[day] < s.days[day + 1]:
        begin_run(s, date_known(s, day))
        s.is_quick = True
        scan_rows(s, s.days[day], s.days[day + 1])

cdef inline void scan_given(Search *s, int first, int last) noexcept nogil:
    """Offer the records of days first to last that have the given name, or the first word, or a strange one."""
    cdef uint32_t begin, end, at, stop
    cdef int k, day, date
    for day in range(first, last):
        begin = s.days[day]
        end = s.days[day + 1]
        date = date_known(s, day)
        if begin == end or date <= DATE_EXACT and not s.reaches_date[date]:
            continue
        begin_run(s, date)
        for k in range(s.n_classes):
            at = first_of_class(s, begin, end, s.given_classes[k])
            if at < end and class_of(s, at) == s.given_classes[k]:
                stop = at + 1
                while stop < end and class_of(s, stop) == s.given_classes[k]:
                    stop += 1
                scan_rows(s, at, stop)

cdef inline void end_group(Search *s, Scorer scorer) noexcept nogil:
    """Score what was offered; what the answers leave open narrows what comes next."""
    settle(s, scorer)
    set_reaches(s)

cdef inline int name_people(Search *s, Scorer scorer, const uint32_t *rows, uint32_t n, int32_t least,
                            uint32_t *people) noexcept nogil:
    """Number the people behind records: one that matches the first of an earlier person is that person's."""
    cdef uint32_t first, i, n_people = 0
    cdef int k, n_batch, n_live
    cdef uint32_t at[SLOTS]
    for i in range(n):
        people[i] = NOBODY
    for first in range(n):
        if people[first] != NOBODY:
            continue
        people[first] = n_people
        i = first + 1
        while i < n and people[i] != NOBODY:
            i += 1
        if i < n and load_record(s, rows[first]):
            return DAMAGED_BYTES
        while i < n:
            s.batch.n = 0
            n_batch = 0
            while i < n and n_batch < SLOTS:
                if people[i] == NOBODY:
                    at[n_batch] = i
                    n_batch += 1
                    if decode_record(s, rows[i], n_batch):
                        return DAMAGED_BYTES
                    s.batch.left[s.batch.n] = 0
                    s.batch.right[s.batch.n] = n_batch
                    s.batch.n += 1
                i += 1
            answer_questions(s)
            n_live = scorer.score_batch(s.batch, least)
            for k in range(n_live):
                if s.batch.weight[s.batch.live[k]] >= least:
                    people[at[s.batch.right[s.batch.live[k]] - 1]] = n_people
        n_people += 1
    return 0
