# A query in row 0 -> its answer, group by group of records: by numbers, by the day, by the name, by damaged dates.
# What a group has met, the rest cannot reach any more (docs/lookup.md). Header-only.
from blobs cimport HOT_CATEGORIES, HOT_WORDS
from bounds cimport (
    begin_run,
    can_reach,
    date_known,
    most_in_lanes,
    most_left,
    most_of_day,
    most_of_row,
    most_said,
    set_bounds,
    set_reaches,
    with_name,
    without_level,
    without_same_name,
)
from candidates cimport (
    end_group,
    is_open,
    offer_key,
    offer_row,
    ordered,
    scan_day,
    scan_days,
    scan_given,
    scan_likely,
    scan_rows,
    score_chosen,
    settle,
)
from dtypes cimport MAX_TOKENS, Value
from hashing cimport prefetch
from hot_names cimport mark_like
from lanes cimport Eight, least_of_eight
from levels cimport (
    DATE_ELSE,
    DATE_EXACT,
    DATE_NEAR_YEAR,
    DATE_SHIFTED_YEAR,
    DATE_SWAPPED,
    DATE_YEAR_PART,
    ID_NEAR,
    date_level,
)
from libc.stdint cimport INT32_MAX, int32_t, uint32_t, uint64_t, uint8_t
from libc.string cimport memset
from linkage._kernels.score cimport Scorer
from postings cimport Postings, bucket_of, posting_key, token_part
from search cimport (
    A_YEAR,
    CUT_SHORT,
    DATE_ANY,
    FEW_NAMED,
    FIELD_EMAIL,
    FIELD_IDENTIFIER,
    FIELD_NAME,
    MOST_DAYS,
    MOST_KEYS,
    MOST_NAMED,
    MOST_POSTED,
    MOST_SCANNED,
    N_DAYS,
    N_YEARS,
    SEEN_SIZE,
    SLOTS,
    Field,
    Search,
    date_of,
    day_of,
    two,
)
from similarity cimport popcount

cdef inline uint64_t code_of(Search *s, int i) noexcept nogil:
    return s.rows[s.fields[i].word] | <uint64_t> s.rows[s.fields[i].word + 1] << 32

cdef inline uint64_t name_hash(Search *s, const Field *f) noexcept nogil:
    cdef const Value *value = &f.values[1]
    cdef int k
    cdef uint64_t total = 0
    for k in range(value.n_tokens if value.n_tokens < MAX_TOKENS else MAX_TOKENS):
        total += token_part(f.tokens[value.tokens[k]].phonetic)
    return total

cdef inline bint is_digit_away(Search *s, uint32_t q, int first) noexcept nogil:
    """Whether at most one digit of this year differs from the query's."""
    cdef uint32_t x = (q ^ date_of(first)) >> 16
    x = (x | x >> 1 | x >> 2 | x >> 3) & 0x1111
    return popcount(x) <= 1

cdef inline int add_day(Search *s, uint32_t q, uint32_t d, int *days, int n) noexcept nogil:
    """Note a day that may hold records that matter; how many are noted."""
    cdef int day
    if d == q or two(d >> 8 & 255) > 12 or two(d & 255) > 31 or n == MOST_DAYS:
        return n
    day = day_of(d)
    if day == 0 or s.days[day] == s.days[day + 1] or not s.reaches_date[date_level(q, d)]:
        return n
    days[n] = day
    return n + 1

cdef inline int slips(Search *s, uint32_t q, int *days) noexcept nogil:
    """Days that one digit, two neighbours, or day and month exchanged make of the query's; how many."""
    cdef int n = 0, k, d
    cdef uint32_t edited
    for k in range(8):
        for d in range(10):
            n = add_day(s, q, q & ~(<uint32_t> 15 << (4 * k)) | <uint32_t> d << (4 * k), days, n)
        if k < 7:
            edited = q & ~(<uint32_t> 255 << (4 * k)) | (q >> (4 * k) & 15) << (4 * k + 4)
            n = add_day(s, q, edited | (q >> (4 * k + 4) & 15) << (4 * k), days, n)
    return add_day(s, q, q & 0xFFFF0000u | (q & 255) << 8 | (q >> 8 & 255), days, n)

