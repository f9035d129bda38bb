# One query's raw texts + one segment -> its best records: candidates by number, day and name, scored by the Scorer.
"""Look-up of one person in one segment."""

import numpy as np

from batches cimport Batch
from blobs cimport HOT_CATEGORIES, MAX_FIELDS, NO_WORD, OTHER_WORD, STRANGE_WORD
from candidates cimport name_people
from comparisons cimport OP_NAME, OP_PART, OP_TEXT, Comparison, term_frequency
from dtypes cimport MAX_TOKENS, Token, Value
from hashing cimport hash_bytes
from groups cimport answer_query
from libc.stdint cimport INT32_MIN, int16_t, int32_t, uint16_t, uint32_t, uint64_t, uint8_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset
from linkage._kernels.score cimport Scorer
from linkage._kernels.store cimport RecordStore
from linkage._kernels.normalise import normalise_one
from normalise cimport init_normalise
from search cimport (
    ASKS_REPAIR,
    BUFFER,
    CUT_SHORT,
    DAMAGED_BYTES,
    FIELD_CATEGORY,
    FIELD_DATE,
    FIELD_EMAIL,
    FIELD_IDENTIFIER,
    FIELD_NAME,
    FIELD_NUMBER,
    FIELD_TEXT,
    MOST_FAMILIES,
    MOST_NAMED,
    MOST_ODD,
    MOST_ODD_TOKENS,
    N_DAYS,
    REMEMBERED,
    SEEN_SIZE,
    SLOTS,
    TEXT_ROOM,
    Alike,
    Column,
    Field,
    Given,
    Hit,
    Marks,
    OddWord,
    Search,
    Written,
    date_word,
)
from query_texts cimport answer_questions, decode_record, fill_token, load_query, read_given
from tokens cimport NAME_SUSPECT

init_normalise()

KINDS = {
    "text": FIELD_TEXT, "name": FIELD_NAME, "email": FIELD_EMAIL, "identifier": FIELD_IDENTIFIER,
    "date": FIELD_DATE, "category": FIELD_CATEGORY, "number": FIELD_NUMBER,
}
PLAIN_NAME = b" nguyen van an"
SUSPECT, TRUNCATED, DAMAGED, ASKS = NAME_SUSPECT, CUT_SHORT, DAMAGED_BYTES, ASKS_REPAIR

