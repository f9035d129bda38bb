"""A schema over encoded rows -> the comparisons in order of evaluation, and the scorer that runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.patterns import unpack_levels
from linkage._kernels.score import Scorer
from linkage.comparison.custom import find_comparator
from linkage.comparison.levels import Operation, operation_of
from linkage.errors import SchemaError
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import CategoryColumn, TextColumn
from linkage.fields.meaning.headers import is_middle_name, is_second_family_name, may_hold_family_name
from linkage.schema import Field, Schema

_ORDER = (
    "identifier",
    "phone",
    "date",
    "number",
    "category",
    "person_name",
    "text",
    "address",
    "email",
)
"""Comparisons of row words first, then those of distinct values, the decisive ones first: a hopeless pair
is given up early. Places run from wide to narrow, so that each can depend on the one before."""

PATTERN_BITS, MOST_COMPARISONS = 64, 32
MOST_OTHER_NAMES = 4
_TELLING = {
    "identifier": 16.0, "person_name": 10.0, "date": 10.0, "email": 9.0, "phone": 9.0,
    "address": 8.0, "text": 5.0, "category": 2.0, "number": 2.0,
}  # fmt: skip
"""Bits that an agreement is worth, about; half of them where a family shares the field."""

TermFrequencies = dict[str, npt.NDArray[np.int16]]


@dataclass(frozen=True)
class Comparison:
    """One field's comparison and its place in a packed pattern."""

    field: Field
    operation: Operation
    address: int
    shift: int

    @property
    def name(self) -> str:
        """The field's name, as in ``gamma_<name>``."""
        return self.field.name


def comparisons_of(schema: Schema) -> list[Comparison]:
    """The schema's comparisons in order of evaluation, packed into 64 bits."""
    compared = [f for f in schema.fields if f.compare]
    if not compared:
        raise SchemaError("schema: expected at least one field to compare, got none")
    compared.sort(key=lambda f: (_ORDER.index(f.kind), f.is_shared and f.kind == "person_name"))
    result, shift = [], 0
    for item in compared:
        operation, address = operation_of(item), 0
        if item.comparator:
            found = find_comparator(item.comparator)
            operation, address = found.operation, found.address
        result.append(Comparison(item, operation, address, shift))
        shift += operation.bits
    if shift > PATTERN_BITS or len(result) > MOST_COMPARISONS:
        raise SchemaError(
            f"schema: {len(result)} comparisons need {shift} bits of a 64-bit pattern;"
            " set compare=False on the least useful fields"
        )
    return result


def fits_pattern(schema: Schema) -> bool:
    """Whether all of the schema's comparisons fit a pattern together."""
    bits = sum(operation_of(item).bits for item in schema.fields)
    return bits <= PATTERN_BITS and len(schema.fields) <= MOST_COMPARISONS


def within_pattern(schema: Schema, held: Mapping[str, float]) -> Schema:
    """The fields whose comparisons fit a pattern together, those first that tell most about most pairs.

    Parameters
    ----------
    held : mapping of str to float
        The share of pairs of records of which both hold the field.
    """

    def worth(item: Field) -> float:
        return _TELLING[item.kind] * held[item.name] / (2 if item.shared else 1)

    kept: list[str] = []
    bits = 0
    for item in sorted(schema.fields, key=worth, reverse=True):
        more = operation_of(item).bits
        if bits + more <= PATTERN_BITS and len(kept) < MOST_COMPARISONS:
            bits += more
            kept.append(item.name)
    return schema if len(kept) == len(schema.fields) else schema.only(kept)


def unpack_codes(gamma: npt.NDArray[np.uint64], comparisons: Sequence[Comparison]) -> npt.NDArray[np.uint8]:
    """Packed patterns -> uint8[n, n_comparisons], one comparison's codes side by side.

    Code 0 = missing, else gamma + 1.
    """
    out = np.empty((len(gamma), len(comparisons)), np.uint8, order="F")
    shifts = np.array([item.shift for item in comparisons], np.int32)
    unpack_levels(gamma, shifts, np.array([item.operation.bits for item in comparisons], np.int32), out)
    return out


def make_scorer(
    records: EncodedRecords,
    comparisons: Sequence[Comparison],
    *,
    parents: Sequence[int],
    bases: Sequence[int],
    term_frequencies: TermFrequencies,
) -> Scorer:
    """Compile comparisons over these rows; weights are installed with `Scorer.set_weights`."""
    specs: list[dict[str, Any]] = []
    for i, item in enumerate(comparisons):
        column = records.columns[item.name]
        spec: dict[str, Any] = {
            "op": item.operation.name,
            "word": records.words[item.name],
            "partner": -1,
            "shift": item.shift,
            "parent": parents[i],
            "n_codes": item.operation.n_codes,
            "base": bases[i],
            "shared": item.field.is_shared,
            "grouped": not isinstance(column, CategoryColumn) or column.is_grouped,
            "values": None,
            "partner_values": None,
            "partner_texts": None,
            "tokens": None,
            "texts": None,
            "tf": term_frequencies.get(item.name),
            "tf_parts": (0, *item.operation.tf_parts),
            "comparator": item.address,
            "others": [],
        }
        if isinstance(column, TextColumn):
            spec.update(values=column.values, tokens=column.tokens, texts=column.texts)
        elif item.operation.name == "custom":
            raise SchemaError(
                f"field {item.name!r}: a comparator needs a field of text, got {item.field.kind}"
            )
        partner = partner_of(item.field, records.schema)
        if partner is not None:
            other = records.columns[partner]
            assert isinstance(other, TextColumn)
            spec.update(
                partner=records.words[partner], partner_values=other.values, partner_texts=other.texts
            )
        for name in other_names_of(item.field, records.schema):
            named = records.columns[name]
            assert isinstance(named, TextColumn)
            spec["others"].append((records.words[name], named.values, named.tokens))
        specs.append(spec)
    scorer = Scorer(specs, records.rows)
    if records.row_map is not None:
        scorer.read_from(records.row_map.handle)
    return scorer


def partner_of(item: Field, schema: Schema) -> str | None:
    """The name with which this one may have been exchanged.

    The family name of a given name, and the other way round; of a family name the second one, where there
    is one: of two family names either may be written first.
    """
    names = [field for field in schema.fields if field.kind == "person_name" and not field.comparator]
    if item.part == "family":
        for field in names:
            if is_second_family_name(field.name) and field != item:
                return field.name
    other = {"given": "family", "family": "given"}.get(item.part)
    return next((field.name for field in names if field.part == other), None)


def other_names_of(item: Field, schema: Schema) -> list[str]:
    """The names in which another record of the person may have this given or family name.

    Who marries has another family name, and the old one stays as the middle name (in the Philippines), in a
    column of its own (maiden name), or beside the new one. Who goes by a middle name has it for the given
    name in one record of two. None for what is neither.
    """
    if item.kind != "person_name" or item.comparator or item.part not in ("given", "family"):
        return []
    may_hold = _may_hold_given_name if item.part == "given" else _may_hold_family_name
    names = [f for f in schema.fields if f.kind == "person_name" and not f.shared and not f.comparator]
    return [f.name for f in names if f != item and may_hold(f)][:MOST_OTHER_NAMES]


def _may_hold_family_name(item: Field) -> bool:
    return may_hold_family_name(item.name)


def _may_hold_given_name(item: Field) -> bool:
    return item.part == "given" or is_middle_name(item.name)
