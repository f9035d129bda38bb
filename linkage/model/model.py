"""Parameters of the Fellegi-Sunter model <-> JSON; weights <-> probabilities."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from linkage.comparison.program import Comparison, comparisons_of
from linkage.errors import ModelError, SchemaError, why
from linkage.files import write_text
from linkage.model.entries import read_entry, read_number, read_table
from linkage.model.older_levels import with_todays_levels
from linkage.model.splink import convert_splink
from linkage.model.term_frequencies import FIXED
from linkage.schema import Schema

Table = npt.NDArray[np.float64]
COMMUNITY = "community"
"""The class of strangers from one small community: what is rare in the whole table is not rare in it."""
LANES = 8
"""Alternatives to a match, weighed side by side: strangers and up to seven classes of relatives."""
LEAST = 1e-300
"""The smallest probability of a model: quotients of those below it leave what a double holds."""
_VERSION = 1


@dataclass
class ComparisonParameters:
    """What one comparison says.

    Attributes
    ----------
    name : str
        The field.
    parent : str or None
        An earlier comparison on whose level this one's probabilities depend.
    m, u : float64[n_parent_codes, n_codes]
        P(level | match) and P(level | strangers) given the parent's code; code 0 is a missing value and
        carries 1. One row without a parent.
    family : float64[n_relatives, n_parent_codes, n_codes]
        P(level | relatives of each class).
    centre : float64[n_codes]
        Bits that a value of average rarity has at each level with term frequencies.
    """

    name: str
    parent: str | None
    m: Table
    u: Table
    family: Table
    centre: Table


@dataclass
class Model:
    """A trained model: immutable once made, safe to share between threads.

    Attributes
    ----------
    schema : Schema
    comparisons : list of ComparisonParameters
        In the order of evaluation.
    probability_two_random_records_match : float
    relatives : dict[str, float]
        Classes of different people who look alike (household, siblings, twins, namesakes, community) and the
        probability that two random records are such; empty when the schema has no shared field.
    training : dict
        How it was trained: sizes, iterations, warnings.
    """

    schema: Schema
    comparisons: list[ComparisonParameters]
    probability_two_random_records_match: float
    relatives: dict[str, float] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        names = ", ".join(item.name for item in self.comparisons)
        prior = self.probability_two_random_records_match
        return f"Model({names}; probability_two_random_records_match={prior:.3g})"

    @property
    def prior_weight(self) -> float:
        """log2 odds that two random records match; bits."""
        return log_odds(self.probability_two_random_records_match)

    def save(self, path: str | Path) -> None:
        """Write the model as JSON (UTF-8): whole, or the file stays as it was; InputError if it cannot."""
        write_text(path, self.to_json())

    def to_json(self) -> str:
        """The model as JSON text; floats in their shortest exact form."""
        return self._json

    @cached_property
    def _json(self) -> str:
        # Every small segment of an index holds it, and a reader builds one after each commit.
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, which `from_dict` reads: dicts, lists, str, float; tables as nested lists."""
        operations = {c.name: c.operation for c in comparisons_of(self.schema)}
        comparisons = []
        for item in self.comparisons:
            operation = operations[item.name]
            comparisons.append(
                {
                    "name": item.name,
                    "operation": operation.name,
                    "levels": list(operation.levels),
                    "parent": item.parent,
                    "m_probability": item.m.tolist(),
                    "u_probability": item.u.tolist(),
                    "family_probability": item.family.tolist(),
                    "term_frequency_centre": item.centre.tolist(),
                }
            )
        return {
            "linkage_model": _VERSION,
            "schema": self.schema.to_dict(),
            "probability_two_random_records_match": self.probability_two_random_records_match,
            "relatives": self.relatives,
            "comparisons": comparisons,
            "training": self.training,
        }

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """The model of `to_dict`; ModelError says what does not fit."""
        if not isinstance(data, dict) or data.get("linkage_model") != _VERSION:
            raise ModelError(f"expected a linkage model of version {_VERSION}")
        schema, expected = _read_schema(data)
        prior = read_number(data, "probability_two_random_records_match")
        named = read_entry(data, "relatives", dict) if "relatives" in data else {}
        relatives = {name: read_number(named, name, "relatives") for name in named}
        training = dict(read_entry(data, "training", dict)) if "training" in data else {}
        comparisons = [
            _read_comparison(item, f"comparisons[{k}]")
            for k, item in enumerate(read_entry(data, "comparisons", list))
        ]
        if [c.name for c in comparisons] != [c.name for c in expected]:
            raise ModelError(
                f"model: expected comparisons {', '.join(c.name for c in expected)},"
                f" got {', '.join(c.name for c in comparisons)}"
            )
        comparisons = with_todays_levels(comparisons, expected)
        if not all(LEAST <= p < 1 for p in (prior, *relatives.values())) or len(relatives) >= LANES:
            raise ModelError(
                f"model: expected probabilities between 0 and 1 ({LEAST} at least), got {prior}, {relatives}"
            )
        codes: dict[str, int] = {}
        for item, comparison in zip(comparisons, expected, strict=True):
            if item.parent is not None and item.parent not in codes:
                raise ModelError(
                    f"model, comparison {item.name!r}: expected as parent one of the comparisons"
                    f" before it, got {item.parent!r}"
                )
            codes[item.name] = comparison.operation.n_codes
            shape = (codes[item.parent] if item.parent else 1, codes[item.name])
            tables = [item.m, item.u, *np.atleast_1d(item.family)]
            if len(tables) != 2 + len(relatives) or any(
                t.shape != shape or not np.all(t >= LEAST) or not np.all(t <= 1) for t in tables
            ):
                raise ModelError(
                    f"model, comparison {item.name!r}: expected probabilities of shape {shape},"
                    f" from {LEAST} to 1"
                )
            if item.centre.shape != (shape[1],) or not np.all(np.isfinite(item.centre)):
                raise ModelError(f"model, comparison {item.name!r}: expected {shape[1]} centres")
        return cls(schema, comparisons, prior, relatives, training)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a model that `save` wrote.

        Raises
        ------
        ModelError
            The file cannot be read, is no model of this version, or holds what is no probability.
        """
        try:
            return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError) as error:
            if isinstance(error, ModelError):
                raise ModelError(f"{path}: {error}") from None
            raise ModelError(f"{path}: expected a model as JSON: {why(error)}") from None

    @classmethod
    def from_splink(cls, path: str | Path) -> Self:
        """Read a trained Splink model: its levels' weights carry over by rank.

        Parameters
        ----------
        path : str or Path
            Settings that Splink saved as JSON.

        Raises
        ------
        ModelError
            The file is no trained Splink model, or compares a column whose kind its name does not tell.
        """
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise ModelError(f"{path}: expected a Splink model as JSON: {why(error)}") from None
        try:
            return cls.from_dict(convert_splink(data))
        except (ModelError, SchemaError) as error:
            raise ModelError(f"{path}: {error}") from None


def _read_schema(data: dict[str, Any]) -> tuple[Schema, list[Comparison]]:
    entry = read_entry(data, "schema", dict)
    try:
        schema = Schema.from_dict(entry)
        return schema, comparisons_of(schema)
    except SchemaError as error:
        raise ModelError(f"model: {error}") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ModelError("model, schema: expected what Schema.to_dict writes") from None


def _read_comparison(item: Any, where: str) -> ComparisonParameters:
    return ComparisonParameters(
        read_entry(item, "name", str, where=where),
        read_entry(item, "parent", str, type(None), where=where),
        read_table(item, "m_probability", where),
        read_table(item, "u_probability", where),
        read_table(item, "family_probability", where),
        read_table(item, "term_frequency_centre", where),
    )


def log_odds(probability: float) -> float:
    """log2(p / (1 - p)); bits."""
    return math.log2(probability) - math.log2(1 - probability)


def match_probability(weight: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """Fixed-point match weights -> probabilities."""
    return 1 / (1 + np.exp2(-weight.astype(np.float64) / FIXED))


def fixed_weight(probability: float) -> int:
    """The fixed-point match weight at which a pair has this probability."""
    return round(log_odds(min(max(probability, 1e-12), 1 - 1e-12)) * FIXED)
