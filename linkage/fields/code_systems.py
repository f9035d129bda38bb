"""Encoded records of two tables, one of which writes categories or places in other codes -> the same, in one.

A province is 79 here and "TP. Hồ Chí Minh" there, a sex 2 and Nữ, an occupation 05 and a farmer. Records that
are surely of one person, by a number or by name and birth, say which of the right table's values is which of
the left table's. It is learned before training, so that blocks, frequencies and weights see one vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from linkage.fields.batch import CodesRead, EncodedRecords
from linkage.fields.categories import fold_category
from linkage.fields.columns import CategoryColumn, Column, TextColumn
from linkage.schema import Field

KINDS = ("category", "text")
"""Kinds of fields whose values recur, and which tables write in codes."""
LOOKED_AT, ENOUGH = 65_536, 2_000
"""So many records, or twice as many, and sure pairs among them, show whether there is anything to learn."""
FEW = 0.1
"""Share of sure pairs up to which a value hardly ever agrees as it stands."""
LEAST_GAIN = 0.05
"""Share of sure pairs that must come to agree: less is a matter of spelling, and changes no answer."""
HALF = 0.5
"""Share of a value's pairs that must have the one value that it is read as; the rest have moved, or err. And
how many of those who have another one, of all who do, may remain: a value that goes with everyone's most
frequent one no more than others do is not its other name."""
BY_CHANCE = 1e-3
"""Probability that any value of a field goes so often with another by chance, up to which it is believed."""
MOST_UNTOLD = 5_000
"""Up to so many values that are in neither vocabulary are taken as missing, and kept with the model."""

Rows = npt.NDArray[np.intp]
Keys = npt.NDArray[np.uint64]


def with_one_code_system(records: EncodedRecords, *, learns: bool) -> dict[str, CodesRead]:
    """Read the right table's codes as the left table's values, in place: field -> how.

    Parameters
    ----------
    records : EncodedRecords
        Of two tables; its schema is given what is learned.
    learns : bool
        False reads what the schema's fields say (`Field.read_as`) and learns nothing.
    """
    n_sure = {}
    if learns and any(_is_asked(item) for item in records.schema.fields):
        left, right = _sure_pairs(records, LOOKED_AT, ENOUGH)
        if records.n_records > LOOKED_AT and any(
            _hardly_agrees(records, item, left, right) for item in records.schema.fields if _is_asked(item)
        ):
            left, right = _sure_pairs(records, records.n_records, records.n_records)
        fields = []
        for item in records.schema.fields:
            codes, n = _learned(records, item, left, right) if _is_asked(item) else ((), 0)
            if codes:
                n_sure[item.name] = n
                item = replace(item, read_as=codes)
            fields.append(item)
        records.schema = records.schema.with_fields(fields)
    return {
        item.name: _read(records, item, n_sure.get(item.name, 0))
        for item in records.schema.fields
        if item.read_as
    }


def _is_asked(item: Field) -> bool:
    return item.kind in KINDS and item.compare and not item.read_as and item.comparator is None


# Pairs of records that are surely of one person


def _sure_pairs(records: EncodedRecords, looked_at: int, enough: int) -> tuple[Rows, Rows]:
    """Rows of both tables that alone in theirs have one number, or one name and birth or telephone.

    Of more than `looked_at` records those alone whose number, or birth, is one of a part of all, the same in
    both tables; further numbers are not asked once there are `enough` pairs.
    """
    parts = 1 << max(records.n_records // looked_at, 1).bit_length() - 1
    found, n = [np.empty((2, 0), np.intp)], 0
    for names, item in _ways(records.schema.fields):
        rows, keys = _keys(records, item, parts)
        keys = _mixed(keys, _whole_names(records, names, rows)) if names else keys
        cut = int(np.searchsorted(rows, records.n_left))
        one, left = _held_once(keys[:cut], rows[:cut])
        other, right = _held_once(keys[cut:], rows[cut:])
        _, a, b = np.intersect1d(one, other, assume_unique=True, return_indices=True)
        found.append(np.stack([left[a], right[b]]))
        n += len(a)
        if n >= enough:
            break
    left, right = np.unique(np.concatenate(found, axis=1), axis=1)
    return left, right


def _ways(fields: Sequence[Field]) -> Iterator[tuple[list[Field], Field]]:
    """What two records of one person alone have in common: names, if any, and one more field."""
    names = [f for f in fields if f.kind == "person_name" and not f.shared]
    dates = [f for f in fields if f.kind == "date" and not f.is_shared]
    for item in fields:
        if item.kind in ("identifier", "email") and not item.shared:
            yield [], item
        elif names and (item.kind == "phone" or item in dates[:1]):
            yield names, item


def _keys(records: EncodedRecords, item: Field, parts: int) -> tuple[Rows, Keys]:
    """Rows that hold the field, with one of so many parts of all its values; their values."""
    first, column = records.words[item.name], records.columns[item.name]
    words = records.rows[:, first]
    if column.n_words == 2:
        words = words * np.uint32(31) ^ records.rows[:, first + 1]
    taken = words != 0
    if parts > 1:
        taken &= (words * np.uint32(0x9E3779B1)) >> np.uint32(33 - parts.bit_length()) == 0
    rows = np.flatnonzero(taken)
    if column.n_words == 2:
        high, low = records.rows[rows, first : first + 2].astype(np.uint64).T
        return rows, high << np.uint64(32) | low
    return rows, _values_of_words(column, words[rows])


def _whole_names(records: EncodedRecords, names: Sequence[Field], rows: Rows) -> Keys:
    """One key for all of a record's own names together; 0 where it has none."""
    keys = np.zeros(len(rows), np.uint64)
    for item in names:
        part = _values_of_words(records.columns[item.name], records.rows[rows, records.words[item.name]])
        keys = np.where(part == 0, keys, _mixed(keys, part))
    return keys


