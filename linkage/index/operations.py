"""Records as a caller has them -> record ids and packed texts, as the journal keeps them; and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgpack

from linkage.errors import IndexStateError, InputError, did_you_mean
from linkage.schema import Schema

RECORD_ID = "record_id"
LARGEST_RECORD = 1 << 20
"""Bytes of one record's texts: far above any register's, and a bound for what reading a journal can take."""

Texts = list[str | None]
_TEXTS = frozenset((str, type(None)))


class Packed(NamedTuple):
    """Records as the journal keeps them.

    Attributes
    ----------
    payloads : dict[str, bytes]
        Packed texts by record id.
    ignored_columns : tuple of str
        A table's columns that are no field of the index: nothing of them is kept.
    """

    payloads: dict[str, bytes]
    ignored_columns: tuple[str, ...] = ()


def id_column(schema: Schema) -> str:
    """The name of the record id's column."""
    return schema.record_id or RECORD_ID


def pack_records(records: Any, schema: Schema) -> Packed:
    """Any records -> packed texts by record id; of several records of one id the last counts.

    Parameters
    ----------
    records : mapping, list of mappings, or anything `open_source` reads
        Mappings name fields as the schema does; a table's headers are recognised as in `dedupe`.
    schema : Schema

    Raises
    ------
    InputError
        A record has no id, a mapping names an unknown field, a table holds no field of the schema, or a value
        is no text, number or date. Nothing of the records is kept then.
    """
    if isinstance(records, Mapping):
        records = [records]
    if isinstance(records, list | tuple):
        return Packed(dict(_pack_mappings(records, schema)))
    return _pack_table(records, schema)


def _pack_mappings(records: Sequence[Any], schema: Schema) -> Iterator[tuple[str, bytes]]:
    names = [f.name for f in schema.fields]
    id_names = dict.fromkeys((id_column(schema), RECORD_ID))
    known = {*names, *id_names}
    for i, record in enumerate(records):
        where = f"records, row {i + 1}"
        if not isinstance(record, Mapping):
            raise InputError(f"{where}: expected a mapping from field to text, got {type(record).__name__}")
        if not known.issuperset(record):
            unknown = sorted(str(name) for name in record if name not in known)
            meant = did_you_mean(unknown[0], known)
            raise InputError(f"{where}: no field {unknown[0]!r}; the index has {', '.join(names)}{meant}")
        texts = [record.get(name) for name in names]
        if not _TEXTS.issuperset(map(type, texts)):
            texts = [_text(value, name, where) for value, name in zip(texts, names, strict=True)]
        ids = [_text(record[name], name, where) for name in id_names if name in record]
        yield _checked_id(ids[0] if ids else None, where), _pack(texts, where)


def _pack_table(records: Any, schema: Schema) -> Packed:
    # Here, because whoever gives mappings needs no pyarrow.
    from linkage.fields.meaning.held import find_headers
    from linkage.fields.source import parts_of
    from linkage.tables.opening import open_source

    source = open_source(records)
    headers = find_headers(source, schema)
    if "" not in headers:
        raise InputError(f"{source.name}: expected a column {id_column(schema)!r} that names each record")
    if not headers.keys() - {""}:
        known = ", ".join(f.name for f in schema.fields)
        raise InputError(f"{source.name}: expected a column of {known}, got {', '.join(source.columns)}")
    read = {part for header in headers.values() for part in parts_of(header)}
    ignored = tuple(column for column in source.columns if column not in read)
    return Packed(dict(_pack_rows(source, headers, schema)), ignored)


def _pack_rows(source: Any, headers: dict[str, str], schema: Schema) -> Iterator[tuple[str, bytes]]:
    from linkage.fields.text import as_text, readable

    held = [f.name for f in schema.fields if f.name in headers]
    row = 0
    for batch in source.batches([headers[name] for name in ("", *held)]):
        columns = {name: readable(as_text(batch.column(i))).to_pylist() for i, name in enumerate(("", *held))}
        nothing = [None] * len(batch)
        texts = zip(*(columns.get(f.name, nothing) for f in schema.fields), strict=True)
        for record_id, values in zip(columns[""], texts, strict=True):
            row += 1
            where = f"{source.name}, row {row}"
            yield _checked_id(record_id, where), _pack(values, where)


def _text(value: Any, name: str, where: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()[:10]
    raise InputError(f"{where}, field {name!r}: expected a text, got {type(value).__name__}")


def _checked_id(value: str | None, where: str) -> str:
    if not value:
        raise InputError(f"{where}: expected a record id, got none")
    return check_text(value, f"{where}, record id")


def check_text(text: str, where: str) -> str:
    """The text, if it can be stored; InputError when it holds half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(f"{where}: expected Unicode text, got half of a surrogate pair") from None
    return text


def _pack(texts: Iterable[str | None], where: str) -> bytes:
    try:
        packed = bytes(msgpack.packb(tuple(texts)))
    except UnicodeEncodeError:
        raise InputError(f"{where}: expected Unicode text, got half of a surrogate pair") from None
    if len(packed) > LARGEST_RECORD:
        raise InputError(f"{where}: expected at most {LARGEST_RECORD} bytes of text, got {len(packed)}")
    return packed


def unpack_texts(payload: bytes, n_fields: int) -> Texts:
    """The texts of a packed record, in the order of the schema's fields.

    Raises
    ------
    IndexStateError
        The bytes are not what `pack_records` makes with this schema.
    """
    try:
        texts = msgpack.unpackb(payload) if len(payload) <= LARGEST_RECORD else None
    except (ValueError, TypeError, msgpack.UnpackException):
        texts = None
    if not isinstance(texts, list) or len(texts) != n_fields or not _TEXTS.issuperset(map(type, texts)):
        raise IndexStateError(f"a record of the journal is not {n_fields} texts")
    return texts


def texts_of(record_id: str, payload: bytes, schema: Schema) -> dict[str, str | None]:
    """A packed record's texts by field, and its id."""
    names = [f.name for f in schema.fields]
    return {RECORD_ID: record_id, **dict(zip(names, unpack_texts(payload, len(names)), strict=True))}
