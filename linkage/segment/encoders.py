"""A schema, and a segment to be read alike or none -> encoders of a chunk's columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.fields.columns import COLUMNS, CategoryColumn, Column, DateColumn, IdentifierColumn, TextColumn
from linkage.schema import Schema

if TYPE_CHECKING:
    from linkage.segment.segment import Segment


def columns_of_chunk(schema: Schema, kept: dict[str, Column]) -> dict[str, Column]:
    """Encoders for one chunk; those of categories and dates go on from chunk to chunk."""
    columns: dict[str, Column] = {}
    for item in schema.fields:
        column = kept.get(item.name) or COLUMNS[item.kind](item)
        if isinstance(column, CategoryColumn | DateColumn):
            kept[item.name] = column
        if isinstance(column, TextColumn):
            column.keeps = True
        columns[item.name] = column
    return columns


def columns_like(schema: Schema, like: Segment | None) -> dict[str, Column]:
    """Encoders of dates, categories and identifiers that read as those of another segment did."""
    kept: dict[str, Column] = {}
    for i, (item, meta) in enumerate(zip(schema.fields, like.fields if like else [], strict=False)):
        if item.kind == "date":
            date = DateColumn(item)
            date.order = int(meta["order"])
            kept[item.name] = date
        elif item.kind == "category":
            category = CategoryColumn(item)
            category.ids = like.categories.ids(i) if like else {}
            kept[item.name] = category
        elif item.kind in ("identifier", "phone"):
            identifier = IdentifierColumn(item)
            identifier.kind = int(meta["identifier"])
            kept[item.name] = identifier
    return kept
