# One query's raw texts + one segment -> its best records: candidates by number, day and name, scored by the Scorer.
"""Look-up of one person in one segment."""

import numpy as np

from blobs cimport HOT_CATEGORIES, HOT_WORDS, MAX_FIELDS, NO_WORD, OTHER_WORD, FieldText, read_blob
from dates cimport parse_date
from dtypes cimport MAX_TOKENS, TOKEN_TEXT, Token, Value
from hashing cimport hash_bytes, letter_signature, prefetch
from identifiers cimport ID_OLD_NUMBER, pack_identifier
from lanes cimport Eight, add_eight, least_of_eight, raise_eight, sum_eight, take_eight
from levels cimport (
    DATE_ELSE,
    DATE_NEAR_YEAR,
    DATE_SHIFTED_YEAR,
    DATE_SWAPPED,
    DATE_YEAR_PART,
    ID_NEAR,
    NAME_ELSE,
    NAME_ENDS,
    NAME_EXACT,
    NAME_FIRST,
    NAME_LAST,
    NAME_NEAR,
    PART_NEAR,
    category_level,
    date_level,
    token_likeness,
)
from libc.stdint cimport INT32_MAX, INT32_MIN, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc, strtod
from libc.string cimport memcpy, memset
from linkage._kernels.score cimport (
    LANES,
    MAX_COMPARISONS,
    OP_CATEGORY,
    OP_DATE,
    OP_NAME,
    OP_PART,
    OP_TEXT,
    Batch,
    Comparison,
    Scorer,
)
from linkage._kernels.store cimport RecordStore
from normalise cimport (
    NAME_SUSPECT,
    Normalised,
    init_normalise,
    normalise_name,
    normalise_text,
    phonetic_hash,
)
from postings cimport (
    Postings,
    Rarity,
    bucket_of,
    mixed,
    pair_hash,
    posting_key,
    rarity_of,
    token_part,
)
from similarity cimport leading_zeros, popcount

init_normalise()

cdef enum:
    SLOTS = 64                # candidates decoded and scored together
    TEXT_ROOM = 640           # bytes for one value's folded text and what may be read behind it
    CAPACITY = 512
    BUFFER = 1 << 15          # texts of one record
    MOST_FAMILIES = 24
    MOST_CLASSES = 6
    MOST_DAYS = 256
    MOST_NAMED = 1 << 16      # records with the query's name that are kept in mind
    SEEN_SIZE = 1 << 17
    MOST_SEEN = 1 << 16       # candidates that one query may score
    MOST_SCANNED = 1 << 19    # hot rows that one query may look at, but for an exhaustive one
    WHOLE_DAYS = 1 << 15      # of them, rows of days that are looked at as a whole; then only those of the given name
    FIRST_YEAR = 1880
    N_YEARS = 180
    A_YEAR = 416              # 13 months of 32 days, 0 = unknown
    N_DAYS = 74881
    REMEMBERED = 1024         # tokens whose words are remembered
    MOST_ALIKE = 122
    MOST_DIGITS = 38          # of a number, before its point and behind it
    NEAR_BITS = 512           # candidates within two bits of the best bound are scored together
    SCANNED_AT_ONCE = 512
    MOST_QUESTIONS = 512      # surprisals looked up together
    NOBODY = 0xFFFFFFFF
    FEW_NAMED = 48            # records with the query's name that are looked at one by one

cdef enum:
    FIELD_TEXT = 0, FIELD_NAME = 1, FIELD_EMAIL = 2, FIELD_IDENTIFIER = 3, FIELD_DATE = 4
    FIELD_CATEGORY = 5, FIELD_NUMBER = 6

KINDS = {
    "text": FIELD_TEXT, "name": FIELD_NAME, "email": FIELD_EMAIL, "identifier": FIELD_IDENTIFIER,
    "date": FIELD_DATE, "category": FIELD_CATEGORY, "number": FIELD_NUMBER,
}
cdef enum:
    CUT_SHORT = 1             # a cap ended the search before all that could matter was seen
    DAMAGED_BYTES = 2         # a record could not be read
    ASKS_REPAIR = 4           # a name looks mistyped: the query was not searched

SUSPECT, TRUNCATED, DAMAGED, ASKS = NAME_SUSPECT, CUT_SHORT, DAMAGED_BYTES, ASKS_REPAIR

# One field: how its text becomes words of a row, and the scratch tables of its distinct values.
cdef struct Field:
    int kind, word, id_kind, order
    int comparison            # -1 = not compared
    int partner               # field of the other part of the name, -1 = none
    int family, n_parts
    const uint32_t *category_words
    uint32_t n_categories
    Rarity rarity[4]
    Value *values             # 0 missing, 1 the query's, 2 + k candidate k's
    Token *tokens             # 1 to 8 the query's, then eight a candidate
    uint8_t *texts
    int16_t *tf
    int n_query_tokens
    uint64_t exact            # content hash of the query's value
    uint64_t forms[4]         # of its forms whose rarity is known
    bint equal_is_same        # only one value is equal to another

# The surprisal of one form of one value, asked for.
cdef struct Question:
    const Rarity *rarity
    uint64_t content
    int16_t *answer

# The words that may stand for a token, for queries to come.
cdef struct Alike:
    uint64_t token            # content hash, 0 = none
    uint32_t n
    uint16_t words[MOST_ALIKE]

cdef struct Hit:
    int32_t weight
    uint32_t row
    uint64_t gamma

# What a query may hold of one field; a category comes as its word.
cdef struct Given:
    const uint8_t *text
    uint32_t n
    uint32_t word


# One field's texts or category words of many queries; NULL = none has it.
cdef struct Column:
    const int32_t *offsets
    const uint8_t *data
    const uint8_t *valid
    const uint32_t *words


# A bound as an unsigned number in the same order.
cdef inline uint64_t ordered(int32_t bound) noexcept nogil:
    return <uint64_t> (<int64_t> bound + (<int64_t> 1 << 31))

cdef inline uint32_t bcd(uint32_t v) noexcept nogil:
    return v // 1000 << 12 | v // 100 % 10 << 8 | v // 10 % 10 << 4 | v % 10

cdef inline uint32_t date_word(const uint8_t *text, uint32_t n, int order) noexcept nogil:
    cdef uint32_t packed = parse_date(text, n, order)
    return bcd(packed >> 9 & 0xFFF) << 16 | bcd(packed >> 5 & 15) << 8 | bcd(packed & 31)

cdef inline int two(uint32_t v) noexcept nogil:
    return (v >> 4) * 10 + (v & 15)

# A date's place in the table of surprisals (model/term_frequencies.py), -1 = none.
cdef inline int64_t day_index(uint32_t d) noexcept nogil:
    cdef int year = two(d >> 24) * 100 + two(d >> 16 & 255), month = two(d >> 8 & 255), day = two(d & 255)
    if year < 1800 or year > 2055 or month < 1 or month > 12 or day < 1 or day > 31:
        return -1
    return ((year - 1800) * 12 + month - 1) * 31 + day - 1

# A date's place in the directory of days (linkage/segment/sections.py: day_of).
cdef inline int day_of(uint32_t d) noexcept nogil:
    cdef int year = two(d >> 24) * 100 + two(d >> 16 & 255), month = two(d >> 8 & 255), day = two(d & 255)
    if year < FIRST_YEAR or year >= FIRST_YEAR + N_YEARS or month > 12 or day > 31:
        return 0
    return (year - FIRST_YEAR) * A_YEAR + month * 32 + day + 1

