# Bytes of a Parquet column chunk -> headers of its pages, where its texts lie in a page, numbers of its dictionary.
"""Pages of a Parquet file: their headers, texts where they lie, places in a dictionary. Every byte may be hostile."""

import numpy as np

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy
from page_headers cimport Page, read_header
from runs cimport Runs, init_runs, next_number, next_run, take_numbers
from thrift cimport SHORT

cdef enum:
    PREFIX = 4            # bytes of a text's length in front of it
    LARGEST = 2147483000  # bytes of a page: places in it have 32 bits


def page_header(const uint8_t[::1] data not None):
    """The header of the page that begins here.

    Returns
    -------
    tuple or None
        Bytes of the header, kind (0 data, 2 dictionary, 3 data of the second form), bytes of the page unpacked
        and as it is, values, encoding, encoding of levels, bytes of levels and of repetition (second form),
        whether the values are compressed; None where the bytes end before the header does.

    Raises
    ------
    ValueError
        This is no header.
    """
    cdef Page page
    cdef Py_ssize_t n_header
    cdef int fault
    with nogil:
        fault = read_header(&data[0] if data.shape[0] else NULL, data.shape[0], &page, &n_header)
    if fault == SHORT:
        return None
    if fault:
        raise ValueError("expected the header of a page")
    return (n_header, page.kind, page.n_unpacked, page.n_packed, page.n_values, page.encoding,
            page.level_encoding, page.n_level_bytes, page.n_repeat_bytes, bool(page.is_packed))


def text_places(const uint8_t[::1] levels, const uint8_t[::1] values not None, Py_ssize_t n):
    """Where each text of a page begins, behind its length; int32[n + 1].

    One ends PREFIX bytes before the next begins, and the last so many before the last number. A null takes no
    byte: it ends before it begins.

    Parameters
    ----------
    levels : uint8 or None
        The page's levels of definition, 1 = there; None where every value is.
    values : uint8
        Each with its length in four bytes in front.
    n : int
        Values and nulls.

    Raises
    ------
    ValueError
        The page holds less than it says.
    """
    cdef Py_ssize_t i = 0, at = 0, size = values.shape[0], end = n
    cdef uint32_t length
    cdef bint has_levels = levels is not None, ok = True
    cdef const uint8_t *text = &values[0] if size else NULL
    cdef Runs runs
    if n < 0 or size > LARGEST:
        raise ValueError("a page does not hold what its header says")
    found = np.empty(n + 1, np.int32)
    cdef int32_t[::1] view = found
    cdef int32_t *to = &view[0]
    if has_levels:
        init_runs(&runs, &levels[0] if levels.shape[0] else NULL, levels.shape[0], 1)
    with nogil:
        while i < n and ok:
            if has_levels:
                ok = next_run(&runs)
                end = i + (runs.left if runs.left < n - i else n - i)
            while i < end and ok:
                to[i] = <int32_t> (at + PREFIX)
                if not has_levels or next_number(&runs):
                    ok = size - at >= PREFIX
                    if ok:
                        memcpy(&length, text + at, PREFIX)
                        ok = length <= <uint64_t> (size - at - PREFIX)
                        at += PREFIX + <Py_ssize_t> length
                i += 1
        to[n] = <int32_t> (at + PREFIX)
    if not ok:
        raise ValueError("a page does not hold what its header says")
    return found


