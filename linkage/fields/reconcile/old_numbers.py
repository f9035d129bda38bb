"""A schema and its tables -> the schema with a field for old identity numbers that stand among new ones.

A column "CMND/CCCD" holds a person's old number of nine digits in one record and the personal number of
twelve in another. They are no disagreement: the old ones are read into a field of their own, where they meet
those of other records and of another table's column "Số CMND".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from linkage.fields import compute as pc
from linkage.fields.meaning.content import share
from linkage.fields.meaning.held import find_headers
from linkage.fields.source import Source
from linkage.fields.text import as_text, has_texts, readable
from linkage.schema import Schema, citizen_schema, preset_rules

LEAST_SHARE = 0.01
_NINE_DIGITS = r"^\s*\d{9}\s*$"


def fields_of_numbers(schema: Schema) -> tuple[str | None, str | None]:
    """The names of a schema's fields for personal numbers and for old ones."""
    of_format = {f.format: f.name for f in reversed(schema.fields) if f.kind == "identifier"}
    return of_format.get("personal_number"), of_format.get("old_number")


def with_old_numbers(schema: Schema, sources: Sequence[Source], exclude: Sequence[str] = ()) -> Schema:
    """The schema, with the preset's field of old numbers where a table has some and no field for them."""
    new, old = fields_of_numbers(schema)
    citizen = citizen_schema()
    item = citizen["old_id_number"]
    if old is not None and new is None:
        return _met_by_mixed(schema, old, sources, exclude)
    if new is None or old is not None or item.name in schema:
        return schema
    own = [find_headers(source, schema).get(new) for source in sources]
    others = [find_headers(source, citizen).get(item.name) for source in sources]
    if any(column in exclude for column in others if column):
        return schema
    if not any(
        other or (column and _holds_nine_digits(source, column))
        for source, column, other in zip(sources, own, others, strict=True)
    ):
        return schema
    at = [f.name for f in schema.fields].index(new) + 1
    wider = replace(schema, fields=(*schema.fields[:at], item, *schema.fields[at:]))
    of_preset = schema.blocking_rules and schema.blocking_rules == preset_rules(schema)
    return replace(wider, blocking_rules=preset_rules(wider)) if of_preset else wider


def _met_by_mixed(schema: Schema, old: str, sources: Sequence[Source], exclude: Sequence[str]) -> Schema:
    """The schema, its old numbers found among the personal ones where a table has both in one column."""
    for source in sources:
        held = find_headers(source, schema)
        column = find_headers(source, citizen_schema()).get("id_number")
        if old in held or column is None or column in (*held.values(), *exclude):
            continue
        if _holds_nine_digits(source, column):
            wider = replace(schema[old], columns=(*schema[old].columns, column))
            schema = schema.with_fields([wider if f.name == old else f for f in schema.fields])
    return schema


def share_column(schema: Schema, header: dict[str, str]) -> None:
    """Where a table has no column for old numbers, they are read from that of the personal numbers."""
    new, old = fields_of_numbers(schema)
    if new in header and old is not None:
        header.setdefault(old, header[new])


def _holds_nine_digits(source: Source, column: str) -> bool:
    first = source.first([column]).column(0)
    return has_texts(first.type) and share(pc.drop_null(readable(as_text(first))), _NINE_DIGITS) > LEAST_SHARE
