"""A table's headers and a sample of its rows -> its schema, and which column holds which field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from linkage.errors import InputError, SchemaError
from linkage.fields import compute as pc
from linkage.fields.meaning.citizen_headers import NOTHING, meaning_of, name_in_parts
from linkage.fields.meaning.content import are_days, fitted, looks_like
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import entry_of_header, field_of_header, field_of_listed, is_reserved
from linkage.fields.meaning.held import find_headers
from linkage.fields.meaning.name_fields import names_in_a_pair, with_given, with_names, with_roles
from linkage.fields.meaning.own_words import are_own, own_day
from linkage.fields.meaning.record_id_column import record_id_of
from linkage.fields.meaning.repeated_names import without_repetition
from linkage.fields.meaning.split_dates import birth_or_age, birth_or_year, births_by_sex, find_split_dates
from linkage.fields.reconcile.epochs import counted_birth, epoch_of
from linkage.fields.source import BORN, ELSE, JOINED, JOINED_NAME, Source, parts_of
from linkage.fields.text import as_text, has_texts, readable, with_plain_digits
from linkage.schema import Field, Schema, citizen_schema

_KEPT = r"^\s*(?:'(\d.*)|=\"(.*)\")\s*$"
"""'0123 and ="0123", as spreadsheets are told that a zero in front stays."""
QUICKLY_SEEN = 200_000
"""Records of a file up to which births are looked at before headers tell all: of more that takes long."""


def detect_schema(source: Source, *, exclude: Sequence[str] = (), is_alone: bool = False) -> Schema:
    """Choose a schema by the headers: the citizen preset where it fits, kinds of field otherwise.

    Elsewhere headers are read in many languages; where one says nothing, its values may: dates, e-mails,
    telephones, sexes, names, addresses. What neither tells is ignored, never guessed at. Of two tables the
    values of both tell which columns are the parts of a name; where one `is_alone`, its own do.

    Raises
    ------
    InputError
        A column whose header is known holds lists or the like; or there is no record, and the citizen
        preset does not fit.
    SchemaError
        No column is recognised; the message lists the headers.
    """
    columns = [c for c in source.columns if c not in exclude]
    births = births_by_sex(source, columns) or birth_or_year(source, columns) or birth_or_age(source, columns)
    if not births and (source.n_records or 0) <= QUICKLY_SEEN:
        births = counted_birth(source, columns)
        source.forget()  # headers may tell all: further looks are for other tables
    held, citizen = _of_preset(source.name, columns, births)
    if _is_of_citizens(held, columns):
        taken = {part for column in held.values() for part in parts_of(column)}
        return _with_others(citizen.only(held), source, [c for c in columns if c not in taken])
    table = _sample(source, columns)
    births = births or counted_birth(source, columns)
    columns = [c for c in columns if _has_texts(source, table, c)]
    sample = {c: _values(table, c) for c in columns}
    dates = [Field(births, "date")] if births else find_split_dates(sample)
    split = set(parts_of(births)) | {p for item in dates for c in item.columns for p in c.split(JOINED)}
    record_id = record_id_of(source, columns)
    listed = _names_of_listed(columns) or names_in_a_pair(sample)
    fields = [
        item
        for c in columns
        if c not in split and c != record_id and (item := listed.get(c) or _field_of(c, sample[c]))
    ]
    days = [
        c for c in columns
        if c not in split and c != record_id and entry_of_header(c) is None and are_days(sample[c])
    ]  # fmt: skip
    fields = with_names(_without_other_days([*fields, *dates]), table, sample, days, finds_parts=is_alone)
    fields = _without_others_words(_with_own_day(fields, table, days), table)
    fields = without_repetition(with_roles(with_given(fields, table)), table)
    if source.columns and not columns:
        raise InputError(f"{source.name}: no column is left to be compared")
    if not fields and not table.num_rows:
        raise InputError(f"{source.name}: expected records, got none")
    if not fields:
        raise _nothing_to_compare(source, sample)
    return Schema(tuple(fields), (), record_id)


def _nothing_to_compare(source: Source, sample: dict[str, pa.Array]) -> SchemaError:
    """Why no field was found: neither headers nor values say anything, or there are none to compare."""
    same = [column for column, values in sample.items() if len(pc.unique(values)) < 2]
    empty = f" ({', '.join(same)}: no value, or one and the same in all records)" if same else ""
    return SchemaError(
        f"{source.name}: no column is recognised among {', '.join(source.columns)}{empty};"
        " describe them in a schema file"
    )


def _of_preset(name: str, columns: list[str], births: str) -> tuple[dict[str, str], Schema]:
    """The preset's fields with their columns, and the preset that knows these columns by their headers."""
    citizen = citizen_schema()
    held = find_headers(Source(name, columns, None, lambda _: iter(())), citizen)
    if "full_name" not in held or _is_given_name(held["full_name"], columns):
        joined = name_in_parts(columns)
        held |= {"full_name": joined} if joined else {}
    if births:
        held["date_of_birth"] = births
    fields = tuple(
        replace(f, columns=(held[f.name], *f.columns))
        if f.name in held and not _is_known(held[f.name], f)
        else f
        for f in citizen.fields
    )
    return held, replace(citizen, fields=fields)


def _is_known(column: str, item: Field) -> bool:
    return (
        JOINED_NAME not in column
        and ELSE not in column
        and fold_header(column) in map(fold_header, (item.name, *item.columns))
    )


