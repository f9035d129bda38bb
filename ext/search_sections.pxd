# A segment's arrays and what is said of its fields -> a Search over them, checked. Header-only.
from blobs cimport HOT_CATEGORIES
from comparisons cimport MAX_OTHERS, OP_NAME, OP_PART, OP_TEXT
from dtypes cimport MAX_TOKENS, Token, Value
from libc.stdint cimport int16_t, uint32_t, uint64_t, uint8_t
from libc.stdlib cimport free, malloc
from linkage._kernels.score cimport Scorer
from postings cimport Postings
from search cimport (
    DAY_SHIFT,
    FIELD_CATEGORY,
    FIELD_DATE,
    FIELD_EMAIL,
    FIELD_IDENTIFIER,
    FIELD_NAME,
    FIELD_NUMBER,
    FIELD_TEXT,
    MOST_FAMILIES,
    N_DAYS,
    SLOTS,
    TEXT_ROOM,
    Field,
    Search,
)

cdef inline size_t pointer(array, dtype, Py_ssize_t size, list alive) except? 0:
    """The address of an array that is kept alive, if it has this type and size.

    Raises
    ------
    ValueError
        It has not.
    """
    if array.dtype != dtype or not array.flags.c_contiguous or array.size != size:
        raise ValueError(f"expected {size} contiguous values of {dtype}, got {array.size} of {array.dtype}")
    alive.append(array)
    return array.ctypes.data

cdef inline int fill_days(Search *s, days, Py_ssize_t n_records, list alive) except -1:
    """The directory of days."""
    import numpy

    s.days = <const uint32_t *> <size_t> pointer(days, "uint32", N_DAYS + 1, alive)
    if int(days[N_DAYS]) != n_records or not bool(numpy.all(numpy.diff(days.astype(numpy.int64)) >= 0)):
        raise ValueError("a directory of days that does not fit the records")
    return know_days(s, <uint64_t> n_records)

cdef inline int know_days(Search *s, uint64_t n_records) except -1:
    """Where the days of each block of rows begin, so that few are left to look for a row's among."""
    cdef uint64_t k, n = (n_records >> DAY_SHIFT) + 1
    cdef uint32_t day = 0
    free(s.day_at)
    s.day_at = <uint32_t *> malloc((n + 1) * sizeof(uint32_t))
    if s.day_at == NULL:
        raise MemoryError
    for k in range(n):
        while day + 1 < N_DAYS and s.days[day + 1] <= k << DAY_SHIFT:
            day += 1
        s.day_at[k] = day
    s.day_at[n] = N_DAYS - 1
    return 0

cdef inline int fill_posted(Postings *p, buckets, entries, list alive) except -1:
    """One family of postings."""
    if buckets.ndim != 1 or buckets.shape[0] < 2:
        raise ValueError("postings without a bucket")
    p.n_buckets = buckets.shape[0] - 1
    p.n_entries = entries.shape[0]
    p.buckets = <const uint32_t *> <size_t> pointer(buckets, "uint32", buckets.shape[0], alive)
    p.entries = <const uint32_t *> <size_t> pointer(entries, "uint32", entries.shape[0], alive)
    return 0

cdef inline int fill_postings(Search *s, list families, list alive) except -1:
    """Buckets and entries of each family of postings."""
    cdef Py_ssize_t k
    s.n_families = len(families)
    if s.n_families > MOST_FAMILIES:
        raise ValueError(f"more than {MOST_FAMILIES} families of postings")
    for k, (buckets, entries) in enumerate(families):
        fill_posted(&s.postings[k], buckets, entries, alive)
        s.family_field[k] = -1
    return 0

cdef inline int fill_spellings(Search *s, spellings, list alive) except -1:
    """Distinct tokens of names, and postings of their spellings."""
    if spellings is None:
        return 0
    tokens, buckets, entries = spellings
    if tokens.ndim != 2 or tokens.shape[1] != sizeof(Token) or tokens.shape[0] >= 1 << 31:
        raise ValueError("tokens that are none")
    s.spellings = <const Token *> <size_t> pointer(tokens, "uint8", tokens.size, alive)
    s.n_spellings = <uint32_t> tokens.shape[0]
    s.spelling_bits = max((int(tokens.shape[0]) - 1).bit_length(), 1)
    fill_posted(&s.by_spelling, buckets, entries, alive)
    return 0

cdef inline int fill_roles(Search *s, dict meta, list fields) except -1:
    """Which fields the hot rows hold, which is the date, where numbers are routed."""
    cdef Py_ssize_t k
    s.hot_field = meta["hot_field"]
    s.date_field = meta["date_field"]
    s.route_from, s.route_to = meta["route"]
    s.row_bits = meta["row_bits"]
    s.n_hot_categories = len(meta["hot_categories"])
    if s.n_hot_categories > HOT_CATEGORIES or not -1 <= s.hot_field < s.n_fields \
            or not -1 <= s.date_field < s.n_fields or not -1 <= s.route_from < s.n_fields \
            or not -1 <= s.route_to < s.n_fields or not 1 <= s.row_bits <= 31:
        raise ValueError("fields beyond those there are, or rows of more than 31 bits")
    for k in range(s.n_hot_categories):
        s.hot_category[k] = meta["hot_categories"][k]
        if not 0 <= s.hot_category[k] < s.n_fields or fields[s.hot_category[k]]["kind"] != "category":
            raise ValueError("a hot category is no category")
    return 0

