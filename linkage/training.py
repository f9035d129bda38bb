"""Encoded records and their blocks -> a trained Model: u by sampling, m by EM over all rules' candidates."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage._kernels.score import Scorer
from linkage.agreeing import exact_counts
from linkage.blocking.blocks import Blocks
from linkage.comparison.program import Comparison, TermFrequencies, comparisons_of, make_scorer, unpack_codes
from linkage.errors import TrainingError
from linkage.fields.batch import EncodedRecords
from linkage.forms import expected_m, most_other_dates
from linkage.labels import Labels as Labels
from linkage.labels import decided_pairs, labelled_m
from linkage.labels import read_labels as read_labels
from linkage.model.absence import find_unpaired
from linkage.model.contradictions import Contradiction, find_contradictions
from linkage.model.dependence import choose_parents, places_in_a_chain
from linkage.model.em import fit, posterior
from linkage.model.estimate import Estimate, Known
from linkage.model.model import LANES, Model
from linkage.model.patterns import (
    U_STRENGTH,
    Maximiser,
    Patterns,
    cut_into_runs,
    level_counts,
    who_moved,
)
from linkage.model.relatives import Relatives, relatives_of
from linkage.model.roles import (
    is_of_households,
    learned_roles,
    schema_of,
    unclear_fields,
    unclear_numbers,
    with_shared,
)
from linkage.model.weights import layout
from linkage.rarity import centres_of
from linkage.samples import (
    Sample,
    all_pairs,
    candidate_pairs,
    distinct_patterns,
    pairs_with_equal,
    patterns_of,
    patterns_of_strangers,
    random_pairs,
)
from linkage.trained import as_model, refuse_degenerate

Array = npt.NDArray[np.float64]
MATCHES_A_RECORD = 0.5

FIRST_PART = 4
"""A large table's first round, which only shows what differs together, looks at every fourth pattern."""

FIRST_LOOK = (15,)
"""Iterations of the first look at what families share, where a field's kind does not tell."""

PAIRS_OF_A_KIND = 20_000
"""Random pairs that tell which classes of relatives the records can show."""

