# Rows of a scorer -> their sketches, side by side; two sketches -> what their pair can weigh at most. Header-only.
from batches cimport Program, prefetch_row
from comparisons cimport OP_CATEGORY, OP_DATE, OP_IDENTIFIER, OP_NAME, Comparison, term_frequency, two_words
from dtypes cimport MAX_TOKENS, Value
from gathered cimport read_row
from hashing cimport mix, prefetch
from libc.stdint cimport INT32_MIN, int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memset
from number_levels cimport CATEGORY_COMPATIBLE, CATEGORY_EXACT, DATE_EXACT, date_level
from sketch cimport (
    HASH_LANES,
    I_OR_Y,
    UNSURE,
    NameSketch,
    Sketch,
    allow_apart,
    digits_of,
    half_bits,
    less_apart,
    names_apart,
    note_allowed,
    upper_bound,
)
from sketch_lanes cimport bound_lanes, note_states

cdef enum:
    AHEAD_SKETCH = 24
    AHEAD_VALUE = 64            # a column's loop is short: so many rows take as long as memory needs
    SKETCHED_AT_ONCE = 256
    SEEN_BITS = 11              # of 256 places a third of all provinces would share one with another
    SEEN = 1 << SEEN_BITS
    READ_WIDTH = 48             # words of a row that are read from a file; wider ones are mapped

# The most that rarity adds for this value at this level: of two values the more frequent one counts, or the rarer one.
cdef inline int32_t rarity_of_value(const Comparison *c, int code, uint32_t x) noexcept nogil:
    if c.tf_part[code] == 0 or c.tf == NULL:
        return 0
    if (c.op == OP_DATE or c.op == OP_CATEGORY) and code != c.n_codes - 1:
        return c.rarest
    return term_frequency(c, code, x, x)

# Hash, bound of values that agree in it, bound of others; a byte each.
cdef inline uint32_t packed_with(const Comparison *c, uint32_t x, uint32_t hash_byte, int first_equal) noexcept nogil:
    cdef int code
    cdef int32_t w, equal = INT32_MIN, other = INT32_MIN
    for code in range(1, c.n_codes):
        w = c.top[code] + rarity_of_value(c, code, x)
        equal = w if w > equal and code >= first_equal else equal
        if code <= c.last_other:
            other = w if w > other else other
    return hash_byte | <uint32_t> half_bits(equal) << 8 | <uint32_t> half_bits(other) << 16

cdef inline uint32_t packed_sketch(const Comparison *c, uint32_t x, uint64_t key) noexcept nogil:
    cdef uint32_t h = <uint32_t> (mix(key, 5) >> 56)
    return packed_with(c, x, h if h else 1, 1)

# Few values and groups are told apart for sure: then levels that others have are none of theirs.
cdef inline uint32_t category_sketch(const Comparison *c, uint32_t x) noexcept nogil:
    cdef uint32_t group = x >> 16
    if 0 < group < UNSURE:
        return packed_with(c, x, group, CATEGORY_COMPATIBLE if c.grouped else CATEGORY_EXACT)
    return packed_with(c, x, <uint32_t> (mix(x & 0xFFFF0000u if group else x, 5) >> 57) | UNSURE, 1)

# Names that are equal up to spelling, or but for diacritics, have the same letters, except i and y.
cdef inline uint32_t value_sketch(const Comparison *c, uint32_t x) noexcept nogil:
    return packed_sketch(c, x, c.values[x].letters & ~I_OR_Y if c.op == OP_NAME else c.values[x].folded)

# A name's first and last word, a byte each: bytes that differ are of words that do.
cdef inline uint8_t word_byte(uint32_t token) noexcept nogil:
    return <uint8_t> (token * 0x9E3779B1u >> 24)

cdef inline NameSketch name_sketch(const Comparison *c, uint32_t x) noexcept nogil:
    cdef NameSketch name
    cdef const Value *v = &c.values[x]
    cdef int n = v.n_tokens if v.n_tokens < MAX_TOKENS else MAX_TOKENS
    name.letters = v.letters
    name.packed = value_sketch(c, x)
    name.first = word_byte(v.tokens[0])
    name.last = word_byte(v.tokens[n - 1 if n else 0])
    return name