cdef inline uint32_t first_named(Search *s, uint32_t row) noexcept nogil:
    """The place of the first noted row that is not below this one."""
    cdef uint32_t low = 0, high = s.n_named, middle
    while low < high:
        middle = (low + high) >> 1
        if s.named[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low

cdef inline void offer_named(Search *s, int first, int last) noexcept nogil:
    """Offer the noted rows of days first to last, each with the bound of its own date, name and categories."""
    cdef uint32_t at = first_named(s, s.days[first]), end = s.days[last], row
    cdef int day = first, low, high, step, date
    cdef int32_t bound
    cdef Eight most
    while at < s.n_named and s.named[at] < end:
        row = s.named[at]
        if at + 8 < s.n_named:
            prefetch(s.store.hot_words + <uint64_t> s.named[at + 8] * HOT_WORDS)
            prefetch(s.store.hot_categories + <uint64_t> s.named[at + 8] * HOT_CATEGORIES)
        at += 1
        if s.days[day + 1] <= row:
            # The row's day: rows ascend, so that it is near the one before.
            step = 1
            while day + step < last and s.days[day + step] <= row:
                step *= 2
            low = day + step // 2
            high = day + step if day + step < last else last
            while high - low > 1:
                day = (low + high) >> 1
                if s.days[day] <= row:
                    low = day
                else:
                    high = day
            day = low
        date = date_known(s, day)
        if date <= DATE_EXACT and not s.reaches_date[date]:
            continue
        most_in_lanes(s, row, date, &most)
        bound = least_of_eight(&most)
        if bound >= s.theta:
            offer_row(s, row, bound, date)

cdef inline bint load_named(Search *s) noexcept nogil:
    """Note the rows with the query's whole name, in any order of its words and any dialect; 0 = too many."""
    cdef const Field *f
    cdef uint32_t key
    s.knows_named = False
    if s.hot_field < 0 or not s.has[s.hot_field] or s.fields[s.hot_field].family < 0:
        return False
    f = &s.fields[s.hot_field]
    key = posting_key(name_hash(s, f), f.family)
    s.knows_named = key != 0 and load_rows(s, f.family, key, 0, s.days[N_DAYS])
    return s.knows_named

cdef inline bint load_rows(Search *s, int family, uint32_t key, uint32_t first, uint32_t last) noexcept nogil:
    """Note the rows from first to below last that a key names; 0 = too many."""
    cdef const Postings *p = &s.postings[family]
    cdef uint64_t begin, end
    cdef uint32_t row, mark = key << s.row_bits, mask = (<uint32_t> 0xFFFFFFFFu) >> (32 - s.row_bits), i
    s.n_named = 0
    bucket_of(p, key, &begin, &end)
    while begin < end:
        row = p.entries[begin] & mask
        if p.entries[begin] & ~mask == mark and first <= row < last:
            if s.n_named == MOST_NAMED:
                return False
            # Another key with the same fingerprint may stand between: then rows start anew.
            i = s.n_named
            while i > 0 and s.named[i - 1] > row:
                s.named[i] = s.named[i - 1]
                i -= 1
            s.named[i] = row
            s.n_named += 1
        begin += 1
    return True

cdef inline int alike_keys(Search *s, const Field *f, uint32_t *keys) noexcept nogil:
    """Keys of names that the query's becomes with one word less, or one that is like it; how many."""
    cdef const Value *value = &f.values[1]
    cdef uint64_t total = name_hash(s, f), without
    cdef uint32_t tried[MOST_KEYS]
    cdef uint32_t i, key, at
    cdef int k, n = 0, n_tokens = value.n_tokens if value.n_tokens < MAX_TOKENS else MAX_TOKENS
    memset(tried, 0, sizeof(tried))
    for k in range(n_tokens):
        without = total - token_part(f.tokens[value.tokens[k]].phonetic)
        if n_tokens > 2:
            n = note_key(tried, keys, n, posting_key(without, f.family))
        for i in range(s.n_touched):
            at = s.token_of[s.touched[i]]
            if s.like[s.touched[i]] >> (value.tokens[k] - 1) & 1 and at < s.n_hot_tokens:
                key = posting_key(without + token_part(s.hot_tokens[at].phonetic), f.family)
                n = note_key(tried, keys, n, key)
    return n

cdef inline int note_key(uint32_t *tried, uint32_t *keys, int n, uint32_t key) noexcept nogil:
    """Note a key, unless it was tried just before; how many there are."""
    if n == MOST_KEYS or key == 0 or tried[key % MOST_KEYS] == key:
        return n
    tried[key % MOST_KEYS] = key
    keys[n] = key
    return n + 1

cdef inline void by_alike_names(Search *s, Scorer scorer, int first) noexcept nogil:
    """Offer records with a name like the query's: all of rare ones, of frequent ones those of the year."""
    cdef const Field *f = &s.fields[s.hot_field]
    cdef const Postings *p = &s.postings[f.family]
    cdef uint32_t keys[MOST_KEYS]
    cdef uint64_t begin, end, n_read = 0
    cdef int i, n = alike_keys(s, f, keys)
    for i in range(n):
        prefetch(p.buckets + (<uint64_t> keys[i] * p.n_buckets >> 32))
    for i in range(n):
        bucket_of(p, keys[i], &begin, &end)
        if begin < end:
            prefetch(p.entries + begin)
    for i in range(n):
        bucket_of(p, keys[i], &begin, &end)
        n_read += end - begin
        if n_read > MOST_POSTED:
            return
        if end - begin <= FEW_NAMED and load_rows(s, f.family, keys[i], 0, s.days[N_DAYS]):
            offer_named(s, 0, N_DAYS)
        elif load_rows(s, f.family, keys[i], s.days[first], s.days[first + A_YEAR]):
            offer_named(s, first, first + A_YEAR)
    end_group(s, scorer)

cdef inline void rebound(Search *s, uint32_t first) noexcept nogil:
    """Replace the bounds of the candidates offered last by those of their hot rows; drop hopeless ones."""
    cdef uint32_t i, row, kept = first
    cdef int32_t bound
    begin_run(s, DATE_ANY)
    for i in range(first, s.n_candidates):
        if i + 16 < s.n_candidates:
            row = <uint32_t> s.candidates[i + 16]
            prefetch(s.store.hot_words + <uint64_t> row * HOT_WORDS)
            prefetch(s.store.hot_categories + <uint64_t> row * HOT_CATEGORIES)
        row = <uint32_t> s.candidates[i]
        bound = most_of_row(s, row)
        if bound >= s.theta:
            s.candidates[kept] = ordered(bound) << 40 | <uint64_t> DATE_ANY << 32 | row
            kept += 1
    s.n_candidates = kept

cdef inline void by_edits(Search *s, Scorer scorer, int i, uint64_t code) noexcept nogil:
    """Offer records whose number differs by one digit, two neighbours, one digit more or less."""
    cdef int family = s.fields[i].family, n = 0, k, d
    cdef uint64_t low, high, digit, next, other
    if code >> 60:
        return
    while n < 15 and code >> (4 * n):
        n += 1
    for k in range(n):
        low = code & ((<uint64_t> 1 << (4 * k)) - 1)
        high = code >> (4 * k + 4)
        digit = code >> (4 * k) & 15
        for d in range(1, 11):
            if <uint64_t> d != digit:
                offer_key(s, family, posting_key(low | (high << 4 | d) << (4 * k), family), INT32_MAX)
            if n < 15:
                offer_key(s, family, posting_key(low | (high << 8 | digit << 4 | d) << (4 * k), family), INT32_MAX)
        offer_key(s, family, posting_key(low | high << (4 * k), family), INT32_MAX)
        if k + 1 < n:
            next = high & 15
            if next != digit:
                other = low | ((high >> 4) << 8 | digit << 4 | next) << (4 * k)
                offer_key(s, family, posting_key(other, family), INT32_MAX)
    if n < 15:
        for d in range(1, 11):
            offer_key(s, family, posting_key(code | <uint64_t> d << (4 * n), family), INT32_MAX)
    settle(s, scorer)

cdef inline void by_numbers(Search *s, Scorer scorer) noexcept nogil:
    """Records that hold one of the query's numbers, then those one edit away."""
    cdef int i
    for i in range(s.n_fields):
        if s.has[i] and s.fields[i].family >= 0 and s.fields[i].kind == FIELD_IDENTIFIER:
            offer_key(s, s.fields[i].family, posting_key(code_of(s, i), s.fields[i].family), INT32_MAX)
        elif s.has[i] and s.fields[i].family >= 0 and s.fields[i].kind == FIELD_EMAIL:
            offer_key(s, s.fields[i].family, posting_key(s.fields[i].values[1].folded, s.fields[i].family), INT32_MAX)
    settle(s, scorer)
    for i in range(s.n_fields):
        if s.has[i] and s.fields[i].family >= 0 and s.fields[i].kind == FIELD_IDENTIFIER:
            without_level(s, i, ID_NEAR)
            if most_left(s) >= s.theta:
                by_edits(s, scorer, i, code_of(s, i))
            without_level(s, i, ID_NEAR - 1)

cdef inline void by_name_and_date(Search *s, Scorer scorer, uint32_t q, int day) noexcept nogil:
    """Offer the records with the query's name whose dates can matter; lower the bound of all other names."""
    cdef int first = day - (day - 1) % A_YEAR, k, other, n
    cdef int days[MOST_DAYS]
    cdef bint vague = not q & 0xFF or not q & 0xFF00
    if not load_named(s):
        return
    if s.n_named <= FEW_NAMED or s.reaches_date[DATE_ELSE]:
        offer_named(s, 0, N_DAYS)
    else:
        offer_named(s, first, first + A_YEAR)
        for k in range(N_YEARS):
            other = k * A_YEAR + 1
            if other == first:
                continue
            if -A_YEAR <= other - first <= A_YEAR and s.reaches_date[DATE_NEAR_YEAR] \
                    or not vague and can_reach(s, DATE_NEAR_YEAR, DATE_YEAR_PART) and is_digit_away(s, q, other):
                offer_named(s, other, other + A_YEAR)
            elif not vague:
                other += (day - 1) % A_YEAR
                if s.days[other] < s.days[other + 1] and s.reaches_date[date_level(q, date_of(other))]:
                    offer_named(s, other, other + 1)
        n = slips(s, q, days)
        for k in range(n):
            if not first <= days[k] < first + A_YEAR:
                offer_named(s, days[k], days[k] + 1)
        offer_named(s, 0, 1)
    end_group(s, scorer)
    without_same_name(s)
    set_reaches(s)

cdef inline void by_slips(Search *s, Scorer scorer, uint32_t q) noexcept nogil:
    """Records of the days that a slip makes of the query's."""
    cdef int days[MOST_DAYS]
    cdef int n = slips(s, q, days), k
    fetch_days(s, days, n)
    for k in range(n):
        scan_day(s, days[k])
    end_group(s, scorer)

cdef inline void by_other_years(Search *s, Scorer scorer, uint32_t q, int day) noexcept nogil:
    """Records of the same day in other years."""
    cdef int days[N_YEARS]
    cdef int k, n = 0, other
    for k in range(N_YEARS):
        prefetch(s.days + k * A_YEAR + 1 + (day - 1) % A_YEAR)
    for k in range(N_YEARS):
        other = k * A_YEAR + 1 + (day - 1) % A_YEAR
        if other != day and s.days[other] < s.days[other + 1] and s.reaches_date[date_level(q, date_of(other))]:
            days[n] = other
            n += 1
    fetch_days(s, days, n)
    for k in range(n):
        scan_day(s, days[k])
    end_group(s, scorer)

cdef inline void fetch_days(Search *s, const int *days, int n) noexcept nogil:
    """Fetch the first hot rows of some days."""
    cdef int k
    cdef const uint8_t *words
    for k in range(n):
        words = <const uint8_t *> (s.store.hot_words + <uint64_t> s.days[days[k]] * HOT_WORDS)
        prefetch(words)
        prefetch(words + 64)
        prefetch(words + 128)

cdef inline void by_far_slips(Search *s, Scorer scorer, uint32_t q, int first) noexcept nogil:
    """Records of days with a digit of the year and one of day or month changed; of vague dates a year away."""
    cdef int k, d, j, e, day
    cdef uint32_t edited, x
    cdef bint vague = not q & 0xFF or not q & 0xFF00
    for k in range(first - A_YEAR, first + 2 * A_YEAR):
        if 0 < k < N_DAYS and not first <= k < first + A_YEAR and (vague or (k - 1) % 32 == 0 or (k - 1) % A_YEAR < 32):
            scan_day(s, k)
    for k in range(16, 32, 4):
        for d in range(0 if vague else 10):
            edited = q & ~(<uint32_t> 15 << k) | <uint32_t> d << k
            if edited == q or day_of(edited) == 0:
                continue
            for j in range(0, 16, 4):
                for e in range(10):
                    x = edited & ~(<uint32_t> 15 << j) | <uint32_t> e << j
                    day = day_of(x)
                    if x != edited and day and s.days[day] < s.days[day + 1] and s.reaches_date[date_level(q, x)]:
                        scan_day(s, day)
    end_group(s, scorer)

cdef inline void by_date(Search *s, Scorer scorer, uint32_t q) noexcept nogil:
    """Records of the query's day, of days that a slip makes of it, of its year, of its day in other years."""
    cdef int day = day_of(q), first
    scan_likely(s, day)
    end_group(s, scorer)
    scan_day(s, day)
    end_group(s, scorer)
    if day == 0:
        return
    # What is left agrees less on the date. First those with the query's very name, wherever they are; then
    # it is certain that the rest agrees less on the name as well, and most days need not be looked at.
    by_name_and_date(s, scorer, q, day)
    if can_reach(s, DATE_SHIFTED_YEAR, DATE_SWAPPED):
        by_slips(s, scorer, q)
    first = day - (day - 1) % A_YEAR
    if can_reach(s, DATE_NEAR_YEAR, DATE_SWAPPED):
        scan_days(s, first, day)
        scan_days(s, day + 1, first + A_YEAR)
        end_group(s, scorer)
        if q & 0xFFFF:
            by_other_years(s, scorer, q, day)
    if can_reach(s, DATE_NEAR_YEAR, DATE_YEAR_PART):
        by_far_slips(s, scorer, q, day - (day - 1) % A_YEAR)
    scan_day(s, 0)
    end_group(s, scorer)
    if not s.status & CUT_SHORT:
        s.any_date = s.date_most[DATE_ELSE]
    elif s.n_classes:
        # Not all days could be looked at: at least those that may be meant by the name.
        first = day - (day - 1) % A_YEAR
        scan_given(s, first, first + A_YEAR)
        end_group(s, scorer)
        if s.fields[s.hot_field].family >= 0:
            by_alike_names(s, scorer, first)

cdef inline void by_names(Search *s, Scorer scorer) noexcept nogil:
    """Records with the query's whole name, in any order of its words; or its parent's."""
    cdef int i
    cdef Field *f
    cdef int32_t most
    cdef uint32_t n
    for i in range(s.n_fields):
        f = &s.fields[i]
        if i == s.hot_field and s.knows_named:
            continue
        if s.has[i] and f.family >= 0 and f.kind == FIELD_NAME and s.rows[f.word]:
            most = most_left(s)
            if most < s.theta:
                continue
            n = s.n_candidates
            offer_key(s, f.family, posting_key(name_hash(s, f), f.family), most)
            rebound(s, n)
            settle(s, scorer)

cdef inline void by_all(Search *s, Scorer scorer) noexcept nogil:
    """Decode and score every record: no group, bound, mark or hot row is asked."""
    cdef uint32_t chosen[SLOTS]
    cdef uint32_t row
    cdef int n = 0
    for row in range(<uint32_t> s.store.n_records):
        if is_open(s, row):
            chosen[n] = row
            n += 1
        if n == SLOTS:
            score_chosen(s, scorer, chosen, n)
            n = 0
    score_chosen(s, scorer, chosen, n)

cdef inline void by_rest(Search *s, Scorer scorer) noexcept nogil:
    """Look at all records where what no group has met could still matter; at large indexes, say so instead."""
    cdef int day
    cdef Eight most
    end_group(s, scorer)
    if most_left(s) < s.theta or s.status & CUT_SHORT:
        return
    if s.store.n_records > MOST_SCANNED:
        s.status |= CUT_SHORT
        return
    for day in range(N_DAYS):
        if s.days[day] < s.days[day + 1] and most_of_day(s, day, &most) and with_name(s, &most) >= s.theta:
            begin_run(s, date_known(s, day))
            scan_rows(s, s.days[day], s.days[day + 1])
            if s.n_candidates > SLOTS:
                end_group(s, scorer)
    end_group(s, scorer)

cdef inline void by_groups(Search *s, Scorer scorer) noexcept nogil:
    cdef uint32_t q = 0
    if s.date_field >= 0 and s.has[s.date_field]:
        q = s.rows[s.fields[s.date_field].word]
    by_numbers(s, scorer)
    end_group(s, scorer)
    if q:
        by_date(s, scorer, q)
    by_names(s, scorer)
    by_rest(s, scorer)

cdef inline void fetch_first(Search *s) noexcept nogil:
    """Fetch what is read first: the directory's entry of the query's day, the bucket of its name."""
    cdef const Field *f
    cdef uint32_t key
    if s.date_field >= 0 and s.has[s.date_field]:
        prefetch(s.days + day_of(s.rows[s.fields[s.date_field].word]))
    if s.hot_field >= 0 and s.has[s.hot_field] and s.fields[s.hot_field].family >= 0:
        f = &s.fields[s.hot_field]
        key = posting_key(name_hash(s, f), f.family)
        prefetch(s.postings[f.family].buckets + (<uint64_t> key * s.postings[f.family].n_buckets >> 32))

cdef inline void begin_search(Search *s) noexcept nogil:
    cdef int day
    fetch_first(s)
    mark_like(s)
    if s.date_field >= 0 and s.has[s.date_field]:
        day = day_of(s.rows[s.fields[s.date_field].word])
        fetch_days(s, &day, 1)
    set_bounds(s)
    s.n_hits = 0
    s.n_candidates = 0
    s.n_seen = 0
    s.n_scanned = 0
    s.n_scored = 0
    s.spent = 0
    s.status = 0
    s.knows_named = False
    s.epoch += 1
    if s.epoch >> 32:
        memset(s.seen, 0, SEEN_SIZE * 8)
        s.epoch = 1
    # What agrees with all that the query says is answered, be it as little as a name that many bear.
    if s.eases and s.wanted and most_said(s) - s.window < s.floor:
        s.floor = most_said(s) - s.window
    s.theta = s.least if s.least > s.floor else s.floor

cdef inline void answer_query(Search *s, Scorer scorer) noexcept nogil:
    """Answer the query in row 0."""
    begin_search(s)
    if s.exhaustive:
        by_all(s, scorer)
    else:
        set_reaches(s)
        by_groups(s, scorer)
    # What was kept before the best one was known may lie too far below it.
    while s.n_hits and s.hits[s.n_hits - 1].weight < s.hits[0].weight - s.window:
        s.n_hits -= 1