cdef bint has_digit(const uint8_t *text, uint32_t n) noexcept nogil:
    cdef uint32_t i
    for i in range(n):
        if c"0" <= text[i] <= c"9":
            return True
    return False


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

    def __cinit__(self):
        cdef Search *s = &self.state
        s.like = <uint8_t *> malloc(1 << 16)
        s.batch = <Batch *> malloc(sizeof(Batch))
        s.buffer = <uint8_t *> malloc(BUFFER)
        s.seen = <uint64_t *> malloc(SEEN_SIZE * 8)
        s.named = <uint32_t *> malloc(MOST_NAMED * 4)
        s.candidates_capacity = 1 << 12
        s.candidates = <uint64_t *> malloc(s.candidates_capacity * 8)
        s.alike = <Alike *> malloc(REMEMBERED * sizeof(Alike))
        s.marks = <Marks *> calloc(1 << 16, sizeof(Marks))
        s.written = <Written *> calloc(1 << 16, sizeof(Written))
        s.token_of = <uint16_t *> malloc(2 << 16)
        s.quick = <uint8_t *> malloc(1 << 16)
        s.odd_of = <uint8_t *> calloc(1 << 16, 1)
        if s.marks == NULL or s.written == NULL or s.token_of == NULL or s.quick == NULL or s.odd_of == NULL or s.alike == NULL or s.like == NULL or s.batch == NULL or s.buffer == NULL or s.seen == NULL or s.named == NULL \
                or s.candidates == NULL:
            raise MemoryError
        memset(s.alike, 0, REMEMBERED * sizeof(Alike))
        memset(s.like, 0, 1 << 16)
        memset(s.seen, 0, SEEN_SIZE * 8)
        memset(s.token_of, 255, 2 << 16)
        memset(s.quick, 16, 1 << 16)
        s.like[OTHER_WORD] = 255
        s.quick[OTHER_WORD] = 128
        s.odd_of[OTHER_WORD] = 1
        s.quick[NO_WORD] = 0
        s.fit_reaches[8] = 1

    def __dealloc__(self):
        cdef Search *s = &self.state
        free(s.alike)
        free(s.marks)
        free(s.written)
        free(s.token_of)
        free(s.quick)
        free(s.odd_of)
        free(s.like)
        free(s.batch)
        free(s.buffer)
        free(s.seen)
        free(s.named)
        free(s.candidates)
        free(s.hits)

    def __init__(self, RecordStore store not None, Scorer scorer not None, uint32_t[:, ::1] rows not None,
                 list fields not None, dict sections not None, dict meta not None):
        cdef Search *s = &self.state
        cdef Field *f
        cdef Py_ssize_t k, n = store.store.n_records
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
        s.hot_field = meta["hot_field"]
        s.date_field = meta["date_field"]
        s.route_from, s.route_to = meta["route"]
        s.row_bits = meta["row_bits"]
        if s.n_fields >= MAX_FIELDS or s.n_fields > store.store.n_fields:
            raise ValueError("fields that do not fit the store")
        s.days = <const uint32_t *> <size_t> self.pointer(sections["days"], np.uint32, N_DAYS + 1)
        if int(sections["days"][N_DAYS]) != n or not bool(np.all(np.diff(sections["days"].astype(np.int64)) >= 0)):
            raise ValueError("a directory of days that does not fit the records")
        s.classes = <const uint16_t *> <size_t> self.pointer(sections["word_classes"], np.uint16, 1 << 16)
        self.fill_tokens(sections)
        s.n_families = len(sections["families"])
        if s.n_families > MOST_FAMILIES:
            raise ValueError(f"more than {MOST_FAMILIES} families of postings")
        for k, (buckets, entries) in enumerate(sections["families"]):
            if buckets.ndim != 1 or buckets.shape[0] < 2:
                raise ValueError("postings without a bucket")
            s.postings[k].n_buckets = buckets.shape[0] - 1
            s.postings[k].n_entries = entries.shape[0]
            s.postings[k].buckets = <const uint32_t *> <size_t> self.pointer(buckets, np.uint32, buckets.shape[0])
            s.postings[k].entries = <const uint32_t *> <size_t> self.pointer(entries, np.uint32, entries.shape[0])
            s.family_field[k] = -1
        s.n_hot_categories = len(meta["hot_categories"])
        if s.n_hot_categories > HOT_CATEGORIES or not -1 <= s.hot_field < s.n_fields \
                or not -1 <= s.date_field < s.n_fields or not -1 <= s.route_from < s.n_fields \
                or not -1 <= s.route_to < s.n_fields or not 1 <= s.row_bits <= 31:
            raise ValueError("fields beyond those there are, or rows of more than 31 bits")
        for k in range(s.n_hot_categories):
            s.hot_category[k] = meta["hot_categories"][k]
            if not 0 <= s.hot_category[k] < s.n_fields or fields[s.hot_category[k]]["kind"] != "category":
                raise ValueError("a hot category is no category")
        for k, spec in enumerate(fields):
            f = &s.fields[k]
            self.fill_field(f, spec)
            if f.family >= 0:
                s.family_field[f.family] = <int> k
        if s.hot_field >= 0 and s.fields[s.hot_field].kind != FIELD_NAME \
                or s.date_field >= 0 and s.fields[s.date_field].kind != FIELD_DATE \
                or s.route_from >= 0 and s.fields[s.route_from].kind != FIELD_IDENTIFIER \
                or s.route_to >= 0 and s.fields[s.route_to].kind != FIELD_IDENTIFIER:
            raise ValueError("a name, a date or a number that is none")

    cdef fill_tokens(self, dict sections):
        """The tokens of hot rows and their words; those of odd words as words behind the vocabulary's."""
        cdef Search *s = &self.state
        cdef uint32_t k, at, word
        tokens, offsets, words = (sections[name] for name in ("hot_tokens", "hot_token_offsets", "hot_token_words"))
        if tokens.ndim != 2 or tokens.shape[1] != sizeof(Token) or tokens.shape[0] >= NO_WORD \
                or offsets.shape != (tokens.shape[0] + 1,) or int(offsets.max(initial=0)) > words.shape[0]:
            raise ValueError("tokens beyond their words")
        odd = sections["odd_words"]
        self.pointer(odd, np.uint16, odd.shape[0])
        further = self.read_odd_words(odd.tolist())
        first = words.shape[0]
        tokens = np.concatenate([tokens.reshape(-1), np.frombuffer(b"".join(further.values()), np.uint8)])
        offsets = np.concatenate([offsets, np.arange(first + 1, first + 1 + len(further), dtype=np.uint32)])
        if further:            # what lies between the last token's words and the first further one is nobody's
            offsets[offsets.shape[0] - 1 - len(further)] = first
        words = np.concatenate([words, np.array(list(further), np.uint16)])
        s.n_hot_tokens = <uint32_t> (tokens.size // sizeof(Token))
        s.n_token_words = <uint32_t> words.size
        s.hot_tokens = <const Token *> <size_t> self.pointer(tokens, np.uint8, tokens.size)
        s.token_offsets = <const uint32_t *> <size_t> self.pointer(offsets, np.uint32, s.n_hot_tokens + 1)
        s.token_words = <const uint16_t *> <size_t> self.pointer(words, np.uint16, words.size)
        for k in range(s.n_hot_tokens):
            for at in range(s.token_offsets[k], s.token_offsets[k + 1]):
                s.token_of[s.token_words[at]] = <uint16_t> k
        # Digits at the end of a name are no part of it: a word with some is one token only here or there.
        for k in range(s.store.n_words if s.store.n_words < NO_WORD else NO_WORD):
            if s.odd_of[k] == 0 and has_digit(s.store.word_texts + s.store.word_offsets[k],
                                              s.store.word_offsets[k + 1] - s.store.word_offsets[k]):
                s.odd_of[k] = 1
                s.like[k] = 255
                s.quick[k] = 128
        # Files of version 1 have no such word, but may hold a vocabulary that reaches as far.
        s.has_strange = s.store.n_words <= STRANGE_WORD
        if s.has_strange:
            s.odd_of[STRANGE_WORD] = 1
            s.quick[STRANGE_WORD] = 1
        for k in range(len(odd)):
            word = odd[k]
            s.like[word] = 255
            s.quick[word] = 128

    cdef dict read_odd_words(self, list odd):
        """Note what the odd words are made of; further words, one a token of theirs, with that token."""
        cdef Search *s = &self.state
        cdef Token token
        cdef OddWord *o
        cdef uint32_t next = s.store.n_words
        cdef dict further = {}
        cdef bytes text, part
        cdef int n = 0
        for word in odd:
            s.odd_of[word] = 1
            if word >= s.store.n_words or n == MOST_ODD:
                continue
            text = s.store.word_texts[s.store.word_offsets[word]:s.store.word_offsets[word + 1]]
            exact, spelling, folded, n_tokens, flags = normalise_one(text)
            parts = list(zip(exact.split(), spelling.split(), folded.split()))
            if n_tokens > MOST_ODD_TOKENS or len(parts) != n_tokens or next + n_tokens >= STRANGE_WORD \
                    or any(48 <= c <= 57 for c in text):
                continue
            o = &s.odd_words[n]
            n += 1
            s.odd_of[word] = <uint8_t> (n + 1)
            o.n_tokens = n_tokens
            o.is_title = normalise_one(text + PLAIN_NAME)[3] != n_tokens + 3
            for i, (written, spelled, part) in enumerate(parts):
                memset(&token, 0, sizeof(Token))
                fill_token(&token, part, len(part))
                s.written[next].exact = <uint32_t> hash_bytes(written, len(written))
                s.written[next].spelling = <uint32_t> hash_bytes(spelled, len(spelled))
                s.written[next].is_accented = flags & 1
                s.written[next].is_known = True
                o.words[i] = <uint16_t> next
                further[next] = (<const uint8_t *> &token)[:sizeof(Token)]
                next += 1
        return further

    cdef size_t pointer(self, array, dtype, Py_ssize_t size) except? 0:
        if array.dtype != dtype or not array.flags.c_contiguous or array.size != size:
            raise ValueError(f"expected {size} contiguous values of {np.dtype(dtype)}, got {array.size} of {array.dtype}")
        self.alive.append(array)
        return array.ctypes.data

    cdef fill_field(self, Field *f, dict spec):
        cdef int k
        f.kind = KINDS[spec["kind"]]
        f.word = spec["word"]
        f.id_kind = spec.get("identifier", 0)
        f.order = spec.get("order", 0)
        f.comparison = spec["comparison"]
        f.partner = spec["partner"]
        f.family = spec["family"]
        width = 2 if f.kind == FIELD_IDENTIFIER else 1
        if not 0 <= f.word <= self.rows.shape[1] - width or f.comparison >= self.scorer.program.n \
                or f.family >= self.state.n_families:
            raise ValueError("a field beyond the rows, the comparisons or the postings")
        if f.kind == FIELD_CATEGORY:
            words = spec["category_words"]
            f.n_categories = <uint32_t> words.shape[0]
            f.category_words = <const uint32_t *> <size_t> self.pointer(words, np.uint32, words.shape[0])
        if f.kind > FIELD_EMAIL:
            return
        values, tokens, texts, tf = spec["scratch"]
        if values.nbytes < (SLOTS + 2) * sizeof(Value) or tokens.nbytes < (1 + MAX_TOKENS * (SLOTS + 1)) * sizeof(Token) \
                or texts.nbytes < (SLOTS + 2) * TEXT_ROOM or tf.nbytes < (SLOTS + 2) * 8:
            raise ValueError("scratch tables that are too small")
        f.values = <Value *> <size_t> values.ctypes.data
        f.tokens = <Token *> <size_t> tokens.ctypes.data
        f.texts = <uint8_t *> <size_t> texts.ctypes.data
        f.tf = <int16_t *> <size_t> tf.ctypes.data
        self.alive.append(spec["scratch"])
        f.n_parts = len(spec["rarity"])
        f.equal_is_same = f.comparison >= 0 and self.scorer.program.comparisons[f.comparison].op in (OP_NAME, OP_PART, OP_TEXT)
        for k, (buckets, entries, rarest) in enumerate(spec["rarity"]):
            if k > 3 or buckets.ndim != 1 or buckets.shape[0] < 2:
                raise ValueError("rarity without a bucket, or of more than four forms")
            f.rarity[k].n_buckets = buckets.shape[0] - 1
            f.rarity[k].n_entries = entries.shape[0]
            f.rarity[k].buckets = <const uint32_t *> <size_t> self.pointer(buckets, np.uint32, buckets.shape[0])
            f.rarity[k].entries = <const uint64_t *> <size_t> self.pointer(entries, np.uint64, entries.shape[0])
            f.rarity[k].rarest = rarest

    cdef prepare(self, int limit, int32_t floor, int32_t least, int32_t window, hidden, allowed, bint exhaustive,
                 bint eases):
        cdef Search *s = &self.state
        cdef const uint8_t[::1] bits
        cdef Py_ssize_t n_bytes = (self.store.store.n_records + 7) // 8
        if limit < 1 or limit > 1 << 20:
            raise ValueError(f"expected a limit of 1 to {1 << 20}, got {limit}")
        if limit > s.hits_capacity:
            free(s.hits)
            s.hits_capacity = 0
            s.hits = <Hit *> malloc(limit * sizeof(Hit))
            if s.hits == NULL:
                raise MemoryError
            s.hits_capacity = limit
        s.limit = limit
        s.floor = floor
        s.least = least
        s.window = window
        s.exhaustive = exhaustive
        s.eases = eases
        s.hidden = s.allowed = NULL
        for name, array in (("hidden", hidden), ("allowed", allowed)):
            if array is None:
                continue
            bits = array
            if bits.shape[0] < n_bytes:
                raise ValueError(f"expected {n_bytes} bytes of {name} rows, got {bits.shape[0]}")
            if name == "hidden":
                s.hidden = &bits[0]
            else:
                s.allowed = &bits[0]

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
        self.fill_given(given, texts, words)
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

    cdef fill_given(self, Given *given, list texts, list words):
        cdef Search *s = &self.state
        cdef int i
        cdef bytes text
        if len(texts) != s.n_fields or len(words) != s.n_fields:
            raise ValueError(f"expected {s.n_fields} fields")
        memset(given, 0, MAX_FIELDS * sizeof(Given))
        for i in range(s.n_fields):
            if texts[i] is not None:
                text = texts[i]
                given[i].text = <const uint8_t *> <const char *> text
                given[i].n = <uint32_t> len(text)
            given[i].word = words[i]

    def name_people_of(self, const uint32_t[:, ::1] rows not None, const uint32_t[::1] counts not None,
                       const uint32_t[::1] order not None, int32_t least, uint32_t[:, ::1] people not None):
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
        if n_asked and np.max(order) >= rows.shape[0] or counts.shape[0] != rows.shape[0] \
                or people.shape[0] != rows.shape[0] or people.shape[1] != rows.shape[1]:
            raise ValueError("a range beyond the queries, or no room for their answers")
        for place in range(n_asked):
            i = order[place]
            if counts[i] > <size_t> rows.shape[1]:
                raise ValueError("more answers than there is room for")
            for k in range(counts[i]):
                if rows[i, k] >= self.store.store.n_records:
                    raise ValueError(f"expected rows below {self.store.store.n_records}, got {rows[i, k]}")
        with nogil:
            for place in range(n_asked):
                i = order[place]
                if counts[i] == 1:
                    people[i, 0] = 0
                elif counts[i]:
                    status |= name_people(&self.state, self.scorer, &rows[i, 0], counts[i], least, &people[i, 0])
        if status:
            raise ValueError("a record cannot be read")

    def score_rows(self, list texts not None, list words not None, list rows not None):
        """Weights of given records against a query.

        Returns
        -------
        list of (weight, gamma, lanes, rarity)
            Per row: int (1/256 bit), packed levels, the weight against each alternative, and per comparison what
            the rarity of its values adds; None where a record cannot be read.
        """
        cdef Search *s = &self.state
        cdef Given given[MAX_FIELDS]
        cdef uint32_t row
        cdef int i, code
        cdef const Comparison *c
        cdef list out = []
        self.fill_given(given, texts, words)
        load_query(s, given)
        for row in rows:
            if row >= self.store.store.n_records or decode_record(s, row, 1):
                out.append(None)
                continue
            answer_questions(&self.state)
            s.batch.n = 1
            s.batch.left[0] = 0
            s.batch.right[0] = 1
            self.scorer.score_batch(s.batch, INT32_MIN)
            rarity = []
            for i in range(self.scorer.program.n):
                c = &self.scorer.program.comparisons[i]
                code = <int> (s.batch.gamma[0] >> c.shift) & c.mask
                rarity.append(term_frequency(c, code, self.rows[0, c.word], self.rows[1, c.word]))
            out.append((s.batch.weight[0], s.batch.gamma[0],
                        [s.batch.lanes[0][i] for i in range(self.scorer.program.n_lanes)], rarity))
        return out

    def dates_of(self, list columns not None, list words not None, uint32_t[::1] dates not None):
        """Fill the queries' dates, as numbers in the order of time; 0 = none."""
        cdef Column column[MAX_FIELDS]
        cdef Given given[MAX_FIELDS]
        cdef const Field *f
        cdef Py_ssize_t at, n = dates.shape[0]
        self.fill_columns(column, columns, words, n)
        dates[:] = 0
        if self.state.date_field < 0:
            return
        f = &self.state.fields[self.state.date_field]
        with nogil:
            for at in range(n):
                read_given(&column[self.state.date_field], 1, at, given)
                if given[0].n:
                    dates[at] = date_word(given[0].text, given[0].n, f.order)

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
        if counts.shape[0] != n or status.shape[0] != n or n_asked and int(np.max(order)) >= n:
            raise ValueError("a query beyond those there are")
        if not rows.shape[0] == weights.shape[0] == gammas.shape[0] == n \
                or not rows.shape[1] == weights.shape[1] == gammas.shape[1] == limit:
            raise ValueError(f"expected room for {n} times {limit} answers")
        self.fill_columns(column, columns, words, n)
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

    cdef fill_columns(self, Column *column, list columns, list words, Py_ssize_t n):
        cdef Search *s = &self.state
        cdef const int32_t[::1] offsets
        cdef const uint8_t[::1] data, valid
        cdef const uint32_t[::1] numbers
        cdef int i
        if len(columns) != s.n_fields or len(words) != s.n_fields:
            raise ValueError(f"expected {s.n_fields} fields")
        memset(column, 0, MAX_FIELDS * sizeof(Column))
        for i in range(s.n_fields):
            if words[i] is not None:
                numbers = words[i]
                if numbers.shape[0] != n:
                    raise ValueError(f"expected {n} words, got {numbers.shape[0]}")
                column[i].words = &numbers[0] if n else NULL
            if columns[i] is None or n == 0:
                continue
            offsets, data, valid = columns[i]
            if offsets.shape[0] != n + 1 or valid is not None and valid.shape[0] != n:
                raise ValueError(f"expected {n + 1} offsets, got {offsets.shape[0]}")
            if offsets[0] < 0 or offsets[n] > data.shape[0] or not bool(np.all(np.diff(columns[i][0]) >= 0)):
                raise ValueError("offsets that leave the texts")
            if data.shape[0]:
                column[i].offsets = &offsets[0]
                column[i].data = &data[0]
                column[i].valid = &valid[0] if valid is not None else NULL
