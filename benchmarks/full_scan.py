"""An index and claims -> how many quick look-ups answer as a scan of all records does, many in one pass.

    python -m benchmarks.full_scan INDEX CLAIMS OUT.json [--queries 1000] [--seed 1] [--threads 2]

The scan knows nothing of the look-up. Records are read from the index chunk by chunk, encoded as a table
to be linked, and held against all queries at once by `Scorer.score_all`, the kernel of a dedupe, with the
index's own weights and frequencies; the only bound is the one a dedupe drops hopeless pairs by
(`ext/sketch.pxd`; without it under --no-sketches). An answer is the same where the same records come in the
same order with the same weights, to the bit. 1,000 queries against 11 million records take minutes, where
the look-up's own `exhaustive=True` takes five seconds for one.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks import datasets
from benchmarks.measure import write_json
from benchmarks.queries import FIELDS, as_mapping
from linkage._kernels.score import Scorer
from linkage.comparison.program import comparisons_of, make_scorer
from linkage.fields.batch import EncodedRecords, encode_records
from linkage.fields.columns import COLUMNS, CategoryColumn, Column, DateColumn, TextColumn
from linkage.model.model import Model
from linkage.predict import sketch
from linkage.schema import Schema
from linkage.search.find import WINDOW, find, least_bits, prepare, repaired
from linkage.search.matches import FIXED
from linkage.segment.columns import read_batch
from linkage.segment.segment import Segment
from linkage.tables.opening import open_source

LIMIT = 5
CHUNK = 1 << 16
"""Records held against all queries together: their sketches take 8 MiB."""
CLAIMS_LOOKED_AT = 1_000_000
GOLDEN = 0x9E3779B97F4A7C15
Answer = list[tuple[int, int]]
"""Negated weight (1/256 bit) and row, the best first."""
Hashes = npt.NDArray[np.uint64]


class Scan:
    """All records of a segment against some queries.

    Parameters
    ----------
    segment : Segment
    queries : sequence of mappings
    floors : sequence of int
        Per query, the weight (1/256 bit) below which a record is no answer.
    """

    def __init__(
        self, segment: Segment, queries: Sequence[Mapping[str, str]], floors: Sequence[int], *, sketches: bool
    ) -> None:
        self.segment, self.sketches = segment, sketches
        self.model = Model.from_dict(json.loads(segment.array("model").tobytes()))
        self.schema: Schema = self.model.schema
        self.comparisons = comparisons_of(self.schema)
        self.queries = pa.table(
            {name: pa.array([q.get(name) for q in queries], pa.string()) for name in segment.field_names}
        )
        self.names = needed_fields(self.schema, {name for query in queries for name in query})
        self.frequencies = {c["name"]: read_frequencies(segment, i) for i, c in enumerate(segment.scorer)}
        self.floors = list(floors)
        self.best: list[Answer] = [[] for _ in queries]

    def run(self, threads: int) -> list[Answer]:
        """The answer to every query."""
        starts = range(0, len(self.segment), CHUNK)
        with ThreadPoolExecutor(threads) as pool:
            for found in pool.map(self._chunk, starts):
                for k, answer in found:
                    self._merge(k, answer)
        return self.best

    def _least(self, k: int) -> int:
        """What a record must weigh to be an answer to a query, by what is known so far."""
        best = self.best[k]
        least = self.floors[k]
        if best:
            least = max(least, -best[0][0] - round(WINDOW * FIXED))
        return max(least, -best[-1][0]) if len(best) == LIMIT else least

    def _merge(self, k: int, answer: Answer) -> None:
        best = sorted(self.best[k] + answer)[:LIMIT]
        self.best[k] = [hit for hit in best if -hit[0] >= -best[0][0] - round(WINDOW * FIXED)]

    def _chunk(self, start: int) -> list[tuple[int, Answer]]:
        rows = np.arange(start, min(start + CHUNK, len(self.segment)), dtype=np.uint32)
        records = self._encode(rows)
        scorer = self._scorer(records)
        if self.sketches:
            sketch(scorer, records.n_records, threads=1)
        found = []
        for k in range(records.n_left):
            _, right, weight, _, _, _ = scorer.score_all(k, k + 1, records.n_left, self._least(k))
            if len(right):
                at = np.argsort(-weight.astype(np.int64), kind="stable")[:LIMIT]
                rows_found = right[at].astype(np.int64) - records.n_left + start
                found.append((k, list(zip((-weight[at]).tolist(), rows_found.tolist(), strict=True))))
        return found

    def _encode(self, rows: npt.NDArray[np.uint32]) -> EncodedRecords:
        held = read_batch(self.segment, rows, self.names, coded=True)
        nothing = pa.nulls(len(rows), pa.string())
        table = pa.table({n: held[n] if n in self.names else nothing for n in self.segment.field_names})
        sources = [open_source(self.queries), open_source(table)]
        headers = [{name: name for name in self.segment.field_names}] * 2
        return encode_records(sources, headers, self.schema, threads=1, columns=self._columns())

    def _columns(self) -> dict[str, Column]:
        """Encoders that number categories and read dates as the index does."""
        columns: dict[str, Column] = {}
        for i, (item, meta) in enumerate(zip(self.schema.fields, self.segment.fields, strict=True)):
            column = COLUMNS[item.kind](item)
            if isinstance(column, DateColumn):
                column.order = int(meta["order"])
            elif isinstance(column, CategoryColumn):
                column.ids = dict(self.segment.categories.ids(i))
            elif isinstance(column, TextColumn):
                column.keeps = True
            columns[item.name] = column
        return columns

    def _scorer(self, records: EncodedRecords) -> Scorer:
        frequencies = {}
        for name, known in self.frequencies.items():
            column = records.columns[name]
            if isinstance(column, TextColumn) and known:
                frequencies[name] = surprisals_of(column, known)
            elif isinstance(known, np.ndarray):
                frequencies[name] = known
        scorer = make_scorer(
            records,
            self.comparisons,
            parents=[c["parent"] for c in self.segment.scorer],
            bases=[c["base"] for c in self.segment.scorer],
            term_frequencies=frequencies,
        )
        names = ("prior", "weights", "most", "weighs_rarity")
        scorer.set_weights(*(np.array(self.segment.array(f"scorer/{name}")) for name in names))
        return scorer


def needed_fields(schema: Schema, asked: set[str]) -> list[str]:
    """The fields that bear on these: with a part of a name the other part, with one number the other one."""
    pairs = [{"id_number", "old_id_number"}, {f.name for f in schema.fields if f.part in ("given", "family")}]
    wanted = asked.union(*(pair for pair in pairs if pair & asked))
    return [f.name for f in schema.fields if f.name in wanted]


def read_frequencies(segment: Segment, i: int) -> Any:
    """One comparison's surprisals: by value, or of texts the tables of each form; None where it has none."""
    names = segment.container.names
    if f"rarity/{i}/values" in names:
        values = segment.array(f"rarity/{i}/values")
        return np.array(values if segment.scorer[i]["op"] == "date" else values.reshape(-1, 4))
    if f"rarity/{i}/rarest" not in names:
        return None
    rarest = segment.array(f"rarity/{i}/rarest").tolist()
    return [(segment.array(f"rarity/{i}/{k}/entries"), value) for k, value in enumerate(rarest)]


