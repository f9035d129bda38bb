# Forms, a column a field, + for each the records of its numbers -> levels and weights, and which fields say anything.
"""Many forms against the records that they are about."""

from blobs cimport MAX_FIELDS, find_blob
from hashing cimport prefetch
from id_kinds cimport ID_REPAIRED
from identifiers cimport pack_identifier
from libc.stdint cimport INT32_MIN, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset
from linkage._kernels.lookup cimport Searcher
from normalise cimport init_normalise
from query_columns cimport fill_columns
from query_texts cimport answer_questions, decode_record, load_query, read_given
from search cimport FIELD_IDENTIFIER, Column, Given, Search
from tokens cimport NAME_SUSPECT

init_normalise()

cdef enum:
    FAR = 16                  # pairs ahead whose places are fetched
    NEAR = 8                  # pairs ahead whose bytes are


# Which fields of the query in row 0 say anything, and which identifiers only once their writing was mended.
cdef inline void note_fields(Search *s, const Given *given, uint64_t *says, uint64_t *mended) noexcept nogil:
    cdef int i, status
    says[0] = mended[0] = 0
    for i in range(s.n_fields):
        if s.fields[i].kind != FIELD_IDENTIFIER:
            says[0] |= <uint64_t> (s.has[i] != 0) << i
        elif given[i].text != NULL and given[i].n:
            # Not by the row: a number in the wrong place has been moved there.
            status = 0
            if pack_identifier(given[i].text, given[i].n, s.fields[i].id_kind, &status):
                says[0] |= <uint64_t> 1 << i
            mended[0] |= <uint64_t> (status == ID_REPAIRED) << i


cdef inline void fetch(Search *s, const uint32_t *rows, Py_ssize_t i, Py_ssize_t end) noexcept nogil:
    cdef const uint8_t *at = NULL
    cdef const uint8_t *stop = NULL
    if i + FAR < end and rows[i + FAR] < s.store.n_records:
        prefetch(s.store.groups + rows[i + FAR] // 16)
        prefetch(s.store.lengths + (rows[i + FAR] & ~<uint32_t> 15))
    if i + NEAR < end and find_blob(s.store, rows[i + NEAR], &at, &stop):
        prefetch(at)
        prefetch(stop - 1)


def score_forms(Searcher searcher not None, list columns not None, list words not None,
                const uint32_t[::1] forms not None, const uint32_t[::1] rows not None,
                Py_ssize_t begin, Py_ssize_t end, int32_t[::1] weights not None, uint64_t[::1] gammas not None,
                uint64_t[::1] says not None, uint64_t[::1] mended not None, uint8_t[::1] asking not None, *,
                bint asks=True):
    """Score pairs begin to end: a form, and a record of the searcher's segment.

    Parameters
    ----------
    searcher : Searcher
    columns, words : list
        The forms, as of `Searcher.search_many`.
    forms, rows : uint32[m]
        Pairs; those of one form side by side, so that it is encoded once.
    weights, gammas : int32, uint64[m]
        Filled (1/256 bit, packed levels).
    says, mended, asking : uint64, uint64, uint8[n]
        Filled for the forms of these pairs: a bit a field that says anything; a bit an identifier whose way of
        writing was mended; whether a name asks for repair, in which case its pairs were left out, if `asks`.

    Raises
    ------
    ValueError
        Arrays that do not fit, or damaged bytes of a record.
    """
    cdef Search *s = &searcher.state
    cdef Column column[MAX_FIELDS]
    cdef Given given[MAX_FIELDS]
    cdef Py_ssize_t i, n = says.shape[0]
    cdef int64_t at = -1
    cdef bint skips = False, damaged = False
    if not 0 <= begin <= end <= forms.shape[0] \
            or not forms.shape[0] == rows.shape[0] == weights.shape[0] == gammas.shape[0]:
        raise ValueError("a range beyond the pairs, or no room for their weights")
    if not n == mended.shape[0] == asking.shape[0]:
        raise ValueError("no room for what the forms say")
    for i in range(begin, end):
        if forms[i] >= <size_t> n or rows[i] >= s.store.n_records:
            raise ValueError("pairs beyond the forms or the records")
    fill_columns(s, column, columns, words, n)
    memset(given, 0, sizeof(given))
    with nogil:
        for i in range(begin, end):
            fetch(s, &rows[0], i, end)
            if <int64_t> forms[i] != at:
                at = forms[i]
                read_given(column, s.n_fields, at, given)
                skips = load_query(s, given) & NAME_SUSPECT != 0 and asks
                asking[at] = skips
                note_fields(s, given, &says[at], &mended[at])
            if skips:
                continue
            if decode_record(s, rows[i], 1):
                damaged = True
                break
            answer_questions(s)
            s.batch.n = 1
            s.batch.left[0] = 0
            s.batch.right[0] = 1
            searcher.scorer.score_batch(s.batch, INT32_MIN)
            weights[i] = s.batch.weight[0]
            gammas[i] = s.batch.gamma[0]
    if damaged:
        raise ValueError("a record cannot be read")
