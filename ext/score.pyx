# Encoded rows + a model's weight tables -> level codes and match weights, of given pairs or of whole blocks.
"""Pairs of encoded rows -> comparison levels and match weights (fixed point, 1/256 bit)."""

import numpy as np

from batches cimport (
    PAIRS,
    SOFT_MIN_RANGE,
    UNUSED_LANE,
    Batch,
    score_batch as score_pairs_of,
)
from comparisons cimport (
    LANES,
    MAX_COMPARISONS,
    OP_CATEGORY,
    OP_CUSTOM,
    OP_DATE,
    OP_EMAIL,
    OP_IDENTIFIER,
    OP_NAME,
    OP_NUMBER,
    OP_PART,
    OP_TEXT,
    Comparison,
)
from found cimport Found, found_free
from gathered cimport new_gathered
from given_pairs cimport levels_of_given, rarity_of_given, score_given
from known_runs cimport keep_unknown
from libc.stdint cimport INT32_MIN, int16_t, int32_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset
from linkage._kernels.row_pages cimport settle_pages
from pairs cimport forget_pairs, pair_of, prefetch_pair, put_pair, reserve_pairs
from scoring cimport Scoring, largest_tile, score_rows, score_runs
from sketch cimport Sketch, count_digits
from sketching cimport AHEAD_SKETCH, SeenWords
from specs cimport read_spec, read_weights

OPERATIONS = {
    "name": OP_NAME, "part": OP_PART, "text": OP_TEXT, "email": OP_EMAIL, "identifier": OP_IDENTIFIER,
    "date": OP_DATE, "category": OP_CATEGORY, "number": OP_NUMBER, "custom": OP_CUSTOM,
}

LEAST_CODES = {
    "name": 11, "part": 8, "text": 7, "email": 7, "identifier": 5, "date": 12, "category": 4, "number": 5, "custom": 2,
}

# What two alternatives so far apart add to each other (1/256 bit). A scorer is made for each searcher as well: there it
# took three of its four milliseconds to work this out anew.
_SOFT_MIN = np.rint(256 * np.log2(1 + 2.0 ** (np.arange(SOFT_MIN_RANGE) / -256.0))).astype(np.int16)

count_digits()      # the tables of each kernel that makes sketches are its own