cdef inline uint32_t word_sketch(const Comparison *c, const uint32_t *words) noexcept nogil:
    cdef uint32_t x = words[c.word]
    cdef uint64_t whole
    if c.op == OP_IDENTIFIER:
        whole = two_words(words + c.word)
        return packed_sketch(c, x, whole) if whole else 0
    if x == 0:
        return 0
    if c.op == OP_CATEGORY:
        return category_sketch(c, x)
    return packed_sketch(c, x, x if c.op == OP_DATE else 1)

# One column of the rows at `at` -> their sketches. Each kind has a loop of its own, short enough for registers: what
# the kinds have in common would be asked again for each of a row's columns, at twice the time.
cdef inline void fill_digits(const Comparison *c, const uint32_t **at, Py_ssize_t n, Sketch *out) noexcept nogil:
    cdef Py_ssize_t row, word = c.word
    cdef int k, n_held = 0, lane = c.lane
    cdef uint64_t held[SKETCHED_AT_ONCE]
    cdef uint16_t rows[SKETCHED_AT_ONCE]
    # Most identifiers are missing in most rows, and to count the digits of none takes as long as of any.
    for row in range(n):
        held[n_held] = two_words(at[row] + word)
        rows[n_held] = <uint16_t> row
        n_held += held[n_held] != 0
    for k in range(n_held):
        out[rows[k]].digits[lane] = digits_of(held[k])

cdef inline void fill_dates(const Comparison *c, const uint32_t **at, Py_ssize_t n, Sketch *out) noexcept nogil:
    cdef Py_ssize_t row, word = c.word
    cdef int32_t top = c.top[DATE_EXACT]
    for row in range(n):
        out[row].date = at[row][word]
        out[row].date_equal = top + rarity_of_value(c, DATE_EXACT, at[row][word])

cdef inline void put_packed(Sketch *sketch, int lane, uint32_t packed) noexcept nogil:
    sketch.hash[lane] = <uint8_t> packed
    sketch.equal[lane] = <uint8_t> (packed >> 8)
    sketch.other[lane] = <uint8_t> (packed >> 16)

cdef inline void fill_names(const Comparison *c, const NameSketch *names, int k, const uint32_t **at, Py_ssize_t n,
                            Sketch *out) noexcept nogil:
    cdef Py_ssize_t row, word = c.word
    cdef int lane = c.lane
    cdef const NameSketch *name
    for row in range(AHEAD_VALUE):
        prefetch(&names[at[row][word]])
    for row in range(n):
        prefetch(&names[at[row + AHEAD_VALUE][word]])
        name = &names[at[row][word]]
        out[row].letters[k] = name.letters
        out[row].first[k] = name.first
        out[row].last[k] = name.last
        put_packed(&out[row], lane, name.packed)

cdef inline void fill_values(const Comparison *c, const uint32_t *table, const uint32_t **at, Py_ssize_t n,
                             Sketch *out) noexcept nogil:
    cdef Py_ssize_t row, word = c.word
    cdef int lane = c.lane
    for row in range(AHEAD_VALUE):
        prefetch(&table[at[row][word]])
    for row in range(n):
        prefetch(&table[at[row + AHEAD_VALUE][word]])
        put_packed(&out[row], lane, table[at[row][word]])

# Words of few distinct values, most of the time, and their sketches. Zeroed, it has seen none.
cdef struct SeenWords:
    uint32_t words[HASH_LANES][SEEN]
    uint32_t sketches[HASH_LANES][SEEN]

cdef inline void fill_words(const Comparison *c, SeenWords *seen, const uint32_t **at, Py_ssize_t n,
                            Sketch *out) noexcept nogil:
    cdef Py_ssize_t row, word = c.word
    cdef int k, lane = c.lane
    cdef uint32_t x
    cdef uint32_t *words = &seen.words[lane][0]
    cdef uint32_t *sketches = &seen.sketches[lane][0]
    for row in range(n):
        x = at[row][word]
        k = x * <uint32_t> 0x9E3779B1u >> 32 - SEEN_BITS
        if words[k] != x:
            words[k] = x
            sketches[k] = word_sketch(c, at[row])
        put_packed(&out[row], lane, sketches[k] if x else 0)

