"""Tables -> encoded records, model, scored pairs: the steps that dedupe, link and train share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from linkage._kernels.score import Scorer
from linkage.blocking.blocks import Blocks, build_blocks
from linkage.blocking.rules import CHOSEN_PAIRS_PER_RECORD, family_rules, rules_of
from linkage.checkpoint import LEAST_RECORDS, Checkpoint, fingerprint
from linkage.comparison.program import (
    Comparison,
    TermFrequencies,
    comparisons_of,
    make_scorer,
)
from linkage.errors import InputError, ModelError, TrainingError
from linkage.every_pair import score_everything
from linkage.fields.batch import EncodedRecords
from linkage.fields.meaning.headers import is_former_name
from linkage.fields.source import Source
from linkage.memory import give_back, plan_memory
from linkage.model.model import Model
from linkage.model.own_addresses import knows_own_addresses
from linkage.model.term_frequencies import term_frequencies
from linkage.model.weights import weight_tables
from linkage.options import Options, Steps
from linkage.predict import ScoredPairs, score_candidates
from linkage.reading import read_records
from linkage.schema import Schema
from linkage.training.samples import sampled_a_rule

EVERY_PAIR = 30_000_000
"""Up to this many pairs in all, every one is scored: blocking could only lose some."""
LIKELY_PAIRS = 8.0
"""Pairs a record that a rule may make which serves training alone."""
FLOOR = -10 * 256
"""Pairs below -10 bits (probability .001) are not kept."""


@dataclass
class Resolution:
    """All that a dedupe or a link has found out before it answers.

    `assigned` holds the pairs' probabilities once a link has chosen partners among them; they are in the
    order of the answer then, by falling weight. A one-to-one link has left out `n_left_to_doubles` sure pairs
    of records that are linked to another record of the same person.
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
    n_left_to_doubles: int = 0

    @property
    def rule_names(self) -> list[str]:
        """What `ScoredPairs.rule` counts through."""
        return [b.rule.name for b in self.blocks.rules] if self.blocks else ["every pair"]

    def weights_of(
        self, left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]
    ) -> npt.NDArray[np.int32]:
        """Match weights of any pairs of rows; int32, 1/256 bit."""
        return self.scores_of(left, right)[0]

    def scores_of(
        self, left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint64]]:
        """Match weights of any pairs of rows, and their levels, packed."""
        weight, gamma = np.empty(len(left), np.int32), np.empty(len(left), np.uint64)
        self.scorer.score_pairs(left, right, weight, gamma)
        return weight, gamma


def check_threshold(probability: float) -> None:
    """Refuse a threshold that is no probability.

    Raises
    ------
    InputError
    """
    if not isinstance(probability, Real) or not 0 < float(probability) < 1:
        raise InputError(f"threshold_match_probability: expected between 0 and 1, got {probability!r}")


def resolve(
    sources: Sequence[Any],
    model: Model | None,
    schema: Schema | None,
    options: Options,
    steps: Steps,
    *,
    train_only: bool = False,
    labels: Any = None,
) -> Resolution:
    """Read, encode, block, train if there is no model, and score."""
    if model is not None and schema is not None and model.schema != schema:
        raise InputError("expected a model or a schema, got both, and they differ")
    with steps.step("read and encode"):
        opened, headers, records = read_records(
            sources,
            model.schema if model else schema,
            options,
            steps,
            for_index=train_only,
            learns_codes=model is None,
            marks_addresses=knows_own_addresses(model) if model else not train_only,
        )
        held = {f.name for f in records.schema.fields}
        needed = {f.name for f in model.schema.fields if not is_former_name(f)} if model else set()
        if missing := sorted(needed - held):
            raise ModelError(f"{opened[0].name}: the model needs columns for {', '.join(missing)}")
    if model is None and records.n_total_pairs < 1:
        raise TrainingError(
            f"{opened[0].name}: expected at least two records to compare, got {records.n_records}"
        )
    every_pair = records.n_total_pairs <= EVERY_PAIR
    kept = None if every_pair or train_only else _checkpoint(opened, headers, records, model, options)
    if kept and model is None:
        model = kept.model()
    with steps.step("block"):
        blocked = _block(records, kept, options, steps, trains=model is None, scores=not every_pair)
    comparisons = comparisons_of(records.schema)
    with steps.step("train"):
        frequencies = term_frequencies(records, comparisons, threads=options.n_threads)
        if model is None:
            model = _train(records, blocked, frequencies, kept, options, labels)
    comparisons = comparisons_of(model.schema)
    with steps.step("score"):
        scorer = _scorer(records, comparisons, frequencies, model)
        if train_only:
            pairs = ScoredPairs.empty()
        elif every_pair:
            pairs = score_everything(records, scorer, comparisons, floor=FLOOR, threads=options.n_threads)
        else:
            pairs = _score(records, scorer, blocked, kept, options, steps)
    blocks = blocked.blocks
    if blocks is not None:
        blocks.rules = blocks.rules[: blocked.n_rules]
        blocks.leave_files()
    if not blocked.keeps_blocks:
        give_back()
    scored = None if every_pair else blocks
    return Resolution(opened, records, model, comparisons, scored, scorer, pairs, frequencies, steps)


