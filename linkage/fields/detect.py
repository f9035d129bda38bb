"""A table's headers (and a few rows) -> its schema, and which column holds which field."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from linkage._kernels.normalise import normalise_one
from linkage.errors import SchemaError
from linkage.fields.source import Source
from linkage.fields.text import as_text
from linkage.schema import Field, Schema, citizen_schema

RECORD_IDS = (
    "record_id",
    "unique_id",
    "rec_id",
    "row_id",
    "id",
    "uid",
    "person_id",
    "ma_ho_so",
    "stt",
)
TRUTH = (
    "entity",
    "cluster",
    "cluster_id",
    "entity_id",
    "true_id",
    "label",
    "source_dataset",
    "truth",
)
"""Headers that tell the answer or the origin; never evidence."""

_PATTERNS: tuple[tuple[str, dict[str, object]], ...] = (
    (r"e ?mail|mail", {"kind": "email"}),
    (r"phone|mobile|tel|telephone|cell|dien thoai|sdt", {"kind": "phone"}),
    (r"(date of birth|birth ?date|dob|born|birth ?day|birth ?year|year of birth|ngay sinh|nam sinh|dod|date)",
     {"kind": "date"}),
    (r"(full|whole|complete) ?name|name|ho ten|ho va ten|first and surname", {"kind": "person_name"}),
    (r"(given|first|fore|christian|pre) ?(name)?s?|fname|nombre|prenom|vorname|ten",
     {"kind": "person_name", "part": "given"}),
    (r"(sur|last|family|second) ?(name)?s?|lname|apellido|nom|nachname|ho",
     {"kind": "person_name", "part": "family"}),
    (r"(middle|midl|mid) ?(name|init|initial)?s?|mname|ten dem", {"kind": "person_name"}),
    (r"(mother|father|spouse|maiden|parent|guardian|me|cha)( s)?( full)? ?(name)?",
     {"kind": "person_name", "shared": True}),
    (r"(soc ?sec( id)?|ssn|sin|nhs( number)?|national( id)?|passport|licen[cs]e|tax|nino|cpf|id (number|no)|"
     r"(identity|identification|insurance|medicare|patient|voter|member|account|card)( (number|no|id))?|"
     r"cccd|cmnd|mst)",
     {"kind": "identifier"}),
    (r"(household|family) ?(id|no|number)", {"kind": "identifier", "shared": True}),
    (r"(post ?code|zip ?code|zip|postal|plz|cep|postcode fake).*", {"kind": "text", "shared": True}),
    (r"(street ?(number|no)|house ?(number|no)|unit|apt|apartment|flat)", {"kind": "text", "shared": True}),
    (r"(address|addr|street|road|line) ?\w*|.*(address|street).*", {"kind": "address", "shared": True}),
    (r"(birth ?place|place of birth|pob|city of birth|country of birth)", {"kind": "text"}),
    (r"(city|town|suburb|county|district|commune|ward|village|municipality|locality|parish|region|place|"
     r"res city.*)",
     {"kind": "text", "shared": True}),
    (r"(state|province|country|nationality|ethnicity|race|religion)( cd| code)?",
     {"kind": "category", "shared": True}),
    (r"(sex|gender)( code| cd)?", {"kind": "category", "format": "sex"}),
    (r"(occupation|job|profession|title|employer|company|middle)", {"kind": "text"}),
    (r"(age|height|weight|income|salary)", {"kind": "number"}),
)  # fmt: skip


def fold_header(text: str) -> str:
    """A header without case, diacritics and punctuation: ``"Họ và tên"`` -> ``"ho va ten"``."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.replace("_", " "))
    return normalise_one(spaced.encode(), "text")[2].decode("utf-8", "replace")


def find_headers(source: Source, schema: Schema) -> dict[str, str]:
    """Field name -> column header, for the fields that the table holds; key "" = the record id's column."""
    folded = {fold_header(c): c for c in reversed(source.columns)}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for item in schema.fields:
        for name in (item.name, *item.columns):
            column = folded.get(fold_header(name))
            if column is not None and column not in taken:
                found[item.name] = column
                taken.add(column)
                break
    wanted = [schema.record_id] if schema.record_id else []
    for name in (*wanted, *RECORD_IDS):
        column = folded.get(fold_header(name))
        if column is not None and column not in taken:
            found[""] = column
            break
    return found


def detect_schema(source: Source, *, exclude: Sequence[str] = ()) -> Schema:
    """Choose a schema by the headers: the citizen preset where it fits, kinds of field otherwise.

    A column whose header says nothing is ignored, never guessed at.

    Raises
    ------
    SchemaError
        No column is recognised; the message lists the headers.
    """
    columns = [c for c in source.columns if c not in exclude]
    citizen = citizen_schema()
    held = find_headers(Source(source.name, columns, None, None), citizen)
    if {"full_name", "date_of_birth"} <= set(held):
        return citizen.only(held)
    sample = _sample(source, columns)
    fields: list[Field] = []
    for column in columns:
        item = _field_of(column, sample)
        if item is not None:
            fields.append(item)
    fields = _without_repetition(fields)
    if not fields:
        raise SchemaError(
            f"{source.name}: no column is recognised among {', '.join(source.columns)};"
            " describe them in a schema file"
        )
    return Schema(tuple(fields), (), None)


def _field_of(column: str, sample: pa.Table) -> Field | None:
    item = field_of_header(column)
    return None if item is None else _fitted(item, sample)


def field_of_header(column: str) -> Field | None:
    """The field that a header names by itself; None for record ids, truth, and what says nothing."""
    folded = fold_header(column)
    if folded.replace(" ", "_") in (*RECORD_IDS, *TRUTH) or not folded:
        return None
    for pattern, settings in _PATTERNS:
        if re.fullmatch(pattern, folded):
            return Field(column, **settings)  # type: ignore[arg-type]
    return None


def _fitted(item: Field, sample: pa.Table) -> Field | None:
    """The field as its values allow: a column without two values says nothing."""
    values = pc.drop_null(as_text(sample.column(item.name).combine_chunks()))
    distinct = len(pc.unique(values))
    if distinct < 2:
        return None
    if item.kind == "category" and distinct > 400:
        return Field(item.name, "text", shared=item.shared)
    return item


def _without_repetition(fields: list[Field]) -> list[Field]:
    """Given and family name apart make columns that repeat them in one superfluous."""
    parts = {f.part for f in fields if f.kind == "person_name"}
    if {"given", "family"} <= parts:
        return [
            f
            for f in fields
            if not (
                f.kind == "person_name"
                and f.part == "full"
                and not f.shared
                and re.search(r"full|whole|complete|first and|^name$", fold_header(f.name))
            )
        ]
    return fields


def _sample(source: Source, columns: list[str]) -> pa.Table:
    for batch in source.batches(columns):
        return pa.Table.from_batches([batch.slice(0, 20_000)])
    return pa.table({c: pa.array([], pa.string()) for c in columns})
