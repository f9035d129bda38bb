"""A model and what was counted of the records' values -> the sections of a segment that weigh its records."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage.comparison.program import comparisons_of, other_names_of, partner_of
from linkage.model.absence import for_lookups
from linkage.model.model import Model
from linkage.model.weights import weight_tables
from linkage.schema import Schema
from linkage.segment.container_writer import ContainerWriter
from linkage.segment.frequencies import FrequencyCounter, RarityTable

RarityTables = dict[str, list[Future[RarityTable]]]
"""Per text field the tables of its values' frequencies, as they are being made."""


def rarity_tables(counter: FrequencyCounter | None, pool: ThreadPoolExecutor) -> RarityTables:
    """The tables of all text fields, as tasks that are under way."""
    if counter is None:
        return {}
    return {
        name: [pool.submit(counter.table, name, k) for k in range(counter.n_tables(name))]
        for name in counter.texts
    }


def write_scorer(
    writer: ContainerWriter,
    schema: Schema,
    counter: FrequencyCounter | None,
    model: Model,
    tables: RarityTables,
) -> list[dict[str, Any]]:
    """Write weights and frequencies; the comparisons as plain values, for the segment's table."""
    if counter is None:
        return []
    comparisons = comparisons_of(schema)
    rarest = {
        c.name: table
        for i, c in enumerate(comparisons)
        if (table := _write_rarity(writer, counter, tables, c.name, i)) is not None
    }
    weights = weight_tables(for_lookups(model), comparisons, rarest)
    for name in ("prior", "weights", "most", "weighs_rarity"):
        writer.add(f"scorer/{name}", np.ascontiguousarray(getattr(weights, name)))
    return [
        {
            "name": c.name, "op": c.operation.name, "shift": c.shift, "bits": c.operation.bits,
            "parent": weights.parents[i], "n_codes": c.operation.n_codes, "base": weights.bases[i],
            "shared": c.field.is_shared, "tf_parts": [0, *c.operation.tf_parts],
            "levels": list(c.operation.levels), "comparator": c.field.comparator,
            "rarest": int(rarest[c.name].max()) if c.name in rarest else -1,
            "partner": partner_of(c.field, schema), "others": other_names_of(c.field, schema),
        }
        for i, c in enumerate(comparisons)
    ]  # fmt: skip


def _write_rarity(
    writer: ContainerWriter, counter: FrequencyCounter, tables: RarityTables, name: str, i: int
) -> npt.NDArray[np.int16] | None:
    """One comparison's tables; its surprisals, or the highest one a form, if it is weighed by them."""
    if name in tables:
        found = [task.result() for task in tables.pop(name)]
        for k, table in enumerate(found):
            writer.add(f"rarity/{i}/{k}/buckets", np.ascontiguousarray(table.buckets))
            writer.add(f"rarity/{i}/{k}/entries", np.ascontiguousarray(table.entries))
        rarest = np.array([t.rarest for t in found], np.int16)
        writer.add(f"rarity/{i}/rarest", rarest)
        return rarest
    if name in counter.words:
        surprisals = counter.of_words(name)
        writer.add(f"rarity/{i}/values", np.ascontiguousarray(surprisals))
        return surprisals
    return None
