"""Encoded records -> the same, e-mail addresses that are made of their own record's name marked as such."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linkage._kernels.own_addresses import forms_of_addresses
from linkage.fields.batch import EncodedRecords, OwnAddresses
from linkage.fields.columns import TextColumn
from linkage.fields.meaning.headers import is_other_family_name
from linkage.schema import Field

MOST_NAMES = 8
"""Columns with a person's names that an address is looked for in."""

LEAST_MADE = 0.02
"""Share of addresses that hold a word of the name below which all are left: some do so by chance."""

FORM_PAIRS = 25.0
"""Pairs that it counts for, beside those of one name, what is expected of them."""

GIVEN_OUT_AGAIN = 0.1
"""How often, expected before any pair of one name, an address that a form makes of a name is given out again
to another person of that name: providers give out each once, made-up tables do not."""

FAR = 3.0
"""Standard errors beyond which these contradict it: where each address is given out once (j.doe, j.doe2)."""

LEAST_OF_NAME = 4
"""Records of one name from which on its pairs are counted: of two, most are one person's."""

Numbers = npt.NDArray[np.uint64]


def mark_own_addresses(records: EncodedRecords) -> dict[str, OwnAddresses]:
    """Give addresses that hold a word of the name in their own record values of their own, in place.

    Two records with one address hold one value where it is made of both their names, and two values that are
    the same text where it is made of one's alone: who has married has an address of another name.

    Returns
    -------
    dict of str to OwnAddresses
        By field; none where hardly any address is made of names.
    """
    names = [f for f in records.schema.fields if _is_own_name(f)][:MOST_NAMES]
    found = {}
    for item in records.schema.fields if names else ():
        column = records.columns[item.name]
        if item.kind == "email" and not item.comparator and isinstance(column, TextColumn):
            made = _mark(records, item, column, names)
            if made is not None:
                found[item.name] = made
    return found


def _is_own_name(item: Field) -> bool:
    """Whether a field is a name by which the person goes; a maiden name in an address is evidence."""
    if item.kind != "person_name" or item.comparator or is_other_family_name(item.name):
        return False
    return item.part != "full" or not item.is_shared


def _mark(
    records: EncodedRecords, item: Field, column: TextColumn, names: list[Field]
) -> OwnAddresses | None:
    columns = [(records.words[item.name], column.values.view(np.uint8), column.texts)]
    for name in names:
        of = records.columns[name.name]
        assert isinstance(of, TextColumn)
        columns.append((records.words[name.name], of.values.view(np.uint8), of.texts))
    flags, forms = forms_of_addresses(records.rows, columns)
    records.let_go()
    made, marked = np.flatnonzero(forms), np.flatnonzero(flags)
    at = records.words[item.name]
    n_held = int(records.n_held[at])
    if not len(marked) or len(marked) < LEAST_MADE * n_held:
        return None
    old = records.rows[:, at].copy()
    _, first, new = np.unique(
        old[marked].astype(np.uint64) << np.uint64(8) | flags[marked], return_index=True, return_inverse=True
    )
    values = column.values[old[marked[first]]]
    values["flags"] |= flags[marked[first]]
    n_before = len(column.values)
    _, counts = np.unique(forms[made], return_counts=True)
    by_form = float(np.square(counts / max(len(made), 1)).sum()) or 1.0
    fitted, n_pairs = _agreement(records, names, made, old[made], by_form)
    agree = _between(fitted, n_pairs, by_form)
    column.values = np.concatenate([column.values, values])
    records.rows[marked, at] = (n_before + new).astype(np.uint32)
    of_values = np.zeros(len(column.values), np.uint64)
    of_values[n_before:] = forms[marked[first]]
    return OwnAddresses(of_values, len(made) / max(n_held, 1), agree, by_form)


def _between(counted: float, n_pairs: float, by_form: float) -> float:
    """How often strangers of one name agree, by so many of their pairs and how alike addresses are made."""
    expected = GIVEN_OUT_AGAIN * by_form
    if (counted - expected) ** 2 * n_pairs > FAR**2 * _variance(by_form):
        return max(counted, 1 / n_pairs)
    return (counted * n_pairs + expected * FORM_PAIRS) / (n_pairs + FORM_PAIRS)


def _variance(by_form: float) -> float:
    """Of one pair of strangers, whether they agree: as made-up tables have it, or as is expected."""
    expected = GIVEN_OUT_AGAIN * by_form
    return max(by_form * (1 - by_form), expected * (1 - expected), 1e-9)


def _agreement(
    records: EncodedRecords,
    names: list[Field],
    made: npt.NDArray[np.intp],
    addresses: npt.NDArray[np.uint32],
    by_form: float,
) -> tuple[float, float]:
    """Of strangers of one name who have addresses made of it, the share that has one; and pairs of that name.

    Among the records of one name, pairs of one person grow with the records, those of strangers with their
    square: both rates are fitted to the pairs with one address, name by name.
    """
    key = np.zeros(len(made), np.uint64)
    for name in names:
        column = records.columns[name.name]
        assert isinstance(column, TextColumn)
        hashes = column.values["folded"][records.rows[made, records.words[name.name]]]
        key = key * np.uint64(0x9E3779B97F4A7C15) + hashes
    _, group = np.unique(key, return_inverse=True)
    is_right = made >= records.n_left if records.n_left else None
    n, p = _records_and_pairs(group, is_right)
    of_both, both = np.unique(group.astype(np.uint64) << np.uint64(32) | addresses, return_inverse=True)
    _, same = _records_and_pairs(both, is_right)
    y = np.bincount((of_both >> np.uint64(32)).astype(np.int64), same, minlength=len(p))
    often = np.bincount(group) >= LEAST_OF_NAME
    often &= p > 0
    n, p, y = n[often], p[often], y[often]
    # Least squares of y = a n + u p, the pairs of a name weighing 1/p.
    nn, cross, pp = (n * n / p).sum(), n.sum(), p.sum()
    determinant = nn * pp - cross * cross
    if determinant <= 1e-9 * nn * pp:  # names of equally many records: nothing tells the one from the other
        return 0.0, 0.0
    u = (nn * y.sum() - cross * (y * n / p).sum()) / determinant
    a = (pp * (y * n / p).sum() - cross * y.sum()) / determinant
    spread = (np.square(y - a * n - u * p) / p).sum() / max(len(p) - 2, 1)
    of_u = max(spread, 1 / pp) * nn / determinant  # its variance
    return float(np.clip(u, 0.0, y.sum() / pp)), float(min(_variance(by_form) / of_u, pp))


def _records_and_pairs(
    group: npt.NDArray[np.intp], is_right: npt.NDArray[np.bool_] | None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Of each group how many records may have a partner there, and how many pairs; of a link across."""
    counts = np.bincount(group).astype(np.float64)
    if is_right is None:
        return counts, counts * (counts - 1) / 2
    right = np.bincount(group, is_right, minlength=len(counts))
    return np.minimum(right, counts - right), right * (counts - right)
