"""Patterns of matches and of strangers -> the field that matches seldom hold on both sides; and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from linkage.comparison.program import Comparison
from linkage.model.model import Model
from linkage.model.patterns import Patterns

Array = npt.NDArray[np.float64]
UNPAIRED: Literal["unpaired"] = "unpaired"

RARELY_BOTH = 0.8
"""A field is unpaired if matches hold it on both sides at most so often as strangers do. What that says is
then a matter of m and u: at .8 little, at .01 that a pair which both hold it are two people."""

LEAST_EXPECTED = 200.0
"""Matches that would have to hold it on both sides if they did as often as strangers."""


def find_unpaired(
    comparisons: Sequence[Comparison],
    strangers: Patterns,
    of_strangers: Array,
    candidates: Patterns,
    matches: Array,
) -> list[Comparison]:
    """The comparisons, that one marked unpaired which matches hold on both sides most rarely, if any does.

    Records of one source lack what another one's hold. Where a source has each person once, its duplicates
    are between sources, and two records that both hold what only that source knows are two people, however
    alike: twins, brothers. What other sources know sometimes says the same, less clearly. Several fields lack
    together, so one alone may say it. Never is a field marked
    that matches hold more often than strangers: of pairs with more to compare more are recognised.

    Parameters
    ----------
    strangers, of_strangers : Patterns, float64[n]
        Random pairs, and how much of a pair of strangers each stands for.
    candidates, matches : Patterns, float64[n]
        Expected matches of each.
    """
    n_matches, n_strangers = matches.sum(), of_strangers.sum()
    seen = _holding(candidates, matches)
    expected = n_matches * _holding(strangers, of_strangers) / max(n_strangers, 1e-300)
    share = np.where(expected >= LEAST_EXPECTED, seen / np.maximum(expected, 1e-300), np.inf)
    rarest = int(share.argmin())
    return [
        replace(c, field=replace(c.field, missing=UNPAIRED))
        if i == rarest and share[i] <= RARELY_BOTH and c.field.missing == "neutral"
        else c
        for i, c in enumerate(comparisons)
    ]


def _holding(patterns: Patterns, weights: Array) -> Array:
    """How many pairs hold each field on both sides; column by column, which takes little memory."""
    return np.array([weights @ (codes > 0) for codes in patterns.codes.T])


def for_lookups(model: Model) -> Model:
    """The model for questions from outside: an unpaired field is what two records of the table do not share.

    Who asks for a person may well know it, so there a missing value says nothing.
    """
    unpaired = {f.name for f in model.schema.fields if f.missing == UNPAIRED}
    if not unpaired:
        return model
    comparisons = [
        replace(c, m=_held(c.m), u=_held(c.u), family=_held(c.family)) if c.name in unpaired else c
        for c in model.comparisons
    ]
    return replace(model, comparisons=comparisons)


def _held(table: Array) -> Array:
    """Probabilities of levels, of those pairs that hold the field on both sides."""
    held = table.copy()
    held[..., 0] = 1.0
    held[..., 1:] /= held[..., 1:].sum(axis=-1, keepdims=True)
    return held
