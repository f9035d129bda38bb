# Raw texts of identifiers and dates -> fixed-width words of the rows; row words -> blocking keys.
"""Columns without a dictionary -> row words, and row words -> blocking keys."""

import numpy as np

from dates cimport parse_date
from dtypes cimport MAX_TOKENS, Token, Value
from hashing cimport mix, prefetch
from identifiers cimport pack_identifier
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy


cdef check_text(const int32_t[::1] offsets, const uint8_t[::1] data, Py_ssize_t n):
    if offsets.shape[0] != n + 1:
        raise ValueError(f"expected {n + 1} offsets, got {offsets.shape[0]}")
    if n and (offsets[0] < 0 or offsets[n] > data.shape[0]):
        raise ValueError("offsets leave the data")


def encode_identifiers(const int32_t[::1] offsets not None, const uint8_t[::1] data not None,
                       const uint8_t[::1] valid, int kind, uint32_t[:, :] out not None,
                       uint8_t[::1] status not None):
    """Fill two words a row with the packed identifier (low, high; 0 = missing) and its status code.

    Returns the number of missing ones.
    """
    cdef Py_ssize_t i, n = out.shape[0], n_missing = 0
    cdef uint64_t packed
    cdef int code
    cdef bint all_valid = valid is None
    cdef const uint8_t *text = &data[0] if data.shape[0] else NULL
    check_text(offsets, data, n)
    if out.shape[1] != 2 or status.shape[0] != n:
        raise ValueError("expected two words and one status a row")
    with nogil:
        for i in range(n):
            packed = 0
            code = 1
            if (all_valid or valid[i]) and offsets[i + 1] > offsets[i]:
                packed = pack_identifier(text + offsets[i], offsets[i + 1] - offsets[i], kind, &code)
            n_missing += packed == 0
            out[i, 0] = <uint32_t> packed
            out[i, 1] = <uint32_t> (packed >> 32)
            status[i] = <uint8_t> code
    return n_missing


