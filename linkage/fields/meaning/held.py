"""A table's headers and a schema -> which column holds which field."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from linkage.fields import compute as pc
from linkage.fields.meaning.citizen_headers import meaning_of
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import PRESET, RECORD_IDS, SERIALS, is_reserved
from linkage.fields.source import AGED, BORN, Source, parts_of, written_alike
from linkage.fields.text import as_text, has_texts, readable
from linkage.schema import Schema


def find_headers(source: Source, schema: Schema, *, side: int = 0) -> dict[str, str]:
    """Field name -> column header, for the fields that the table holds; key "" = the record id's column.

    Ages under one header that were told in another year by the second table, and births in numbers that it
    writes in another form, are read as its own (`side` 1).
    """
    folded = {fold_header(c): c for c in reversed(source.columns)}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for item in schema.fields:
        for name in _of_side((item.name, *item.columns), side):
            parts = [folded.get(fold_header(part)) for part in parts_of(name)]
            # The birth in a number stands beside the number.
            held = [p for p in parts if p is not None and (p not in taken or BORN in name)]
            # Ages of two tables may differ in nothing but when they were told.
            exact = AGED not in name or all(p in source.columns for p in parts_of(name))
            if len(held) == len(parts) and exact:
                found[item.name] = written_alike(name, held)
                taken.update(held)
                break
    for column in source.columns:
        meant = _of_preset(column, schema) if column not in taken else None
        if meant and meant not in found:
            found[meant] = column
            taken.add(column)
    wanted = [schema.record_id] if schema.record_id else []
    for name in (*wanted, *RECORD_IDS):
        named = folded.get(fold_header(name))
        # A number that a schema names as the record id may tell people as well.
        free = named not in taken or name == schema.record_id
        if named is not None and free and not (name in SERIALS and _repeats(source, named)):
            found[""] = named
            break
    return found


def shares_held(sources: Sequence[Source], schema: Schema) -> dict[str, float]:
    """Field name -> the share of pairs of records of which both hold a value there, by the first records."""
    shares = []
    for side, source in enumerate(sources):
        headers = {f: c for f, c in find_headers(source, schema, side=side).items() if f}
        sample = source.first(list(headers.values()))
        shares.append({f: _share_held(sample.column(k)) for k, f in enumerate(headers)})
    return {f.name: shares[0].get(f.name, 0.0) * shares[-1].get(f.name, 0.0) for f in schema.fields}


def _share_held(values: pa.Array) -> float:
    if not len(values):
        return 0.0
    if not has_texts(values.type):
        return float(1 - values.null_count / len(values))
    texts = pc.utf8_trim_whitespace(readable(pc.drop_null(as_text(values))))
    filled: int = pc.sum(pc.not_equal(texts, "")).as_py() or 0
    return filled / len(values)


def _of_side(names: tuple[str, ...], side: int) -> tuple[str, ...]:
    """The columns that may hold a field; for the second table its own way to read one of both comes first."""
    told = [name for name in names if AGED in name or BORN in name]
    columns = {tuple(map(fold_header, parts_of(name))) for name in told}
    if not side or len(columns) != 1:
        return names
    # A column that one of them counts or codes in its own way the other may hold as it is.
    ways = [name for name in names if name in told or tuple(map(fold_header, parts_of(name))) in columns]
    return ways[-1], *(name for name in names if name != ways[-1])


def _of_preset(column: str, schema: Schema) -> str | None:
    """The preset's field that a header means, if the schema has it: "Số giấy tờ" as "Số CCCD"."""
    meaning = None if is_reserved(column) else meaning_of(column)
    if meaning is None or meaning.preset is None or meaning.preset not in schema:
        return None
    return meaning.preset if schema[meaning.preset].kind == PRESET[meaning.preset][0] else None


def _repeats(source: Source, column: str) -> bool:
    """Whether a column that counts rows counts some twice, or not all: each sheet, each commune anew."""
    parts = [batch.column(0) for batch in source.batches([column])]
    if not all(has_texts(part.type) for part in parts):
        return True
    values = pa.chunked_array([as_text(part) for part in parts], pa.string())
    return bool(values.null_count > 0 or pc.count_distinct(values).as_py() < len(values))