cdef inline bint is_other_kind(const Search *s, int field, int kind) noexcept nogil:
    return field >= 0 and s.fields[field].kind != kind

cdef inline int fill_fields(Search *s, list fields, Scorer scorer, Py_ssize_t n_words, list alive) except -1:
    """All fields, which must be of the kinds that their roles ask for."""
    cdef Py_ssize_t k
    for k, spec in enumerate(fields):
        fill_field(s, &s.fields[k], spec, scorer, n_words, alive)
        if s.fields[k].family >= 0:
            s.family_field[s.fields[k].family] = <int> k
    if is_other_kind(s, s.hot_field, FIELD_NAME) or is_other_kind(s, s.date_field, FIELD_DATE) \
            or is_other_kind(s, s.route_from, FIELD_IDENTIFIER) or is_other_kind(s, s.route_to, FIELD_IDENTIFIER):
        raise ValueError("a name, a date or a number that is none")
    for k in range(s.n_fields):
        fill_swaps(s, <int> k)
    return 0

cdef inline int fill_swaps(Search *s, int i) except -1:
    """Which fields a name may be exchanged with, or found in."""
    cdef Field *f = &s.fields[i]
    cdef int k, field
    for k in range(f.n_others + 1):
        field = f.others[k] if k < f.n_others else f.partner
        if not -1 <= field < s.n_fields or k < f.n_others and field < 0 or is_other_kind(s, field, FIELD_NAME):
            raise ValueError("another part of a name that is none")
        if field >= 0:
            f.swaps |= <uint64_t> 1 << field
            s.fields[field].swapped_by |= <uint64_t> 1 << i
    return 0

cdef inline int fill_field(Search *s, Field *f, dict spec, Scorer scorer, Py_ssize_t n_words, list alive) except -1:
    """One field: where its words are, what it is compared by."""
    f.kind = kind_of(spec["kind"])
    f.is_place = spec["kind"] == "place"
    f.word = spec["word"]
    f.id_kind = spec.get("identifier", 0)
    f.order = spec.get("order", 0)
    f.comparison = spec["comparison"]
    f.partner = spec["partner"]
    f.n_others = len(spec["others"])
    if f.n_others > MAX_OTHERS:
        raise ValueError(f"more than {MAX_OTHERS} other names")
    for k, other in enumerate(spec["others"]):
        f.others[k] = other
    f.family = spec["family"]
    width = 2 if f.kind == FIELD_IDENTIFIER else 1
    if not 0 <= f.word <= n_words - width or f.comparison >= scorer.program.n or f.family >= s.n_families:
        raise ValueError("a field beyond the rows, the comparisons or the postings")
    if f.kind == FIELD_CATEGORY:
        words = spec["category_words"]
        f.n_categories = <uint32_t> words.shape[0]
        f.category_words = <const uint32_t *> <size_t> pointer(words, "uint32", words.shape[0], alive)
    if f.kind <= FIELD_EMAIL:
        fill_texts(f, spec, scorer, alive)
        if spec["words"] is not None:
            fill_posted(&f.words, spec["words"][0], spec["words"][1], alive)
            s.has_words = True
    return 0

cdef inline int fill_texts(Field *f, dict spec, Scorer scorer, list alive) except -1:
    """A field of texts: scratch tables of its values, and how rare they are."""
    cdef int k
    values, tokens, texts, tf = spec["scratch"]
    if values.nbytes < (SLOTS + 2) * sizeof(Value) or tokens.nbytes < (1 + MAX_TOKENS * (SLOTS + 1)) * sizeof(Token) \
            or texts.nbytes < (SLOTS + 2) * TEXT_ROOM or tf.nbytes < (SLOTS + 2) * 8:
        raise ValueError("scratch tables that are too small")
    f.values = <Value *> <size_t> values.ctypes.data
    f.tokens = <Token *> <size_t> tokens.ctypes.data
    f.texts = <uint8_t *> <size_t> texts.ctypes.data
    f.tf = <int16_t *> <size_t> tf.ctypes.data
    alive.append(spec["scratch"])
    f.n_parts = len(spec["rarity"])
    f.equal_is_same = f.comparison >= 0 and scorer.program.comparisons[f.comparison].op in (OP_NAME, OP_PART, OP_TEXT)
    for k, (buckets, entries, rarest) in enumerate(spec["rarity"]):
        if k > 3 or buckets.ndim != 1 or buckets.shape[0] < 2:
            raise ValueError("rarity without a bucket, or of more than four forms")
        f.rarity[k].n_buckets = buckets.shape[0] - 1
        f.rarity[k].n_entries = entries.shape[0]
        f.rarity[k].buckets = <const uint32_t *> <size_t> pointer(buckets, "uint32", buckets.shape[0], alive)
        f.rarity[k].entries = <const uint64_t *> <size_t> pointer(entries, "uint64", entries.shape[0], alive)
        f.rarity[k].rarest = rarest
    return 0

cdef inline int kind_of(str kind) except -1:
    kinds = {
        "text": FIELD_TEXT, "place": FIELD_TEXT, "name": FIELD_NAME, "email": FIELD_EMAIL, "identifier": FIELD_IDENTIFIER,
        "date": FIELD_DATE, "category": FIELD_CATEGORY, "number": FIELD_NUMBER,
    }
    return kinds[kind]
