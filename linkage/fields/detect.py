"""A table's headers and a sample of its rows -> its schema, and which column holds which field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from linkage.errors import InputError, SchemaError
from linkage.fields import compute as pc
from linkage.fields.citizen_headers import NOTHING, meaning_of, name_in_parts
from linkage.fields.content import fitted, looks_like
from linkage.fields.fold import fold_header
from linkage.fields.headers import RECORD_IDS, field_of_header, is_reserved
from linkage.fields.held import find_headers
from linkage.fields.names import MANY, are_family_names, are_given_names, are_names, n_equal, tell_sexes
from linkage.fields.own_words import are_own
from linkage.fields.repeated_names import without_repetition
from linkage.fields.source import JOINED, JOINED_NAME, Source
from linkage.fields.split_dates import births_by_sex, find_split_dates
from linkage.fields.text import as_text, has_texts, readable
from linkage.schema import Field, Schema, citizen_schema


def detect_schema(source: Source, *, exclude: Sequence[str] = ()) -> Schema:
    """Choose a schema by the headers: the citizen preset where it fits, kinds of field otherwise.

    Elsewhere headers are read in many languages; where one says nothing, its values may: dates, e-mails,
    telephones, sexes, names, addresses. What neither tells is ignored, never guessed at.

    Raises
    ------
    InputError
        A column whose header is known holds lists or the like; or there is no record, and the citizen
        preset does not fit.
    SchemaError
        No column is recognised; the message lists the headers.
    """
    columns = [c for c in source.columns if c not in exclude]
    births = births_by_sex(source, columns)
    held, citizen = _of_preset(source.name, columns, births)
    if _is_of_citizens(held, columns):
        taken = {part for column in held.values() for part in column.split(JOINED_NAME)}
        return _with_others(citizen.only(held), source, [c for c in columns if c not in taken])
    table = _sample(source, columns)
    columns = [c for c in columns if _has_texts(source, table, c)]
    sample = {c: _values(table, c) for c in columns}
    dates = [Field(births, "date")] if births else find_split_dates(sample)
    split = set(births.split(JOINED_NAME)) | {
        p for item in dates for c in item.columns for p in c.split(JOINED)
    }
    record_id = _record_id_of(source, columns, sample)
    fields = [
        item for c in columns if c not in split and c != record_id and (item := _field_of(c, sample[c]))
    ]
    fields = _with_names(_without_other_days([*fields, *dates]), table, sample)
    fields = _without_others_words(fields, table)
    fields = without_repetition(_with_roles(fields), table)
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
    return JOINED_NAME not in column and fold_header(column) in map(fold_header, (item.name, *item.columns))


def _with_others(schema: Schema, source: Source, columns: list[str]) -> Schema:
    """The preset's fields, and those that the table's other columns hold: a passport, an e-mail, a head."""
    columns = [c for c in columns if not is_reserved(c) and c not in schema]
    if source.columns and not columns:
        return schema
    table = _sample(source, columns)
    columns = [c for c in columns if _has_texts(source, table, c)]
    found = [item for c in columns if (item := _field_of(c, _values(table, c)))]
    # A day without a header that tells is a visit's or a form's: the preset holds the birth. Of names,
    # those of other people alone are of use beside the person's own.
    others = [
        f
        for f in found
        if (f.kind != "category" or field_of_header(f.name))
        and (f.kind != "date" or field_of_header(f.name))
        and (f.kind != "person_name" or f.shared)
    ]
    return replace(schema, fields=(*schema.fields, *others))


_SERIAL = re.compile(r"(^| )(id|no|nr|num|number|code|key|codice|codigo|ma \w+|编号|번호)$|id$")


def _record_id_of(source: Source, columns: Sequence[str], sample: dict[str, pa.Array]) -> str | None:
    """A first column that names each record, where no header is one of the usual ones; None for those."""
    if not columns or any(fold_header(c).replace(" ", "_") in RECORD_IDS for c in columns):
        return None
    first = columns[0]
    values = sample[first]
    if not _SERIAL.search(fold_header(first)) or len(values) < 2 or len(pc.unique(values)) < len(values):
        return None
    whole = pa.chunked_array([as_text(batch.column(0)) for batch in source.batches([first])])
    return first if not whole.null_count and pc.count_distinct(whole).as_py() == len(whole) else None


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


def _field_of(column: str, values: pa.Array) -> Field | None:
    if is_reserved(column) or meaning_of(column) == NOTHING:
        return None
    item = field_of_header(column)
    return looks_like(column, values) if item is None else fitted(item, values)


def _without_other_days(fields: list[Field]) -> list[Field]:
    """The fields without dates whose headers say nothing, where a header names a person's own date.

    What happened to a person's records on other days says nothing of who it is.
    """
    dates = [f for f in fields if f.kind == "date" and not f.shared]
    unnamed = [f for f in dates if not f.columns and field_of_header(f.name) is None]
    return [f for f in fields if f not in unnamed] if len(unnamed) < len(dates) else fields


def _without_others_words(fields: list[Field], table: pa.Table) -> list[Field]:
    """The fields without categories that no header names and that are not a person's own."""
    names = [
        f.name for f in fields
        if f.kind == "person_name" and not f.shared and not f.columns and f.name in table.column_names
    ]  # fmt: skip
    few = [f for f in fields if f.kind == "category" and not f.format and field_of_header(f.name) is None]
    return [f for f in fields if f not in few or (names and are_own(table, names, f.name))]


