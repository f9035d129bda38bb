"""Sources -> encoded records, model, scored pairs: the steps that dedupe and link share."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.score import Scorer
from linkage.blocking.blocks import Blocks, build_blocks
from linkage.blocking.rules import CHOSEN_PAIRS_PER_RECORD, choose_rules, family_rules
from linkage.checkpoint import LEAST_RECORDS, Checkpoint, fingerprint
from linkage.comparison.program import (
    Comparison,
    TermFrequencies,
    comparisons_of,
    make_scorer,
    within_pattern,
)
from linkage.errors import InputError, ModelError, SchemaError
from linkage.fields.batch import EncodedRecords, encode_records
from linkage.fields.detect import detect_schema, find_headers
from linkage.fields.matching import match_schemas
from linkage.fields.source import Source, open_source
from linkage.memory import check_memory, give_back, held_bytes, is_short, plan_memory
from linkage.model.model import Model, weight_tables
from linkage.model.term_frequencies import term_frequencies
from linkage.predict import ScoredPairs, score_candidates, score_everything
from linkage.samples import sampled_a_rule
from linkage.schema import Schema
from linkage.training import read_labels, train_encoded

Progress = Callable[[str, int, int | None], None]
EVERY_PAIR = 30_000_000
"""Up to this many pairs in all, every one is scored: blocking could only lose some."""
LIKELY_PAIRS = 8.0
"""Pairs a record that a rule may make which serves training alone."""
FLOOR = -10 * 256
"""Pairs below -10 bits (probability .001) are not kept."""


@dataclass
class Steps:
    """Seconds and peak memory of each step."""

    progress: Progress | None = None
    entries: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure a step."""
        if self.progress:
            self.progress(name, 0, None)
        started = time.perf_counter()
        yield
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.entries.append({"name": name, "seconds": time.perf_counter() - started, "peak_rss_mib": peak})


@dataclass
class Resolution:
    """All that a dedupe or a link has found out before it answers.

    `assigned` holds the pairs' probabilities once a one-to-one link has chosen among them.
    """

    sources: list[Source]
    records: EncodedRecords
    model: Model
    comparisons: list[Comparison]
    blocks: Blocks | None
    scorer: Scorer
    pairs: ScoredPairs
    frequencies: TermFrequencies
    steps: Steps
    assigned: npt.NDArray[np.float64] | None = None

    @property
    def rule_names(self) -> list[str]:
        """What `ScoredPairs.rule` counts through."""
        return [b.rule.name for b in self.blocks.rules] if self.blocks else ["every pair"]

    def weights_of(
        self, left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]
    ) -> npt.NDArray[np.int32]:
        """Match weights of any pairs of rows; int32, 1/256 bit."""
        weight, gamma = np.empty(len(left), np.int32), np.empty(len(left), np.uint64)
        self.scorer.score_pairs(left, right, weight, gamma)
        return weight


def default_threads(threads: int | None) -> int:
    """The given number of threads, or the processors this process may use."""
    return max(int(threads), 1) if threads else len(os.sched_getaffinity(0))


def find_schema(
    sources: list[Source], schema: Schema | None, exclude: list[str]
) -> tuple[Schema, list[dict[str, str]]]:
    """The schema's fields that every table holds, and their headers in each.

    Raises
    ------
    SchemaError
        No field of the schema has a column; the message lists both.
    """
    if schema is None:
        detect = match_schemas if len(sources) == 2 else detect_schema
        schema = within_pattern(detect(*sources, exclude=exclude))
    chosen = schema
    headers = [find_headers(source, chosen) for source in sources]
    held = set.intersection(*({f for f in h if f} for h in headers))
    if not held:
        names = ", ".join(f.name for f in chosen.fields)
        raise SchemaError(
            f"{sources[-1].name}: none of the fields {names} has a column"
            f" among {', '.join(sources[-1].columns)}"
        )
    return chosen.only(held), [{f: c for f, c in h.items() if f in held or not f} for h in headers]


def check_threshold(probability: float) -> None:
    """Refuse a threshold that is no probability.

    Raises
    ------
    InputError
    """
    if not 0 < probability < 1:
        raise InputError(f"threshold_match_probability: expected between 0 and 1, got {probability}")