def _checkpoint(
    opened: list[Source],
    headers: list[dict[str, str]],
    records: EncodedRecords,
    model: Model | None,
    options: Options,
) -> Checkpoint | None:
    """Where the finished steps of this run are kept, if it is large and its sources can be told again."""
    if options.checkpoint is None or records.n_records < LEAST_RECORDS:
        return None
    chosen = {"seed": options.seed, "exclude": list(options.exclude), "sheet": options.sheet, "floor": FLOOR}
    run = fingerprint(opened, records.schema, headers, model, chosen)
    return None if run is None else Checkpoint(options.checkpoint, run)


class _Blocked(NamedTuple):
    """Blocks of the rules that score, then of those that train alone; what an earlier run has scored."""

    blocks: Blocks | None
    n_rules: int
    finished: list[ScoredPairs]
    stores_sketches: bool
    keeps_blocks: bool = True


def _block(
    records: EncodedRecords,
    kept: Checkpoint | None,
    options: Options,
    steps: Steps,
    *,
    trains: bool,
    scores: bool,
) -> _Blocked:
    """Choose the rules and build their blocks, in files where memory is short."""
    # Where every pair is scored, rules serve training alone, which learns best from likely pairs.
    rules = rules_of(records, pairs_per_record=CHOSEN_PAIRS_PER_RECORD if scores else LIKELY_PAIRS)
    if not (trains or scores):
        return _Blocked(None, len(rules), [], False)
    finished = [] if trains or kept is None else kept.rules(rules)
    family = family_rules(records.schema) if trains else ()
    every = (*rules[len(finished) :], *family)
    # As many pairs of each as if no rule were spared: what those would find, the others do.
    n_to_sample = max(len(every), len(records.schema.blocking_rules) + len(family))
    plan = plan_memory(records, len(every), limit=options.memory_limit, threads=options.n_threads)
    if not plan.keeps_blocks:
        records.move_ids(options.folder)
        give_back()
    blocks = build_blocks(
        records,
        every,
        threads=options.n_threads,
        sampled_a_rule=sampled_a_rule(n_to_sample) if trains else 0,
        n_scored=len(rules) - len(finished),
        keys_at_once=plan.keys_at_once,
        rules_at_once=plan.rules_at_once,
        folder=None if plan.keeps_blocks else options.folder,
        progress=steps.progress,
    )
    blocks.rules[:0] = [of_rule for of_rule, _ in finished]
    scored = [pairs for _, pairs in finished]
    return _Blocked(blocks, len(rules), scored, plan.stores_sketches, plan.keeps_blocks)


def _train(
    records: EncodedRecords,
    blocked: _Blocked,
    frequencies: TermFrequencies,
    kept: Checkpoint | None,
    options: Options,
    labels: Any,
) -> Model:
    # The command line imports it while records are encoded: a run starts sooner.
    from linkage.training.labels import read_labels
    from linkage.training.train import train_encoded

    assert blocked.blocks is not None
    labelled = None if labels is None else read_labels(labels, records)
    with blocked.blocks.clearing_room(options.n_threads):
        model = train_encoded(
            records, blocked.blocks, frequencies, threads=options.n_threads, seed=options.seed,
            labels=labelled, is_for_lookups=options.is_for_lookups,
        )  # fmt: skip
    if kept:
        kept.keep_model(model)
    return model


def _scorer(
    records: EncodedRecords, comparisons: list[Comparison], frequencies: TermFrequencies, model: Model
) -> Scorer:
    tables = weight_tables(model, comparisons, frequencies)
    scorer = make_scorer(
        records, comparisons, parents=tables.parents, bases=tables.bases, term_frequencies=frequencies
    )
    scorer.set_weights(tables.prior, tables.weights, tables.most, tables.weighs_rarity)
    return scorer


def _score(
    records: EncodedRecords,
    scorer: Scorer,
    blocked: _Blocked,
    kept: Checkpoint | None,
    options: Options,
    steps: Steps,
) -> ScoredPairs:
    """Score the blocks' pairs; what a checkpoint keeps of each rule is written as soon as it is found."""
    blocks = blocked.blocks
    assert blocks is not None
    return score_candidates(
        records,
        scorer,
        blocks,
        blocked.n_rules,
        floor=FLOOR,
        threads=options.n_threads,
        store_sketches=blocked.stores_sketches,
        finished=blocked.finished,
        keep=None if kept is None else lambda k, pairs: kept.keep_rule(k, blocks.rules[k], pairs),
        progress=steps.progress,
    )