def _mixed(a: Keys, b: Keys | np.uint64) -> Keys:
    """One key of two."""
    mixed = (a ^ (b * np.uint64(0x9E3779B97F4A7C15))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def _held_once(keys: Keys, rows: Rows) -> tuple[Keys, Rows]:
    """The keys that one row alone has, in order, with that row."""
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], rows[order]
    begins = np.append(True, keys[1:] != keys[:-1]) if len(keys) else np.zeros(0, bool)
    once = begins & np.append(begins[1:], True) if len(keys) else begins
    return keys[once], rows[once]


# What they say of a field's values


def _hardly_agrees(records: EncodedRecords, item: Field, left: Rows, right: Rows) -> bool:
    """Whether more pairs could tell more: most of these differ, or some values are told already."""
    one, other = _values_of_pairs(records, item, left, right)
    if len(one) and np.mean(one == other) <= HALF:
        return True
    return bool(_learned(records, item, left, right)[0])


def _values_of_pairs(records: EncodedRecords, item: Field, left: Rows, right: Rows) -> tuple[Keys, Keys]:
    """The values of pairs that hold the field on both sides."""
    column, at = records.columns[item.name], records.words[item.name]
    one, other = (_values_of_words(column, records.rows[rows, at]) for rows in (left, right))
    held = (one != 0) & (other != 0)
    return one[held], other[held]


def _learned(
    records: EncodedRecords, item: Field, left: Rows, right: Rows
) -> tuple[tuple[tuple[str, str], ...], int]:
    """Values of the right table with the left table's for each, in order, and how many sure pairs tell."""
    one, other = _values_of_pairs(records, item, left, right)
    n = len(one)
    if not n or np.mean(one == other) > 1 - LEAST_GAIN:
        return (), 0
    of_right, r = np.unique(other, return_inverse=True)
    of_left, a = np.unique(one, return_inverse=True)
    cells, n_both = np.unique(r * len(of_left) + a, return_counts=True)
    row, best = cells // len(of_left), cells % len(of_left)
    order = np.lexsort((best, -n_both, row))
    row, best, n_both = row[order], best[order], n_both[order]
    first = np.append(True, row[1:] != row[:-1])
    best, n_both = best[first], n_both[first]
    n_right, usual = np.bincount(r), np.bincount(a)[best] / n
    share = n_both / n_right
    hardly_agrees = np.bincount(r, one == other) <= FEW * n_right
    goes_with = (share > HALF) & (1 - share <= HALF * (1 - usual))
    told = n_right * _information(share, usual) >= np.log(len(of_right) / BY_CHANCE)
    taken = hardly_agrees & goes_with & told
    if n_both[taken].sum() < LEAST_GAIN * n:
        return (), 0
    codes = dict(zip(of_right[taken].tolist(), of_left[best[taken]].tolist(), strict=True))
    is_another_system = np.mean(one == other) <= FEW and n_both[taken].sum() >= HALF * n
    return _as_texts(records, item, codes, drops_others=bool(is_another_system)), n


