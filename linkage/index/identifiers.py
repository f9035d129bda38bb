"""Identifiers a person has beyond those in the record's fields: each with status and dates, all found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from linkage._kernels.identifiers import pack_one
from linkage.errors import InputError
from linkage.index.catalog import Catalog, insert
from linkage.index.operations import check_text
from linkage.index.rows import IdentifierRow, State, checksum_of
from linkage.schema import Field, Schema

CURRENT = "current"
CANCELLED = "cancelled"
DECEASED = "deceased"
_KINDS = {
    None: "generic",
    "personal_number": "personal",
    "old_number": "old",
    "health_insurance": "health",
    "tax_code": "tax",
}


class Identifier(NamedTuple):
    """One identifier of a record, as it was given."""

    record_id: str
    field: str
    value: str
    status: str
    valid_from: str | None
    valid_to: str | None


@dataclass(frozen=True)
class Change:
    """What a transaction does to a record's identifiers.

    Attributes
    ----------
    closes : tuple of str and int, or None
        Field and code whose rows end; None ends all of the record's.
    opens : Identifier or None
        The row that begins.
    """

    record_id: str
    closes: tuple[str, int] | None
    opens: Identifier | None


def identifier_field(schema: Schema, name: str) -> Field:
    """The identifier or phone field of this name; InputError when it is of another kind."""
    found = schema[name]
    if found.kind not in ("identifier", "phone"):
        raise InputError(f"field {name!r}: expected an identifier or a phone, got a {found.kind}")
    return found


def code_of(item: Field, value: str) -> int:
    """The content of an identifier as one signed integer: equal for all ways to write it; 0 = none."""
    kind = "phone" if item.kind == "phone" else _KINDS[item.format]
    code, _ = pack_one(check_text(value, f"field {item.name!r}").encode(), kind, hashed=True)
    return code - (1 << 64) if code >> 63 else code


def numbers_in(record: Mapping[str, str | None], schema: Schema) -> list[tuple[str, str]]:
    """Field and text of a record's own identifiers: not those that a household has in common."""
    own = [item for item in schema.fields if item.kind == "identifier" and not item.is_shared]
    held = [(item, record.get(item.name)) for item in own]
    return [(item.name, text) for item, text in held if text and code_of(item, text)]


def adding(schema: Schema, identifier: Identifier) -> Change:
    """The change that adds an identifier, or replaces what is known of it; InputError when it is none."""
    item = identifier_field(schema, identifier.field)
    code = code_of(item, identifier.value)
    if code == 0:
        raise InputError(f"field {item.name!r}: expected an identifier, got a text without one")
    for text in (identifier.status, identifier.valid_from, identifier.valid_to):
        if text is not None:
            check_text(text, f"field {item.name!r}")
    return Change(identifier.record_id, (item.name, code), identifier)


def write_changes(
    catalog: Catalog, state: State, schema: Schema, changes: list[Change], generation: int
) -> None:
    """Within a transaction: end rows and begin rows, in order; what has ended stays as history."""
    for change in changes:
        where, values = "WHERE record_id = ? AND removed IS NULL", [change.record_id]
        rows = catalog.read_identifiers(where, values)
        if change.closes is not None:
            rows = [row for row in rows if (row.field, row.code) == change.closes]
        for row in rows:
            _end(catalog, state, row, generation)
        if change.opens is not None:
            state.last_row += 1
            opened = change.opens
            if opened.valid_from is None and rows:
                opened = opened._replace(valid_from=rows[-1].valid_from)
            code = code_of(schema[opened.field], opened.value)
            row = IdentifierRow(
                id=state.last_row,
                code=code,
                added=generation,
                removed=None,
                **opened._asdict(),
            )
            insert(catalog.connection, state, "identifiers", [row])


def _end(catalog: Catalog, state: State, row: IdentifierRow, generation: int) -> None:
    ended = row._replace(removed=generation)
    before, after = checksum_of("identifiers", row), checksum_of("identifiers", ended)
    statement = "UPDATE identifiers SET removed = ?, checksum = ? WHERE id = ?"
    catalog.connection.execute(statement, [generation, after, row.id])
    state.add("identifiers", (before, after))


def forget_ended(catalog: Catalog, state: State, generation: int) -> None:
    """Within a transaction: drop rows of records that had none left when `generation` was committed."""
    where = (
        "WHERE removed <= ? AND record_id NOT IN"
        " (SELECT record_id FROM identifiers WHERE removed IS NULL OR removed > ?)"
    )
    rows = catalog.read_identifiers(where, [generation, generation])
    catalog.connection.execute_many("DELETE FROM identifiers WHERE id = ?", [(row.id,) for row in rows])
    state.add("identifiers", (checksum_of("identifiers", row) for row in rows))


def find_by_value(catalog: Catalog, item: Field, value: str, generation: int) -> list[Identifier]:
    """Who has, or had, this identifier, as of a generation; a cancelled one is still its holder's.

    Rows are verified, but that none is missing only by `Catalog.check`: a look-up reads a page or two.
    """
    code = code_of(item, value)
    if code == 0:
        return []
    rows = catalog.read_identifiers("WHERE field = ? AND code = ?", [item.name, code])
    return list(_as_of(rows, generation))


def find_by_record(catalog: Catalog, record_id: str, generation: int) -> list[Identifier]:
    """The identifiers of a record beyond those in its fields, as of a generation, oldest first."""
    return list(_as_of(catalog.read_identifiers("WHERE record_id = ?", [record_id]), generation))


def find_rows(catalog: Catalog, generation: int) -> list[tuple[str, str, int, str]]:
    """All identifiers beyond records' fields, as of a generation: record id, field, code and status."""
    return [
        (row.record_id, row.field, row.code, row.status)
        for row in catalog.read_identifiers()
        if row.added <= generation and (row.removed is None or row.removed > generation)
    ]


def _as_of(rows: list[IdentifierRow], generation: int) -> Iterator[Identifier]:
    for row in rows:
        if row.added <= generation and (row.removed is None or row.removed > generation):
            yield Identifier(row.record_id, row.field, *row[4:8])