def resolve(
    sources: list[Any],
    model: Model | None,
    schema: Schema | None,
    *,
    threads: int | None,
    seed: int,
    exclude: list[str],
    sheet: str | None,
    steps: Steps,
    memory_limit: int | None = None,
    scratch: Path | None = None,
    checkpoint: Path | None = None,
    train_only: bool = False,
    labels: Any = None,
) -> Resolution:
    """Read, encode, block, train if there is no model, and score.

    What memory cannot hold lies in files without a name in `scratch`, by default the system's temporary
    folder. The finished steps of a large table are kept in the folder `checkpoint` and taken from there by
    the next run of the same input and options.
    """
    n_threads = default_threads(threads)
    with steps.step("read and encode"):
        opened = [open_source(s, sheet=sheet) for s in sources]
        wanted, headers = find_schema(opened, model.schema if model else schema, exclude)
        if model and {f.name for f in wanted.fields} != {f.name for f in model.schema.fields}:
            missing = sorted({f.name for f in model.schema.fields} - {f.name for f in wanted.fields})
            raise ModelError(f"{opened[0].name}: the model needs columns for {', '.join(missing)}")
        folder = scratch or Path(tempfile.gettempdir())
        n_expected = sum(s.n_records or 0 for s in opened)
        check_memory(n_expected, wanted, memory_limit)
        records = encode_records(
            opened,
            headers,
            wanted,
            threads=n_threads,
            progress=steps.progress,
            folder=folder if is_short(n_expected, wanted, memory_limit) else None,
        )
    check_memory(records.n_records, wanted, memory_limit, held=held_bytes(records))
    comparisons = comparisons_of(records.schema)
    every_pair = records.n_total_pairs <= EVERY_PAIR
    blocks: Blocks | None = None
    n_rules = 0
    kept = None
    if checkpoint and not (every_pair or train_only) and records.n_records >= LEAST_RECORDS:
        options = {"seed": seed, "exclude": exclude, "sheet": sheet, "floor": FLOOR}
        run = fingerprint(opened, records.schema, headers, model, options)
        kept = None if run is None else Checkpoint(checkpoint, run)
    if kept and model is None:
        model = kept.model()
    with steps.step("block"):
        # Where every pair is scored, rules serve training alone, which learns best from likely pairs.
        rules = records.schema.blocking_rules or choose_rules(
            records, pairs_per_record=LIKELY_PAIRS if every_pair else CHOSEN_PAIRS_PER_RECORD
        )
        n_rules = len(rules)
        extra = family_rules(records.schema) if model is None else ()
        finished = kept.rules(rules) if kept and model else []
        if not every_pair or model is None:
            every = (*rules[len(finished) :], *extra)
            plan = plan_memory(records, len(every), limit=memory_limit, threads=n_threads)
            if not plan.keeps_blocks:
                records.move_ids(folder)
                give_back()
            blocks = build_blocks(
                records,
                every,
                threads=n_threads,
                sampled_a_rule=sampled_a_rule(len(every)) if model is None else 0,
                keys_at_once=plan.keys_at_once,
                rules_at_once=plan.rules_at_once,
                folder=None if plan.keeps_blocks else folder,
                progress=steps.progress,
            )
            blocks.rules[:0] = [blocks_of for blocks_of, _ in finished]
    with steps.step("train"):
        frequencies = term_frequencies(records, comparisons, threads=n_threads)
        if model is None:
            assert blocks is not None
            labelled = None if labels is None else read_labels(labels, records)
            model = train_encoded(records, blocks, frequencies, threads=n_threads, seed=seed, labels=labelled)
            if kept:
                kept.keep_model(model)
    with steps.step("score"):
        tables = weight_tables(model, comparisons, frequencies)
        scorer = make_scorer(
            records,
            comparisons,
            parents=tables.parents,
            bases=tables.bases,
            term_frequencies=frequencies,
        )
        scorer.set_weights(tables.prior, tables.weights, tables.most, tables.weighs_rarity)
        if train_only:
            pairs = ScoredPairs.empty()
        elif every_pair:
            pairs = score_everything(records, scorer, floor=FLOOR, threads=n_threads)
        else:
            assert blocks is not None
            pairs = score_candidates(
                records,
                scorer,
                blocks,
                n_rules,
                floor=FLOOR,
                threads=n_threads,
                store_sketches=plan.stores_sketches,
                finished=[pairs for _, pairs in finished],
                keep=_keeper(kept, blocks),
                progress=steps.progress,
            )
    if blocks is not None:
        blocks.rules = blocks.rules[:n_rules]
        blocks.leave_files()
    if memory_limit is not None:
        give_back()
    return Resolution(
        opened,
        records,
        model,
        comparisons,
        None if every_pair else blocks,
        scorer,
        pairs,
        frequencies,
        steps,
    )


def _keeper(kept: Checkpoint | None, blocks: Blocks) -> Callable[[int, ScoredPairs], None] | None:
    """What is done with the pairs of a rule as soon as they are found."""
    return None if kept is None else lambda k, pairs: kept.keep_rule(k, blocks.rules[k], pairs)


def train(
    source: Any,
    schema: Schema | None = None,
    *,
    sheet: str | None = None,
    seed: int = 0,
    threads: int | None = None,
    labels: Any = None,
    progress: Progress | None = None,
) -> Model:
    """Train a model on one table, without labels or with them.

    Parameters
    ----------
    source : path, Arrow table or stream, DataFrame, or iterable of mappings
    schema : Schema or None
        None chooses by the headers.
    sheet : str or None
        The sheet of an Excel file.
    seed : int
        Of the random pairs that estimate u.
    threads : int or None
        None uses all processors; the model does not depend on it.
    labels : table with record_id_l, record_id_r, clerical_match_score, or None
        Pairs that people decided (score 0 to 1): m is counted on them, on top of what EM finds.
    progress : callable or None

    Returns
    -------
    Model

    Raises
    ------
    InputError, SchemaError, TrainingError
    """
    found = resolve(
        [source], None, schema, threads=threads, seed=seed, exclude=[], sheet=sheet,
        steps=Steps(progress), train_only=True, labels=labels,
    )  # fmt: skip
    return found.model