def _information(share: npt.NDArray[np.float64], usual: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Nats a pair by which a share differs from what is usual; by it chance grows rare (Chernoff)."""
    rest = np.maximum(1 - share, 1e-300)
    return np.where(
        share > usual, share * np.log(share / usual) + rest * np.log(rest / np.maximum(1 - usual, 1e-300)), 0
    )


def _values_of_words(column: Column, words: npt.NDArray[np.uint32]) -> Keys:
    """What is the same value: a text but for accents, a category's group, a word as it is; 0 = missing."""
    if isinstance(column, TextColumn):
        values = column.values["folded"][words]
        values[words == 0] = 0
        return values
    return (words >> np.uint32(16) if isinstance(column, CategoryColumn) else words).astype(np.uint64)


def _as_texts(
    records: EncodedRecords, item: Field, codes: Mapping[int, int], *, drops_others: bool
) -> tuple[tuple[str, str], ...]:
    """The same by folded texts; what neither table's vocabulary explains is empty, where these are two."""
    ours, theirs = (_spellings(records, item, side) for side in (0, 1))
    text = {value: name for name, _, value, _ in reversed(ours)}
    found = {name: text[codes[value]] for name, _, value, _ in theirs if value in codes}
    untold = [name for name, _, value, _ in theirs if value not in codes and value not in text]
    if drops_others and len(untold) <= MOST_UNTOLD:
        found |= dict.fromkeys(untold, "")
    return tuple(sorted(found.items()))


def _spellings(records: EncodedRecords, item: Field, side: int) -> list[tuple[str, int, int, int]]:
    """A table's folded texts: text, word in the rows, value, how many records; most frequent first."""
    column, at = records.columns[item.name], records.words[item.name]
    words, counts = np.unique(_of_side(records, side)[:, at], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    order = order[words[order] != 0]
    words, counts = words[order], counts[order]
    texts: dict[int, list[str]] = {}
    if isinstance(column, CategoryColumn):
        for raw, word in column.words.items():
            texts.setdefault(word, []).append(fold_category(raw))
    elif isinstance(column, TextColumn):
        texts = {word: [column.text_of(word)] for word in words.tolist()}
    values = _values_of_words(column, words)
    return [
        (text, word, value, n)
        for word, value, n in zip(words.tolist(), values.tolist(), counts.tolist(), strict=True)
        for text in dict.fromkeys(texts[word])
    ]


def _read(records: EncodedRecords, item: Field, n_sure: int) -> CodesRead:
    """Exchange the right table's words, in place."""
    codes = dict(item.read_as)
    ours = {text: word for text, word, _, _ in reversed(_spellings(records, item, 0))}
    exchanged, examples, n_records = {0: 0}, [], 0
    for text, word, _, n in _spellings(records, item, 1):
        meant = codes.get(text)
        if meant is None or (meant and meant not in ours) or word in exchanged:
            continue
        exchanged[word] = ours[meant] if meant else 0
        n_records += n if meant else 0
        records.columns[item.name].report.n_missing += 0 if meant else n
        examples += [(text, meant)] if meant else []
    old = np.array(sorted(exchanged), np.uint32)
    new = np.array([exchanged[word] for word in old.tolist()], np.uint32)
    words = _of_side(records, 1)[:, records.words[item.name]]
    place = np.minimum(np.searchsorted(old, words), len(old) - 1)
    words[:] = np.where(old[place] == words, new[place], words)
    return CodesRead(n_records, n_sure, examples)


def _of_side(records: EncodedRecords, side: int) -> npt.NDArray[np.uint32]:
    """The rows of the left or of the right table."""
    return records.rows[records.n_left :] if side else records.rows[: records.n_left]