def entry_places(const uint8_t[::1] levels, const uint8_t[::1] values not None, Py_ssize_t n, Py_ssize_t n_entries):
    """The dictionary's entry that each value of a page is; int32[n], -1 = null.

    Parameters
    ----------
    levels : uint8 or None
        As for `text_places`.
    values : uint8
        The width of an entry's number in bits, then these numbers.
    n, n_entries : int
        Values and nulls; entries of the dictionary.

    Raises
    ------
    ValueError
        The page holds less than it says, or names an entry that is not there.
    """
    cdef Py_ssize_t i = 0, k, size = values.shape[0], end = n
    cdef bint has_levels = levels is not None, ok = n >= 0 and (size == 0 or values[0] <= 32)
    cdef Runs runs, entries
    if not ok:
        raise ValueError("a page does not hold what its header says")
    found = np.empty(n + 1, np.int32)
    cdef int32_t[::1] to = found
    if has_levels:
        init_runs(&runs, &levels[0] if levels.shape[0] else NULL, levels.shape[0], 1)
    init_runs(&entries, &values[1] if size > 1 else NULL, size - 1 if size else 0, values[0] if size else 0)
    with nogil:
        while i < n and ok:
            if has_levels:
                ok = next_run(&runs)
                end = i + (runs.left if runs.left < n - i else n - i)
                if not runs.is_packed:
                    runs.left = 0
                    if runs.value == 0:
                        for k in range(i, end):
                            to[k] = -1
                        i = end
            if not has_levels or not runs.is_packed:
                while i < end and ok:       # all of them are there
                    ok = next_run(&entries)
                    k = entries.left if entries.left < end - i else end - i
                    ok = ok and take_numbers(&entries, k, &to[i]) < <uint64_t> n_entries
                    i += k
            while i < end and ok:
                to[i] = -1
                if next_number(&runs):
                    ok = next_run(&entries) and take_numbers(&entries, 1, &to[i]) < <uint64_t> n_entries
                i += 1
    if not ok:
        raise ValueError("a page does not hold what its header says")
    return found[:n]


def copied_texts(const int32_t[::1] offsets not None, const uint8_t[::1] data not None, Py_ssize_t gap,
                 const int32_t[::1] rows):
    """Some texts, one behind the other, as Arrow holds them.

    Parameters
    ----------
    offsets : int32[n + 1]
        Where each text begins in `data`; it ends `gap` bytes before the next. A null ends before it begins.
    rows : int32 or None
        Which ones; None for all.

    Returns
    -------
    tuple of (int32[n + 1], uint8, uint8 or None)
        Offsets, texts, and a bit for each that is no null; None where none is.
    """
    cdef Py_ssize_t i, k, n = rows.shape[0] if rows is not None else offsets.shape[0] - 1, n_null = 0
    cdef Py_ssize_t n_all = offsets.shape[0] - 1
    cdef int64_t total = 0, length
    cdef bint takes_all = rows is None, ok = True
    starts, held = np.zeros(n + 1, np.int32), np.zeros((n + 7) // 8, np.uint8)
    cdef int32_t[::1] to = starts
    cdef uint8_t[::1] bits = held
    with nogil:
        for i in range(n):
            k = i if takes_all else rows[i]
            if k < 0 or k >= n_all:
                ok = False
                break
            length = <int64_t> offsets[k + 1] - gap - offsets[k]
            if length >= 0:
                if offsets[k] < 0 or offsets[k] + length > data.shape[0]:
                    ok = False
                    break
                bits[i >> 3] |= 1 << (i & 7)
                total += length
            else:
                n_null += 1
            if total > LARGEST:
                ok = False
                break
            to[i + 1] = <int32_t> total
    if not ok:
        raise ValueError("rows or offsets leave the data")
    copied = np.empty(total, np.uint8)
    cdef uint8_t[::1] texts = copied
    if total:
        with nogil:
            for i in range(n):
                if to[i + 1] > to[i]:
                    k = i if takes_all else rows[i]
                    memcpy(&texts[to[i]], &data[offsets[k]], to[i + 1] - to[i])
    return starts, copied, held if n_null else None


def new_entries(const int32_t[::1] entries not None, uint8_t[::1] seen not None):
    """The entries that were not seen before, in order of first appearance, and mark them as seen; int32."""
    cdef Py_ssize_t i, n_found = 0
    cdef int32_t entry
    found = np.empty(min(entries.shape[0], seen.shape[0]), np.int32)
    cdef int32_t[::1] to = found
    with nogil:
        for i in range(entries.shape[0]):
            entry = entries[i]
            if entry >= 0 and entry < seen.shape[0] and not seen[entry]:
                seen[entry] = 1
                to[n_found] = entry
                n_found += 1
    return found[:n_found]
