# One query's raw texts + one segment -> its best records: candidates by number, day and name, scored by the Scorer.
"""Look-up of one person in one segment."""

import numpy as np

from blobs cimport MAX_FIELDS
from comparisons cimport OP_CUSTOM
from groups cimport answer_query
from held cimport HOLDERS, Held, free_held
from hold cimport NO_MEMORY, hold_records
from libc.stdint cimport INT32_MIN, int32_t, uint16_t, uint32_t, uint64_t, uint8_t
from libc.string cimport memset
from linkage._kernels.score cimport Scorer
from linkage._kernels.store cimport RecordStore
from normalise cimport init_normalise
from query_columns cimport bits_of_rows, fill_columns, fill_given
from query_texts cimport load_query, read_given
from search cimport ASKS_REPAIR, CUT_SHORT, DAMAGED_BYTES, SLOTS, Column, Field, Given, Search, date_word
from search_memory cimport allocate, free_search, room_for_held, room_for_hits
from search_sections cimport fill_days, fill_fields, fill_posted, fill_postings, fill_roles, fill_spellings, pointer
from search_words cimport fill_tokens
from tokens cimport NAME_SUSPECT

init_normalise()

SUSPECT, TRUNCATED, DAMAGED, ASKS = NAME_SUSPECT, CUT_SHORT, DAMAGED_BYTES, ASKS_REPAIR


