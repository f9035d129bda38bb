"""An address in one table, its parts in columns of the other -> one field that compares them."""

from __future__ import annotations

from dataclasses import replace

from linkage.fields.source import JOINED_NAME
from linkage.schema import Field


def with_joined_places(
    fields: list[Field], own: dict[str, str], met: dict[str, str], free: list[Field], theirs: dict[str, str]
) -> list[Field]:
    """An address on one side and its parts on the other, a village and a commune, become one field."""
    open_fields = [f for f in fields if f.name in own and f.name not in met]
    ours, others = _of_places(open_fields, own), _of_places(free, theirs)
    address, other = (next((f for f in of if f.kind == "address"), None) for of in (ours, others))
    if address and others and (len(others) >= len(ours) or not other):
        joined = JOINED_NAME.join(theirs[f.name] for f in others)
        return [replace(f, columns=(*f.columns, joined)) if f == address else f for f in fields]
    if other and ours:
        joined = JOINED_NAME.join(own[f.name] for f in ours)
        rest = [f for f in fields if f not in ours and f.name != joined]
        return [*rest, Field(joined, "address", shared=True, columns=(theirs[other.name],))]
    return fields


def _of_places(fields: list[Field], headers: dict[str, str]) -> list[Field]:
    return [f for f in fields if f.name in headers and (f.kind == "address" or _is_place(f))]


def _is_place(item: Field) -> bool:
    """Whether a field is a part of an address: a house number, a village, a postcode, a province."""
    return (item.kind == "text" and bool(item.shared)) or item.format == "province"
