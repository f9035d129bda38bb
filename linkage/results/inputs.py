"""A run's encoded tables -> what came in through each column, and how much of it could be read."""

from __future__ import annotations

from typing import Any

from linkage._kernels.rows import count_held
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import ColumnReport
from linkage.resolve import Resolution


def inputs_of(r: Resolution, truth: list[str], hide_values: bool) -> list[dict[str, Any]]:
    """Each table's path, number of records, and columns in their order.

    A field's values of both tables are encoded into one dictionary: the distinct ones are counted in both
    together, and stand with the first table that has the field.
    """
    n_left = r.records.n_left or r.records.n_records
    inputs = []
    for side, (source, shares) in enumerate(zip(r.sources, _shares_held(r.records), strict=True)):
        header = r.records.headers[side]
        field_of = {c: f for f, c in reversed(header.items())}
        columns: list[dict[str, Any]] = []
        for column in source.columns:
            name = field_of.get(column)
            entry: dict[str, Any] = {"name": column, "field": name or None, "kind": None}
            if name:
                is_first = side == 0 or name not in r.records.headers[0]
                entry |= {"kind": r.records.schema[name].kind, "completeness": shares[name]}
                entry |= {"n_distinct": r.records.columns[name].n_distinct} if is_first else {}
                entry |= _counts(r.records.reports[side].get(name), hide_values)
            elif name == "":
                entry["kind"] = "record id"
            elif truth and column == truth[side]:
                entry["kind"] = "truth"
            columns.append(entry)
        n = n_left if side == 0 else r.records.n_records - n_left
        inputs.append({"path": source.name, "n_records": n, "columns": columns})
    return inputs


def _counts(report: ColumnReport | None, hide_values: bool) -> dict[str, Any]:
    """What encoding counted; nothing where another field's column was read for this one."""
    if report is None:
        return {}
    return {
        "n_unparsed": report.n_unparsed,
        "n_repaired": report.n_repaired,
        "examples_unparsed": [] if hide_values else report.examples_unparsed,
    }


def _shares_held(records: EncodedRecords) -> list[dict[str, float]]:
    """Per table, the share of its records that hold a value in each field.

    The rows tell, not the counts of encoding: an old number among personal ones is held by the field of old
    numbers, and a filler by none.
    """
    n_right = records.n_records - records.n_left if records.n_left else 0
    right = count_held(records.rows[records.n_records - n_right :])
    tables = [(records.n_held - right, records.n_records - n_right), (right, n_right)]
    return [
        {
            name: float(of_word[first : first + records.columns[name].n_words].max() / max(n, 1))
            for name, first in records.words.items()
        }
        for of_word, n in tables[: len(records.headers)]
    ]