LEAST_MATCHES = 1e-3
"""Expected matches of a pattern below which it says nothing about what matches agree on together."""

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
    if numbers := _numbers_of_households(records, comparisons, scorer):
        comparisons = with_shared(comparisons, numbers)
        records.schema = schema_of(records.schema, comparisons)
        scorer = _level_scorer(records, comparisons, frequencies)
    if records.n_total_pairs <= ALL_PAIRS:
        random = candidates = all_pairs(records, scorer)
    else:
        random = random_pairs(records, scorer, comparisons, np.random.default_rng(seed), threads)
        candidates = candidate_pairs(records, scorer, comparisons, blocks, threads)
        if not len(candidates.left):
            candidates = random
    decided = None if labels is None else decided_pairs(scorer, labels)
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        seen = _Seen(records, blocks, frequencies, random, candidates, decided, pool)
        if unclear := unclear_fields(comparisons):
            every = with_shared(comparisons, unclear)
            first, shape, _, _ = _estimate(
                seen, every, _level_scorer(records, every, frequencies), [Relatives("family")], FIRST_LOOK
            )
            comparisons = learned_roles(comparisons, first, shape, float(records.n_total_pairs))
            records.schema = schema_of(records.schema, comparisons)
            scorer = _level_scorer(records, comparisons, frequencies)
        some = random.gamma[:: max(len(random.gamma) // PAIRS_OF_A_KIND, 1)].copy()
        relatives = relatives_of(comparisons, unpack_codes(some, comparisons))
        estimate, shape, centre, contradictions = _estimate(seen, comparisons, scorer, relatives)
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


def _numbers_of_households(
    records: EncodedRecords, comparisons: list[Comparison], scorer: Scorer
) -> list[int]:
    """Numbers under headers that do not tell whose they are, and that several people have."""
    shape = Maximiser(comparisons, places_in_a_chain(comparisons))
    return [
        i
        for i in unclear_numbers(comparisons)
        if is_of_households(
            unpack_codes(pairs_with_equal(records, scorer, comparisons[i].name), comparisons), shape, i
        )
    ]


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


@dataclass
class _Seen:
    """What training has to go by."""

    records: EncodedRecords
    blocks: Blocks
    frequencies: TermFrequencies
    random: Sample
    candidates: Sample
    decided: Sample | None
    pool: ThreadPoolExecutor


def _estimate(
    seen: _Seen,
    comparisons: list[Comparison],
    scorer: Scorer,
    relatives: list[Relatives],
    rounds: tuple[int, ...] = (),
) -> tuple[Estimate, Maximiser, list[Array], list[Contradiction]]:
    """Estimate u from the random pairs and m from the candidates: tables, their layout, centres of rarity.

    Also which rules' matches differ from all others'.

    Three rounds for small tables: the matches among the random pairs, known after each, no longer count
    for u. What strangers agree on together (suburb and postcode) is not counted twice.
    """
    records, frequencies, pool = seen.records, seen.frequencies, seen.pool
    random, candidates = seen.random, seen.candidates
    n_pairs = float(records.n_total_pairs)
    shared = [c.field.is_shared for c in comparisons]
    prior_m = expected_m(records, comparisons)
    if seen.decided is not None:
        prior_m = labelled_m(seen.decided, comparisons, prior_m)
    # Of a large table's random pairs next to none match: nothing to be learned from a first round.
    large = MATCHES_A_RECORD * records.n_records / n_pairs * len(random.left) < 1
    if large:
        strangers, weights = patterns_of_strangers(random, comparisons)
        codes = unpack_codes(random.gamma, comparisons)
    else:
        strangers, weights = patterns_of(random, scorer, comparisons, pool), np.ones(len(random.left))
        codes = strangers.codes
    patterns = patterns_of(candidates, scorer, comparisons, pool)
    # After the patterns, which are waited for: EM alone needs these counts, and what comes before it keeps
    # one thread busy.
    counted = exact_counts(records, comparisons, codes, seen.blocks, frequencies, pool)
    other_dates = most_other_dates(records, comparisons, codes)
    patterns = distinct_patterns(patterns, candidates.gamma)
    parents, leans = places_in_a_chain(comparisons), [False] * len(comparisons)
    estimate: Estimate | None = None
    matches = None
    exact: dict[int, tuple[float, float]] = {}
    rounds = rounds or ((8, 30) if large else (6, 6, 30))
    for k, iterations in enumerate(rounds):
        if estimate is not None or large:
            classes = [(strangers, weights), *([(patterns, matches)] if matches is not None else [])]
            parents, leans = choose_parents(comparisons, *classes, clean=large or k + 1 == len(rounds))
        shape = Maximiser(comparisons, parents)
        if k == 0 or not large:
            of_pairs = np.ones(len(random.left)) if large else weights
            centre = centres_of(random, codes, of_pairs, records, comparisons, frequencies, pool, large)
        runs = cut_into_runs(shape.entries(patterns), pool)
        exact = exact or {i: found.result() for i, found in counted.items()}
        step = FIRST_PART if large and k == 0 else 1
        known = Known(
            n_records=records.n_records,
            n_total_pairs=n_pairs,
            prior_m=prior_m,
            shared=shared,
            relatives=relatives,
            u_exact={
                i: pairs
                for i, pairs in exact.items()
                if not leans[i] or comparisons[i].operation.name == "identifier"
            },
            other_dates=other_dates,
        )
        start = _start(known, shape, strangers, weights, centre, estimate)
        # Of a large table's matches so many are sure that those EM takes in beside them do not weigh.
        estimate = fit(
            patterns.every(step), runs.every(step), start, known, shape,
            pool=pool, iterations=iterations, asks_sure=not large,
        )  # fmt: skip
        if k + 1 < len(rounds) and not large:
            of_strangers = cut_into_runs(shape.entries(strangers), pool)
            weights = 1 - posterior(estimate, known, shape, strangers, of_strangers, pool)
        matches = patterns.counts * posterior(estimate, known, shape, patterns, runs, pool)
        matches[matches < LEAST_MATCHES] = 0
        if k + 2 == len(rounds):
            comparisons = find_unpaired(comparisons, strangers, weights, patterns, matches)
    assert estimate is not None and matches is not None
    found = find_contradictions(patterns, matches, comparisons, _fields_of_rules(seen, comparisons))
    return estimate, shape, centre, found


def _fields_of_rules(seen: _Seen, comparisons: Sequence[Comparison]) -> dict[str, list[int]]:
    """The comparisons that a schema's own rules are about; chosen rules are many, and nobody's claim."""
    at = {c.name: i for i, c in enumerate(comparisons)}
    fields = {
        rule.name: [at[key.partition(".")[0]] for key in rule.keys if key.partition(".")[0] in at]
        for rule in seen.records.schema.blocking_rules
    }
    return {name: held for name, held in fields.items() if held}


def _start(
    known: Known,
    shape: Maximiser,
    strangers: Patterns,
    weights: Array,
    centre: list[Array],
    before: Estimate | None,
) -> Estimate:
    """Where EM begins: u as sampled, m as expected of matches, relatives alike in what they share."""
    flat = [np.full(len(p), 1 / len(p)) for p in known.prior_m]
    u = shape.probabilities(level_counts(strangers, weights, shape), flat, U_STRENGTH)
    m, centres = np.ones(shape.size), np.zeros(shape.size)
    for i, p in enumerate(known.prior_m):
        shape.table(m, i)[:, 1:] = p / p.sum()
        if shape.moves[i]:
            shape.table(m, i)[1, 1:] = who_moved(p / p.sum())
        shape.table(centres, i)[:] = centre[i]
    family = np.tile(u, (len(known.relatives), 1))
    for k, kind in enumerate(known.relatives):
        for i, is_shared in enumerate(known.shared):
            if (is_shared and i not in kind.apart) or i in kind.free:
                shape.table(family[k], i)[:] = shape.table(m, i)
    if before is not None:
        prior = before.prior
    else:
        few = [min(kind.most_a_record, 1.0) for kind in known.relatives]
        prior = np.array([0.05, *few]) * known.n_records / known.n_total_pairs
    return Estimate(m, u, centres, family, prior)
