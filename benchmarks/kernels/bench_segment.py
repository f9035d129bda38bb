"""Records -> a segment; a segment's records -> texts; keys -> postings, and record ids found in them.

Item: a record. Floor of building: texts read, blobs and hot rows written twice (in order of arrival, then
of day and name), keys of each family sorted in three passes. Floor of decoding: a blob is two cache
lines at a place nobody can foresee, its texts are written; in order, blobs are read as a stream.
"""

from __future__ import annotations

import numpy as np

import linkage
from benchmarks.floors import Work
from benchmarks.kernels.conftest import Step
from linkage.fields.columns import TextColumn
from linkage.fields.source import Source
from linkage.resolve import Resolution
from linkage.segment.build import build_segment
from linkage.segment.postings import build_postings

BLOB_LINES = 2
SORTING_PASSES = 3
DECODED = 20_000


def bench_build(step: Step, source: Source, resolution: Resolution) -> None:
    """A whole segment, in memory, on one thread: all but the disk."""
    n_bytes = sum(batch.nbytes for batch in source.batches(list(source.columns)))
    n = resolution.records.n_records
    segment = memoryview(build_segment(source, resolution.model, None, threads=1))  # type: ignore[arg-type]
    families = 10
    texts = [c.values.nbytes for c in resolution.records.columns.values() if isinstance(c, TextColumn)]
    step(
        "segment: build",
        lambda: build_segment(source, resolution.model, None, threads=1),
        n=n,
        item="record",
        work=Work(
            read_bytes=3 * n_bytes + families * n * 8 * SORTING_PASSES,
            written_bytes=n_bytes + 2 * segment.nbytes + families * n * 8 * SORTING_PASSES,
            random_reads=((n * BLOB_LINES, segment.nbytes), *((n, values) for values in texts)),
            counts="texts decoded, read twice; segment written twice; keys sorted in three passes;"
            " a line for each text, two for each blob",
        ),
        rounds=3,
    )


def bench_decode_random(step: Step, index: linkage.Index) -> None:
    """All fields of records at random places."""
    _decode(step, index, "segment: decode at random places", is_random=True)


def bench_decode_stream(step: Step, index: linkage.Index) -> None:
    """All fields of records one after the other."""
    _decode(step, index, "segment: decode in order", is_random=False)


def _decode(step: Step, index: linkage.Index, name: str, *, is_random: bool) -> None:
    store = index.snapshot.parts[0].segment.store
    n = min(DECODED, len(store))
    random = np.random.default_rng(1)
    rows = random.integers(0, len(store), n, dtype=np.uint32) if is_random else np.arange(n, dtype=np.uint32)
    fields = list(range(len(index.schema.fields) + 1))
    texts = store.texts(rows, fields)
    n_bytes = sum(len(text) for column in texts for text in column if text)
    step(
        name,
        lambda: store.texts(rows, fields),
        n=n,
        item="record",
        work=Work(
            read_bytes=0 if is_random else 64 * n,
            written_bytes=n_bytes,
            random_reads=((BLOB_LINES * n, index.info()["n_bytes"]),) if is_random else (),
            instructions=2 * n_bytes,
            counts="blob read, texts written, 2 instructions a byte",
        ),
    )


def bench_postings(step: Step) -> None:
    """One family: keys sorted, cut into buckets."""
    n = 1_000_000
    keys = np.random.default_rng(1).integers(1, 2**32, n, dtype=np.uint32)
    ranks = np.random.default_rng(2).permutation(n).astype(np.uint32)
    step(
        "postings: build one family",
        lambda: build_postings([keys], ranks, n),
        n=n,
        item="record",
        work=Work(
            read_bytes=8 * n + 8 * n * SORTING_PASSES,
            written_bytes=4 * n + 8 * n * SORTING_PASSES,
            counts=f"keys and ranks read, sorted in {SORTING_PASSES} passes of 8 bytes, entries written",
        ),
    )


def bench_find_ids(step: Step, index: linkage.Index) -> None:
    """Rows of many record ids at once, each compared with the stored id."""
    segment = index.snapshot.parts[0].segment
    n = min(DECODED, segment.n_records)
    rows = np.random.default_rng(1).choice(segment.n_records, n, replace=False).astype(np.uint32)
    ids = segment.record_ids(rows)
    step(
        "postings: record ids to rows",
        lambda: segment.rows_of_record_ids(ids),
        n=n,
        item="id",
        work=Work(
            random_reads=((n * (2 + BLOB_LINES), index.info()["n_bytes"]),),
            counts="a line of the buckets, one of the entries, two of the blob",
        ),
    )
