# A comparison and two encoded rows -> its level code, and how rare what they agree in is. Header-only.
from dtypes cimport MAX_TOKENS, Token, Value
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from name_levels cimport NAME_EXACT, PART_EXACT, PART_NEAR, PART_SIMILAR, PART_SWAPPED, name_level, part_level, slip_apart
from number_levels cimport bcd_year
from text_levels cimport TEXT_EXACT, email_level, text_level

cdef extern from *:
    """
    #include <string.h>
    static inline uint64_t linkage_two_words(const uint32_t *p) { uint64_t v; memcpy(&v, p, 8); return v; }
    """
    uint64_t two_words "linkage_two_words"(const uint32_t *p) noexcept nogil

cdef enum:
    MAX_COMPARISONS = 32
    MAX_CODES = 16
    MAX_OTHERS = 4              # other names of a person in which a family name may stand
    LANES = 8                   # alternatives to a match: strangers, and classes of relatives; one SIMD register

cdef enum:
    OP_NAME = 0, OP_PART = 1, OP_TEXT = 2, OP_EMAIL = 3, OP_IDENTIFIER = 4, OP_DATE = 5
    OP_CATEGORY = 6, OP_NUMBER = 7, OP_CUSTOM = 8

ctypedef int (*Comparator)(const uint8_t *, int64_t, const uint8_t *, int64_t) noexcept nogil

cdef struct Comparison:
    int op, word, partner, shift, parent, n_codes, mask
    int base                      # first entry of its weight tables
    bint shared                   # relatives agree on it: its rarity speaks for them as well
    bint weighs_missing           # a missing value is evidence
    const Value *values
    const Value *partner_values
    const uint8_t *partner_texts
    int n_others, others[MAX_OTHERS]
    const Value *other_values[MAX_OTHERS]
    const Token *other_tokens[MAX_OTHERS]
    const Token *tokens
    const uint8_t *texts
    const int16_t *tf             # [n_values, 4]; of a date [n_days]; NULL = none
    int64_t n_tf
    uint8_t tf_part[MAX_CODES]    # 0 = level not adjusted, else 1 + part
    int32_t rarity_of[LANES]      # -1 where a lane weighs rarity, 0 where relatives share it anyway
    int32_t most[LANES]           # the most that a lane can gain
    int32_t top[MAX_CODES]        # the most that a level says against strangers, without rarity
    int32_t rarest                # the most that rarity can add to it
    int lane                      # of the sketches, -1 = none
    bint grouped                  # of a category, values that differ may be of one group
    int last_other                # the last level of values whose hashes in the sketches differ
    Comparator comparator


cdef inline int64_t day_index(uint32_t d) noexcept nogil:
    cdef int year = bcd_year(d), month = ((d >> 12) & 15) * 10 + ((d >> 8) & 15), day = ((d >> 4) & 15) * 10 + (d & 15)
    if year < 1 or month < 1 or month > 12 or day < 1 or day > 31:
        return -1
    return (((year - 1800) & 255) * 12 + month - 1) * 31 + day - 1  # days 256 years apart share an entry

# Given and family name of two rows, crosswise: one pair equal, the other equal, a slip apart or not held. One
# family name that is another person's given name is no swap: it happens to all who bear a common one.
cdef inline bint are_swapped(const Comparison *c, const uint32_t *a, const uint32_t *b) noexcept nogil:
    cdef const Value *x = &c.values[a[c.word]]
    cdef const Value *y = &c.values[b[c.word]]
    cdef const Value *v = &c.partner_values[b[c.partner]]
    cdef const Value *w = &c.partner_values[a[c.partner]]
    cdef bint first = b[c.partner] != 0 and x.folded == v.folded
    cdef bint second = a[c.partner] != 0 and y.folded == w.folded
    if first == second:
        return first
    if first:
        return a[c.partner] == 0 or slip_apart(y, c.texts, w, c.partner_texts)
    return b[c.partner] == 0 or slip_apart(x, c.texts, v, c.partner_texts)

