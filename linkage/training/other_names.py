"""Pairs that EM takes for matches -> the most that a match's name is another one, where these are twins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from linkage.fields.batch import EncodedRecords
from linkage.model.estimate import Estimate, Known
from linkage.model.own import own_fields
from linkage.model.patterns import Maximiser, Patterns
from linkage.training.owners import MOST_UNLIKE, letters_of, likeness
from linkage.training.samples import Sample

Array = npt.NDArray[np.float64]

LEAST_OTHERS = 30
"""Pairs with other names, said to match, from which on their letters tell anything."""

BY_CHANCE = 0.58
"""How often such names have more letters in common than two people's, at most: half of them by chance
(.45 to .54 on ten tables with twins), .6 and more where some are one person's, in initials or damaged."""

OF_RELATIVES = 0.25
"""Share of the relatives who differ in that way, whom the pairs may be as many as at most: more than all
twins there can be, and far fewer than what strikes matches anywhere."""

TIMES, FEW_OTHERS = 10.0, 0.01
"""How many times as often as births and parents' names a name may be another one, and what it may be in any
case: damage that puts other values in the place of names does so elsewhere too, while twins have the birth
and the parents in common. Family names say nothing: who marries has another one."""

AS_STRANGERS, BESIDE_ALIKE = 0.6, 0.2
"""Share of strangers' rate at which pairs with other names differ in sex, from which they are two people's;
and the part of it at which the other matches do, at most: damage befalls names and sexes one by one."""

UNLIKE = 1
"""Code of births and whole names that have nothing in common."""

MORE_TWINS = 2.0
"""How many times the pairs of one family found among the matches all twins are at most."""

STANDS_WITHOUT = {2: "first", 3: "last"}
"""Codes of whole names that share a token: the letters of the others tell."""


def with_other_names(
    known: Known,
    e: Estimate,
    shape: Maximiser,
    patterns: Patterns,
    matches: Array,
    pairs: Sample,
    records: EncodedRecords,
) -> Known:
    """What EM is given, with bounds on other names where what it took for matches is twins.

    Twins agree on all that is a person's own but the given name, and where a table holds many, EM takes most
    of them for matches whose name was replaced: either explains them. But damage of that kind replaces other
    things too, and what it leaves of a name has letters of it. Where nothing else is replaced nearly as
    often, letters agree as two people's do, and relatives with such names are there in plenty, these are
    people of one family.

    Parameters
    ----------
    patterns, matches : Patterns, float64[n]
        Of the candidates; the expected matches of each.
    pairs : Sample
        The candidates.
    """
    twins = next((k for k, kind in enumerate(known.relatives) if kind.name == "twins"), None)
    if twins is None:
        return known
    base = [kind.name for kind in known.relatives].index(known.relatives[twins].like or "")
    likely = 2 * matches > patterns.counts
    most = max(FEW_OTHERS, TIMES * _replaced(shape, known.shared, patterns, matches))
    bounds: dict[int, Array] = {}
    found, are_plenty = 0.0, True
    for i in own_fields(shape, known.shared):
        operation, codes = shape.comparisons[i].operation, patterns.codes[:, i]
        if operation.name not in ("name", "part"):
            continue
        n = np.bincount(codes, matches, minlength=operation.n_codes)
        least = max(LEAST_OTHERS, most * n[1:].sum())
        of_base = e.prior[1 + base] * known.n_total_pairs * shape.table(e.family[base], i)[-1]
        for code in range(1, operation.differ + 1):
            if n[code] <= least:
                continue
            plenty = n[code] <= OF_RELATIVES * of_base[code]
            sexes = {} if plenty else _bounds_of_sexes(e, shape, known.shared, patterns, matches, i, code)
            if not plenty and not sexes:
                continue
            if sexes or _by_chance(records, shape, pairs, patterns.codes[likely & (codes == code)], i):
                bounds.setdefault(i, np.ones(operation.differ))[code - 1] = most
                bounds |= sexes
                found, are_plenty = found + n[code], are_plenty and plenty
    return _with_bounds(known, twins, bounds, found, are_plenty) if bounds else known


def _with_bounds(known: Known, twins: int, bounds: dict[int, Array], found: float, are_plenty: bool) -> Known:
    """What EM is given, with these bounds, and room for as many twins as were found among the matches."""
    relatives = list(known.relatives)
    most = max(relatives[twins].most_a_record, MORE_TWINS * found / known.n_records)
    share = OF_RELATIVES if are_plenty else np.inf
    relatives[twins] = replace(relatives[twins], most_of_relatives=share, most_a_record=most)
    return replace(known, other_names=bounds, relatives=relatives)


def _bounds_of_sexes(
    e: Estimate,
    shape: Maximiser,
    shared: Sequence[bool],
    patterns: Patterns,
    matches: Array,
    of_name: int,
    code: int,
) -> dict[int, Array]:
    """How often matches differ in sex at most, where those with other names do as strangers; else nothing."""
    names = patterns.codes[:, of_name]
    unlike = matches * (names == code)
    alike = matches * (names > shape.comparisons[of_name].operation.differ)
    bounds = {}
    for i, item in enumerate(shape.comparisons):
        if shared[i] or item.operation.name != "category":
            continue
        told, differ = patterns.codes[:, i] > 0, patterns.codes[:, i] == UNLIKE
        u = shape.table(e.u, i)[-1]
        least = AS_STRANGERS * u[UNLIKE] / u[1:].sum()
        of_alike = (alike[differ].sum() + 1) / (alike[told].sum() + 1)
        enough = unlike[told].sum() >= LEAST_OTHERS and unlike[differ].sum() >= least * unlike[told].sum()
        if enough and of_alike <= BESIDE_ALIKE * least:
            bounds[i] = np.array([of_alike])
    return bounds


def _replaced(shape: Maximiser, shared: Sequence[bool], patterns: Patterns, matches: Array) -> float:
    """The mean share of matches in which a birth or a parent's name has nothing in common with the other."""
    shares = [
        float(matches[codes == UNLIKE].sum() / matches[codes > 0].sum())
        for item, is_shared, codes in zip(shape.comparisons, shared, patterns.codes.T, strict=True)
        if item.operation.name == ("name" if is_shared else "date")
        and 2 * matches[codes > 0].sum() > matches.sum()
    ]
    return float(np.mean(shares)) if shares else 1.0


def _by_chance(
    records: EncodedRecords, shape: Maximiser, pairs: Sample, codes: npt.NDArray[np.uint8], i: int
) -> bool:
    """Whether names of these patterns' pairs have letters in common as two people's have."""
    item = shape.comparisons[i]
    keys = np.zeros(len(codes), np.uint64)
    for k, c in enumerate(shape.comparisons):
        keys |= codes[:, k].astype(np.uint64) << np.uint64(c.shift)
    at = np.flatnonzero(np.isin(pairs.gamma, keys))[:MOST_UNLIKE]
    if len(at) < LEAST_OTHERS:
        return False
    code = int(codes[0, i])
    without = STANDS_WITHOUT.get(code, "") if item.operation.name == "name" else ""
    ids, column = records.rows[:, records.words[item.name]], records.columns[item.name]
    letters = [letters_of(column, ids[rows[at]], without) for rows in (pairs.left, pairs.right)]
    return likeness(*letters) < BY_CHANCE
