# Records that answer one query -> which of them are one person's. Header-only.
from libc.stdint cimport int32_t, uint32_t
from linkage._kernels.score cimport Scorer
from query_texts cimport answer_questions, decode_record, load_record
from search cimport DAMAGED_BYTES, NOBODY, SLOTS, Search

cdef inline int name_people(Search *s, Scorer scorer, const uint32_t *rows, uint32_t n, int32_t least,
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
