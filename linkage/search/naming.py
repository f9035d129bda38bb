"""A query under any names of an index's fields -> the same query under the fields' own names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from linkage.errors import InputError, SchemaError, SegmentError, did_you_mean
from linkage.schema import Schema

if TYPE_CHECKING:
    from linkage.segment.segment import Segment

MOST_REMEMBERED = 1024
"""Ways to name a query's fields that are remembered: a service uses a few, a stranger may send any."""
Plan = dict[str, str]


def schema_of(segment: Segment) -> Schema:
    """The schema of an index, by one of its segments.

    Raises
    ------
    SegmentError
        The segment's model holds none.
    """
    source = segment.like or segment
    try:
        return Schema.from_dict(source.of_model("schema"))
    except (SchemaError, TypeError, ValueError) as error:
        raise SegmentError(f"{source.container.name}, section 'model': {error}") from None


def under_field_names(segment: Segment, query: Mapping[str, Any]) -> dict[str, Any]:
    """The query's values by field: under its other headers, any that means the same, or in several parts.

    Raises
    ------
    InputError
        A name that says no field of the index.
    """
    names = tuple(query)
    plan = segment.plans.get(names)
    if plan is None:
        plan = _plan(segment, names)
        if len(segment.plans) < MOST_REMEMBERED:
            segment.plans[names] = plan
    return {field: _value(query, column) for field, column in plan.items()}


def _plan(segment: Segment, names: tuple[Any, ...]) -> Plan:
    from linkage.fields.reconcile.matching import find_columns
    from linkage.fields.source import Source

    headers = [name for name in names if isinstance(name, str)]
    found = find_columns(Source("query", headers, None, None), schema_of(segment))
    found.pop("", None)
    plan = {field: column for field, column in found.items() if field in segment.positions}
    used = {part for column in plan.values() for part in _parts(column)}
    unknown = next((name for name in names if name not in used), None)
    if unknown is not None:
        known = ", ".join(segment.field_names)
        meant = did_you_mean(unknown, segment.field_names)
        raise InputError(f"query: expected fields of {known}, got {unknown!r}{meant}")
    return plan


def _parts(column: str) -> list[str]:
    from linkage.fields.source import JOINED, JOINED_NAME

    return column.split(JOINED_NAME if JOINED_NAME in column else JOINED)


def _value(query: Mapping[str, Any], column: str) -> Any:
    """A column's value, or the parts of a name or a date as one text."""
    if column in query:
        return query[column]
    import pyarrow as pa

    from linkage.fields.source import JOINED_NAME
    from linkage.fields.text import joined_date, joined_name

    values = [query[part] for part in _parts(column)]
    for value in values:
        if value is not None and not isinstance(value, str | int | float):
            raise InputError(f"query: expected text or a number, got {type(value).__name__}")
    parts = [pa.array([None if value is None else str(value)], pa.string()) for value in values]
    return (joined_name if JOINED_NAME in column else joined_date)(parts)[0].as_py()