cdef class Scorer:
    """The compiled form of a schema's comparisons and a model's weights over one set of encoded rows.

    Parameters
    ----------
    specs : list of dict
        One per comparison in order of evaluation: op, word, partner, shift, parent, n_codes, base, grouped, values,
        partner_values, partner_texts, tokens, texts, tf, tf_parts, comparator (address of a native function).
    rows : uint32[n_records, n_words]
    """

    def __init__(self, list specs not None, const uint32_t[:, ::1] rows not None):
        cdef int i
        if len(specs) > MAX_COMPARISONS:
            raise ValueError(f"expected at most {MAX_COMPARISONS} comparisons, got {len(specs)}")
        self.program.n = len(specs)
        cheap = [spec["op"] in ("identifier", "date", "category", "number") for spec in specs]
        self.program.n_cheap = sum(cheap)
        if not all(cheap[: self.program.n_cheap]):
            raise ValueError("comparisons of row words come before those of distinct values")
        self.rows = rows
        self.program.rows = &rows[0, 0] if rows.shape[0] and rows.shape[1] else NULL
        self.program.width = rows.shape[1]
        self.alive = []
        for i, spec in enumerate(specs):
            read_spec(&self.program, i, spec, rows.shape[1], self.alive, OPERATIONS, LEAST_CODES)
            self.n_values[i] = 0 if spec["values"] is None else len(spec["values"])
        cdef const int16_t[::1] soft_min = _SOFT_MIN
        memcpy(&self.program.soft_min[0], &soft_min[0], sizeof(self.program.soft_min))

    def read_from(self, int handle):
        """Read rows from the file in which they lie, where it is known which ones are needed."""
        self.program.rows_file = handle + 1

    def set_weights(self, const int32_t[::1] prior not None, int32_t[:, ::1] weights not None,
                    const int32_t[:, ::1] most not None, const uint8_t[:, ::1] weighs_rarity not None):
        """Install the weights (1/256 bit).

        Parameters
        ----------
        prior : int32[n_alternatives]
            log2 odds of a match against strangers, and against each class of relatives.
        weights : int32[n_table, 8]
            Laid out [comparison][code of parent][code]; one lane per alternative.
        most : int32[n_comparisons, 8]
            The most that each lane can gain from each comparison.
        weighs_rarity : uint8[n_comparisons, 8]
            1 where a lane counts the surprisal of the values that agree.
        """
        if weights.shape[1] != LANES or not 1 <= prior.shape[0] <= LANES or most.shape[0] != self.program.n \
                or most.shape[1] != LANES or weighs_rarity.shape[0] != self.program.n or weighs_rarity.shape[1] != LANES:
            raise ValueError(f"expected weights of {LANES} lanes, 1 to {LANES} priors, {self.program.n} bounds")
        read_weights(&self.program, prior, weights, most, weighs_rarity, UNUSED_LANE)
        self.weights = weights
        self.drop_sketches()

    def most_gained(self, int i):
        """The most that comparison i can say against strangers beyond the least that it can (1/256 bit)."""
        cdef const Comparison *c = &self.program.comparisons[i]
        if self.weights is None or not 0 <= i < self.program.n:
            raise ValueError(f"no weights of comparison {i}")
        cdef int n_parents = self.program.comparisons[c.parent].n_codes if c.parent >= 0 else 1
        own = np.asarray(self.weights)[c.base : c.base + n_parents * c.n_codes, 0]
        return max(int(own.max()) + c.rarest, 0) - int(own.min())

    def drop_sketches(self):
        """Score without sketches from now on."""
        self.program.sketched = False
        self.program.sketches = NULL
        self.sketch_bytes = None
        self.value_tables = None

    def know(self, const uint32_t[::1] left not None, const uint32_t[::1] right not None):
        """Leave these pairs out of what `score_blocks` finds from now on: other rules have found them."""
        cdef Py_ssize_t i, n = left.shape[0]
        if right.shape[0] != n:
            raise ValueError("left and right differ in length")
        if n and (np.max(left) >= self.rows.shape[0] or np.max(right) >= self.rows.shape[0]):
            raise ValueError(f"a pair names a row beyond {self.rows.shape[0]}")
        if n and reserve_pairs(&self.known, n, self.rows.shape[0]):
            raise MemoryError("scored pairs do not fit into memory")
        with nogil:
            for i in range(n):
                if i + AHEAD_SKETCH < n:
                    prefetch_pair(&self.known, pair_of(left[i + AHEAD_SKETCH], right[i + AHEAD_SKETCH]))
                put_pair(&self.known, pair_of(left[i], right[i]))

    def forget(self):
        """Know no pairs."""
        forget_pairs(&self.known)

    def __dealloc__(self):
        forget_pairs(&self.known)

    cdef int score_batch(self, Batch *batch, int32_t floor) noexcept nogil:
        """Fill weight and gamma of the pairs in live; returns how many those are (all others are below floor)."""
        return score_pairs_of(&self.program, batch, floor)

    def score_pairs(self, const uint32_t[::1] left not None, const uint32_t[::1] right not None,
                    int32_t[::1] weight not None, uint64_t[::1] gamma not None):
        """Fill weight (1/256 bit) and packed level codes of the given pairs of rows."""
        cdef Py_ssize_t n = left.shape[0]
        cdef uint32_t n_rows = <uint32_t> self.rows.shape[0]
        cdef bint failed
        if right.shape[0] != n or weight.shape[0] != n or gamma.shape[0] != n:
            raise ValueError("left, right, weight and gamma differ in length")
        if n and (np.max(left) >= n_rows or np.max(right) >= n_rows):
            raise ValueError(f"a pair names a row beyond {n_rows}")
        if not n:
            return
        with nogil:
            failed = score_given(&self.program, &left[0], &right[0], n, &weight[0], &gamma[0]) < 0
        if failed:
            raise MemoryError

    def levels_of_pairs(self, const uint32_t[::1] left not None, const uint32_t[::1] right not None,
                        uint64_t[::1] gamma not None):
        """Fill packed level codes of the given pairs of rows, as `score_pairs` does, without weighing them."""
        cdef Py_ssize_t n = left.shape[0]
        cdef bint failed
        if right.shape[0] != n or gamma.shape[0] != n:
            raise ValueError("left, right and gamma differ in length")
        if n and max(np.max(left), np.max(right)) >= self.rows.shape[0]:
            raise ValueError(f"a pair names a row beyond {self.rows.shape[0]}")
        if not n:
            return
        with nogil:
            failed = levels_of_given(&self.program, &left[0], &right[0], n, &gamma[0]) < 0
        if failed:
            raise MemoryError

    def term_frequency_bits(self, const uint32_t[::1] left not None, const uint32_t[::1] right not None,
                            const uint64_t[::1] gamma not None, double[::1] total not None,
                            double[::1] shared not None):
        """Fill the surprisal (bits) of the values that agree: of all comparisons, and of those relatives share."""
        cdef Py_ssize_t begin = 0, end, n = left.shape[0]
        cdef uint32_t n_rows = <uint32_t> self.rows.shape[0]
        if not (right.shape[0] == gamma.shape[0] == total.shape[0] == shared.shape[0] == n):
            raise ValueError("left, right, gamma, total and shared differ in length")
        if n and (np.max(left) >= n_rows or np.max(right) >= n_rows):
            raise ValueError(f"a pair names a row beyond {n_rows}")
        with nogil:
            while begin < n:
                if self.program.rows_file:
                    settle_pages()
                end = begin + PAIRS if n - begin > PAIRS else n
                rarity_of_given(&self.program, &left[0], &right[0], &gamma[0], begin, end, n, &total[0], &shared[0])
                begin = end

    def score_blocks(self, const uint64_t[::1] packed not None, uint32_t split, int32_t floor):
        """Score every pair inside each run of equal keys that is not known.

        Parameters
        ----------
        packed : uint64[n]
            key << 32 | row, sorted; whole runs only.
        split : int
            For a link, rows below it are left and the others right; 0 for a dedupe.
        floor : int
            Pairs below this weight (1/256 bit) are not returned.

        Returns
        -------
        tuple
            left, right : uint32[n]; weight : int32[n]; gamma : uint64[n]; n_new, n_seen : int. A pair that
            `know` named is seen and not new.
        """
        cdef Py_ssize_t i, n = packed.shape[0], n_known = 0, capacity = 0
        cdef uint32_t largest = 0
        cdef const uint64_t *runs = &packed[0] if n else NULL
        cdef uint64_t[::1] kept
        cdef Sketch *tile = NULL
        cdef Scoring s
        with nogil:
            for i in range(n):
                largest = <uint32_t> packed[i] if <uint32_t> packed[i] > largest else largest
        if n and largest >= <uint64_t> self.rows.shape[0]:
            raise ValueError("a block names a row beyond the rows")
        cdef bint makes_sketches = self.program.sketched and self.program.sketches == NULL and floor != INT32_MIN
        if makes_sketches and self.known.n:
            kept = np.empty(n + 1, np.uint64)
            with nogil:
                n_known = (n - keep_unknown(&self.known, runs, n, &kept[0])) // 2
            n -= 2 * n_known
            runs = &kept[0]
        with nogil:
            capacity = largest_tile(runs, n)
        self.begin(&s, floor, self.program.sketched, capacity)
        s.n_seen = s.found.n_known = n_known
        if makes_sketches:
            tile = <Sketch *> malloc((capacity + 1) * sizeof(Sketch))
            s.seen = <SeenWords *> calloc(1, sizeof(SeenWords))
            if tile == NULL or s.seen == NULL:
                free(tile)
                end(&s)
                raise MemoryError
        cdef bint failed = False
        if n:
            with nogil:
                failed = score_runs(&s, runs, n, split, tile) < 0
        free(tile)
        return answer(&s, failed)

    def score_all(self, uint32_t begin, uint32_t end, uint32_t split, int32_t floor):
        """Score rows begin..end against all later rows (for a link: left rows against all right ones).

        Returns
        -------
        tuple
            left, right : uint32[n]; weight : int32[n]; gamma : uint64[n]; n_new, n_seen : int.
        """
        cdef uint32_t n = <uint32_t> self.rows.shape[0]
        cdef bint failed
        cdef Scoring s
        if end > n or split > n or begin > end:
            raise ValueError(f"rows {begin}..{end} leave the {n} rows")
        self.begin(&s, floor, self.program.sketches != NULL, n)
        with nogil:
            failed = score_rows(&s, begin, end, split, n) < 0
        return answer(&s, failed)

    cdef begin(self, Scoring *s, int32_t floor, bint sketched, Py_ssize_t n_places):
        """Make ready to score pairs of so many places at a time; `answer` ends it."""
        memset(s, 0, sizeof(Scoring))
        s.batch = <Batch *> malloc(sizeof(Batch))
        s.places = <uint32_t *> malloc((n_places + 1) * sizeof(uint32_t))
        s.ends = <uint32_t *> malloc((n_places + 1) * sizeof(uint32_t))
        if self.program.rows_file:
            s.gathered = new_gathered(&self.program)
        if s.batch == NULL or s.places == NULL or s.ends == NULL or self.program.rows_file and s.gathered == NULL:
            end(s)
            raise MemoryError
        s.batch.n = 0
        s.program, s.known, s.floor = &self.program, &self.known, floor
        s.sketched = sketched and floor != INT32_MIN


cdef void end(Scoring *s) noexcept:
    free(s.batch)
    free(s.seen)
    free(s.gathered)
    free(s.places)
    free(s.ends)


cdef answer(Scoring *s, bint failed):
    """The found pairs as arrays, those that are new and that were seen; frees them."""
    cdef Found *found = &s.found
    end(s)
    try:
        if failed:
            raise MemoryError("scored pairs do not fit into memory")
        return (
            copy_of(found.left, found.n * 4).view(np.uint32), copy_of(found.right, found.n * 4).view(np.uint32),
            copy_of(found.weight, found.n * 4).view(np.int32), copy_of(found.gamma, found.n * 8).view(np.uint64),
            s.n_seen - found.n_known, s.n_seen,
        )
    finally:
        found_free(found)


cdef copy_of(void *p, Py_ssize_t n_bytes):
    out = np.empty(n_bytes, np.uint8)
    cdef uint8_t[::1] view = out
    if n_bytes:
        memcpy(&view[0], p, n_bytes)
    return out