cdef inline uint32_t date_of(int day) noexcept nogil:
    cdef int at = day - 1, year = FIRST_YEAR + at // A_YEAR
    if day == 0:
        return 0
    return bcd(year) << 16 | bcd(at % A_YEAR // 32) << 8 | bcd(at % 32)

# What the rarity of two values that agree adds (as in ext/score.pyx).
cdef inline int32_t term_frequency(const Comparison *c, int code, uint32_t x, uint32_t y) noexcept nogil:
    cdef int64_t i = c.tf_part[code] - 1
    if i < 0 or c.tf == NULL:
        return 0
    if c.op == OP_DATE:
        i = day_index(x)
        return c.tf[i] if 0 <= i < c.n_tf else 0
    if c.op == OP_CATEGORY:
        return c.tf[4 * (x & 0xFFFF)] if (x & 0xFFFF) < c.n_tf else 0
    if x >= c.n_tf or y >= c.n_tf:
        return 0
    return c.tf[4 * x + i] if c.tf[4 * x + i] < c.tf[4 * y + i] else c.tf[4 * y + i]

# How a hot row's name fits the query's n_query words: 4 = all words of the shorter name, 2 = the last, 1 = the
# first; 8 = to be looked at closely (no word, or one that may stand for anything). `like` as in Searcher.
cdef inline int fit_of(const uint16_t *words, const uint8_t *like, int n_query) noexcept nogil:
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
    return (n_like >= needed and popcount(seen & ((1u << n_query) - 1)) >= needed) << 2 \
        | (marks >> (8 * (n - 1)) >> (n_query - 1) & 1) << 1 | marks & 1

cdef inline int code_of_fit(int fit) noexcept nogil:
    if fit & 4:
        return NAME_EXACT
    if fit & 2:
        return NAME_ENDS if fit & 1 else NAME_LAST
    return NAME_FIRST if fit & 1 else NAME_ELSE

cdef inline bint is_blank(uint8_t c) noexcept nogil:
    return c == 32 or 9 <= c <= 13

cdef inline float number_of(const uint8_t *text, uint32_t n, bint *is_number) noexcept nogil:
    """The number as NumberColumn reads it: digits with a sign and one point or comma."""
    cdef char buffer[2 * MOST_DIGITS + 3]
    cdef uint32_t i = 0, k = 0, n_digits = 0
    cdef bint has_point = False
    is_number[0] = False
    while n and is_blank(text[n - 1]):
        n -= 1
    while i < n and is_blank(text[i]):
        i += 1
    if i < n and (text[i] == c"+" or text[i] == c"-"):
        buffer[k] = text[i]
        k += 1
        i += 1
    while i < n:
        if c"0" <= text[i] <= c"9" and n_digits < MOST_DIGITS:
            buffer[k] = text[i]
            n_digits += 1
        elif (text[i] == c"." or text[i] == c",") and n_digits and not has_point:
            buffer[k] = c"."
            has_point = True
            n_digits = 0
        else:
            return 0
        k += 1
        i += 1
    if n_digits == 0:
        return 0
    buffer[k] = 0
    is_number[0] = True
    return <float> strtod(buffer, NULL)


cdef class Searcher:
    """Everything that one look-up at a time needs of a segment; not to be shared by threads.

    Parameters
    ----------
    store : RecordStore
    scorer : Scorer
        Over the scratch rows, with its weights installed.
    scratch : dict
        rows uint32[SLOTS + 2, n_words] and, per field, values, tokens, texts, tf.
    fields : list of dict
        kind, word, comparison, partner, family and what their kind needs.
    sections : dict of arrays
        days, hot_words, hot_categories, word_classes, hot_tokens, hot_token_offsets, hot_token_words,
        odd_words; families: list of (buckets, entries).
    meta : dict
        hot_field, hot_categories, date_field, route (pair of fields or None), row_bits.
    """

    cdef RecordStore store
    cdef Scorer scorer
    cdef list alive
    cdef Field fields[MAX_FIELDS]
    cdef int n_fields, n_scored_fields, hot_field, date_field, route_from, route_to, n_hot_categories
    cdef int hot_category[HOT_CATEGORIES]
    cdef uint32_t[:, ::1] rows
    cdef const uint32_t *days
    cdef const uint16_t *classes
    cdef const Token *hot_tokens
    cdef const uint32_t *token_offsets
    cdef const uint16_t *token_words
    cdef const uint16_t *odd
    cdef uint32_t n_hot_tokens, n_odd, n_token_words
    cdef Postings postings[MOST_FAMILIES]
    cdef int family_field[MOST_FAMILIES]
    cdef int n_families, row_bits
    # of the query
    cdef Question questions[MOST_QUESTIONS]
    cdef int n_questions
    cdef uint64_t wanted
    cdef bint has[MAX_FIELDS]
    cdef bint compares[MAX_COMPARISONS]      # whether the query has the comparison's field
    cdef Alike *alike
    cdef uint8_t *like            # word -> bits of the query's tokens that it may stand for
    cdef uint16_t touched[1 << 16]
    cdef uint32_t n_touched
    cdef uint16_t given_classes[MOST_CLASSES]
    cdef int n_classes
    cdef int n_query_words        # tokens of the query's name, 0 = it has none
    cdef Eight base               # prior and the most that fields outside the bounds below can say, a lane each
    cdef Eight field_most[MAX_FIELDS]
    cdef Eight name_most[NAME_EXACT + 1]
    cdef Eight category_most[HOT_CATEGORIES][256]
    cdef Eight categories_best
    cdef Eight date_most[16]
    cdef Eight any_date
    cdef int reaches_date[16]                # whether a record with such a date can reach theta
    cdef Eight of_name[NAME_EXACT + 1]       # of the run being scanned: all but the categories
    cdef int reaches[NAME_EXACT + 1]         # whether such a name can reach theta there
    cdef uint8_t fit_reaches[9]              # the same by fit; a name that is looked at closely always does
    cdef uint32_t *named          # rows with the query's name, ascending
    cdef uint32_t n_named
    cdef bint knows_named
    # of the search
    cdef int32_t floor, window, theta
    cdef int limit, n_hits, status
    cdef Hit *hits
    cdef int hits_capacity
    cdef Batch *batch
    cdef uint8_t *buffer
    cdef uint64_t *seen
    cdef uint64_t epoch
    cdef readonly uint32_t n_seen, n_scanned
    cdef uint64_t *candidates     # bound + 2**31 above row
    cdef uint32_t n_candidates, candidates_capacity
    cdef const uint8_t *hidden    # bit = row that is not to be found
    cdef const uint8_t *allowed   # bit = row that may be found; NULL = all
    cdef bint exhaustive

    def __cinit__(self):
        self.like = <uint8_t *> malloc(1 << 16)
        self.batch = <Batch *> malloc(sizeof(Batch))
        self.buffer = <uint8_t *> malloc(BUFFER)
        self.seen = <uint64_t *> malloc(SEEN_SIZE * 8)
        self.named = <uint32_t *> malloc(MOST_NAMED * 4)
        self.candidates_capacity = 1 << 12
        self.candidates = <uint64_t *> malloc(self.candidates_capacity * 8)
        self.alike = <Alike *> malloc(REMEMBERED * sizeof(Alike))
        if self.alike == NULL or self.like == NULL or self.batch == NULL or self.buffer == NULL or self.seen == NULL or self.named == NULL \
                or self.candidates == NULL:
            raise MemoryError
        memset(self.alike, 0, REMEMBERED * sizeof(Alike))
        memset(self.like, 0, 1 << 16)
        memset(self.seen, 0, SEEN_SIZE * 8)
        self.like[OTHER_WORD] = 255
        self.fit_reaches[8] = 1

    def __dealloc__(self):
        free(self.alike)
        free(self.like)
        free(self.batch)
        free(self.buffer)
        free(self.seen)
        free(self.named)
        free(self.candidates)
        free(self.hits)

    def __init__(self, RecordStore store not None, Scorer scorer not None, uint32_t[:, ::1] rows not None,
                 list fields not None, dict sections not None, dict meta not None):
        cdef Field *f
        cdef Py_ssize_t k, n = store.store.n_records
        self.store = store
        self.scorer = scorer
        self.rows = rows
        self.alive = [fields, sections]
        self.n_fields = len(fields)
        self.hot_field = meta["hot_field"]
        self.date_field = meta["date_field"]
        self.route_from, self.route_to = meta["route"]
        self.row_bits = meta["row_bits"]
        if rows.shape[0] < SLOTS + 2 or self.n_fields >= MAX_FIELDS or self.n_fields > store.store.n_fields:
            raise ValueError("scratch rows or fields that do not fit")
        self.days = <const uint32_t *> <size_t> self.pointer(sections["days"], np.uint32, N_DAYS + 1)
        if int(sections["days"][N_DAYS]) != n or not bool(np.all(np.diff(sections["days"].astype(np.int64)) >= 0)):
            raise ValueError("a directory of days that does not fit the records")
        self.classes = <const uint16_t *> <size_t> self.pointer(sections["word_classes"], np.uint16, 1 << 16)
        self.n_hot_tokens = <uint32_t> sections["hot_tokens"].shape[0]
        self.hot_tokens = <const Token *> <size_t> self.pointer(
            sections["hot_tokens"].reshape(-1), np.uint8, self.n_hot_tokens * sizeof(Token))
        self.token_offsets = <const uint32_t *> <size_t> self.pointer(
            sections["hot_token_offsets"], np.uint32, self.n_hot_tokens + 1)
        self.n_token_words = <uint32_t> sections["hot_token_words"].shape[0]
        self.token_words = <const uint16_t *> <size_t> self.pointer(
            sections["hot_token_words"], np.uint16, self.n_token_words)
        if int(sections["hot_token_offsets"].max(initial=0)) > self.n_token_words:
            raise ValueError("tokens beyond their words")
        self.n_odd = <uint32_t> sections["odd_words"].shape[0]
        self.odd = <const uint16_t *> <size_t> self.pointer(sections["odd_words"], np.uint16, self.n_odd)
        for k in range(self.n_odd):
            self.like[self.odd[k]] = 255
        self.n_families = len(sections["families"])
        if self.n_families > MOST_FAMILIES:
            raise ValueError(f"more than {MOST_FAMILIES} families of postings")
        for k, (buckets, entries) in enumerate(sections["families"]):
            if buckets.ndim != 1 or buckets.shape[0] < 2:
                raise ValueError("postings without a bucket")
            self.postings[k].n_buckets = buckets.shape[0] - 1
            self.postings[k].n_entries = entries.shape[0]
            self.postings[k].buckets = <const uint32_t *> <size_t> self.pointer(buckets, np.uint32, buckets.shape[0])
            self.postings[k].entries = <const uint32_t *> <size_t> self.pointer(entries, np.uint32, entries.shape[0])
            self.family_field[k] = -1
        self.n_hot_categories = len(meta["hot_categories"])
        if self.n_hot_categories > HOT_CATEGORIES or not -1 <= self.hot_field < self.n_fields \
                or not -1 <= self.date_field < self.n_fields or not -1 <= self.route_from < self.n_fields \
                or not -1 <= self.route_to < self.n_fields or not 1 <= self.row_bits <= 31:
            raise ValueError("fields beyond those there are, or rows of more than 31 bits")
        for k in range(self.n_hot_categories):
            self.hot_category[k] = meta["hot_categories"][k]
            if not 0 <= self.hot_category[k] < self.n_fields or fields[self.hot_category[k]]["kind"] != "category":
                raise ValueError("a hot category is no category")
        for k, spec in enumerate(fields):
            f = &self.fields[k]
            self.fill_field(f, spec)
            if f.family >= 0:
                self.family_field[f.family] = <int> k

    cdef size_t pointer(self, array, dtype, Py_ssize_t size) except? 0:
        if array.dtype != dtype or not array.flags.c_contiguous or array.size != size:
            raise ValueError(f"expected {size} contiguous values of {np.dtype(dtype)}, got {array.size} of {array.dtype}")
        self.alive.append(array)
        return array.ctypes.data

    cdef fill_field(self, Field *f, dict spec):
        cdef int k
        f.kind = KINDS[spec["kind"]]
        f.word = spec["word"]
        f.id_kind = spec.get("identifier", 0)
        f.order = spec.get("order", 0)
        f.comparison = spec["comparison"]
        f.partner = spec["partner"]
        f.family = spec["family"]
        width = 2 if f.kind == FIELD_IDENTIFIER else 1
        if not 0 <= f.word <= self.rows.shape[1] - width or f.comparison >= self.scorer.n or f.family >= self.n_families:
            raise ValueError("a field beyond the rows, the comparisons or the postings")
        if f.kind == FIELD_CATEGORY:
            words = spec["category_words"]
            f.n_categories = <uint32_t> words.shape[0]
            f.category_words = <const uint32_t *> <size_t> self.pointer(words, np.uint32, words.shape[0])
        if f.kind > FIELD_EMAIL:
            return
        values, tokens, texts, tf = spec["scratch"]
        if values.nbytes < (SLOTS + 2) * sizeof(Value) or tokens.nbytes < (1 + MAX_TOKENS * (SLOTS + 1)) * sizeof(Token) \
                or texts.nbytes < (SLOTS + 2) * TEXT_ROOM or tf.nbytes < (SLOTS + 2) * 8:
            raise ValueError("scratch tables that are too small")
        f.values = <Value *> <size_t> values.ctypes.data
        f.tokens = <Token *> <size_t> tokens.ctypes.data
        f.texts = <uint8_t *> <size_t> texts.ctypes.data
        f.tf = <int16_t *> <size_t> tf.ctypes.data
        self.alive.append(spec["scratch"])
        f.n_parts = len(spec["rarity"])
        f.equal_is_same = f.comparison >= 0 and self.scorer.comparisons[f.comparison].op in (OP_NAME, OP_PART, OP_TEXT)
        for k, (buckets, entries, rarest) in enumerate(spec["rarity"]):
            if k > 3 or buckets.ndim != 1 or buckets.shape[0] < 2:
                raise ValueError("rarity without a bucket, or of more than four forms")
            f.rarity[k].n_buckets = buckets.shape[0] - 1
            f.rarity[k].n_entries = entries.shape[0]
            f.rarity[k].buckets = <const uint32_t *> <size_t> self.pointer(buckets, np.uint32, buckets.shape[0])
            f.rarity[k].entries = <const uint64_t *> <size_t> self.pointer(entries, np.uint64, entries.shape[0])
            f.rarity[k].rarest = rarest

    # ---------------------------------------------------------------------------------- texts -> row words
    cdef uint32_t token_id(self, Field *f, const uint8_t *text, long n, int slot, int k) noexcept nogil:
        """A token's number in the scratch table: the query's where it holds the same one."""
        cdef uint64_t h = hash_bytes(text, n)
        cdef int i
        cdef Token *token
        for i in range(f.n_query_tokens):
            if f.tokens[1 + i].folded == h:
                return 1 + i
        i = 1 + MAX_TOKENS * slot + (k if slot else f.n_query_tokens)
        if slot == 0:
            f.n_query_tokens += 1
        token = &f.tokens[i]
        memset(token, 0, sizeof(Token))
        token.folded = h
        token.letters = letter_signature(text, n)
        token.phonetic = <uint32_t> phonetic_hash(text, <int> n)
        token.length = <uint32_t> n
        memcpy(token.text, text, TOKEN_TEXT if n > TOKEN_TEXT else n)
        return i

    cdef uint32_t value_id(self, Field *f, const uint8_t *text, long n, int slot, int *flags) noexcept nogil:
        """Encode a text as ValueDictionary does, into the slot's scratch (0 = the query's); its value id."""
        cdef uint8_t exact[CAPACITY + 64]
        cdef uint8_t spelling[CAPACITY + 64]
        cdef uint8_t local[CAPACITY + 64]
        cdef uint32_t id = 1 + slot
        cdef uint8_t *folded = f.texts + id * TEXT_ROOM
        cdef Normalised sizes
        cdef Value *value = &f.values[id]
        cdef uint64_t h
        cdef long begin = 0, end, at = 0
        if f.kind == FIELD_NAME:
            normalise_name(text, n, exact, spelling, folded, CAPACITY, &sizes)
        else:
            normalise_text(text, n, exact, spelling, folded, CAPACITY, &sizes)
        flags[0] = sizes.flags
        if sizes.n_exact == 0 or sizes.n_folded == 0:
            return 0
        h = hash_bytes(exact, sizes.n_exact)
        if slot and h == f.exact:
            return 1
        if slot == 0:
            f.exact = h
            f.n_query_tokens = 0
        memset(value, 0, sizeof(Value))
        value.folded = hash_bytes(folded, sizes.n_folded)
        value.spelling = hash_bytes(spelling, sizes.n_spelling)
        value.letters = letter_signature(folded, sizes.n_folded)
        value.flags = <uint8_t> sizes.flags
        value.text = id * TEXT_ROOM
        value.length = <uint16_t> sizes.n_folded
        memset(folded + sizes.n_folded, 0, 64)
        while begin < sizes.n_folded:
            end = begin
            while end < sizes.n_folded and folded[end] != c" ":
                end += 1
            if end > begin:
                if value.n_tokens < MAX_TOKENS:
                    value.tokens[value.n_tokens] = self.token_id(f, folded + begin, end - begin, slot, value.n_tokens)
                if value.n_tokens < 255:
                    value.n_tokens += 1
            begin = end + 1
        if f.kind == FIELD_EMAIL:
            while at < n and text[at] != c"@":
                at += 1
            value.spelling = value.folded
            if at < n:
                normalise_text(text, at, exact, spelling, local, CAPACITY, &sizes)
                if sizes.n_folded:
                    value.spelling = hash_bytes(local, sizes.n_folded)
        self.ask_rarity(f, value, id, h)
        return id

    cdef void ask_rarity(self, Field *f, const Value *value, uint32_t id, uint64_t exact) noexcept nogil:
        """Have the surprisal of a value's forms looked up; those that are the query's are known."""
        cdef uint64_t last
        if f.n_parts == 0:
            return
        # Values that are not the query's are equal to it, where only the same value is equal, never.
        if id == 1 or not f.equal_is_same:
            self.ask_form(f, 0, exact, id)
        if f.n_parts > 1:
            self.ask_form(f, 1, value.folded, id)
        if f.n_parts > 3:
            last = f.tokens[value.tokens[(value.n_tokens if value.n_tokens < MAX_TOKENS else MAX_TOKENS) - 1]].folded
            self.ask_form(f, 2, pair_hash(f.tokens[value.tokens[0]].folded, last), id)
            self.ask_form(f, 3, last, id)

    cdef inline void ask_form(self, Field *f, int form, uint64_t content, uint32_t id) noexcept nogil:
        cdef Question *question
        if id > 1 and content == f.forms[form]:
            f.tf[4 * id + form] = f.tf[4 + form]
            return
        if id == 1:
            f.forms[form] = content
        if self.n_questions == MOST_QUESTIONS:
            self.answer_questions()
        question = &self.questions[self.n_questions]
        question.rarity = &f.rarity[form]
        question.content = content
        question.answer = &f.tf[4 * id + form]
        self.n_questions += 1

    cdef void answer_questions(self) noexcept nogil:
        """Look all surprisals up; their cache misses overlap."""
        cdef int i
        cdef const Rarity *r
        cdef uint32_t at
        for i in range(self.n_questions):
            r = self.questions[i].rarity
            prefetch(r.buckets + ((self.questions[i].content >> 32) * r.n_buckets >> 32))
        for i in range(self.n_questions):
            r = self.questions[i].rarity
            at = r.buckets[(self.questions[i].content >> 32) * r.n_buckets >> 32]
            prefetch(r.entries + (at if at < r.n_entries else 0))
        for i in range(self.n_questions):
            self.questions[i].answer[0] = <int16_t> rarity_of(self.questions[i].rarity, self.questions[i].content)
        self.n_questions = 0

    cdef int put_words(self, int i, const uint8_t *text, uint32_t n, uint32_t category, int slot) noexcept nogil:
        """Encode one field's text into a scratch row; returns the identifier's status or the text's flags."""
        cdef Field *f = &self.fields[i]
        cdef uint32_t *row = &self.rows[slot, 0]
        cdef uint64_t code
        cdef int status = 0
        cdef float number
        cdef uint32_t word
        cdef bint is_number = False
        row[f.word] = 0
        if f.kind == FIELD_IDENTIFIER:
            row[f.word + 1] = 0
            if text == NULL or n == 0:
                return 0
            code = pack_identifier(text, n, f.id_kind, &status)
            row[f.word] = <uint32_t> code
            row[f.word + 1] = <uint32_t> (code >> 32)
        elif f.kind == FIELD_CATEGORY:
            row[f.word] = category
        elif text == NULL or n == 0:
            return 0
        elif f.kind == FIELD_DATE:
            row[f.word] = date_word(text, n, f.order)
        elif f.kind == FIELD_NUMBER:
            number = number_of(text, n, &is_number)
            if is_number:
                memcpy(&word, &number, 4)
                if word == 0:
                    number = 1e-38
                    memcpy(&word, &number, 4)
                row[f.word] = word
        else:
            row[f.word] = self.value_id(f, text, n, slot, &status)
        return status

    cdef void route(self, int slot, int status) noexcept nogil:
        """A nine-digit number in the place of the personal one is an old number (fields/batch.py)."""
        cdef uint32_t *new
        cdef uint32_t *old
        if status != ID_OLD_NUMBER or self.route_from < 0:
            return
        new = &self.rows[slot, self.fields[self.route_from].word]
        old = &self.rows[slot, self.fields[self.route_to].word]
        if old[0] == 0 and old[1] == 0 or old[0] == new[0] and old[1] == new[1]:
            old[0] = new[0]
            old[1] = new[1]
            new[0] = new[1] = 0

    cdef int decode(self, uint32_t row, int slot) noexcept nogil:
        """Read a record's fields that the query asks for into a scratch row; -1 where its bytes are damaged."""
        cdef FieldText texts[MAX_FIELDS]
        cdef FieldText *t
        cdef Field *f
        cdef int i, status, routed = 0
        cdef uint32_t word
        if read_blob(&self.store.store, row, self.wanted, texts, self.buffer, BUFFER):
            return -1
        for i in range(self.n_fields):
            if not self.wanted >> i & 1:
                continue
            t = &texts[i]
            f = &self.fields[i]
            word = 0
            if f.kind == FIELD_CATEGORY and 0 < t.category <= f.n_categories:
                word = f.category_words[t.category - 1]
            if t.meant != NULL:
                status = self.put_words(i, t.meant, t.n_meant, word, slot)
            else:
                status = self.put_words(i, t.text, t.n, word, slot)
            if i == self.route_from:
                routed = status
        self.route(slot, routed)
        return 0

    # --------------------------------------------------------------------------------------------- bounds
    cdef inline void code_most(self, const Comparison *c, int code, int32_t rarity, Eight *out) noexcept nogil:
        """The most that a level says in each lane, whatever level of its parent the query leaves possible."""
        cdef int parent, lane, n_parents = 1
        cdef int32_t w
        if c.parent >= 0 and self.compares[c.parent]:
            n_parents = self.scorer.comparisons[c.parent].n_codes
        for lane in range(LANES):
            out.v[lane] = self.scorer.weights[c.base + code, lane]
            for parent in range(1, n_parents):
                w = self.scorer.weights[c.base + parent * c.n_codes + code, lane]
                out.v[lane] = w if w > out.v[lane] else out.v[lane]
            if c.rarity_of[lane]:
                out.v[lane] += rarity

    cdef inline int32_t own_rarity(self, const Field *f, const Comparison *c, int code) noexcept nogil:
        """Surprisal of the query's value at a level: of two values the more frequent one counts."""
        cdef int64_t i
        if f.kind <= FIELD_EMAIL:
            return c.tf[4 + c.tf_part[code] - 1]
        i = 4 * <int64_t> (self.rows[0, f.word] & 0xFFFF)
        if f.kind == FIELD_DATE:
            i = day_index(self.rows[0, f.word])
            return c.tf[i] if 0 <= i < c.n_tf else 0
        return c.tf[i] if i < 4 * c.n_tf else 0

    cdef void most_of_field(self, int i, int last_code, Eight *most) noexcept nogil:
        """The most that a field says for the query's value, at codes up to the last one or for a missing value."""
        cdef const Field *f = &self.fields[i]
        cdef const Comparison *c
        cdef Eight level
        cdef int code
        cdef int32_t rarity
        memset(most, 0, sizeof(Eight))
        if f.comparison < 0:
            return
        c = &self.scorer.comparisons[f.comparison]
        self.code_most(c, 0, 0, most)
        for code in range(1, (last_code if last_code < c.n_codes else c.n_codes - 1) + 1):
            rarity = 0
            if c.tf_part[code] and c.tf != NULL:
                rarity = self.own_rarity(f, c, code)
            self.code_most(c, code, rarity, &level)
            raise_eight(most, &level)

    cdef void mark_token(self, const Token *t, uint8_t bit) noexcept nogil:
        """Mark the words that may stand for a token; those of tokens met before are remembered."""
        cdef Alike *alike = &self.alike[t.folded & (REMEMBERED - 1)]
        cdef const Token *h
        cdef uint32_t i, j, n = 0
        cdef int longest
        if alike.token == t.folded:
            for i in range(alike.n):
                self.mark_word(alike.words[i], bit)
            return
        alike.token = 0
        for i in range(self.n_hot_tokens):
            h = &self.hot_tokens[i]
            longest = t.length if t.length > h.length else h.length
            if popcount(t.letters ^ h.letters) > 2 * (1 + longest // 4) and t.phonetic != h.phonetic \
                    and t.length != 1 and h.length != 1:
                continue
            if t.folded == h.folded or token_likeness(t, h) >= 2:
                for j in range(self.token_offsets[i], self.token_offsets[i + 1]):
                    if j < self.n_token_words:
                        self.mark_word(self.token_words[j], bit)
                        if n < MOST_ALIKE:
                            alike.words[n] = self.token_words[j]
                        n += 1
        if n <= MOST_ALIKE:
            alike.token = t.folded
            alike.n = n

    cdef inline void mark_word(self, uint16_t word, uint8_t bit) noexcept nogil:
        if self.like[word] == 0:
            self.touched[self.n_touched] = word
            self.n_touched += 1
        self.like[word] |= bit

    cdef void mark_like(self) noexcept nogil:
        """Which words may stand for which token of the query's name; and the classes of its given name."""
        cdef Field *f
        cdef int k
        cdef uint32_t i
        cdef uint16_t kind
        cdef int order[2]
        for i in range(self.n_touched):
            self.like[self.touched[i]] = 0
        self.n_touched = 0
        self.n_classes = 0
        self.n_query_words = 0
        if self.hot_field < 0 or not self.has[self.hot_field]:
            return
        f = &self.fields[self.hot_field]
        self.n_query_words = f.n_query_tokens
        for k in range(f.n_query_tokens):
            self.mark_token(&f.tokens[1 + k], <uint8_t> (1 << k))
        # The given name stands last, in a name that was turned round first.
        order[0] = f.n_query_tokens - 1
        order[1] = 0
        for k in range(2):
            if f.n_query_tokens:
                kind = <uint16_t> ((f.tokens[1 + order[k]].phonetic >> 16) % NO_WORD)
                if k == 0 or kind != self.given_classes[0]:
                    self.given_classes[self.n_classes] = kind
                    self.n_classes += 1
        self.given_classes[self.n_classes] = OTHER_WORD
        self.n_classes += 1

    cdef void set_bounds(self) noexcept nogil:
        cdef const Comparison *c
        cdef int i, k, code, lane
        cdef int32_t rarity
        cdef bint bounded
        cdef Eight missing            # is evidence too, where the field says so
        for lane in range(LANES):
            self.base.v[lane] = self.scorer.prior[lane]
        memset(self.compares, 0, sizeof(self.compares))
        for i in range(self.n_fields):
            if self.has[i] and self.fields[i].comparison >= 0:
                self.compares[self.fields[i].comparison] = True
        for i in range(self.n_fields):
            memset(&self.field_most[i], 0, sizeof(Eight))
            bounded = i == self.date_field or i == self.hot_field
            for k in range(self.n_hot_categories):
                bounded = bounded or self.hot_category[k] == i
            if self.has[i] and self.fields[i].comparison >= 0:
                self.most_of_field(i, 16, &self.field_most[i])
                if not bounded:
                    add_eight(&self.base, &self.field_most[i])
            elif self.fields[i].comparison >= 0:
                self.code_most(&self.scorer.comparisons[self.fields[i].comparison], 0, 0, &missing)
                add_eight(&self.base, &missing)
        memset(self.name_most, 0, sizeof(self.name_most))
        if self.hot_field >= 0 and self.has[self.hot_field] and self.fields[self.hot_field].comparison >= 0:
            c = &self.scorer.comparisons[self.fields[self.hot_field].comparison]
            self.code_most(c, 0, 0, &self.name_most[0])
            for code in range(NAME_ELSE, NAME_EXACT + 1):
                if c.op == OP_NAME and code <= NAME_ENDS:
                    self.most_of_field(self.hot_field, code, &self.name_most[code])
                elif c.op == OP_PART and code < NAME_FIRST:
                    self.most_of_field(self.hot_field, PART_NEAR - 1, &self.name_most[code])
                else:
                    self.name_most[code] = self.field_most[self.hot_field]
        memset(&self.categories_best, 0, sizeof(Eight))
        for k in range(self.n_hot_categories):
            self.set_category(k)
        memset(self.date_most, 0, sizeof(self.date_most))
        memset(&self.any_date, 0, sizeof(Eight))
        if self.date_field >= 0 and self.has[self.date_field] and self.fields[self.date_field].comparison >= 0:
            c = &self.scorer.comparisons[self.fields[self.date_field].comparison]
            self.code_most(c, 0, 0, &self.date_most[0])
            self.any_date = self.date_most[0]
            for code in range(1, c.n_codes):
                rarity = 0
                if c.tf_part[code] and c.tf != NULL:
                    rarity = self.own_rarity(&self.fields[self.date_field], c, code)
                self.code_most(c, code, rarity, &self.date_most[code])
                raise_eight(&self.any_date, &self.date_most[code])

    cdef void set_category(self, int k) noexcept nogil:
        """What each of a hot category's values says about the query's value."""
        cdef int field = self.hot_category[k], id, code
        cdef const Field *f = &self.fields[field]
        cdef const Comparison *c
        cdef Eight best
        cdef Eight level[3]
        cdef int32_t rarity
        cdef uint32_t x = self.rows[0, f.word]
        memset(self.category_most[k], 0, sizeof(self.category_most[k]))
        if not self.has[field] or f.comparison < 0:
            return
        c = &self.scorer.comparisons[f.comparison]
        for code in range(1, 4):
            rarity = self.own_rarity(f, c, code) if c.tf_part[code] and c.tf != NULL else 0
            self.code_most(c, code, rarity, &level[code - 1])
        self.code_most(c, 0, 0, &best)
        for id in range(255):
            self.category_most[k][id] = best
        self.category_most[k][255] = self.field_most[field]
        for id in range(1, 256 if f.n_categories >= 255 else <int> f.n_categories + 1):
            if id < 255 and f.category_words[id - 1]:
                self.category_most[k][id] = level[category_level(x, f.category_words[id - 1]) - 1]
            raise_eight(&best, &self.category_most[k][id])
        add_eight(&self.categories_best, &best)

    cdef void end_group(self) noexcept nogil:
        """Score what was offered; what the answers leave open narrows what comes next."""
        cdef int code
        cdef Eight most
        self.settle()
        for code in range(16):
            sum_eight(&most, &self.base, &self.date_most[code])
            self.reaches_date[code] = self.with_name(&most) >= self.theta

    cdef inline bint most_of_day(self, int day, Eight *most) noexcept nogil:
        """The most of a record of this day but for name and categories; 0 = it cannot reach theta."""
        cdef uint32_t d
        cdef int code
        most[0] = self.base
        if self.date_field < 0 or not self.has[self.date_field]:
            return True
        d = date_of(day)
        if d == 0:
            add_eight(most, &self.any_date)
            return True
        code = date_level(self.rows[0, self.fields[self.date_field].word], d)
        add_eight(most, &self.date_most[code])
        return self.reaches_date[code]

    cdef inline int32_t with_name(self, const Eight *most) noexcept nogil:
        """The most with the best name and categories."""
        cdef Eight sum
        sum_eight(&sum, most, &self.name_most[NAME_EXACT])
        add_eight(&sum, &self.categories_best)
        return least_of_eight(&sum)

    cdef inline int name_code(self, const uint16_t *words) noexcept nogil:
        """The highest bucket of levels that a hot row's name can reach: the readable form of `fit_of`."""
        cdef uint32_t a = self.like[words[0]], b = self.like[words[1]], c = self.like[words[2]], d = self.like[words[3]]
        cdef int n = 1 + (words[1] != NO_WORD) + (words[2] != NO_WORD) + (words[3] != NO_WORD)
        cdef int n_like = (a != 0) + (b != 0) + (c != 0) + (d != 0), needed = n, nq = self.n_query_words
        cdef uint32_t last = d if n == 4 else c if n == 3 else b if n == 2 else a
        if a == 255 or b == 255 or c == 255 or d == 255:
            needed -= (a == 255) + (b == 255) + (c == 255) + (d == 255)
            if words[0] == OTHER_WORD or words[1] == OTHER_WORD or words[2] == OTHER_WORD or words[3] == OTHER_WORD:
                return NAME_EXACT if nq else 0
        needed = needed if needed < nq else nq
        if n_like >= needed and popcount((a | b | c | d) & ((1 << nq) - 1)) >= needed:
            return NAME_EXACT if nq and words[0] != NO_WORD else 0
        if nq and last >> (nq - 1) & 1:
            return NAME_ENDS if a & 1 else NAME_LAST
        return NAME_FIRST if a & 1 else NAME_ELSE

    cdef void begin_run(self, const Eight *most) noexcept nogil:
        """Get ready to bound the records of a run; `most` is what all but name and categories can say."""
        cdef int code, fit
        cdef Eight sum
        for code in range(NAME_EXACT + 1):
            sum_eight(&self.of_name[code], most, &self.name_most[code])
            sum_eight(&sum, &self.of_name[code], &self.categories_best)
            self.reaches[code] = least_of_eight(&sum) >= self.theta
        for fit in range(8):
            self.fit_reaches[fit] = self.reaches[code_of_fit(fit)]

    cdef inline int32_t most_of_row(self, uint32_t row) noexcept nogil:
        """An upper bound of a record's weight from its hot row; of the hopeless ones INT32_MIN."""
        cdef int k, code = 0
        cdef const uint8_t *ids = self.store.store.hot_categories + <uint64_t> row * HOT_CATEGORIES
        cdef Eight sum
        if self.hot_field >= 0:
            code = self.name_code(self.store.store.hot_words + <uint64_t> row * HOT_WORDS)
        if not self.reaches[code]:
            return INT32_MIN
        sum = self.of_name[code]
        for k in range(self.n_hot_categories):
            add_eight(&sum, &self.category_most[k][ids[k]])
        return least_of_eight(&sum)

    # ----------------------------------------------------------------------------------------- candidates
    cdef inline bint is_open(self, uint32_t row) noexcept nogil:
        if self.hidden != NULL and self.hidden[row >> 3] >> (row & 7) & 1:
            return False
        return self.allowed == NULL or self.allowed[row >> 3] >> (row & 7) & 1

    cdef inline bint is_new(self, uint32_t row) noexcept nogil:
        """Whether this query meets the record for the first time."""
        cdef uint64_t i = mixed(row) & (SEEN_SIZE - 1), mine = self.epoch << 32 | row
        if self.exhaustive:           # meets every record once
            return True
        while self.seen[i] >> 32 == self.epoch:
            if self.seen[i] == mine:
                return False
            i = (i + 1) & (SEEN_SIZE - 1)
        if self.n_seen >= MOST_SEEN:
            self.status |= CUT_SHORT
            return False
        self.seen[i] = mine
        self.n_seen += 1
        return True

    cdef inline void offer(self, uint32_t row, int32_t bound) noexcept nogil:
        """Keep a candidate until `settle`."""
        cdef void *p
        if not self.is_open(row):
            return
        if self.n_candidates == self.candidates_capacity:
            p = realloc(self.candidates, self.candidates_capacity * 16)
            if p == NULL:
                self.status |= CUT_SHORT
                return
            self.candidates = <uint64_t *> p
            self.candidates_capacity *= 2
        self.candidates[self.n_candidates] = ordered(bound) << 32 | row
        self.n_candidates += 1

    cdef void settle(self) noexcept nogil:
        """Score the candidates, the most promising first, as long as their bounds reach theta."""
        cdef uint32_t i, kept, best
        cdef uint64_t least
        cdef int n
        cdef uint32_t chosen[SLOTS]
        while self.n_candidates:
            best = 0
            kept = 0
            least = ordered(self.theta)
            for i in range(self.n_candidates):
                if self.candidates[i] >> 32 >= least:
                    self.candidates[kept] = self.candidates[i]
                    kept += 1
                    if self.candidates[i] >> 32 > best:
                        best = <uint32_t> (self.candidates[i] >> 32)
            self.n_candidates = kept
            least = best - NEAR_BITS if best > NEAR_BITS else 0
            kept = 0
            n = 0
            for i in range(self.n_candidates):
                if self.candidates[i] >> 32 >= least and n < SLOTS:
                    if self.is_new(<uint32_t> self.candidates[i]):
                        chosen[n] = <uint32_t> self.candidates[i]
                        prefetch(self.store.store.lengths + chosen[n])
                        n += 1
                else:
                    self.candidates[kept] = self.candidates[i]
                    kept += 1
            self.n_candidates = kept
            if n:
                self.score(chosen, n)

    cdef void score(self, const uint32_t *chosen, int n) noexcept nogil:
        cdef int i, k, n_live
        cdef uint64_t group
        self.batch.n = 0
        for i in range(n):
            group = self.store.store.groups[chosen[i] >> 4]
            if group < self.store.store.n_blob_bytes:
                prefetch(self.store.store.blobs + group)
                prefetch(self.store.store.blobs + group + 512)
        for i in range(n):
            if self.decode(chosen[i], i + 1):
                self.status |= DAMAGED_BYTES
                continue
            self.batch.left[self.batch.n] = 0
            self.batch.right[self.batch.n] = i + 1
            self.batch.n += 1
        self.answer_questions()
        n_live = self.scorer.score_batch(self.batch, self.theta)
        for i in range(n_live):
            k = self.batch.live[i]
            if self.batch.weight[k] >= self.theta:
                self.keep(self.batch.weight[k], chosen[self.batch.right[k] - 1], self.batch.gamma[k])

    cdef void keep(self, int32_t weight, uint32_t row, uint64_t gamma) noexcept nogil:
        """Put a record among the best: by weight, then row."""
        cdef int i = self.n_hits
        if self.n_hits == self.limit:
            i -= 1
            if weight < self.hits[i].weight or weight == self.hits[i].weight and row > self.hits[i].row:
                return
        else:
            self.n_hits += 1
        while i > 0 and (self.hits[i - 1].weight < weight or
                         self.hits[i - 1].weight == weight and self.hits[i - 1].row > row):
            self.hits[i] = self.hits[i - 1]
            i -= 1
        self.hits[i].weight = weight
        self.hits[i].row = row
        self.hits[i].gamma = gamma
        if self.n_hits == self.limit and self.hits[self.limit - 1].weight > self.theta:
            self.theta = self.hits[self.limit - 1].weight
        if self.hits[0].weight - self.window > self.theta:
            self.theta = self.hits[0].weight - self.window

    cdef void offer_key(self, int family, uint32_t key, int32_t bound) noexcept nogil:
        """Offer the records of a key in one family of postings (and the few whose fingerprints are alike)."""
        cdef uint64_t begin, end
        cdef uint32_t row, mask = (<uint32_t> 0xFFFFFFFFu) >> (32 - self.row_bits), mark = key << self.row_bits
        if key == 0:
            return
        bucket_of(&self.postings[family], key, &begin, &end)
        while begin < end:
            if self.postings[family].entries[begin] & ~mask == mark:
                row = self.postings[family].entries[begin] & mask
                if row < self.store.store.n_records:
                    self.offer(row, bound)
            begin += 1

    cdef void scan(self, uint32_t begin, uint32_t end) noexcept nogil:
        """Offer the records of a run whose hot rows can reach theta."""
        cdef uint32_t row, at, stop
        cdef uint32_t chosen[SCANNED_AT_ONCE]
        cdef int i, n
        cdef int32_t bound
        cdef const uint16_t *words = self.store.store.hot_words
        self.n_scanned += end - begin
        if self.hot_field < 0 or self.n_query_words == 0:
            if self.reaches[0]:
                for row in range(begin, end):
                    bound = self.most_of_row(row)
                    if bound >= self.theta:
                        self.offer(row, bound)
            return
        # Without a branch on what a name is: one that is mispredicted costs more than a row. 10 -> 6 ns a row.
        at = begin
        while at < end:
            stop = at + SCANNED_AT_ONCE if end - at > SCANNED_AT_ONCE else end
            n = 0
            for row in range(at, stop):
                chosen[n] = row
                n += self.fit_reaches[fit_of(words + <uint64_t> row * HOT_WORDS, self.like, self.n_query_words)]
            for i in range(n):
                if i + 8 < n:
                    prefetch(self.store.store.hot_categories + <uint64_t> chosen[i + 8] * HOT_CATEGORIES)
                bound = self.most_of_row(chosen[i])
                if bound >= self.theta:
                    self.offer(chosen[i], bound)
            at = stop

    cdef inline uint16_t class_of(self, uint32_t row) noexcept nogil:
        cdef const uint16_t *words = self.store.store.hot_words + <uint64_t> row * HOT_WORDS
        cdef int k = HOT_WORDS - 1
        while k > 0 and words[k] == NO_WORD:
            k -= 1
        return self.classes[words[k]]

    cdef uint32_t first_of_class(self, uint32_t begin, uint32_t end, uint32_t kind) noexcept nogil:
        cdef uint32_t middle
        while begin < end:
            middle = begin + (end - begin) // 2
            if self.class_of(middle) < kind:
                begin = middle + 1
            else:
                end = middle
        return begin

    cdef void scan_day(self, int day) noexcept nogil:
        """Offer a day's records: all of them, or, where that is too many, those of the given name."""
        cdef uint32_t begin = self.days[day], end = self.days[day + 1], at
        cdef Eight most
        cdef int k
        if begin == end:
            return
        if not self.most_of_day(day, &most) or self.with_name(&most) < self.theta:
            return
        self.begin_run(&most)
        if self.exhaustive or self.n_scanned + (end - begin) <= WHOLE_DAYS or self.n_classes == 0:
            self.scan(begin, end)
            return
        self.status |= CUT_SHORT
        for k in range(self.n_classes):
            at = self.first_of_class(begin, end, self.given_classes[k])
            if at < end and self.class_of(at) == self.given_classes[k]:
                self.scan(at, self.first_of_class(at, end, self.given_classes[k] + 1))

    # --------------------------------------------------------------------------------------------- groups
    cdef uint64_t code_of(self, int i) noexcept nogil:
        return self.rows[0, self.fields[i].word] | <uint64_t> self.rows[0, self.fields[i].word + 1] << 32

    cdef uint64_t name_hash(self, const Field *f) noexcept nogil:
        cdef const Value *value = &f.values[1]
        cdef int k
        cdef uint64_t total = 0
        for k in range(value.n_tokens if value.n_tokens < MAX_TOKENS else MAX_TOKENS):
            total += token_part(f.tokens[value.tokens[k]].phonetic)
        return total

    cdef int32_t most_left(self) noexcept nogil:
        """The most that a record can weigh of which nothing is known."""
        cdef Eight most
        sum_eight(&most, &self.base, &self.any_date)
        return self.with_name(&most)

    cdef void by_numbers(self) noexcept nogil:
        """Records that hold one of the query's numbers, then those one edit away."""
        cdef int i
        for i in range(self.n_fields):
            if self.has[i] and self.fields[i].family >= 0 and self.fields[i].kind == FIELD_IDENTIFIER:
                self.offer_key(self.fields[i].family, posting_key(self.code_of(i), self.fields[i].family), INT32_MAX)
            elif self.has[i] and self.fields[i].family >= 0 and self.fields[i].kind == FIELD_EMAIL:
                self.offer_key(self.fields[i].family,
                               posting_key(self.fields[i].values[1].folded, self.fields[i].family), INT32_MAX)
        self.settle()
        for i in range(self.n_fields):
            if self.has[i] and self.fields[i].family >= 0 and self.fields[i].kind == FIELD_IDENTIFIER:
                self.without_level(i, ID_NEAR)
                if self.most_left() >= self.theta:
                    self.by_edits(i, self.code_of(i))
                self.without_level(i, ID_NEAR - 1)

    cdef void without_level(self, int i, int last_code) noexcept nogil:
        """Records not seen yet reach at most this code in the field: all that reach more were offered."""
        if self.fields[i].comparison < 0:
            return
        take_eight(&self.base, &self.field_most[i])
        self.most_of_field(i, last_code, &self.field_most[i])
        add_eight(&self.base, &self.field_most[i])

    cdef void by_edits(self, int i, uint64_t code) noexcept nogil:
        """Offer records whose number differs by one digit, two neighbours, one digit more or less."""
        cdef int family = self.fields[i].family, n = 0, k, d
        cdef uint64_t low, high, digit, next
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
                    self.offer_key(family, posting_key(low | (high << 4 | d) << (4 * k), family), INT32_MAX)
                if n < 15:
                    self.offer_key(family, posting_key(low | (high << 8 | digit << 4 | d) << (4 * k), family), INT32_MAX)
            self.offer_key(family, posting_key(low | high << (4 * k), family), INT32_MAX)
            if k + 1 < n:
                next = high & 15
                if next != digit:
                    self.offer_key(
                        family, posting_key(low | ((high >> 4) << 8 | digit << 4 | next) << (4 * k), family), INT32_MAX)
        if n < 15:
            for d in range(1, 11):
                self.offer_key(family, posting_key(code | <uint64_t> d << (4 * n), family), INT32_MAX)
        self.settle()

    cdef void by_date(self, uint32_t q) noexcept nogil:
        """Records of the query's day, of days that a slip makes of it, of its year, of its day in other years."""
        cdef int day = day_of(q), k, first
        self.scan_day(day)
        self.end_group()
        if day == 0:
            return
        # What is left agrees less on the date. First those with the query's very name, wherever they are; then
        # it is certain that the rest agrees less on the name as well, and most days need not be looked at.
        self.by_name_and_date(q, day)
        if self.can_reach(DATE_SHIFTED_YEAR, DATE_SWAPPED):
            self.by_slips(q)
        first = day - (day - 1) % A_YEAR
        if self.can_reach(DATE_NEAR_YEAR, DATE_SWAPPED):
            for k in range(A_YEAR):
                if first + k != day:
                    self.scan_day(first + k)
            self.end_group()
            if q & 0xFFFF:
                for k in range(N_YEARS):
                    first = k * A_YEAR + 1 + (day - 1) % A_YEAR
                    if first != day:
                        self.scan_day(first)
                self.end_group()
        if self.can_reach(DATE_NEAR_YEAR, DATE_YEAR_PART):
            self.by_far_slips(q, day - (day - 1) % A_YEAR)
        self.scan_day(0)
        self.end_group()
        if not self.status & CUT_SHORT:
            self.any_date = self.date_most[DATE_ELSE]

    cdef void by_far_slips(self, uint32_t q, int first) noexcept nogil:
        """Records of days with a digit of the year and one of day or month changed; of vague dates a year away."""
        cdef int k, d, j, e, day
        cdef uint32_t edited, x
        cdef bint vague = not q & 0xFF or not q & 0xFF00
        for k in range(first - A_YEAR, first + 2 * A_YEAR):
            if 0 < k < N_DAYS and not first <= k < first + A_YEAR and (vague or (k - 1) % 32 == 0 or (k - 1) % A_YEAR < 32):
                self.scan_day(k)
        for k in range(16, 32, 4):
            for d in range(0 if vague else 10):
                edited = q & ~(<uint32_t> 15 << k) | <uint32_t> d << k
                if edited == q or day_of(edited) == 0:
                    continue
                for j in range(0, 16, 4):
                    for e in range(10):
                        x = edited & ~(<uint32_t> 15 << j) | <uint32_t> e << j
                        day = day_of(x)
                        if x != edited and day and self.days[day] < self.days[day + 1] and self.reaches_date[date_level(q, x)]:
                            self.scan_day(day)
        self.end_group()

    cdef void by_name_and_date(self, uint32_t q, int day) noexcept nogil:
        """Offer the records with the query's name whose dates can matter; lower the bound of all other names."""
        cdef int first = day - (day - 1) % A_YEAR, k, other, n
        cdef int days[MOST_DAYS]
        cdef bint vague = not q & 0xFF or not q & 0xFF00
        if not self.load_named():
            return
        if self.n_named <= FEW_NAMED or self.reaches_date[DATE_ELSE]:
            self.offer_named(0, N_DAYS)
        else:
            self.offer_named(first, first + A_YEAR)
            for k in range(N_YEARS):
                other = k * A_YEAR + 1
                if other == first:
                    continue
                if -A_YEAR <= other - first <= A_YEAR and self.reaches_date[DATE_NEAR_YEAR] \
                        or not vague and self.can_reach(DATE_NEAR_YEAR, DATE_YEAR_PART) and self.is_digit_away(q, other):
                    self.offer_named(other, other + A_YEAR)
                elif not vague:
                    other += (day - 1) % A_YEAR
                    if self.days[other] < self.days[other + 1] and self.reaches_date[date_level(q, date_of(other))]:
                        self.offer_named(other, other + 1)
            n = self.slips(q, days)
            for k in range(n):
                if not first <= days[k] < first + A_YEAR:
                    self.offer_named(days[k], days[k] + 1)
            self.offer_named(0, 1)
        self.without_same_name()
        self.end_group()

    cdef inline bint is_digit_away(self, uint32_t q, int first) noexcept nogil:
        """Whether at most one digit of this year differs from the query's."""
        cdef uint32_t x = (q ^ date_of(first)) >> 16
        x = (x | x >> 1 | x >> 2 | x >> 3) & 0x1111
        return popcount(x) <= 1

    cdef bint load_named(self) noexcept nogil:
        """Note the rows with the query's whole name, in any order of its words and any dialect; 0 = too many."""
        cdef const Field *f
        cdef const Postings *p
        cdef uint64_t begin, end
        cdef uint32_t key, row, mark, mask = (<uint32_t> 0xFFFFFFFFu) >> (32 - self.row_bits), i
        self.n_named = 0
        self.knows_named = False
        if self.hot_field < 0 or not self.has[self.hot_field] or self.fields[self.hot_field].family < 0:
            return False
        f = &self.fields[self.hot_field]
        p = &self.postings[f.family]
        key = posting_key(self.name_hash(f), f.family)
        if key == 0:
            return False
        mark = key << self.row_bits
        bucket_of(p, key, &begin, &end)
        while begin < end:
            if p.entries[begin] & ~mask == mark:
                row = p.entries[begin] & mask
                if self.n_named == MOST_NAMED or row >= self.store.store.n_records:
                    return False
                # Another key with the same fingerprint may stand between: then rows start anew.
                i = self.n_named
                while i > 0 and self.named[i - 1] > row:
                    self.named[i] = self.named[i - 1]
                    i -= 1
                self.named[i] = row
                self.n_named += 1
            begin += 1
        self.knows_named = True
        return True

    cdef void offer_named(self, int first, int last) noexcept nogil:
        """Offer the noted rows of days first to last, each with the bound of its own date, name and categories."""
        cdef uint32_t at = self.first_named(self.days[first]), end = self.days[last], row
        cdef int day = first, low, high, step
        cdef int32_t bound
        cdef Eight most
        while at < self.n_named and self.named[at] < end:
            row = self.named[at]
            at += 1
            if self.days[day + 1] <= row:
                # The row's day: rows ascend, so that it is near the one before.
                step = 1
                while day + step < last and self.days[day + step] <= row:
                    step *= 2
                low = day + step // 2
                high = day + step if day + step < last else last
                while high - low > 1:
                    day = (low + high) >> 1
                    if self.days[day] <= row:
                        low = day
                    else:
                        high = day
                day = low
            if not self.most_of_day(day, &most):
                continue
            bound = self.bound_of(row, &most)
            if bound >= self.theta:
                self.offer(row, bound)

    cdef uint32_t first_named(self, uint32_t row) noexcept nogil:
        """The place of the first noted row that is not below this one."""
        cdef uint32_t low = 0, high = self.n_named, middle
        while low < high:
            middle = (low + high) >> 1
            if self.named[middle] < row:
                low = middle + 1
            else:
                high = middle
        return low

    cdef int32_t bound_of(self, uint32_t row, const Eight *most) noexcept nogil:
        """An upper bound of one record's weight; `most` is what all but name and categories can say."""
        cdef int k
        cdef const uint8_t *ids = self.store.store.hot_categories + <uint64_t> row * HOT_CATEGORIES
        cdef Eight sum
        sum_eight(&sum, most, &self.name_most[self.name_code(self.store.store.hot_words + <uint64_t> row * HOT_WORDS)])
        for k in range(self.n_hot_categories):
            add_eight(&sum, &self.category_most[k][ids[k]])
        return least_of_eight(&sum)

    cdef void without_same_name(self) noexcept nogil:
        """Records not offered yet do not have the query's name: at best a word of it differs or is missing."""
        cdef int last = NAME_NEAR
        if self.fields[self.hot_field].comparison < 0:
            return
        if self.scorer.comparisons[self.fields[self.hot_field].comparison].op == OP_PART:
            last = PART_NEAR
        self.most_of_field(self.hot_field, last, &self.name_most[NAME_EXACT])

    cdef inline bint can_reach(self, int first, int last) noexcept nogil:
        """Whether a date at one of these levels can still matter."""
        cdef int code
        for code in range(first, last + 1):
            if self.reaches_date[code]:
                return True
        return False

    cdef void by_slips(self, uint32_t q) noexcept nogil:
        """Records of the days that a slip makes of the query's."""
        cdef int days[MOST_DAYS]
        cdef int n = self.slips(q, days), k
        cdef const uint8_t *words
        for k in range(n):
            words = <const uint8_t *> (self.store.store.hot_words + <uint64_t> self.days[days[k]] * HOT_WORDS)
            prefetch(words)
            prefetch(words + 64)
            prefetch(words + 128)
        for k in range(n):
            self.scan_day(days[k])
        self.end_group()

    cdef int slips(self, uint32_t q, int *days) noexcept nogil:
        """Days that one digit, two neighbours, or day and month exchanged make of the query's; how many."""
        cdef int n = 0, k, d
        cdef uint32_t edited
        for k in range(8):
            for d in range(10):
                n = self.add_day(q, q & ~(<uint32_t> 15 << (4 * k)) | <uint32_t> d << (4 * k), days, n)
            if k < 7:
                edited = q & ~(<uint32_t> 255 << (4 * k)) | (q >> (4 * k) & 15) << (4 * k + 4)
                n = self.add_day(q, edited | (q >> (4 * k + 4) & 15) << (4 * k), days, n)
        return self.add_day(q, q & 0xFFFF0000u | (q & 255) << 8 | (q >> 8 & 255), days, n)

    cdef inline int add_day(self, uint32_t q, uint32_t d, int *days, int n) noexcept nogil:
        """Note a day that may hold records that matter; how many are noted."""
        cdef int day
        if d == q or two(d >> 8 & 255) > 12 or two(d & 255) > 31 or n == MOST_DAYS:
            return n
        day = day_of(d)
        if day == 0 or self.days[day] == self.days[day + 1] or not self.reaches_date[date_level(q, d)]:
            return n
        days[n] = day
        return n + 1

    cdef void by_names(self) noexcept nogil:
        """Records with the query's whole name, in any order of its words; or its parent's."""
        cdef int i
        cdef Field *f
        cdef int32_t most
        cdef uint32_t n
        for i in range(self.n_fields):
            f = &self.fields[i]
            if i == self.hot_field and self.knows_named:
                continue
            if self.has[i] and f.family >= 0 and f.kind == FIELD_NAME and self.rows[0, f.word]:
                most = self.most_left()
                if most < self.theta:
                    continue
                n = self.n_candidates
                self.offer_key(f.family, posting_key(self.name_hash(f), f.family), most)
                self.rebound(n)
                self.settle()

    cdef void rebound(self, uint32_t first) noexcept nogil:
        """Replace the bounds of the candidates offered last by those of their hot rows; drop hopeless ones."""
        cdef uint32_t i, row, kept = first
        cdef int32_t bound
        cdef Eight most
        sum_eight(&most, &self.base, &self.any_date)
        self.begin_run(&most)
        for i in range(first, self.n_candidates):
            if i + 16 < self.n_candidates:
                row = <uint32_t> self.candidates[i + 16]
                prefetch(self.store.store.hot_words + <uint64_t> row * HOT_WORDS)
                prefetch(self.store.store.hot_categories + <uint64_t> row * HOT_CATEGORIES)
            row = <uint32_t> self.candidates[i]
            bound = self.most_of_row(row)
            if bound >= self.theta:
                self.candidates[kept] = ordered(bound) << 32 | row
                kept += 1
        self.n_candidates = kept

    cdef void run(self) noexcept nogil:
        """Answer the query in row 0."""
        self.begin()
        self.end_group()
        if self.exhaustive:
            self.by_all()
        else:
            self.by_groups()
        # What was kept before the best one was known may lie too far below it.
        while self.n_hits and self.hits[self.n_hits - 1].weight < self.hits[0].weight - self.window:
            self.n_hits -= 1

    cdef void begin(self) noexcept nogil:
        self.mark_like()
        self.set_bounds()
        self.n_hits = 0
        self.n_candidates = 0
        self.n_seen = 0
        self.n_scanned = 0
        self.status = 0
        self.knows_named = False
        self.epoch += 1
        if self.epoch >> 32:
            memset(self.seen, 0, SEEN_SIZE * 8)
            self.epoch = 1
        self.theta = self.floor

    cdef void by_all(self) noexcept nogil:
        cdef int day
        for day in range(N_DAYS):
            self.scan_day(day)
            if self.n_candidates:
                self.end_group()

    cdef void by_groups(self) noexcept nogil:
        cdef uint32_t q = 0
        if self.date_field >= 0 and self.has[self.date_field]:
            q = self.rows[0, self.fields[self.date_field].word]
        self.by_numbers()
        self.end_group()
        if q:
            self.by_date(q)
        self.by_names()
        self.by_rest()

    cdef void by_rest(self) noexcept nogil:
        """Look at all records where what no group has met could still matter; at large indexes, say so instead."""
        cdef int day
        cdef Eight most
        self.end_group()
        if self.most_left() < self.theta or self.status & CUT_SHORT:
            return
        if self.store.store.n_records > MOST_SCANNED:
            self.status |= CUT_SHORT
            return
        for day in range(N_DAYS):
            if self.days[day] < self.days[day + 1] and self.most_of_day(day, &most) and self.with_name(&most) >= self.theta:
                self.begin_run(&most)
                self.scan(self.days[day], self.days[day + 1])
                if self.n_candidates > SLOTS:
                    self.end_group()
        self.end_group()

    cdef int load(self, const Given *given) noexcept nogil:
        """Encode the query into row 0; returns the flags of a name that asks for repair, else 0."""
        cdef int i, status, routed = 0, suspect = 0
        cdef const Field *f
        self.wanted = 0
        for i in range(self.n_fields):
            f = &self.fields[i]
            self.fields[i].n_query_tokens = 0
            self.fields[i].exact = 0
            status = self.put_words(i, given[i].text, given[i].n, given[i].word, 0)
            if i == self.route_from:
                routed = status
            if f.kind == FIELD_NAME and status & NAME_SUSPECT:
                suspect = status
        self.route(0, routed)
        self.answer_questions()
        for i in range(self.n_fields):
            f = &self.fields[i]
            self.has[i] = self.rows[0, f.word] != 0 or f.kind == FIELD_IDENTIFIER and self.rows[0, f.word + 1] != 0
            if self.has[i]:
                self.wanted |= <uint64_t> 1 << i
                if f.partner >= 0:
                    self.wanted |= <uint64_t> 1 << f.partner
        if self.route_from >= 0 and self.wanted >> self.route_to & 1:
            self.wanted |= <uint64_t> 1 << self.route_from
        if self.route_from >= 0 and self.wanted >> self.route_from & 1:
            self.wanted |= <uint64_t> 1 << self.route_to
        return suspect

    cdef prepare(self, int limit, int32_t floor, int32_t window, hidden, allowed, bint exhaustive):
        cdef const uint8_t[::1] bits
        cdef Py_ssize_t n_bytes = (self.store.store.n_records + 7) // 8
        if limit < 1 or limit > 1 << 20:
            raise ValueError(f"expected a limit of 1 to {1 << 20}, got {limit}")
        if limit > self.hits_capacity:
            free(self.hits)
            self.hits_capacity = 0
            self.hits = <Hit *> malloc(limit * sizeof(Hit))
            if self.hits == NULL:
                raise MemoryError
            self.hits_capacity = limit
        self.limit = limit
        self.floor = floor
        self.window = window
        self.exhaustive = exhaustive
        self.hidden = self.allowed = NULL
        for name, array in (("hidden", hidden), ("allowed", allowed)):
            if array is None:
                continue
            bits = array
            if bits.shape[0] < n_bytes:
                raise ValueError(f"expected {n_bytes} bytes of {name} rows, got {bits.shape[0]}")
            if name == "hidden":
                self.hidden = &bits[0]
            else:
                self.allowed = &bits[0]

    def search(self, list texts not None, list words not None, int limit, int32_t floor, int32_t window, *,
               hidden=None, allowed=None, bint exhaustive=False, bint asks=False):
        """The best records for one query.

        Parameters
        ----------
        texts : list of (bytes or None)
            Per field of the schema.
        words : list of int
            Per field, the word of a category; 0 elsewhere.
        limit : int
        floor, window : int
            Records below floor, or more than window below the best one, are left out (1/256 bit).
        hidden, allowed : uint8 array or None
            A bit a record: those not to be found, and the only ones to be found.
        exhaustive : bool
            Look at every record.
        asks : bool
            Come back at once with SUSPECT where a name looks mistyped, so that it can be repaired.

        Returns
        -------
        tuple
            rows, weights, gammas : lists of int, the best first; status (TRUNCATED | DAMAGED); flags SUSPECT of
            a name that asks for repair (nothing was searched then).
        """
        cdef Given given[MAX_FIELDS]
        cdef int i, suspect
        self.fill_given(given, texts, words)
        self.prepare(limit, floor, window, hidden, allowed, exhaustive)
        with nogil:
            suspect = self.load(given)
            asks = asks and suspect & NAME_SUSPECT
            if not asks:
                self.run()
        if asks:
            return [], [], [], 0, suspect & NAME_SUSPECT
        return (
            [self.hits[i].row for i in range(self.n_hits)], [self.hits[i].weight for i in range(self.n_hits)],
            [self.hits[i].gamma for i in range(self.n_hits)], self.status, 0,
        )

    cdef fill_given(self, Given *given, list texts, list words):
        cdef int i
        cdef bytes text
        if len(texts) != self.n_fields or len(words) != self.n_fields:
            raise ValueError(f"expected {self.n_fields} fields")
        memset(given, 0, MAX_FIELDS * sizeof(Given))
        for i in range(self.n_fields):
            if texts[i] is not None:
                text = texts[i]
                given[i].text = <const uint8_t *> <const char *> text
                given[i].n = <uint32_t> len(text)
            given[i].word = words[i]

    cdef int load_record(self, uint32_t row) noexcept nogil:
        """Encode a stored record into row 0, as a query that holds all its fields; -1 where it is damaged."""
        cdef FieldText texts[MAX_FIELDS]
        cdef Given given[MAX_FIELDS]
        cdef const Field *f
        cdef int i
        if read_blob(&self.store.store, row, (<uint64_t> 1 << self.n_fields) - 1, texts, self.buffer, BUFFER):
            return -1
        for i in range(self.n_fields):
            f = &self.fields[i]
            given[i].text = texts[i].meant if texts[i].meant != NULL else texts[i].text
            given[i].n = texts[i].n_meant if texts[i].meant != NULL else texts[i].n
            given[i].word = 0
            if f.kind == FIELD_CATEGORY and 0 < texts[i].category <= f.n_categories:
                given[i].word = f.category_words[texts[i].category - 1]
        self.load(given)
        return 0

    cdef int name_people(self, const uint32_t *rows, uint32_t n, int32_t least, uint32_t *people) noexcept nogil:
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
            if i < n and self.load_record(rows[first]):
                return DAMAGED_BYTES
            while i < n:
                self.batch.n = 0
                n_batch = 0
                while i < n and n_batch < SLOTS:
                    if people[i] == NOBODY:
                        at[n_batch] = i
                        n_batch += 1
                        if self.decode(rows[i], n_batch):
                            return DAMAGED_BYTES
                        self.batch.left[self.batch.n] = 0
                        self.batch.right[self.batch.n] = n_batch
                        self.batch.n += 1
                    i += 1
                self.answer_questions()
                n_live = self.scorer.score_batch(self.batch, least)
                for k in range(n_live):
                    if self.batch.weight[self.batch.live[k]] >= least:
                        people[at[self.batch.right[self.batch.live[k]] - 1]] = n_people
            n_people += 1
        return 0

    def name_people_of(self, const uint32_t[:, ::1] rows not None, const uint32_t[::1] counts not None,
                       Py_ssize_t begin, Py_ssize_t end, int32_t least, uint32_t[:, ::1] people not None):
        """Tell apart the people of each query's answers.

        Parameters
        ----------
        rows : uint32[n, limit]
            Records of this segment, the best first.
        counts : uint32[n]
            How many each query has.
        begin, end : int
            The queries.
        least : int
            Two records of at least this weight (1/256 bit) are one person's.
        people : uint32[n, limit]
            Filled with numbers from 0; a record of the first of an earlier person has that person's.

        Raises
        ------
        ValueError
            Rows beyond the segment, or damaged bytes of a record.
        """
        cdef Py_ssize_t i
        cdef uint32_t k
        cdef int status = 0
        if not 0 <= begin <= end <= rows.shape[0] or counts.shape[0] != rows.shape[0] \
                or people.shape[0] != rows.shape[0] or people.shape[1] != rows.shape[1]:
            raise ValueError("a range beyond the queries, or no room for their answers")
        for i in range(begin, end):
            if counts[i] > <size_t> rows.shape[1]:
                raise ValueError("more answers than there is room for")
            for k in range(counts[i]):
                if rows[i, k] >= self.store.store.n_records:
                    raise ValueError(f"expected rows below {self.store.store.n_records}, got {rows[i, k]}")
        with nogil:
            for i in range(begin, end):
                if counts[i] == 1:
                    people[i, 0] = 0
                elif counts[i]:
                    status |= self.name_people(&rows[i, 0], counts[i], least, &people[i, 0])
        if status:
            raise ValueError("a record cannot be read")

    def score_rows(self, list texts not None, list words not None, list rows not None):
        """Weights of given records against a query.

        Returns
        -------
        list of (weight, gamma, lanes, rarity)
            Per row: int (1/256 bit), packed levels, the weight against each alternative, and per comparison what
            the rarity of its values adds; None where a record cannot be read.
        """
        cdef Given given[MAX_FIELDS]
        cdef uint32_t row
        cdef int i, code
        cdef const Comparison *c
        cdef list out = []
        self.fill_given(given, texts, words)
        self.load(given)
        for row in rows:
            if row >= self.store.store.n_records or self.decode(row, 1):
                out.append(None)
                continue
            self.answer_questions()
            self.batch.n = 1
            self.batch.left[0] = 0
            self.batch.right[0] = 1
            self.scorer.score_batch(self.batch, INT32_MIN)
            rarity = []
            for i in range(self.scorer.n):
                c = &self.scorer.comparisons[i]
                code = <int> (self.batch.gamma[0] >> c.shift) & c.mask
                rarity.append(term_frequency(c, code, self.rows[0, c.word], self.rows[1, c.word]))
            out.append((self.batch.weight[0], self.batch.gamma[0],
                        [self.batch.lanes[0][i] for i in range(self.scorer.n_lanes)], rarity))
        return out

    def search_many(self, list columns not None, list words not None, Py_ssize_t begin, Py_ssize_t end, int limit,
                    const int32_t[::1] floors not None, int32_t window, uint32_t[:, ::1] rows not None,
                    int32_t[:, ::1] weights not None, uint64_t[:, ::1] gammas not None,
                    uint32_t[::1] counts not None, uint8_t[::1] status not None, *, hidden=None, allowed=None,
                    bint asks=True):
        """The best records for queries begin to end of some columns, as `search` finds them.

        Parameters
        ----------
        columns : list of (int32[n + 1], uint8, uint8[n] or None) or None
            Per field, texts as offsets, bytes and validity.
        words : list of (uint32[n] or None)
            Per field, words of a category.
        limit, window, hidden, allowed
            As of `search`.
        floors : int32[n]
            Per query.
        rows, weights, gammas : uint32, int32, uint64[n, limit]
            Filled, the best first.
        counts, status : uint32, uint8[n]
            Filled: answers; TRUNCATED | DAMAGED | ASKS. A query that asks for a repair is not searched, if `asks`.
        """
        cdef Column column[MAX_FIELDS]
        cdef Given given[MAX_FIELDS]
        cdef const Column *c
        cdef Py_ssize_t at, n = floors.shape[0]
        cdef int i, k
        if not 0 <= begin <= end <= n or counts.shape[0] != n or status.shape[0] != n:
            raise ValueError("a range beyond the queries")
        if not rows.shape[0] == weights.shape[0] == gammas.shape[0] == n \
                or not rows.shape[1] == weights.shape[1] == gammas.shape[1] == limit:
            raise ValueError(f"expected room for {n} times {limit} answers")
        self.fill_columns(column, columns, words, n)
        self.prepare(limit, 0, window, hidden, allowed, False)
        memset(given, 0, sizeof(given))
        with nogil:
            for at in range(begin, end):
                for i in range(self.n_fields):
                    c = &column[i]
                    given[i].text = NULL
                    given[i].n = 0
                    given[i].word = c.words[at] if c.words != NULL else 0
                    if c.offsets != NULL and (c.valid == NULL or c.valid[at]):
                        given[i].text = c.data + c.offsets[at]
                        given[i].n = <uint32_t> (c.offsets[at + 1] - c.offsets[at])
                counts[at] = 0
                if self.load(given) & NAME_SUSPECT and asks:
                    status[at] = ASKS_REPAIR
                    continue
                self.floor = floors[at]
                self.run()
                status[at] = <uint8_t> self.status
                counts[at] = <uint32_t> self.n_hits
                for k in range(self.n_hits):
                    rows[at, k] = self.hits[k].row
                    weights[at, k] = self.hits[k].weight
                    gammas[at, k] = self.hits[k].gamma

    cdef fill_columns(self, Column *column, list columns, list words, Py_ssize_t n):
        cdef const int32_t[::1] offsets
        cdef const uint8_t[::1] data, valid
        cdef const uint32_t[::1] numbers
        cdef int i
        if len(columns) != self.n_fields or len(words) != self.n_fields:
            raise ValueError(f"expected {self.n_fields} fields")
        memset(column, 0, MAX_FIELDS * sizeof(Column))
        for i in range(self.n_fields):
            if words[i] is not None:
                numbers = words[i]
                if numbers.shape[0] != n:
                    raise ValueError(f"expected {n} words, got {numbers.shape[0]}")
                column[i].words = &numbers[0] if n else NULL
            if columns[i] is None or n == 0:
                continue
            offsets, data, valid = columns[i]
            if offsets.shape[0] != n + 1 or valid is not None and valid.shape[0] != n:
                raise ValueError(f"expected {n + 1} offsets, got {offsets.shape[0]}")
            if offsets[0] < 0 or offsets[n] > data.shape[0] or not bool(np.all(np.diff(columns[i][0]) >= 0)):
                raise ValueError("offsets that leave the texts")
            if data.shape[0]:
                column[i].offsets = &offsets[0]
                column[i].data = &data[0]
                column[i].valid = &valid[0] if valid is not None else NULL