def surprisals_of(column: TextColumn, known: Sequence[tuple[Hashes, int]]) -> npt.NDArray[np.int16]:
    """Surprisal of each value's forms, from tables by content hash; int16[n_values, 4]."""
    values, tokens = column.values, column.tokens["folded"]
    last_at = np.clip(values["n_tokens"].astype(np.int64) - 1, 0, 7)
    first = tokens[values["tokens"][:, 0]]
    last = tokens[values["tokens"][np.arange(len(values)), last_at]]
    forms = (column.exact, values["folded"], mixed(mixed(first + np.uint64(GOLDEN)) ^ last), last)
    out = np.zeros((len(values), 4), np.int16)
    for k, ((entries, rarest), hashes) in enumerate(zip(known, forms, strict=False)):
        order = np.argsort(hashes)
        upper = hashes[order] >> np.uint64(16)
        at = np.minimum(np.searchsorted(entries, upper << np.uint64(16)), max(len(entries) - 1, 0))
        entry = entries[at] if len(entries) else np.zeros(len(at), np.uint64)
        is_held = (entry >> np.uint64(16) == upper) & (len(entries) > 0)
        out[order, k] = np.where(is_held, entry & np.uint64(0xFFFF), np.uint64(rarest)).astype(np.int16)
    return out


