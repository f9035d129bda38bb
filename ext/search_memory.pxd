# A Search that is all zeros -> one with the arrays that it fills, and back. Header-only.
from batches cimport Batch
from blobs cimport NO_WORD, OTHER_WORD
from held cimport Held
from libc.stdint cimport int32_t, uint16_t, uint32_t, uint64_t, uint8_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset
from near_dates cimport BLOCK_BITS
from search cimport (
    A_YEAR,
    BUFFER,
    MOST_NAMED,
    MOST_SLOTS,
    MOST_VOTES,
    REMEMBERED,
    SEEN_SIZE,
    SHAPE_ANYTHING,
    SHAPE_UNLIKE,
    VOTES_SIZE,
    WORTH_KEYS,
    Alike,
    Hit,
    Marks,
    Search,
    Vote,
    WordSlot,
    Written,
)

cdef inline int allocate(Search *s) noexcept nogil:
    """Get the arrays that a search fills; -1 without memory, and then `free_search` is due all the same."""
    cdef int k
    s.like = <uint8_t *> calloc(1 << 16, 1)
    s.batch = <Batch *> malloc(sizeof(Batch))
    s.buffer = <uint8_t *> malloc(BUFFER)
    s.seen = <uint64_t *> calloc(SEEN_SIZE, 8)
    s.named = <uint32_t *> malloc(MOST_NAMED * 4)
    s.candidates_capacity = 1 << 12
    s.candidates = <uint64_t *> malloc(s.candidates_capacity * 8)
    s.alike = <Alike *> calloc(REMEMBERED, sizeof(Alike))
    s.marks = <Marks *> calloc(1 << 16, sizeof(Marks))
    s.written = <Written *> calloc(1 << 16, sizeof(Written))
    s.token_of = <uint16_t *> malloc(2 << 16)
    s.quick = <uint8_t *> malloc(1 << 16)
    s.shapes = <uint16_t *> malloc(2 << 16)
    s.odd_of = <uint8_t *> calloc(1 << 16, 1)
    s.blocks = <uint64_t *> malloc(8 << (BLOCK_BITS - 6))
    s.of_years = <uint8_t *> malloc(A_YEAR * A_YEAR)
    s.knows_year = <uint8_t *> calloc(A_YEAR, 1)
    s.slots = <WordSlot *> malloc(MOST_SLOTS * sizeof(WordSlot))
    s.votes = <Vote *> calloc(VOTES_SIZE, sizeof(Vote))
    s.voted = <uint32_t *> malloc(MOST_VOTES * 4)
    s.passed = <Vote *> malloc(MOST_VOTES * sizeof(Vote))
    if s.like == NULL or s.batch == NULL or s.buffer == NULL or s.seen == NULL or s.named == NULL \
            or s.candidates == NULL or s.alike == NULL or s.marks == NULL or s.written == NULL \
            or s.token_of == NULL or s.quick == NULL or s.shapes == NULL or s.odd_of == NULL or s.blocks == NULL \
            or s.of_years == NULL or s.knows_year == NULL or s.slots == NULL or s.votes == NULL or s.voted == NULL or s.passed == NULL:
        return -1
    memset(s.token_of, 255, 2 << 16)
    memset(s.quick, 16, 1 << 16)
    s.like[OTHER_WORD] = 255
    s.quick[OTHER_WORD] = 128
    s.odd_of[OTHER_WORD] = 1
    s.quick[NO_WORD] = 0
    for k in range(1 << 16):
        s.shapes[k] = SHAPE_UNLIKE
    s.shapes[OTHER_WORD] = SHAPE_ANYTHING
    s.shapes[NO_WORD] = 0
    memset(s.shape_passes, 1, sizeof(s.shape_passes))
    s.worth_keys = WORTH_KEYS
    return 0

cdef inline int room_for_hits(Search *s, int limit) noexcept nogil:
    """Have room for so many answers; -1 without memory."""
    if limit > s.hits_capacity:
        free(s.hits)
        s.hits_capacity = 0
        s.hits = <Hit *> malloc(limit * sizeof(Hit))
        if s.hits == NULL:
            return -1
        s.hits_capacity = limit
    s.limit = limit
    return 0

cdef inline int room_for_held(Search *s, const Held *h) noexcept nogil:
    """Have room to ask what a small index holds open; -1 without memory."""
    s.levels = <uint8_t *> malloc(h.n_levels)
    s.most_of_rows = <int32_t *> malloc((<uint64_t> h.n_records + h.n_patterns + 1) * 4)
    return -1 if s.levels == NULL or s.most_of_rows == NULL else 0

cdef inline void free_search(Search *s) noexcept nogil:
    free(s.levels)
    free(s.most_of_rows)
    free(s.alike)
    free(s.marks)
    free(s.written)
    free(s.token_of)
    free(s.quick)
    free(s.shapes)
    free(s.odd_of)
    free(s.slots)
    free(s.votes)
    free(s.voted)
    free(s.passed)
    free(s.like)
    free(s.batch)
    free(s.buffer)
    free(s.seen)
    free(s.named)
    free(s.candidates)
    free(s.hits)
    free(s.blocks)
    free(s.of_years)
    free(s.day_at)
    free(s.knows_year)
