"""A Splink model's JSON -> the JSON of a linkage model with the same weights, level by level."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

from linkage.comparison.program import Comparison, comparisons_of
from linkage.errors import ModelError
from linkage.fields.meaning.headers import field_of_header
from linkage.schema import Field, Schema

SMALLEST = 1e-9
RARER = 1.5
"""The rarer of two strangers' names that are alike, in bits, against names that are equal: 1.1 to 1.9 in
seven tables. Splink's settings hold no frequencies that would say."""


def convert_splink(data: Any) -> dict[str, Any]:
    """Translate Splink settings.

    Splink's levels, from "all other comparisons" to the exact match, are laid over ours by rank; levels
    that share one of Splink's split its m and u evenly, so that the weight log2(m / u) is Splink's own.

    Parameters
    ----------
    data : object
        Parsed JSON of ``linker.misc.save_model_to_json``.

    Returns
    -------
    dict
        For `Model.from_dict`.

    Raises
    ------
    ModelError
        An entry is missing, or a compared column's name does not tell its kind.
    """
    try:
        return _convert(data)
    except (AttributeError, KeyError, TypeError, OverflowError) as error:
        raise ModelError(f"expected Splink settings: {type(error).__name__}: {error}") from None


def _convert(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict) or not isinstance(data.get("comparisons"), list):
        raise ModelError("expected Splink settings with a list of comparisons")
    levels: dict[str, list[dict[str, Any]]] = {}
    fields: list[Field] = []
    for item in data["comparisons"]:
        name = _column_of(item)
        field = field_of_header(name)
        if field is None:
            raise ModelError(f"comparison {name!r}: the name does not tell the kind of field")
        levels[name] = _trained_levels(name, item)
        adjusted = any(level.get("tf_adjustment_column") for level in levels[name])
        fields.append(replace(field, term_frequencies=adjusted))
    record_id = data.get("unique_id_column_name", "unique_id")
    schema = Schema(tuple(fields), (), str(record_id))
    prior = data.get("probability_two_random_records_match", 0.0001)
    return {
        "linkage_model": 1,
        "schema": schema.to_dict(),
        "probability_two_random_records_match": prior,
        "comparisons": [_comparison(c, levels[c.name]) for c in comparisons_of(schema)],
        "training": {"source": "Splink"},
    }


def _column_of(item: Any) -> str:
    if not isinstance(item, dict) or not isinstance(item.get("comparison_levels"), list):
        raise ModelError("expected comparisons with a list of comparison_levels")
    name = item.get("output_column_name")
    if name:
        return str(name)
    for level in item["comparison_levels"]:
        found = re.search(r'"?(\w+?)"?_l\b', str(level.get("sql_condition", "")))
        if found:
            return found.group(1)
    raise ModelError("a comparison names no column")


def _trained_levels(name: str, item: dict[str, Any]) -> list[dict[str, Any]]:
    """Levels with m and u, from all others up to the exact match."""
    levels = [level for level in item["comparison_levels"] if not level.get("is_null_level")]
    for level in levels:
        if not all(isinstance(level.get(k), int | float) for k in ("m_probability", "u_probability")):
            raise ModelError(f"comparison {name!r}: a level has no m or u probability; train the model first")
    if len(levels) < 2:
        raise ModelError(f"comparison {name!r}: expected at least two levels")
    return levels[::-1]


def _comparison(item: Comparison, levels: list[dict[str, Any]]) -> dict[str, Any]:
    n = len(item.operation.levels)
    rank = [round(k * (len(levels) - 1) / (n - 1)) for k in range(n)]
    share = [rank.count(r) for r in rank]
    m = [max(levels[r]["m_probability"] / s, SMALLEST) for r, s in zip(rank, share, strict=True)]
    u = [max(levels[r]["u_probability"] / s, SMALLEST) for r, s in zip(rank, share, strict=True)]
    # Strangers whose values are equal, and those that differ in writing alone, hold values as rare as u says.
    equal = -math.log2(max(levels[-1]["u_probability"], SMALLEST)) if item.field.has_term_frequencies else 0.0
    centre = [equal * (RARER if code in item.operation.rarer else 1.0) for code in range(1, n + 1)]
    return {
        "name": item.name,
        "parent": None,
        "m_probability": [[1.0, *m]],
        "u_probability": [[1.0, *u]],
        "family_probability": [],
        "term_frequency_centre": [0.0, *centre],
    }