def mixed(x: Hashes) -> Hashes:
    """The finaliser of MurmurHash3."""
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        x = (x ^ (x >> np.uint64(33))) * np.uint64(factor)
    return x ^ (x >> np.uint64(33))


def ask_quickly(segment: Segment, query: Mapping[str, str]) -> tuple[Answer, bool, int]:
    """The quick look-up's answer, whether it was cut short, and the floor that was in force."""
    hits, truncated = find([_Part(segment)], query, limit=LIMIT)
    texts, words = prepare(segment, query)
    searcher = segment.borrow()
    try:
        # The floor does not depend on what is found: what agrees with all that is said, less a window.
        options: dict[str, Any] = {"eases": True}
        lowest, reach = round(least_bits([_Part(segment)]) * FIXED), round(WINDOW * FIXED)
        searcher.search(repaired(segment, texts), words, 1, lowest, reach, **options)
        floor = searcher.floor
    finally:
        segment.give_back(searcher)
    return [(hit[0], hit[2]) for hit in hits], truncated, floor


class _Part:
    """A segment of which no record has ended."""

    dead = None

    def __init__(self, segment: Segment) -> None:
        self.segment = segment


def compare(
    segment: Segment, queries: Sequence[Mapping[str, str]], *, threads: int = 2, sketches: bool = True
) -> dict[str, Any]:
    """How many of the queries are answered alike by the quick look-up and by the scan."""
    quick = [ask_quickly(segment, query) for query in queries]
    begin, cpu = time.perf_counter(), time.process_time()
    full = Scan(segment, queries, [floor for _, _, floor in quick], sketches=sketches).run(threads)
    same = [answer == every for (answer, _, _), every in zip(quick, full, strict=True)]
    return {
        "n": len(queries),
        "n_records": len(segment),
        "n_same": sum(same),
        "n_same_best": sum(a[:1] == b[:1] for (a, _, _), b in zip(quick, full, strict=True)),
        "n_truncated": sum(truncated for _, truncated, _ in quick),
        "n_different_unsaid": sum(not s and not cut for s, (_, cut, _) in zip(same, quick, strict=True)),
        "n_answered": sum(map(bool, full)),
        "scan_seconds": round(time.perf_counter() - begin, 1),
        "scan_cpu_seconds": round(time.process_time() - cpu, 1),
        "different": [i for i, s in enumerate(same) if not s],
    }


def draw(claims: Path, n: int, seed: int) -> list[dict[str, str]]:
    """Queries as claims come: name, date of birth, sex and province, what the claim holds of them."""
    table = datasets.head(claims, list(FIELDS), CLAIMS_LOOKED_AT)
    rows = np.random.default_rng(seed).permutation(table.num_rows)[:n]
    asked = [as_mapping(row) for row in table.take(pa.array(rows)).to_pylist()]
    return [query for query in asked if query]


def main() -> None:
    """Ask, scan, compare, write."""
    import linkage

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("index", type=Path)
    parser.add_argument("claims", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-sketches", action="store_true", help="weigh every pair: some ten times slower")
    options = parser.parse_args()
    parts = linkage.open_index(options.index).snapshot.parts
    if len(parts) != 1 or parts[0].dead is not None:
        raise SystemExit(f"{options.index}: expected one segment without ended records, as a build leaves it")
    queries = draw(options.claims, options.queries, options.seed)
    found = compare(parts[0].segment, queries, threads=options.threads, sketches=not options.no_sketches)
    print(found)
    write_json(options.out, {"seed": options.seed, **found})


if __name__ == "__main__":
    main()
