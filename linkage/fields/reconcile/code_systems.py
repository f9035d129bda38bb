"""Encoded records of two tables, one of which writes values in other codes -> the same, in one vocabulary.

A province is 79 here and "TP. Hồ Chí Minh" there, a sex 2 and Nữ, an occupation 05 and a farmer. Records that
are surely of one person, by a number or by name and birth, say which of the right table's values is which of
the left table's. It is learned before training, so that blocks, frequencies and weights see one vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from linkage.fields.batch import CodesRead, EncodedRecords
from linkage.fields.reconcile.exchange import Values, exchange, spellings, values_of_words
from linkage.fields.reconcile.sure_pairs import Rows, sure_pairs
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
        left, right = sure_pairs(records, LOOKED_AT, ENOUGH)
        if records.n_records > LOOKED_AT and any(
            _hardly_agrees(records, item, left, right) for item in records.schema.fields if _is_asked(item)
        ):
            left, right = sure_pairs(records, records.n_records, records.n_records)
        fields = []
        for item in records.schema.fields:
            codes, n = _learned(records, item, left, right) if _is_asked(item) else ((), 0)
            if codes:
                n_sure[item.name] = n
                item = replace(item, read_as=codes)
            fields.append(item)
        records.schema = records.schema.with_fields(fields)
    return {
        item.name: exchange(records, item, n_sure.get(item.name, 0))
        for item in records.schema.fields
        if item.read_as
    }


def _is_asked(item: Field) -> bool:
    return item.kind in KINDS and item.compare and not item.read_as and item.comparator is None


def _hardly_agrees(records: EncodedRecords, item: Field, left: Rows, right: Rows) -> bool:
    """Whether more pairs could tell more: most of these differ, or some values are told already."""
    one, other = _values_of_pairs(records, item, left, right)
    if len(one) and np.mean(one == other) <= HALF:
        return True
    return bool(_learned(records, item, left, right)[0])


def _values_of_pairs(records: EncodedRecords, item: Field, left: Rows, right: Rows) -> tuple[Values, Values]:
    """The values of pairs that hold the field on both sides."""
    column, at = records.columns[item.name], records.words[item.name]
    one, other = (values_of_words(column, records.rows[rows, at]) for rows in (left, right))
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


def _as_texts(
    records: EncodedRecords, item: Field, codes: Mapping[int, int], *, drops_others: bool
) -> tuple[tuple[str, str], ...]:
    """The same by folded texts; what neither table's vocabulary explains is empty, where these are two."""
    ours, theirs = (spellings(records, item, side) for side in (0, 1))
    text = {value: name for name, _, value, _ in reversed(ours)}
    found = {name: text[codes[value]] for name, _, value, _ in theirs if value in codes}
    untold = [name for name, _, value, _ in theirs if value not in codes and value not in text]
    if drops_others and len(untold) <= MOST_UNTOLD:
        found |= dict.fromkeys(untold, "")
    return tuple(sorted(found.items()))
