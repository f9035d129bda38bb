# Row words -> blocking keys: the words that rules share are looked up once for all of them.
"""Encoded rows -> 32-bit blocking keys of any rules; distinct values -> what a rule compares of them."""

import numpy as np

from compact cimport COMPARED_ROOM, compared_text
from dtypes cimport MAX_TOKENS, Token, Value
from gathered cimport read_row
from hashing cimport mix, prefetch
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset
from linkage._kernels.row_pages cimport settle_pages

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    #ifdef __GNUC__
    #define LINKAGE_APART __attribute__((noinline))
    #else
    #define LINKAGE_APART
    #endif
    /* A further part of a rule; is_missing becomes 1 where it has no value. */
    static LINKAGE_APART void linkage_mix_part(const uint64_t *part, long m, uint64_t *hashes, uint32_t *is_missing) {
        for (long i = 0; i < m; i++) {
            hashes[i] = linkage_mix(hashes[i], part[i]);
            is_missing[i] |= part[i] == 0;
        }
    }
    /* Upper half of each hash, 1 for 0; where is_missing, 0. Done in the same place. */
    static LINKAGE_APART void linkage_finish_keys(const uint64_t *hashes, long m, uint32_t *is_missing) {
        for (long i = 0; i < m; i++) {
            uint32_t key = (uint32_t)(hashes[i] >> 32);
            key += key == 0;
            is_missing[i] = key & (is_missing[i] - 1);
        }
    }
    """
    void mix_part "linkage_mix_part"(const uint64_t *part, long m, uint64_t *hashes, uint32_t *is_missing) noexcept nogil
    void finish_keys "linkage_finish_keys"(const uint64_t *hashes, long m, uint32_t *is_missing) noexcept nogil

cdef enum:
    KEY_WORD = 0          # one word of the row
    KEY_TWO_WORDS = 1
    KEY_MASKED = 2        # word & mask; missing when word & required is 0
    KEY_VALUE = 3         # an entry of a table by value id
    ROWS_BETWEEN = 1 << 12      # two looks at what the process holds
    TILE = 128            # rows at a time: their words, their parts and their keys stay in the first caches
    MOST_PARTS = 16       # of a rule
    AHEAD = 32            # rows whose table entries are on their way

cdef struct Part:
    int kind, word
    uint32_t mask, required
    const uint64_t *table
    Py_ssize_t step       # from one value's entry to the next one's
    uint32_t size

cdef struct Rule:
    uint64_t salt
    int n_parts
    int parts[MOST_PARTS]


def value_keys(const uint8_t[::1] values_bytes not None, const uint8_t[::1] tokens_bytes not None,
               const uint8_t[::1] texts not None, str part not None):
    """One 64-bit key per distinct value for one part of it; uint64[n_values], 0 = none.

    part: folded, spelling, given (last token), family (first token), phonetic (all tokens),
    given_phonetic, tokens (in any order), prefix (first four letters).
    """
    cdef const Value *values = <const Value *> &values_bytes[0]
    cdef const Token *tokens = <const Token *> &tokens_bytes[0]
    cdef Py_ssize_t i, n = values_bytes.shape[0] // sizeof(Value)
    cdef int j, m, what = {"folded": 0, "local": 1, "given": 2, "family": 3, "phonetic": 4,
                           "given_phonetic": 5, "tokens": 6, "prefix": 7}[part]
    cdef const Value *v
    cdef const uint8_t *text
    cdef uint8_t room[COMPARED_ROOM]
    cdef int length
    cdef uint64_t h, word
    out = np.zeros(n, np.uint64)
    cdef uint64_t[::1] view = out
    with nogil:
        for i in range(1, n):
            v = &values[i]
            m = v.n_tokens if v.n_tokens < MAX_TOKENS else MAX_TOKENS
            h = 0
            if what == 0:
                h = v.folded
            elif what == 1:
                h = v.spelling
            elif m and what == 2:
                h = tokens[v.tokens[m - 1]].folded
            elif m and what == 3:
                h = tokens[v.tokens[0]].folded
            elif what == 4:
                for j in range(m):
                    h = mix(h, tokens[v.tokens[j]].phonetic)
            elif m and what == 5:
                h = mix(7, tokens[v.tokens[m - 1]].phonetic)
            elif what == 6:
                for j in range(m):
                    h += mix(tokens[v.tokens[j]].folded, 11)
            elif what == 7:
                word = 0
                text = compared_text(v, &texts[0], room, &length)
                memcpy(&word, text, 4 if length > 4 else length)
                h = mix(word, 13)
            view[i] = h if h else 1
    return out


# One part of m rows as 64-bit values, 0 = missing; whether some value id lies beyond the table.
cdef bint fill_part(const Part *p, const uint32_t *at, const uint32_t *last, Py_ssize_t width, Py_ssize_t m,
                    uint64_t *out) noexcept nogil:
    cdef Py_ssize_t i
    cdef const uint32_t *ahead = at + AHEAD * width
    cdef const uint64_t *table = p.table
    cdef Py_ssize_t step = p.step
    cdef uint32_t word, size = p.size, mask = 0xFFFFFFFFu, required = 0xFFFFFFFFu, most = 0
    if p.kind == KEY_VALUE:
        for i in range(m):
            prefetch(&table[(ahead if ahead < last else last)[0] * step])
            ahead += width
            word = at[0]
            most = word if word > most else most
            out[i] = table[(word if word < size else 0) * step]     # entry 0, a missing value, is 0
            at += width
        return most >= size
    if p.kind == KEY_TWO_WORDS:
        for i in range(m):
            out[i] = at[0] | <uint64_t> at[1] << 32
            at += width
        return False
    if p.kind == KEY_MASKED:
        mask, required = p.mask, p.required
    for i in range(m):
        word = at[0]
        out[i] = word & mask if word & required else 0
        at += width
    return False


def encode_keys(const uint32_t[:, ::1] rows not None, list parts not None, list rules not None,
                uint32_t[:, ::1] out not None, Py_ssize_t begin=0, end=None, const uint64_t[::1] entries=None,
                int rows_file=0):
    """Fill in the upper half of each row's 64-bit key of each rule; 0 = some part is missing.

    Parameters
    ----------
    rows : uint32[n_records, n_words]
    parts : list of (kind, word, mask, required, table)
        kind 0 one word, 1 two words, 2 masked word, 3 `table` (uint64[n_values], of any step) by value id.
    rules : list of (salt, positions in parts)
        At most 16 parts a rule.
    out : uint32[n_rules, n]
        Rule by rule.
    begin, end : int
        Only these rows; by default all.
    entries : uint64[n] or None
        The rows to look at, in their lower halves; None = all, in order.
    rows_file : int
        Where the rows lie in a file its descriptor plus one: entries' rows are read from it.
    """
    cdef const uint64_t *chosen_rows = NULL
    cdef Py_ssize_t n_rows = rows.shape[0], width = rows.shape[1], n = n_rows, first, i, m
    if entries is not None:
        n = entries.shape[0]
        chosen_rows = &entries[0] if n else NULL
    cdef Py_ssize_t last = n if end is None else end
    cdef int k, j, word, n_parts = len(parts), n_rules = len(rules)
    cdef const uint64_t[:] table
    cdef const uint32_t *source
    cdef const uint32_t *limit
    cdef uint64_t largest = 0
    cdef bint beyond = False
    if not 0 <= begin <= last <= n or out.shape[0] != n_rules or out.shape[1] != n:
        raise ValueError(f"expected {n_rules} keys of each of {n} rows")
    if chosen_rows != NULL:
        with nogil:
            for i in range(begin, last):
                largest = <uint32_t> chosen_rows[i] if <uint32_t> chosen_rows[i] > largest else largest
        if begin < last and largest >= <uint64_t> n_rows:
            raise ValueError(f"an entry names a row beyond {n_rows}")
    cdef uint32_t[::1] near_memory = np.empty(TILE * max(width, 1) if chosen_rows != NULL else 1, np.uint32)
    cdef uint32_t *near = &near_memory[0]
    cdef uint8_t[::1] part_memory = np.zeros(max(n_parts, 1) * sizeof(Part), np.uint8)
    cdef uint8_t[::1] rule_memory = np.zeros(max(n_rules, 1) * sizeof(Rule), np.uint8)
    cdef uint64_t[::1] value_memory = np.empty(max(n_parts, 1) * TILE, np.uint64)
    cdef Part *items = <Part *> &part_memory[0]
    cdef Rule *plans = <Rule *> &rule_memory[0]
    cdef uint64_t *values = &value_memory[0]
    cdef uint32_t keys[TILE]
    cdef uint64_t hashes[TILE]
    for k, (kind, word, mask, required, of_value) in enumerate(parts):
        items[k].kind, items[k].word, items[k].mask, items[k].required = kind, word, mask, required
        if not 0 <= word < width - (kind == KEY_TWO_WORDS):
            raise ValueError(f"part {k} leaves the {width} words of a row")
        if kind == KEY_VALUE:
            table = of_value
            items[k].table, items[k].step = &table[0], table.strides[0] // sizeof(uint64_t)
            items[k].size = <uint32_t> table.shape[0]
    for k, (salt, chosen) in enumerate(rules):
        if len(chosen) > MOST_PARTS or not all(0 <= part < n_parts for part in chosen):
            raise ValueError(f"a rule has at most {MOST_PARTS} parts, each one of the {n_parts} given")
        plans[k].salt, plans[k].n_parts = salt, len(chosen)
        for i, part in enumerate(chosen):
            plans[k].parts[i] = part
    # Of a row by itself only the words from the first to the last that a part needs are fetched.
    cdef Py_ssize_t low = min([part[1] for part in parts], default=0)
    cdef Py_ssize_t high = max([part[1] + (part[0] == KEY_TWO_WORDS) for part in parts], default=0)
    if begin == last or n_rules == 0:
        return
    with nogil:
        first = begin
        while first < last:
            m = TILE if first + TILE < last else last - first
            if first % ROWS_BETWEEN == 0:
                settle_pages()
            source, limit = &rows[first, 0] if chosen_rows == NULL else near, &rows[n_rows - 1, 0]
            if chosen_rows != NULL:
                limit = near + (m - 1) * width
                for i in range(m):
                    if first + i + AHEAD < last:
                        prefetch(&rows[<uint32_t> chosen_rows[first + i + AHEAD], low])
                        prefetch(&rows[<uint32_t> chosen_rows[first + i + AHEAD], high])
                    if rows_file:
                        read_row(rows_file, &rows[0, 0], width, <uint32_t> chosen_rows[first + i], near + i * width)
                    else:
                        memcpy(near + i * width + low, &rows[<uint32_t> chosen_rows[first + i], low],
                               (high + 1 - low) * sizeof(uint32_t))
            for k in range(n_parts):
                word = items[k].word
                beyond |= fill_part(&items[k], source + word, limit + word, width, m, values + k * TILE)
            for k in range(n_rules):
                # Part by part, hashes in between: each loop is short enough to keep its variables in registers.
                memset(keys, 0, m * sizeof(uint32_t))
                for i in range(m):
                    hashes[i] = plans[k].salt
                for j in range(plans[k].n_parts):
                    mix_part(values + plans[k].parts[j] * TILE, m, hashes, keys)
                finish_keys(hashes, m, keys)
                memcpy(&out[k, first], keys, m * sizeof(uint32_t))
            first += m
    if beyond:
        raise ValueError("a row holds a value id beyond the key table")
