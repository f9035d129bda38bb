"""Two tables -> the links between them: pairs, one partner each where that holds, summary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage.clusters import one_to_one as assign
from linkage.clusters.partners import one_partner, partner_probability
from linkage.clusters.rivals import bits_without_rivals
from linkage.clusters.support import assigned_probability
from linkage.doubles import Doubles, have_one_partner, of_doubles
from linkage.errors import InputError
from linkage.model.model import Model, fixed_weight
from linkage.model.term_frequencies import FIXED
from linkage.options import Options, Progress, Steps, expect_kind, expect_names
from linkage.resolve import Resolution, check_threshold, resolve
from linkage.results.result import Result
from linkage.results.summary import summarise
from linkage.schema import Schema

SIDES = ("left", "right")


def link(
    left: Any,
    right: Any,
    model: Model | None = None,
    *,
    schema: Schema | None = None,
    one_to_one: bool | None = None,
    threshold_match_probability: float = 0.95,
    threads: int | None = None,
    memory_limit: int | None = None,
    scratch: Path | None = None,
    checkpoint: Path | None = None,
    seed: int = 0,
    exclude: Sequence[str] = (),
    truth: str | Sequence[str] | None = None,
    sheet: str | None = None,
    hide_values: bool = False,
    progress: Progress | None = None,
    waits: bool = True,
) -> Result:
    """Find the records of two tables that belong to the same person.

    Parameters
    ----------
    left, right : path, Arrow table or stream, DataFrame, or iterable of mappings
    model : Model or None
        None trains on the two tables, without labels.
    schema : Schema or None
        None chooses by the headers of both tables, and by their values where headers do not tell.
    one_to_one : bool or None
        True lets each record have one partner: the assignment of largest total match weight. None decides
        by the data: it holds when hardly any surely linked record has a second sure partner that matches
        the first one, as a double in one of the tables does. Where one table alone has doubles, each of its
        records has one partner in the other. False leaves every pair as it is. True on tables with doubles
        leaves the pairs with a second record of one person out, which a warning counts.
    truth : str, pair of str, or None
        Columns with the true entity in left and right, for the evaluation in the summary.
    threshold_match_probability, threads, memory_limit, scratch, checkpoint, seed, exclude, sheet,
    hide_values, progress, waits
        As for `dedupe`.

    Returns
    -------
    Result
        ``record_id_l`` from the left table, ``record_id_r`` from the right one; ``summary["one_to_one"]``
        says whether it was applied, ``summary["one_partner"]`` whose records have one partner at most.

    Raises
    ------
    InputError, SchemaError, ModelError, TrainingError
        A table cannot be read or holds no record or no value; the tables have no field in common; the model
        is of other fields; or the fields that they share cannot tell people apart.

    Examples
    --------
    >>> import linkage
    >>> links = linkage.link("register.parquet", "claims.parquet").pairs     # doctest: +SKIP
    """
    check_threshold(threshold_match_probability)
    expect_kind("model", model, Model)
    expect_kind("schema", schema, Schema)
    steps = Steps(progress)
    columns = [truth, truth] if isinstance(truth, str) else [*expect_names("truth", truth or ())]
    if len(columns) not in (0, 2):
        raise InputError(f"truth: expected a column, or one of each table, got {len(columns)}")
    options = Options(
        threads, seed, [*columns, *expect_names("exclude", exclude)], sheet, memory_limit, scratch, checkpoint
    )
    resolution = resolve([left, right], model, schema, options, steps)
    threshold = fixed_weight(threshold_match_probability)
    has_one = (False, False) if one_to_one is False else have_one_partner(resolution, threshold)
    holds = all(has_one)
    if one_to_one:
        has_one = (True, True)
    one_to_one = all(has_one)
    if one_to_one:
        with steps.step("assign"):
            _assign(resolution, None if holds else threshold)
    elif any(has_one):
        with steps.step("assign"):
            _choose_partners(resolution, threshold, has_one)
    result = Result(resolution, threshold_match_probability)
    told = {
        "one_to_one": one_to_one,
        "one_partner": [s for s, one in zip(SIDES, has_one, strict=True) if one],
    }
    summarise(result, kind="link", truth=columns, hide_values=hide_values, waits=waits, more=told)
    return result


def _assign(resolution: Resolution, threshold: int | None) -> None:
    """Leave each record its one partner; from a threshold on, two records of one table are doubles."""
    pairs = resolution.pairs
    chosen = assign(pairs.left, pairs.right, pairs.weight, threshold=_least(pairs.weight))
    doubles = None
    if threshold is not None:
        doubles = of_doubles(resolution, chosen, threshold)
        sure = pairs.weight >= threshold
        resolution.n_left_to_doubles = int(np.count_nonzero((doubles[0] | doubles[1]) & sure))
    probability = _probability(resolution, chosen, doubles)
    resolution.pairs = pairs.take(chosen)
    del pairs
    _put_in_order(resolution, probability)


def _put_in_order(resolution: Resolution, probability: npt.NDArray[np.float64]) -> None:
    """Put the chosen pairs in the order of the answer: two orders of a large link would be a gigabyte."""
    order = resolution.pairs.by_weight()
    resolution.pairs, resolution.assigned = resolution.pairs.take(order), probability[order]


def _least(weight: npt.NDArray[np.int32]) -> int:
    """A threshold below all weights: every pair may be assigned, the user's threshold decides later."""
    return int(weight.min(initial=0)) - 1


def _probability(
    resolution: Resolution, chosen: npt.NDArray[np.bool_], doubles: Doubles | None
) -> npt.NDArray[np.float64]:
    """Probabilities of the chosen pairs, given the strangers and the rivals among all."""
    pairs, n_left = resolution.pairs, resolution.records.n_left
    n_right = resolution.records.n_records - n_left
    coverage = np.count_nonzero(chosen & (pairs.weight >= 0)) / max(min(n_left, n_right), 1)
    weight = pairs.weight / FIXED
    others = slice(None) if doubles is None else ~(doubles[0] | doubles[1])
    weight[others] += bits_without_rivals(
        pairs.left[others], pairs.right[others] - np.uint32(n_left), weight[others], chosen[others],
        n_left, n_right,
    )  # fmt: skip
    return assigned_probability(pairs.left, pairs.right, weight, chosen, coverage, doubles)


def _choose_partners(resolution: Resolution, threshold: int, has_one: tuple[bool, bool]) -> None:
    """Leave the records of one table the pairs with their one partner in the other, with probabilities."""
    pairs, n_left = resolution.pairs, resolution.records.n_left
    left, right, n_right = pairs.left, pairs.right - np.uint32(n_left), resolution.records.n_records - n_left
    record, partner, n = (left, pairs.right, n_left) if has_one[0] else (right, pairs.left, n_right)
    chosen = one_partner(
        record, partner, pairs.weight, lambda one, other: resolution.weights_of(one, other) >= threshold
    )
    covered = np.count_nonzero(np.bincount(record[chosen & (pairs.weight >= 0)])) / max(n, 1)
    weight = pairs.weight / FIXED
    weight += bits_without_rivals(left, right, weight, chosen, n_left, n_right, has_one)
    probability = partner_probability(record, weight, chosen, covered)
    resolution.pairs = pairs.take(chosen)
    del pairs, left, right, record, partner, weight
    _put_in_order(resolution, probability)