def _with_others(schema: Schema, source: Source, columns: list[str]) -> Schema:
    """The preset's fields, and those that the table's other columns hold: a passport, an e-mail, a head."""
    columns = [c for c in columns if not is_reserved(c) and c not in schema]
    if source.columns and not columns:
        return schema
    table = _sample(source, columns)
    columns = [c for c in columns if _has_texts(source, table, c)]
    found = [item for c in columns if (item := _field_of(c, _values(table, c)))]
    # A day without a header that tells is a visit's or a form's: the preset holds the birth. Of names,
    # those of other people alone are of use beside the person's own. Of categories without such a header one
    # may hold the sexes that the preset found nowhere ("GT").
    sexes = [f for f in found if f.format == "sex"]
    lone = sexes[0] if len(sexes) == 1 and "sex" not in schema else None
    others = [
        f
        for f in found
        if (f.kind != "category" or field_of_header(f.name) or f is lone)
        and (f.kind != "date" or field_of_header(f.name))
        and (f.kind != "person_name" or f.shared)
    ]
    return replace(schema, fields=(*schema.fields, *others))


_ANYWHERE = {
    *(
        "full_name",
        "name",
        "date_of_birth",
        "dob",
        "sex",
        "gender",
        "phone",
        "province",
        "district",
        "commune",
    ),
    *("street", "address", "mother_name", "father_name", "spouse_name", "ethnicity"),
}
"""Names of the preset's fields that tables of other countries use as well."""


def _is_of_citizens(held: dict[str, str], columns: Sequence[str]) -> bool:
    """Whether the preset fits: a header is Vietnamese, or it has a place for all that the table tells."""
    if not {"full_name", "date_of_birth"} <= set(held):
        return False
    named = {column for field, column in held.items() if field}
    if _is_given_name(held["full_name"], columns):
        return False
    if any(fold_header(c).replace(" ", "_") not in _ANYWHERE for c in named):
        return True
    return all(c in named for c in columns if field_of_header(c) is not None)


def _is_given_name(column: str, columns: Sequence[str]) -> bool:
    """Whether "Tên" or "Name" stands beside a column of family names, as in "Họ đệm, Tên"."""
    if fold_header(column) not in ("ten", "name"):
        return False
    others = [field_of_header(c) for c in columns if c != column]
    return any(f.kind == "person_name" and f.part == "family" and not f.shared for f in others if f)


def _names_of_listed(columns: Sequence[str]) -> dict[str, Field]:
    """Names under headers that mostly mean somebody else (agent_first_name), where nobody else has a name.

    A table of patients names their physicians; one that names nobody but physicians lists these.
    """
    if any(f.kind == "person_name" for c in columns if (f := field_of_header(c))):
        return {}
    listed = {c: f for c in columns if (f := field_of_listed(c))}
    return listed if {f.part for f in listed.values()} == {"given", "family"} else {}


def _field_of(column: str, values: pa.Array) -> Field | None:
    if is_reserved(column) or meaning_of(column) == NOTHING:
        return None
    item = field_of_header(column)
    if item is None and (unit := epoch_of(values, is_named=False)):
        return Field(column + BORN + unit, "date")
    return looks_like(column, values) if item is None else fitted(item, values)


def _without_other_days(fields: list[Field]) -> list[Field]:
    """The fields without dates whose headers say nothing, where a header names a person's own date.

    What happened to a person's records on other days says nothing of who it is.
    """
    dates = [f for f in fields if f.kind == "date" and not f.shared]
    unnamed = [f for f in dates if not f.columns and field_of_header(f.name) is None]
    return [f for f in fields if f not in unnamed] if len(unnamed) < len(dates) else fields


def _with_own_day(fields: list[Field], table: pa.Table, days: Sequence[str]) -> list[Field]:
    """The fields, with days of few years as births where no other is known and like-named records agree."""
    if any(f.kind == "date" and not f.shared for f in fields):
        return fields
    names = [
        f.name for f in fields
        if f.kind == "person_name" and not f.shared and not f.columns and f.name in table.column_names
    ]  # fmt: skip
    born, _ = own_day(table, names, days) if names else ("", 0.0)
    return [*fields, Field(born, "date")] if born else fields


def _without_others_words(fields: list[Field], table: pa.Table) -> list[Field]:
    """The fields without categories that no header names and that are not a person's own."""
    names = [
        f.name for f in fields
        if f.kind == "person_name" and not f.shared and not f.columns and f.name in table.column_names
    ]  # fmt: skip
    few = [f for f in fields if f.kind == "category" and not f.format and field_of_header(f.name) is None]
    return [f for f in fields if f not in few or (names and are_own(table, names, f.name))]


def _sample(source: Source, columns: list[str]) -> pa.Table:
    return pa.Table.from_batches([source.first(columns)])


def _has_texts(source: Source, table: pa.Table, column: str) -> bool:
    """Whether a column can be read at all; InputError where its header promises that it can."""
    kind = table.column(column).type
    if has_texts(kind):
        return True
    if not is_reserved(column) and field_of_header(column) is not None:
        raise InputError(
            f"{source.name}, column {column!r}: expected text, numbers or dates, got {kind}; exclude it, or"
            " make columns of its parts"
        )
    return False


def _values(table: pa.Table, column: str) -> pa.Array:
    """The texts of a sampled column without nulls and empty ones, and without what keeps a number a text."""
    values = with_plain_digits(readable(pc.drop_null(as_text(table.column(column).combine_chunks()))))
    values = pc.replace_substring_regex(values, _KEPT, r"\1\2")
    return values.filter(pc.not_equal(pc.utf8_trim_whitespace(values), ""))
