# Rows of a segment, and a searcher -> their weights and levels against a query; which of them are one person's.
"""What is asked of records that are found or given."""

import numpy as np

from blobs cimport MAX_FIELDS
from comparisons cimport Comparison, term_frequency
from libc.stdint cimport INT32_MIN, int32_t, uint32_t
from linkage._kernels.lookup cimport Searcher
from linkage._kernels.score cimport Scorer
from normalise cimport init_normalise
from query_columns cimport fill_given
from query_texts cimport answer_questions, decode_record, load_query, load_record
from search cimport DAMAGED_BYTES, NOBODY, SLOTS, Given, Search

init_normalise()


def score_rows(Searcher searcher not None, list texts not None, list words not None, list rows not None):
    """Weights of given records against a query.

    Returns
    -------
    list of (weight, gamma, lanes, rarity)
        Per row: int (1/256 bit), packed levels, the weight against each alternative, and per comparison what
        the rarity of its values adds; None where a record cannot be read.
    """
    cdef Search *s = &searcher.state
    cdef Given given[MAX_FIELDS]
    cdef uint32_t row
    cdef int i, code
    cdef const Comparison *c
    cdef list out = []
    fill_given(s, given, texts, words)
    load_query(s, given)
    for row in rows:
        if row >= searcher.store.store.n_records or decode_record(s, row, 1):
            out.append(None)
            continue
        answer_questions(s)
        s.batch.n = 1
        s.batch.left[0] = 0
        s.batch.right[0] = 1
        searcher.scorer.score_batch(s.batch, INT32_MIN)
        rarity = []
        for i in range(searcher.scorer.program.n):
            c = &searcher.scorer.program.comparisons[i]
            code = <int> (s.batch.gamma[0] >> c.shift) & c.mask
            rarity.append(term_frequency(c, code, searcher.rows[0, c.word], searcher.rows[1, c.word]))
        out.append((s.batch.weight[0], s.batch.gamma[0],
                    [s.batch.lanes[0][i] for i in range(searcher.scorer.program.n_lanes)], rarity))
    return out


cdef int name_people(Search *s, Scorer scorer, const uint32_t *rows, uint32_t n, int32_t least,
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


def name_people_of(Searcher searcher not None, const uint32_t[:, ::1] rows not None,
                   const uint32_t[::1] counts not None, const uint32_t[::1] order not None, int32_t least,
                   uint32_t[:, ::1] people not None):
    """Tell apart the people of each query's answers.

    Parameters
    ----------
    rows : uint32[n, limit]
        Records of this segment, the best first.
    counts : uint32[n]
        How many each query has.
    order : uint32
        The queries whose answers are told apart.
    least : int
        Two records of at least this weight (1/256 bit) are one person's.
    people : uint32[n, limit]
        Filled with numbers from 0; a record of the first of an earlier person has that person's.

    Raises
    ------
    ValueError
        Rows beyond the segment, or damaged bytes of a record.
    """
    cdef Py_ssize_t i, place, n_asked = order.shape[0]
    cdef uint32_t k
    cdef int status = 0
    if n_asked and np.asarray(order).max() >= rows.shape[0] or counts.shape[0] != rows.shape[0] \
            or people.shape[0] != rows.shape[0] or people.shape[1] != rows.shape[1]:
        raise ValueError("a range beyond the queries, or no room for their answers")
    for place in range(n_asked):
        i = order[place]
        if counts[i] > <size_t> rows.shape[1]:
            raise ValueError("more answers than there is room for")
        for k in range(counts[i]):
            if rows[i, k] >= searcher.store.store.n_records:
                raise ValueError(f"expected rows below {searcher.store.store.n_records}, got {rows[i, k]}")
    with nogil:
        for place in range(n_asked):
            i = order[place]
            if counts[i] == 1:
                people[i, 0] = 0
            elif counts[i]:
                status |= name_people(&searcher.state, searcher.scorer, &rows[i, 0], counts[i], least, &people[i, 0])
    if status:
        raise ValueError("a record cannot be read")