# Whether a family name is another name, or a word of it; a letter is an initial.
cdef inline bint is_within(const Value *family, const Value *name, const Token *tokens) noexcept nogil:
    cdef int k, n = name.n_tokens if name.n_tokens < MAX_TOKENS else MAX_TOKENS
    if family.length == 1:
        return False
    if name.folded == family.folded:
        return True
    for k in range(n if n > 1 else 0):
        if tokens[name.tokens[k]].folded == family.folded:
            return True
    return False

# Whether the family name of one row is another name in the other row, or a word of it: who marries has a new one, and
# the old one stays as the middle name or the maiden name.
cdef inline bint is_other_name(const Comparison *c, const uint32_t *a, const uint32_t *b) noexcept nogil:
    cdef const Value *x = &c.values[a[c.word]]
    cdef const Value *y = &c.values[b[c.word]]
    cdef uint32_t v, w
    cdef int k
    for k in range(c.n_others):
        v, w = a[c.others[k]], b[c.others[k]]
        if w != 0 and is_within(x, &c.other_values[k][w], c.other_tokens[k]) \
                or v != 0 and is_within(y, &c.other_values[k][v], c.other_tokens[k]):
            return True
    return False

# Codes of comparisons that look into the tables of distinct values; both values are held, by these numbers.
cdef inline int code_of_values(const Comparison *c, uint32_t x, uint32_t y) noexcept nogil:
    cdef const Value *v
    cdef const Value *w
    cdef int level
    if c.op == OP_NAME:
        return NAME_EXACT if x == y else name_level(&c.values[x], &c.values[y], c.tokens, c.texts)
    if c.op == OP_TEXT:
        return TEXT_EXACT if x == y else text_level(&c.values[x], &c.values[y], c.tokens, c.texts)
    if c.op == OP_PART:
        return PART_EXACT if x == y else part_level(&c.values[x], &c.values[y], c.tokens, c.texts)
    if c.op == OP_EMAIL:
        return email_level(&c.values[x], &c.values[y], c.texts)
    if x == y:
        return c.n_codes - 1
    v = &c.values[x]
    w = &c.values[y]
    level = 1 + c.comparator(c.texts + v.text, v.length, c.texts + w.text, w.length)
    return level if 1 <= level < c.n_codes else 1

# The same of two rows, whose other names count as well.
cdef inline int costly_code(const Comparison *c, const uint32_t *a, const uint32_t *b) noexcept nogil:
    cdef int level = code_of_values(c, a[c.word], b[c.word])
    if c.op == OP_PART and level < PART_NEAR \
            and (c.partner >= 0 and are_swapped(c, a, b) or c.n_others and is_other_name(c, a, b)):
        return PART_SWAPPED
    return level

# Levels at which the rarer of two values says how likely a coincidence they are: a slip of a common name is hardly
# ever a name itself, and two names that are both common are mostly two people's. As `Operation.rarer` in
# linkage/comparison/levels.py.
cdef inline bint weighs_rarer(const Comparison *c, int code) noexcept nogil:
    return c.op == OP_PART and (code == PART_SIMILAR or code == PART_NEAR)

cdef inline int32_t term_frequency(const Comparison *c, int code, uint32_t x, uint32_t y) noexcept nogil:
    cdef int part = c.tf_part[code]
    cdef int64_t i, j
    cdef int16_t s, t
    if part == 0 or c.tf == NULL:
        return 0
    if c.op == OP_DATE:
        i = day_index(x)
        return c.tf[i] if i >= 0 else 0
    if c.op == OP_CATEGORY:
        i = x & 0xFFFF
        return c.tf[4 * i] if i < c.n_tf else 0
    i = 4 * <int64_t> x + part - 1
    j = 4 * <int64_t> y + part - 1
    if x >= c.n_tf or y >= c.n_tf:
        return 0
    s = c.tf[i]
    t = c.tf[j]
    if weighs_rarer(c, code):
        return s if s > t else t
    return s if s < t else t      # the more frequent value decides: it is the likelier coincidence
