"""Encoded records and their blocks -> a trained Model: u by sampling, m by EM over all rules' candidates."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from linkage._kernels.score import Scorer
from linkage.blocking.blocks import Blocks
from linkage.comparison.program import Comparison, TermFrequencies, comparisons_of, make_scorer, unpack_codes
from linkage.errors import TrainingError
from linkage.fields.batch import EncodedRecords
from linkage.model.estimate import Estimate
from linkage.model.model import LANES, Model
from linkage.model.patterns import Maximiser
from linkage.model.relatives import Relatives, relatives_of
from linkage.model.roles import (
    learned_roles,
    schema_of,
    shared_numbers,
    unclear_fields,
    unclear_numbers,
    with_shared,
)
from linkage.model.weights import layout
from linkage.training.labels import Labels, decided_pairs
from linkage.training.owners import with_owners
from linkage.training.rounds import Seen, estimate_in_rounds
from linkage.training.samples import all_pairs, candidate_pairs, random_pairs
from linkage.training.told_together import told_together
from linkage.training.trained import as_model, refuse_degenerate
from linkage.training.written_twice import said_again, written_twice

FIRST_LOOK = (15,)
"""Iterations of the first look at what families share, where a field's kind does not tell."""

PAIRS_OF_A_KIND = 20_000
"""Random pairs that tell which classes of relatives the records can show."""

ALL_PAIRS = 3_000_000
"""Below this many pairs in all, training looks at every one of them."""


def train_encoded(
    records: EncodedRecords,
    blocks: Blocks,
    frequencies: TermFrequencies,
    *,
    threads: int,
    seed: int,
    labels: Labels | None = None,
    is_for_lookups: bool = False,
) -> Model:
    """Train on encoded records.

    Parameters
    ----------
    records : EncodedRecords
    blocks : Blocks
        Of the schema's rules and of the rules that only show relatives.
    frequencies : TermFrequencies
    threads, seed : int
        The result depends on the seed, not on the threads.
    labels : Labels or None
        Decided pairs; they enter m beside the matches that EM finds.
    is_for_lookups : bool
        As of `Options`.

    Raises
    ------
    TrainingError
        The records hold too little to tell matches from strangers.
    """
    comparisons = comparisons_of(records.schema)
    if records.n_total_pairs < 1:
        raise TrainingError(f"expected at least two records to compare, got {records.n_records}")
    scorer = _level_scorer(records, comparisons, frequencies)
    if (with_roles := with_owners(records, comparisons, scorer)) != comparisons:
        comparisons = with_roles
        records.schema = schema_of(records.schema, comparisons)
        scorer = _level_scorer(records, comparisons, frequencies)
    twice = written_twice(records, comparisons, scorer)
    # A segment is being written by all fields of its schema while its model is trained.
    if not is_for_lookups and (again := said_again(records, comparisons, twice)):
        fields = [replace(f, compare=f.compare and f.name not in again) for f in records.schema.fields]
        records.schema = replace(records.schema, fields=tuple(fields))
        comparisons = comparisons_of(records.schema)
        scorer = _level_scorer(records, comparisons, frequencies)
        twice = written_twice(records, comparisons, scorer)
    if records.n_total_pairs <= ALL_PAIRS:
        random = candidates = all_pairs(records, scorer)
    else:
        random = random_pairs(records, scorer, comparisons, np.random.default_rng(seed), threads)
        candidates = candidate_pairs(records, scorer, comparisons, blocks, threads)
        if not len(candidates.left):
            candidates = random
    decided = None if labels is None else decided_pairs(scorer, labels)
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        seen = Seen(records, blocks, frequencies, random, candidates, decided, twice, pool)
        if unclear_fields(comparisons):
            comparisons = _with_roles(seen, comparisons, scorer)
            records.schema = schema_of(records.schema, comparisons)
            scorer = _level_scorer(records, comparisons, frequencies)
        some = random.gamma[:: max(len(random.gamma) // PAIRS_OF_A_KIND, 1)].copy()
        relatives = relatives_of(comparisons, unpack_codes(some, comparisons))
        estimate, shape, centre, contradictions = estimate_in_rounds(seen, comparisons, scorer, relatives)
        comparisons = list(shape.comparisons)
        records.schema = schema_of(records.schema, comparisons)
    refuse_degenerate(
        estimate, shape, records.n_records, float(records.n_total_pairs), frequencies, is_for_lookups
    )
    return as_model(
        records,
        comparisons,
        shape,
        relatives,
        estimate,
        centre,
        contradictions,
        seed,
        len(random.left),
        len(candidates.left),
    )


def _with_roles(seen: Seen, comparisons: list[Comparison], scorer: Scorer) -> list[Comparison]:
    """The comparisons, those of fields whose kind does not tell shared as a first look at families says.

    Where couples passed for matches in it, a second look has what two people differ in as a person's own.
    """
    records = seen.records
    n_pairs = float(records.n_total_pairs)
    unclear = unclear_fields(comparisons)

    def look(shared: Sequence[int]) -> tuple[Estimate, Maximiser]:
        every = with_shared(comparisons, shared)
        scorer = _level_scorer(records, every, seen.frequencies)
        return estimate_in_rounds(seen, every, scorer, [Relatives("family")], FIRST_LOOK)[:2]

    first, shape = look(unclear)
    together = told_together(records, comparisons, scorer, first, shape)
    if together:
        others = [i for i in (*unclear, *unclear_numbers(comparisons)) if i not in together]
        second, shape = look(others)
        with_numbers = shared_numbers(comparisons, second, shape)
        if (found := learned_roles(with_numbers, second, shape, n_pairs)) != with_numbers:
            return found
    return learned_roles(comparisons, first, shape, n_pairs)


def _level_scorer(
    records: EncodedRecords, comparisons: Sequence[Comparison], frequencies: TermFrequencies
) -> Scorer:
    """A scorer that tells levels and rarity; it has no weights yet."""
    no_parents = [-1] * len(comparisons)
    bases, size = layout(comparisons, no_parents)
    scorer = make_scorer(records, comparisons, parents=no_parents, bases=bases, term_frequencies=frequencies)
    scorer.set_weights(
        np.zeros(1, np.int32),
        np.zeros((size, LANES), np.int32),
        np.zeros((len(comparisons), LANES), np.int32),
        np.zeros((len(comparisons), LANES), np.uint8),
    )
    return scorer
