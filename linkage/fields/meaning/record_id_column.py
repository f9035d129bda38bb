"""A table -> the column that names its records where no usual header does; of two, if it tells people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from linkage.fields import compute as pc
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import RECORD_IDS, field_of_header
from linkage.fields.reconcile.same_numbers import LEAST, distinct_values
from linkage.fields.source import Source
from linkage.fields.text import as_text, has_texts
from linkage.schema import Field, Schema

_SERIAL = re.compile(r"(^| )(id|no|nr|num|number|code|key|codice|codigo|ma \w+|编号|번호)$|id$")
_WITHOUT_MEANING = re.compile(r"(^| )(cif|kod|код|номер)$|(号|编号|番号|번호|nummer)$|^(รหัส|เลขที่)")
"""Headers that name records if no number of a person, which may differ by a slip in each of their records."""
_COUNTED = re.compile(r"^(\D{0,8})([0-9]{1,15})$")
ENOUGH = 30
"""Values from which on their numbers show that they count records."""
LARGEST = 20_000_000
"""Records of a table in which no column is looked through for repeated values."""
DENSE = 10
"""Numbers that span at most so many times their count are counted up: two tables share them by chance."""


def record_id_of(source: Source, columns: Sequence[str]) -> str | None:
    """A first column that names each record, where no header is one of the usual ones; None for those."""
    if not columns or any(fold_header(c).replace(" ", "_") in RECORD_IDS for c in columns):
        return None
    first = columns[0]
    if (source.n_records or 0) > LARGEST:
        return None
    values = source.first([first]).column(0)
    if not has_texts(values.type) or len(values) < 2:
        return None
    if not _names_records(first) and not _is_a_count(first, values, source.n_records or len(values)):
        return None
    if not _are_all_different([values]):
        return None
    parts, n = [], 0
    for batch in source.batches([first]):
        n += len(batch)
        if n > LARGEST:  # of a CSV file that shows only now
            return None
        parts.append(batch.column(0))
    return first if _are_all_different(parts) else None


def _names_records(header: str) -> bool:
    folded, meant = fold_header(header), field_of_header(header)
    if meant is None:
        return bool(_SERIAL.search(folded) or _WITHOUT_MEANING.search(folded))
    # "Contact" is somebody's name; a contact id is none.
    is_id = meant.kind == "person_name" and folded.endswith(" id")
    return is_id or (meant.kind == "identifier" and bool(_SERIAL.search(folded)))


def _is_a_count(header: str, values: pa.Array, n_records: int) -> bool:
    """Whether a column counts its records, letters in front or not (1, 2; R001), and is nothing else.

    A header may say that it is a name, "customer" or "client", which no number is.
    """
    meant = field_of_header(header)
    is_free = meant is None or (meant.kind, meant.part) == ("person_name", "full")
    if not is_free or len(values) < ENOUGH or values.null_count:
        return False
    found = [_COUNTED.match(text) for text in as_text(values).to_pylist()]
    numbers = [int(m[2]) for m in found if m]
    if len(numbers) < len(found) or len({m[1] for m in found if m}) > 1:
        return False
    return _are_close(numbers, n_records)


def _are_close(numbers: list[int], n_records: int) -> bool:
    """Whether most numbers lie within a span that so many records may be counted in."""
    whole = sorted(numbers)
    middle = whole[len(whole) // 20 : len(whole) - len(whole) // 20]
    return middle[-1] - middle[0] < DENSE * max(n_records, len(middle))


def _are_all_different(parts: list[pa.Array]) -> bool:
    whole = pa.chunked_array([as_text(part) for part in parts])
    return not whole.null_count and bool(pc.count_distinct(whole).as_py() == len(whole))


def with_ids_of_people(schema: Schema, left: Source, other: Schema, right: Source) -> tuple[Schema, Schema]:
    """Two tables' schemas, with the columns that name their records as numbers of people where they are.

    A number that names each record of a table tells nothing inside it, but people in another table that holds
    the same ones (a national id, a patient's number), unless both count their records.
    """
    ours = _with_id_of_people(schema, left, other, right)
    return ours, _with_id_of_people(other, right, schema, left)


def _with_id_of_people(own: Schema, source: Source, other: Schema, rest: Source) -> Schema:
    column = own.record_id or ""
    item = field_of_header(column) if column in source.columns else None
    if item is None or item.kind != "identifier" or any(f.name == column for f in own.fields):
        return own
    numbers = [f.name for f in other.fields if f.kind == "identifier"]
    numbers += [other.record_id] if other.record_id else []
    held = distinct_values(source, [column]).get(column, set())
    theirs = distinct_values(rest, numbers).values()
    if _are_counted(held) or not any(len(held & values) >= LEAST for values in theirs):
        return own
    return replace(own, fields=(Field(column, "identifier"), *own.fields))


def _are_counted(values: set[str]) -> bool:
    """Whether numbers are mostly those of a count."""
    whole = [int(text) for text in values if text.isdecimal() and len(text) < 16]
    return len(whole) >= max(len(values) / 2, LEAST) and _are_close(whole, len(whole))
