"""A result -> example pairs around the threshold, with their waterfalls and values, for the report."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from linkage.comparison.program import Comparison, unpack_codes
from linkage.fields.page_texts import texts_at
from linkage.fields.source import BATCH, Source
from linkage.model.model import ComparisonParameters, match_probability
from linkage.model.term_frequencies import FIXED
from linkage.results.result import Result

N_EXAMPLES = 24
LONGEST = 200
"""Characters of a value that are shown."""


def example_pairs(result: Result, threshold: int, hide_values: bool) -> list[dict[str, Any]]:
    """Pairs spread around the threshold, with their waterfalls and, if wanted, their values."""
    r = result.resolution
    if not len(r.pairs.weight):
        return []
    early = _early_pairs(result)
    weight = r.pairs.weight[early]
    near = early[np.argsort(np.abs(weight.astype(np.int64) - threshold), kind="stable")[: N_EXAMPLES // 2]]
    order = early[np.argsort(weight, kind="stable")]
    spread = order[np.linspace(0, len(order) - 1, N_EXAMPLES // 2).astype(np.intp)]
    chosen = _distinct(np.concatenate([near, spread]))
    chosen = chosen[np.argsort(-r.pairs.weight[chosen], kind="stable")]
    values = None if hide_values else _values_of(result, chosen)
    examples = []
    for at, k in enumerate(chosen):
        example: dict[str, Any] = {
            "match_weight": float(r.pairs.weight[k] / FIXED),
            "match_probability": float(match_probability(r.pairs.weight[k : k + 1])[0]),
            "match_key": r.rule_names[r.pairs.rule[k]],
            "waterfall": waterfall(result, int(k)),
        }
        if values is not None:
            example |= values[at]
        examples.append(example)
    return examples


def _distinct(rows: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """A few numbers, each once, rising. `np.unique` imports what masked arrays need: 10 ms of a short run."""
    return np.array(sorted({int(row) for row in rows}), np.int64)


def _early_pairs(result: Result) -> npt.NDArray[np.intp]:
    """Pairs among the first records, if there are enough: their values are read again without the rest."""
    r = result.resolution
    pairs = r.pairs
    for limit in (BATCH, 2 * BATCH, 4 * BATCH, 8 * BATCH):
        # Of a link the right rows count from the left table's end.
        early = np.flatnonzero((pairs.left < limit) & (pairs.right < limit + r.records.n_left))
        if len(early) >= 20 * N_EXAMPLES:
            return early
    return np.arange(len(pairs.weight))


def waterfall(result: Result, k: int) -> list[dict[str, Any]]:
    """The bits by which pair k rises from the prior to its match weight."""
    r = result.resolution
    codes = unpack_codes(r.pairs.gamma[k : k + 1], r.comparisons)[0]
    index = {c.name: i for i, c in enumerate(r.comparisons)}
    rows = r.records.rows[[r.pairs.left[k], r.pairs.right[k]]]
    bars = [{"label": "prior", "level": "", "bits": r.model.prior_weight}]
    total = r.model.prior_weight
    for i, (item, parameters) in enumerate(zip(r.comparisons, r.model.comparisons, strict=True)):
        code = int(codes[i])
        parent = int(codes[index[parameters.parent]]) if parameters.parent else 0
        bits = float(np.log2(parameters.m[parent, code] / parameters.u[parent, code]))
        bits += _rarity(result, item, parameters, code, rows)
        level = item.operation.levels[code - 1] if code else "missing"
        bars.append({"label": item.name, "level": level, "bits": bits})
        total += bits
    rest = float(r.pairs.weight[k] / FIXED) - total
    if abs(rest) > 0.1:
        bars.append({"label": "relatives", "level": "may be two members of one family", "bits": rest})
    return bars


def _rarity(
    result: Result,
    item: Comparison,
    parameters: ComparisonParameters,
    code: int,
    rows: npt.NDArray[np.uint32],
) -> float:
    table = result.resolution.frequencies.get(item.name)
    part = (0, *item.operation.tf_parts)[code]
    if table is None or not part or item.operation.name == "date":
        return 0.0
    words = rows[:, result.resolution.records.words[item.name]]
    if item.operation.name == "category":
        words = words[:1] & np.uint32(0xFFFF)
    of_two = max if code in item.operation.rarer else min
    bits = int(of_two(table[int(w), part - 1] for w in words))
    return bits / FIXED - float(parameters.centre[code])


def _values_of(result: Result, chosen: npt.NDArray[np.intp]) -> list[dict[str, Any]]:
    """The records of the chosen pairs as they were given: one more pass that keeps only their rows."""
    r = result.resolution
    both = [r.pairs.left[chosen], r.pairs.right[chosen]]
    tables = []
    for side in range(len(r.sources)):
        offset = r.records.n_left if side else 0
        rows = _distinct(np.concatenate(both) if len(r.sources) == 1 else both[side]) - offset
        header = r.records.headers[side]
        columns = list(dict.fromkeys(c for f, c in header.items() if f))
        tables.append((rows, _rows_of(r.sources[side], columns, rows)))
    ids = [r.records.record_id(rows, side=1 if i and r.records.n_left else 0) for i, rows in enumerate(both)]
    examples = []
    for k, (a, b) in enumerate(zip(*both, strict=True)):
        fields = []
        for name in (f.name for f in r.records.schema.fields):
            left = _cell(tables[0], int(a), r.records.headers[0].get(name))
            side = len(r.sources) - 1
            right = _cell(
                tables[side],
                int(b) - (r.records.n_left if side else 0),
                r.records.headers[side].get(name),
            )
            fields.append({"name": name, "left": left, "right": right})
        examples.append(
            {
                "record_id_l": str(ids[0][k]),
                "record_id_r": str(ids[1][k]),
                "fields": fields,
            }
        )
    return examples


def _rows_of(source: Source, columns: list[str], rows: npt.NDArray[np.int64]) -> dict[str, list[str | None]]:
    """The texts of these rows, which rise, by column; pages of a file are unpacked and not decoded."""
    found: dict[str, list[str | None]] = {column: [] for column in columns}
    begin = 0
    for block in source.blocks(columns):
        inside = _between(rows, begin, begin + block.n_records)
        for column in columns:
            at = 0
            for values in block.read(column):  # all of them: those of the next block follow
                if len(here := _between(inside, at, at + len(values))):
                    found[column] += texts_at(values, here)
                at += len(values)
        begin += block.n_records
        if begin > rows[-1]:
            break
    return found


def _between(rows: npt.NDArray[np.int64], begin: int, end: int) -> npt.NDArray[np.int64]:
    """Those of the rows that lie there, counted from the begin."""
    return rows[(rows >= begin) & (rows < end)] - begin


def _cell(
    table: tuple[npt.NDArray[np.int64], dict[str, list[str | None]]], row: int, column: str | None
) -> str | None:
    """A record's value as it was given; None where its table has no such column."""
    if column is None:
        return None
    rows, values = table
    cell = values[column][int(np.searchsorted(rows, row))]
    return cell if cell is None or len(cell) <= LONGEST else cell[:LONGEST] + "…"