cdef inline uint32_t bcd(uint32_t n) noexcept nogil:
    return (n // 1000) << 12 | (n // 100 % 10) << 8 | (n // 10 % 10) << 4 | n % 10


def encode_dates(const int32_t[::1] offsets not None, const uint8_t[::1] data not None,
                 const uint8_t[::1] valid, int order, uint32_t[:] out not None, uint8_t[::1] status not None):
    """Fill one word a row with the date as 0xYYYYMMDD in decimal digits (unknown parts 0; 0 = missing).

    status: 0 parsed, 1 missing, 2 impossible in the calendar, 3 two-digit year, 4 not parsed.
    Returns the number of rows without a date.
    """
    cdef Py_ssize_t i, n = out.shape[0], n_missing = 0
    cdef uint32_t packed
    cdef bint all_valid = valid is None
    cdef const uint8_t *text = &data[0] if data.shape[0] else NULL
    check_text(offsets, data, n)
    with nogil:
        for i in range(n):
            if not (all_valid or valid[i]) or offsets[i + 1] == offsets[i]:
                out[i] = 0
                status[i] = 1
                n_missing += 1
                continue
            packed = parse_date(text + offsets[i], offsets[i + 1] - offsets[i], order)
            status[i] = 4 if packed == 0 else 2 if packed >> 21 & 1 else 3 if packed >> 22 & 1 else 0
            out[i] = bcd(packed >> 9 & 0xFFF) << 16 | bcd(packed >> 5 & 15) << 8 | bcd(packed & 31)
            n_missing += packed == 0
    return n_missing


def encode_coded(const int32_t[::1] indices not None, const uint8_t[::1] valid, const uint32_t[::1] words not None,
                 uint32_t[:] out not None):
    """Fill out with each row's word by its index in a column's own dictionary; null rows get 0.

    Returns the number of rows that are null or whose word is 0.
    """
    cdef Py_ssize_t i, n = out.shape[0], n_missing = 0
    cdef uint32_t word, n_words = <uint32_t> words.shape[0]
    cdef bint all_valid = valid is None
    if indices.shape[0] != n or not all_valid and valid.shape[0] != n:
        raise ValueError(f"expected {n} indices, got {indices.shape[0]}")
    with nogil:
        for i in range(n):
            word = 0
            # An index that points nowhere is a broken file's: missing.
            if (all_valid or valid[i]) and <uint32_t> indices[i] < n_words:
                word = words[indices[i]]
            n_missing += word == 0
            out[i] = word
    return n_missing


def entries_in_order(const int32_t[::1] indices not None, const uint8_t[::1] valid, Py_ssize_t n_entries):
    """The entries of a column's own dictionary that its rows use, in order of first appearance; int32."""
    cdef Py_ssize_t i, n = indices.shape[0], n_found = 0
    cdef bint all_valid = valid is None
    cdef uint32_t entry
    if not all_valid and valid.shape[0] != n:
        raise ValueError(f"expected {n} validities, got {valid.shape[0]}")
    found = np.empty(n_entries, np.int32)
    cdef int32_t[::1] to = found
    cdef uint8_t[::1] seen = np.zeros(n_entries, np.uint8)
    with nogil:
        for i in range(n):
            if n_found == n_entries:
                break
            entry = <uint32_t> indices[i]
            if (all_valid or valid[i]) and entry < n_entries and not seen[entry]:
                seen[entry] = 1
                to[n_found] = <int32_t> entry
                n_found += 1
    return found[:n_found]


cdef enum:
    TILE = 128            # rows put together at a time: they stay in the first cache


def assemble_rows(list columns not None, uint32_t[:, ::1] rows not None):
    """Put columns side by side: rows[i] = the words of each column for row i, in their order.

    columns : list of uint32[n, n_words], contiguous, whose words fill the rows exactly
    """
    cdef const uint32_t *starts[256]
    cdef int widths[256]
    cdef Py_ssize_t n = rows.shape[0], i, begin, end
    cdef int k, n_columns = len(columns), width = <int> rows.shape[1], total = 0
    cdef const uint32_t[:, ::1] column
    cdef const uint32_t *source
    cdef uint32_t *to
    if n_columns > 256:
        raise ValueError(f"expected at most 256 columns, got {n_columns}")
    for k in range(n_columns):
        column = columns[k]
        if column.shape[0] != n:
            raise ValueError(f"expected {n} rows in column {k}, got {column.shape[0]}")
        widths[k] = <int> column.shape[1]
        if n:
            starts[k] = &column[0, 0]
        total += widths[k]
    if total != width:
        raise ValueError(f"expected {width} words in all, got {total}")
    if n == 0:
        return
    with nogil:
        begin = 0
        while begin < n:
            end = begin + TILE if begin + TILE < n else n
            to = &rows[begin, 0]
            for k in range(n_columns):
                source = starts[k] + begin * widths[k]
                if widths[k] == 1:
                    for i in range(end - begin):
                        to[i * width] = source[i]
                else:
                    for i in range(end - begin):
                        memcpy(to + i * width, source + i * widths[k], widths[k] * sizeof(uint32_t))
                to += widths[k]
            begin = end


cdef enum:
    KEY_WORD = 0          # one word of the row
    KEY_TWO_WORDS = 1
    KEY_MASKED = 2        # word & mask; missing when word & required is 0
    KEY_VALUE = 3         # an entry of a table by value id
    KEYS_AT_ONCE = 512

cdef struct Part:
    int kind, word
    uint32_t mask, required
    const uint64_t *table
    uint32_t size


def value_keys(const uint8_t[::1] values_bytes not None, const uint8_t[::1] tokens_bytes not None,
               const uint8_t[::1] texts not None, str part not None):
    """One 64-bit key per distinct value for one part of it; uint64[n_values], 0 = none.

    part: folded, spelling, given (last token), family (first token), phonetic (all tokens),
    given_phonetic, tokens (in any order), prefix (first four bytes).
    """
    cdef const Value *values = <const Value *> &values_bytes[0]
    cdef const Token *tokens = <const Token *> &tokens_bytes[0]
    cdef Py_ssize_t i, n = values_bytes.shape[0] // sizeof(Value)
    cdef int j, m, what = {"folded": 0, "local": 1, "given": 2, "family": 3, "phonetic": 4,
                           "given_phonetic": 5, "tokens": 6, "prefix": 7}[part]
    cdef const Value *v
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
                memcpy(&word, &texts[v.text], 4 if v.length > 4 else v.length)
                h = mix(word, 13)
            view[i] = h if h else 1
    return out


def encode_keys(const uint32_t[:, ::1] rows not None, list parts not None, uint64_t salt,
                uint32_t[:] out not None):
    """Fill out with the upper half of each row's 64-bit key of one blocking rule; 0 = some part is missing.

    parts : list of (kind, word, mask, required, table)
        kind 0 one word, 1 two words, 2 masked word, 3 `table` (uint64[n_values]) by value id.
    """
    cdef Part items[16]
    cdef int k, n_parts = len(parts)
    cdef Py_ssize_t i, first, last, n = rows.shape[0], ahead
    cdef uint64_t hashes[KEYS_AT_ONCE]
    cdef uint64_t value
    cdef uint32_t word, key, mask, required
    cdef bint beyond = False
    cdef const uint64_t[::1] table
    if n_parts > 16 or out.shape[0] != n:
        raise ValueError("a rule has at most 16 parts, and one key a row")
    for k in range(n_parts):
        items[k].kind, items[k].word, items[k].mask, items[k].required = parts[k][:4]
        items[k].table = NULL
        items[k].size = 0
        if items[k].kind == KEY_VALUE:
            table = parts[k][4]
            items[k].table = &table[0]
            items[k].size = <uint32_t> table.shape[0]
    with nogil:                  # part by part over a few rows: no branch depends on the kind of a part
        first = 0
        while first < n:
            last = first + KEYS_AT_ONCE if first + KEYS_AT_ONCE < n else n
            for i in range(first, last):
                hashes[i - first] = salt
                out[i] = 1
            for k in range(n_parts):
                if items[k].kind == KEY_VALUE:
                    for i in range(first, last):
                        ahead = i + 24 if i + 24 < n else n - 1
                        prefetch(&items[k].table[rows[ahead, items[k].word]])
                        word = rows[i, items[k].word]
                        beyond = beyond or word >= items[k].size
                        value = items[k].table[word] if word and word < items[k].size else 0
                        hashes[i - first] = mix(hashes[i - first], value)
                        out[i] &= value != 0
                elif items[k].kind == KEY_TWO_WORDS:
                    for i in range(first, last):
                        value = rows[i, items[k].word] | <uint64_t> rows[i, items[k].word + 1] << 32
                        hashes[i - first] = mix(hashes[i - first], value)
                        out[i] &= value != 0
                else:
                    mask = items[k].mask if items[k].kind == KEY_MASKED else 0xFFFFFFFFu
                    required = items[k].required if items[k].kind == KEY_MASKED else 0xFFFFFFFFu
                    for i in range(first, last):
                        word = rows[i, items[k].word]
                        value = word & mask if word & required else 0
                        hashes[i - first] = mix(hashes[i - first], value)
                        out[i] &= value != 0
            for i in range(first, last):
                key = <uint32_t> (hashes[i - first] >> 32)
                out[i] = (key if key else 1) if out[i] else 0
            first = last
    if beyond:
        raise ValueError("a row holds a value id beyond the key table")
