# Records' columns -> their blobs and hot rows (ext/blobs.pxd), in pieces: one grows without the others being moved.
from blobs cimport HOT_CATEGORIES, HOT_WORDS, MAX_FIELDS, NO_WORD
from encoding cimport Column, Encoder, fill_hot, put_entry, put_field
from hash_table cimport Slot
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memset
from texts cimport Bytes, Texts, bytes_free, put_bytes, put_varint, reserve, texts_add

cdef enum:
    TOO_LONG = -2

# Records that follow one another.
cdef struct Piece:
    Bytes blobs, ends, hot_words, hot_bytes

cdef struct Pieces:
    Piece *items
    uint64_t n_pieces, n_records
    int bits                  # a piece holds 2 ** bits records


cdef inline Piece *piece_of(const Pieces *p, uint64_t row) noexcept nogil:
    return &p.items[row >> p.bits]


cdef inline uint64_t within(const Pieces *p, uint64_t row) noexcept nogil:
    return row & ((<uint64_t> 1 << p.bits) - 1)


cdef inline uint32_t blob_of(const Pieces *p, uint64_t row, uint64_t *at) noexcept nogil:
    """A record's blob: where it begins in its piece, and its length."""
    cdef const uint32_t *ends = <const uint32_t *> piece_of(p, row).ends.p
    cdef uint64_t i = within(p, row)
    at[0] = ends[i - 1] if i else 0
    return <uint32_t> (ends[i] - at[0])


cdef inline Piece *current_piece(Pieces *p) noexcept nogil:
    """The piece that the next record goes to; NULL without memory."""
    cdef Piece *items
    if p.n_records >> p.bits < p.n_pieces:
        return &p.items[p.n_pieces - 1]
    items = <Piece *> realloc(p.items, (p.n_pieces + 1) * sizeof(Piece))
    if items == NULL:
        return NULL
    p.items = items
    memset(&items[p.n_pieces], 0, sizeof(Piece))
    p.n_pieces += 1
    return &items[p.n_pieces - 1]


cdef inline int add_record(Pieces *p, Encoder *e, Texts *shapes, const Column *columns, Py_ssize_t i) noexcept nogil:
    """Append record i of these columns; -1 without memory, TOO_LONG where a piece is full of text."""
    cdef uint8_t heads[MAX_FIELDS]
    cdef uint16_t hot_row[HOT_WORDS]
    cdef uint8_t hot_bytes[HOT_CATEGORIES]
    cdef Slot *shape
    cdef Piece *piece = current_piece(p)
    cdef const Column *c
    cdef uint32_t end
    cdef int f, head
    if piece == NULL:
        return -1
    e.payload.n = 0
    fill_hot(hot_row, NO_WORD)
    memset(hot_bytes, 0, sizeof(hot_bytes))
    for f in range(e.n_fields):
        heads[f] = 0
        c = &columns[f]
        if c.offsets == NULL or c.valid != NULL and not c.valid[i]:
            continue
        if c.indices == NULL:
            head = put_field(e, f, c.text + c.offsets[i], c.offsets[i + 1] - c.offsets[i], hot_row, hot_bytes)
        elif <uint64_t> <uint32_t> c.indices[i] >= c.n_entries:
            continue              # a broken file's: missing
        else:
            head = put_entry(e, f, c, <uint32_t> c.indices[i], hot_row, hot_bytes)
        if head < 0:
            return -1
        heads[f] = <uint8_t> head
    shape = texts_add(shapes, heads, e.n_fields)
    if shape == NULL or reserve(&piece.blobs, e.payload.n + 8) or reserve(&piece.ends, 4):
        return -1
    if reserve(&piece.hot_words, 2 * HOT_WORDS) or reserve(&piece.hot_bytes, HOT_CATEGORIES):
        return -1
    if (piece.blobs.n + e.payload.n + 8) >> 32:
        return TOO_LONG
    put_varint(&piece.blobs, shape.id)
    put_bytes(&piece.blobs, e.payload.p, e.payload.n)
    end = <uint32_t> piece.blobs.n
    put_bytes(&piece.ends, &end, 4)
    put_bytes(&piece.hot_words, hot_row, 2 * HOT_WORDS)
    put_bytes(&piece.hot_bytes, hot_bytes, HOT_CATEGORIES)
    p.n_records += 1
    return 0


cdef inline void free_hot_rows(Pieces *p) noexcept nogil:
    cdef uint64_t k
    for k in range(p.n_pieces):
        bytes_free(&p.items[k].hot_words)
        bytes_free(&p.items[k].hot_bytes)


cdef inline void free_pieces(Pieces *p) noexcept nogil:
    cdef uint64_t k
    free_hot_rows(p)
    for k in range(p.n_pieces):
        bytes_free(&p.items[k].blobs)
        bytes_free(&p.items[k].ends)
    free(p.items)
