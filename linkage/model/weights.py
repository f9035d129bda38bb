"""A model -> its weights as integers of 1/256 bit, in the tables that the scorer reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage.comparison.program import Comparison, TermFrequencies
from linkage.model.model import COMMUNITY, LANES, Model, Table
from linkage.model.term_frequencies import FIXED

LARGEST_WEIGHT = 40.0
"""Bits that one comparison may say at most; more is not evidence but a sparse table."""


@dataclass(frozen=True)
class WeightTables:
    """A model's weights as the scorer takes them (1/256 bit).

    Attributes
    ----------
    parents, bases : list of int
        Index of each comparison's parent (-1 = none) and first entry of its tables.
    prior : int32[1 + n_relatives]
        log2 odds of a match against strangers, and against each class of relatives.
    weights : int32[n_table, 8]
        One lane per alternative.
    most : int32[n_comparisons, 8]
        The most that each comparison can add to each lane.
    weighs_rarity : uint8[n_comparisons, 8]
        Lanes in which agreement on a rare value says more.
    """

    parents: list[int]
    bases: list[int]
    prior: npt.NDArray[np.int32]
    weights: npt.NDArray[np.int32]
    most: npt.NDArray[np.int32]
    weighs_rarity: npt.NDArray[np.uint8]


def layout(comparisons: Sequence[Comparison], parents: Sequence[int]) -> tuple[list[int], int]:
    """First entry of each comparison's tables [code of parent][code], and the size of all."""
    bases, size = [], 0
    for item, parent in zip(comparisons, parents, strict=True):
        bases.append(size)
        size += item.operation.n_codes * (comparisons[parent].operation.n_codes if parent >= 0 else 1)
    return bases, size


def weight_tables(
    model: Model, comparisons: Sequence[Comparison], frequencies: TermFrequencies
) -> WeightTables:
    """Round a model's weights to 1/256 bit: from here on all is integer arithmetic."""
    index = {c.name: i for i, c in enumerate(comparisons)}
    parents = [-1 if c.parent is None else index[c.parent] for c in model.comparisons]
    bases, size = layout(comparisons, parents)
    weights = np.zeros((size, LANES), np.int32)
    most = np.zeros((len(comparisons), LANES), np.int32)
    weighs_rarity = np.zeros((len(comparisons), LANES), np.uint8)
    for i, (item, parameters) in enumerate(zip(comparisons, model.comparisons, strict=True)):
        here = slice(bases[i], bases[i] + parameters.m.size)
        adjusted = np.array([0, *item.operation.tf_parts]) > 0
        table = frequencies.get(item.name)
        centre = parameters.centre * (adjusted if table is not None else 0)
        weights[here, 0] = _fixed(np.log2(parameters.m / parameters.u) - centre)
        for k, (kind, family) in enumerate(zip(model.relatives, parameters.family, strict=True)):
            of_rarity = 0 if item.field.is_shared or kind == COMMUNITY else centre
            weights[here, 1 + k] = _fixed(np.log2(parameters.m / family) - of_rarity)
        rarest = int(table.max(initial=0)) if table is not None else 0
        rarity = np.tile(np.where(adjusted, rarest, 0), len(parameters.m))[:, None].repeat(LANES, axis=1)
        weighs = [
            True,
            *(not item.field.is_shared and kind != COMMUNITY for kind in model.relatives),
        ]
        rarity[:, : len(weighs)] *= weighs
        weighs_rarity[i, : len(weighs)] = weighs
        most[i] = np.maximum((weights[here] + rarity).max(axis=0), 0)
    own = model.probability_two_random_records_match
    odds = [model.prior_weight, *(math.log2(own) - math.log2(p) for p in model.relatives.values())]
    return WeightTables(parents, bases, _fixed(np.array(odds)), weights, most, weighs_rarity)


def _fixed(bits: Table) -> npt.NDArray[np.int32]:
    return np.rint(np.clip(bits, -LARGEST_WEIGHT, LARGEST_WEIGHT) * FIXED).astype(np.int32).ravel()