cdef class HeldValues:
    """The distinct values of a small index, field by field, which its searchers share.

    Parameters
    ----------
    searcher : Searcher
        By which all records are read.

    Raises
    ------
    ValueError
        A record cannot be read, or a field is compared by a function of the user's.
    """

    cdef Held held

    def __init__(self, Searcher searcher not None):
        cdef int i, status
        for i in range(searcher.state.n_comparisons):
            if searcher.state.comparisons[i].op == OP_CUSTOM:
                raise ValueError("a field that is compared by a function of the user's")
        if self.held.n_fields:
            raise ValueError("values that are held already")
        with nogil:
            status = hold_records(&searcher.state, &self.held)
        if status == NO_MEMORY:
            raise MemoryError
        if status:
            raise ValueError("a record cannot be read")

    def __dealloc__(self):
        free_held(&self.held)


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

    @property
    def n_seen(self):
        """Records that the last search met as candidates."""
        return self.state.n_seen

    @property
    def n_scored(self):
        """Records that the last search decoded and scored."""
        return self.state.n_scored

    @property
    def n_scanned(self):
        """Hot rows that the last search looked at."""
        return self.state.n_scanned

    @property
    def floor(self):
        """The floor of the last search (1/256 bit)."""
        return self.state.floor

    @property
    def worth_keys(self):
        """Rows that are left from which on names like the query's are looked up first."""
        return self.state.worth_keys

    @worth_keys.setter
    def worth_keys(self, uint64_t n):
        self.state.worth_keys = n

    def __cinit__(self):
        if allocate(&self.state):
            raise MemoryError

    def __dealloc__(self):
        free_search(&self.state)

    def __init__(self, RecordStore store not None, Scorer scorer not None, uint32_t[:, ::1] rows not None,
                 list fields not None, dict sections not None, dict meta not None):
        cdef Search *s = &self.state
        self.store = store
        self.scorer = scorer
        self.rows = rows
        if rows.shape[0] < SLOTS + 2 or rows.shape[1] == 0 or scorer.program.n_lanes == 0:
            raise ValueError("scratch rows that are too few, or a scorer without weights")
        s.store = &store.store
        s.rows = &rows[0, 0]
        s.n_words = <int> rows.shape[1]
        # The weights are installed, and are not to be replaced from here on.
        s.comparisons = scorer.program.comparisons
        s.n_comparisons = scorer.program.n
        s.weights = &scorer.weights[0, 0]
        s.prior = scorer.program.prior
        self.alive = [fields, sections]
        s.n_fields = len(fields)
        if s.n_fields >= MAX_FIELDS or s.n_fields > store.store.n_fields:
            raise ValueError("fields that do not fit the store")
        fill_days(s, sections["days"], store.store.n_records, self.alive)
        s.classes = <const uint16_t *> <size_t> pointer(sections["word_classes"], "uint16", 1 << 16, self.alive)
        fill_tokens(s, sections, self.alive)
        fill_postings(s, sections["families"], self.alive)
        fill_spellings(s, sections["spellings"], self.alive)
        if sections["near"] is not None:
            fill_posted(&s.near, sections["near"][0], sections["near"][1], self.alive)
        fill_roles(s, meta, fields)
        fill_fields(s, fields, scorer, rows.shape[1], self.alive)

    cdef prepare(self, int limit, int32_t floor, int32_t least, int32_t window, hidden, allowed, bint exhaustive,
                 bint eases):
        cdef Search *s = &self.state
        if limit < 1 or limit > 1 << 20:
            raise ValueError(f"expected a limit of 1 to {1 << 20}, got {limit}")
        if room_for_hits(s, limit):
            raise MemoryError
        s.floor = floor
        s.least = least
        s.window = window
        s.exhaustive = exhaustive
        s.eases = eases
        s.hidden = bits_of_rows(hidden, self.store.store.n_records)
        s.allowed = bits_of_rows(allowed, self.store.store.n_records)

    def hold(self, HeldValues values not None):
        """Ask these values from now on, where there is room for one more who does; its records are this one's."""
        cdef Held *h = &values.held
        if self.state.held != NULL or h.n_holders == HOLDERS:
            return
        if h.n_fields != self.state.n_fields or h.n_records != <size_t> self.store.store.n_records:
            raise ValueError("values of other records")
        if room_for_held(&self.state, h):
            raise MemoryError
        self.state.holder = h.n_holders
        h.n_holders += 1
        self.alive.append(values)
        self.state.held = h

    def search(self, list texts not None, list words not None, int limit, int32_t floor, int32_t window, *,
               int32_t least=INT32_MIN, hidden=None, allowed=None, bint exhaustive=False, bint asks=False,
               bint eases=False):
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
        least : int
            So are those below this, whatever the floor.
        hidden, allowed : uint8 array or None
            A bit a record: those not to be found, and the only ones to be found.
        exhaustive : bool
            Decode and score every record.
        asks : bool
            Come back at once with SUSPECT where a name looks mistyped, so that it can be repaired.
        eases : bool
            Lower the floor to a window below what a record may weigh that agrees with all the query says.

        Returns
        -------
        tuple
            rows, weights, gammas : lists of int, the best first; status (TRUNCATED | DAMAGED); flags SUSPECT of
            a name that asks for repair (nothing was searched then).
        """
        cdef Search *s = &self.state
        cdef Given given[MAX_FIELDS]
        cdef int i, suspect
        fill_given(&self.state, given, texts, words)
        self.prepare(limit, floor, least, window, hidden, allowed, exhaustive, eases)
        with nogil:
            suspect = load_query(s, given)
            asks = asks and suspect & NAME_SUSPECT
            if not asks:
                answer_query(s, self.scorer)
        if asks:
            return [], [], [], 0, suspect & NAME_SUSPECT
        return (
            [s.hits[i].row for i in range(s.n_hits)], [s.hits[i].weight for i in range(s.n_hits)],
            [s.hits[i].gamma for i in range(s.n_hits)], s.status, 0,
        )

    def search_many(self, list columns not None, list words not None, const uint32_t[::1] order not None, int limit,
                    const int32_t[::1] floors not None, int32_t window, uint32_t[:, ::1] rows not None,
                    int32_t[:, ::1] weights not None, uint64_t[:, ::1] gammas not None,
                    uint32_t[::1] counts not None, uint8_t[::1] status not None, *, int32_t floor=INT32_MIN,
                    hidden=None, allowed=None, bint asks=True, bint eases=False):
        """The best records for some of the queries of some columns, as `search` finds them.

        Parameters
        ----------
        columns : list of (int32[n + 1], uint8, uint8[n] or None) or None
            Per field, texts as offsets, bytes and validity.
        words : list of (uint32[n] or None)
            Per field, words of a category.
        order : uint32
            The queries to be searched, in this order: those of near dates read the same pages.
        limit, window, floor, hidden, allowed, eases
            As of `search`.
        floors : int32[n]
            Per query, `least` of `search`.
        rows, weights, gammas : uint32, int32, uint64[n, limit]
            Filled, the best first.
        counts, status : uint32, uint8[n]
            Filled: answers; TRUNCATED | DAMAGED | ASKS. A query that asks for a repair is not searched, if `asks`.
        """
        cdef Search *s = &self.state
        cdef Column column[MAX_FIELDS]
        cdef Given given[MAX_FIELDS]
        cdef Py_ssize_t place, at, n = floors.shape[0], n_asked = order.shape[0]
        cdef int k
        if counts.shape[0] != n or status.shape[0] != n or n_asked and int(np.asarray(order).max()) >= n:
            raise ValueError("a query beyond those there are")
        if not rows.shape[0] == weights.shape[0] == gammas.shape[0] == n \
                or not rows.shape[1] == weights.shape[1] == gammas.shape[1] == limit:
            raise ValueError(f"expected room for {n} times {limit} answers")
        fill_columns(&self.state, column, columns, words, n)
        self.prepare(limit, floor, 0, window, hidden, allowed, False, eases)
        memset(given, 0, sizeof(given))
        with nogil:
            for place in range(n_asked):
                at = order[place]
                read_given(column, s.n_fields, at, given)
                counts[at] = 0
                if load_query(s, given) & NAME_SUSPECT and asks:
                    status[at] = ASKS_REPAIR
                    continue
                s.floor = floor
                s.least = floors[at]
                answer_query(s, self.scorer)
                status[at] = <uint8_t> s.status
                counts[at] = <uint32_t> s.n_hits
                for k in range(s.n_hits):
                    rows[at, k] = s.hits[k].row
                    weights[at, k] = s.hits[k].weight
                    gammas[at, k] = s.hits[k].gamma

    def dates_of(self, list columns not None, list words not None, uint32_t[::1] dates not None):
        """Fill the queries' dates, as numbers in the order of time; 0 = none."""
        cdef Column column[MAX_FIELDS]
        cdef Given given[MAX_FIELDS]
        cdef const Field *f
        cdef Py_ssize_t at, n = dates.shape[0]
        fill_columns(&self.state, column, columns, words, n)
        dates[:] = 0
        if self.state.date_field < 0:
            return
        f = &self.state.fields[self.state.date_field]
        with nogil:
            for at in range(n):
                read_given(&column[self.state.date_field], 1, at, given)
                if given[0].n:
                    dates[at] = date_word(given[0].text, given[0].n, f.order)