# Sketches of at most SKETCHED_AT_ONCE rows, named by the lower halves of entries; meanwhile the first `n_later` rows
# that `later` names are fetched.
cdef inline void fill_sketches(const Program *p, const uint64_t *entries, Py_ssize_t n, const uint64_t *later,
                               Py_ssize_t n_later, SeenWords *seen, Sketch *out) noexcept nogil:
    cdef const Comparison *c
    cdef const uint32_t *at[SKETCHED_AT_ONCE + AHEAD_VALUE]
    cdef uint32_t near[SKETCHED_AT_ONCE * READ_WIDTH]
    cdef Py_ssize_t row
    cdef int i
    memset(out, 0, n * sizeof(Sketch))
    for row in range(n):
        at[row] = p.rows + <uint32_t> entries[row] * p.width
        if p.rows_file and p.width <= READ_WIDTH:
            read_row(p.rows_file, p.rows, p.width, <uint32_t> entries[row], near + row * p.width)
            at[row] = near + row * p.width
    for row in range(n, n + AHEAD_VALUE):
        at[row] = at[n - 1]
    for row in range(n_later):
        prefetch_row(p, <uint32_t> later[row])
    for i in range(p.n):
        c = &p.comparisons[i]
        if i == p.dated:
            fill_dates(c, at, n, out)
        elif c.lane < 0:
            continue
        elif p.digit_lane[i]:
            fill_digits(c, at, n, out)
        elif p.names[i] != NULL:
            fill_names(c, p.names[i], p.name_of[i], at, n, out)
        elif p.tables[i] != NULL:
            fill_values(c, p.tables[i], at, n, out)
        elif c.op == OP_IDENTIFIER:
            for row in range(n):
                put_packed(&out[row], c.lane, word_sketch(c, at[row]))
        else:
            fill_words(c, seen, at, n, out)

# Have the rows named by the lower halves of entries fetched.
cdef inline void fetch_rows(const Program *p, const uint64_t *entries, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t k
    for k in range(n):
        prefetch_row(p, <uint32_t> entries[k])

# Sketches of the rows named by the lower halves of entries, made side by side. The next n_later entries follow them;
# rows are fetched SKETCHED_AT_ONCE entries before they are read.
cdef inline void make_sketches(const Program *p, const uint64_t *entries, Py_ssize_t n, Py_ssize_t n_later,
                               SeenWords *seen, Sketch *out) noexcept nogil:
    cdef Py_ssize_t m, later
    while n > 0:
        m = n if n < SKETCHED_AT_ONCE else SKETCHED_AT_ONCE
        later = n + n_later - SKETCHED_AT_ONCE
        fill_sketches(p, entries, m, entries + SKETCHED_AT_ONCE, later if later < m else m, seen, out)
        entries += m
        out += m
        n -= m

# The most that two rows can weigh but for their dates. Which names are apart, a bit each.
cdef inline int32_t most_but_dates(const Program *p, const Sketch *a, const Sketch *b, unsigned int *apart) noexcept nogil:
    apart[0] = names_apart(a, b, &p.bounds)
    return upper_bound(a, b, &p.bounds) + less_apart(a, b, &p.bounds, apart[0])

cdef inline int level_of_dates(const Program *p, const Sketch *a, const Sketch *b) noexcept nogil:
    return date_level(a.date, b.date) if p.dated >= 0 and a.date and b.date else 0

# What dates of this level say at most against strangers.
cdef inline int32_t most_of_date(const Program *p, const Sketch *a, const Sketch *b, int code) noexcept nogil:
    if p.dated < 0:
        return 0
    if code == DATE_EXACT:
        return a.date_equal if a.date_equal < b.date_equal else b.date_equal
    return p.comparisons[p.dated].top[code]

# The most that two rows can weigh in each lane, whose dates are of this level and whose names are apart where a bit says
# so. `allowed` is of the lanes of hashes, `states` of all slots.
cdef inline void most_in_lanes(const Program *p, const Sketch *a, const Sketch *b, unsigned int apart, int date,
                               uint8_t *allowed, uint8_t *states, int32_t *lanes) noexcept nogil:
    cdef int32_t rarity = 0
    if date == DATE_EXACT:
        rarity = most_of_date(p, a, b, date) - p.comparisons[p.dated].top[date]
    note_allowed(a, b, &p.bounds, allowed)
    allow_apart(&p.bounds, apart, allowed)
    note_states(a, b, &p.bounds, &p.lane_bounds, apart, date, states)
    bound_lanes(&p.lane_bounds, allowed, states, rarity, lanes)
