# A query's names and those that a small index holds open -> the records that may have them exchanged, or the family name
# among the others; whether one has. Header-only.
from comparisons cimport OP_PART, is_within
from dtypes cimport Value
from hash_table cimport Slot, table_find
from held cimport HeldField, spread
from held_levels cimport Asked, add_to_rows
from hold cimport n_kept
from libc.stdint cimport int32_t, uint32_t, uint64_t
from name_levels cimport PART_ELSE, PART_SWAPPED, slip_apart
from search cimport Field, Search

cdef inline int32_t more_if_swapped(const Asked *a, int k) noexcept nogil:
    """What a name of which nothing else is known says more where it is another one of the person."""
    cdef int code
    cdef int32_t w = a.most[k][PART_SWAPPED] + a.rarest[k][PART_SWAPPED], least = a.most[k][PART_ELSE]
    for code in range(PART_ELSE + 1, PART_SWAPPED):
        least = a.most[k][code] if a.most[k][code] < least else least
    return w - least if w > least else 0

cdef inline void raise_folded(Search *s, const HeldField *h, uint64_t folded, int32_t more) noexcept nogil:
    """Records whose value this is."""
    cdef const Slot *slot = table_find(&h.by_folded, spread(folded))
    cdef uint32_t v = slot.id if slot.hash else 0
    while v:
        add_to_rows(s, h, v, more)
        v = h.next_folded[v]

cdef inline void raise_within(Search *s, const HeldField *h, const Value *family, int32_t more) noexcept nogil:
    """Records of whose other name this family name is a word."""
    cdef uint32_t v
    for v in range(1, h.n_values + 1):
        if h.briefs[v].n_tokens > 1 and h.values[v].folded != family.folded and is_within(family, &h.values[v], h.tokens):
            add_to_rows(s, h, v, more)

cdef inline void by_swapped(Search *s, const Asked *a, int k, int i) noexcept nogil:
    """The most of records that have the query's name in another part, or the query theirs."""
    cdef const Field *f = &s.fields[i]
    cdef const HeldField *h = &s.held.fields[i]
    cdef const HeldField *other
    cdef int32_t more
    cdef int j, n, token
    if f.swaps == 0 or s.comparisons[k].op != OP_PART:
        return
    more = more_if_swapped(a, k)
    for j in range(s.n_fields if more else 0):
        if not f.swaps >> j & 1:
            continue
        other = &s.held.fields[j]
        raise_folded(s, other, a.values[i].folded, more)
        if j != f.partner:
            raise_within(s, other, &a.values[i], more)
        if s.has[j]:
            raise_folded(s, h, a.values[j].folded, more)
            n = n_kept(&a.values[j]) if j != f.partner and a.values[j].n_tokens > 1 else 0
            for token in range(n):
                raise_folded(s, h, other.tokens[a.values[j].tokens[token]].folded, more)

cdef inline bint is_moved(Search *s, const Asked *a, int i, uint32_t row) noexcept nogil:
    """As `is_other_name` (comparisons.pxd)."""
    cdef const Field *f = &s.fields[i]
    cdef const HeldField *h = &s.held.fields[i]
    cdef const HeldField *other
    cdef uint32_t w
    cdef int k, j
    for k in range(f.n_others):
        j = f.others[k]
        other = &s.held.fields[j]
        w = other.of_row[row]
        if w != 0 and is_within(&a.values[i], &other.values[w], other.tokens) \
                or s.has[j] and is_within(&h.values[h.of_row[row]], &a.values[j], other.tokens):
            return True
    return False

cdef inline bint is_swapped(Search *s, const Asked *a, int i, uint32_t row) noexcept nogil:
    """As `are_swapped` (comparisons.pxd)."""
    cdef int j = s.fields[i].partner
    cdef const HeldField *h = &s.held.fields[i]
    cdef const HeldField *other = &s.held.fields[j]
    cdef uint32_t partner = other.of_row[row]
    cdef const Value *x = &a.values[i]
    cdef const Value *y = &h.values[h.of_row[row]]
    cdef bint first = partner != 0 and x.folded == other.values[partner].folded
    cdef bint second = s.has[j] and y.folded == a.values[j].folded
    if first == second:
        return first
    if first:
        return not s.has[j] or slip_apart(y, h.texts, &a.values[j], other.texts)
    return partner == 0 or slip_apart(x, h.texts, &other.values[partner], other.texts)