def _with_names(fields: list[Field], table: pa.Table, sample: dict[str, pa.Array]) -> list[Field]:
    """The fields, with the person's own name found by content where no header names it.

    Of several columns with whole names the most distinct one is the person's own, since siblings share their
    parents' names; the others are those of the family. A word that goes with the sex is a given name, and the
    most varied word beside it the family name.
    """
    texts = [f.name for f in fields if f.kind == "text" and field_of_header(f.name) is None]
    if not texts:
        return fields
    values = {name: sample[name].to_pylist() for name in texts}
    named = any(f.kind == "person_name" and not f.shared for f in fields)
    if not named and (parts := _signs_of_names(table.column_names, values)):
        return [parts.get(f.name, f) for f in fields]
    whole = [name for name in texts if are_names(values[name])]
    others = {name: Field(name, "text", shared=True) for name in whole}
    if named:
        return [others.get(f.name, f) for f in fields]
    if whole:
        best = max(whole, key=lambda name: len(set(values[name])))
        others[best] = Field(best, "person_name")
        return [others.get(f.name, f) for f in fields]
    sex = next((f.name for f in fields if f.format == "sex"), None)
    sexes = [] if sex is None else as_text(table.column(sex).combine_chunks()).to_pylist()
    rows = {name: as_text(table.column(name).combine_chunks()).to_pylist() for name in texts if sexes}
    given = [name for name in rows if tell_sexes(rows[name], sexes)]
    if len(given) != 1:  # of Russian names all three go with the sex
        return fields
    at = table.column_names.index(given[0])
    beside = [c for c in table.column_names[max(at - 2, 0) : at + 3] if c in texts and c != given[0]]
    parts = {given[0]: Field(given[0], "person_name", part="given")}
    family = max(beside, key=lambda c: n_equal(values[c]), default=None)
    if family and n_equal(values[family]) >= MANY:
        parts[family] = Field(family, "person_name", part="family")
    return [parts.get(f.name, f) for f in fields]


def _signs_of_names(columns: Sequence[str], values: dict[str, list[str]]) -> dict[str, Field]:
    """A column of Chinese or Korean family names with the given names that stand beside it."""
    for k, column in enumerate(columns):
        if column in values and are_family_names(values[column]):
            for beside in (*columns[k + 1 : k + 2], *columns[max(k - 1, 0) : k]):
                if beside in values and are_given_names(values[beside]):
                    return {
                        column: Field(column, "person_name", part="family"),
                        beside: Field(beside, "person_name", part="given"),
                    }
    return {}


def _with_roles(fields: list[Field]) -> list[Field]:
    """One given and one family name; beside either "name" is the other, as in "Name, Vorname"."""
    names = [f for f in fields if f.kind == "person_name" and not f.shared]
    given = next((f for f in names if f.part == "given"), None)
    family = next((f for f in names if f.part == "family"), None)
    plain = next((f for f in names if f.part == "full" and _is_plain_name(f.name)), None)
    roles: dict[str, Field] = {}
    if plain and given and not family:
        roles[plain.name] = replace(plain, part="family")
    if plain and family and not given:
        roles[plain.name] = replace(plain, part="given")
    # Second family names are names as well, but have no counterpart to be swapped with.
    for item in names:
        if item.part == "family" and item != family:
            roles[item.name] = replace(item, part="full")
    # Middle names are often initials; they stand behind the given name, which stays the counterpart.
    for item in names[names.index(given) + 1 :] if given and family else ():
        if item.part == "full" and _MIDDLE.search(fold_header(item.name)):
            roles[item.name] = replace(item, part="given")
    return [roles.get(f.name, f) for f in fields]


_MIDDLE = re.compile(r"\b(mid|midl|middle|mi|mname|minit|minitial)\b")
_OTHER = re.compile(r"^(other|otros|outros|autres)\b")


def _is_plain_name(column: str) -> bool:
    header = fold_header(column)
    return len(header.split()) == 1 or _OTHER.match(header) is not None


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
    """The texts of a sampled column without nulls and empty ones."""
    values = readable(pc.drop_null(as_text(table.column(column).combine_chunks())))
    return values.filter(pc.not_equal(pc.utf8_trim_whitespace(values), ""))
