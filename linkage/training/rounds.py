"""What training has to go by, and comparisons -> an estimate of u, m and relatives, in a few rounds of EM."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from linkage._kernels.score import Scorer
from linkage.blocking.blocks import Blocks
from linkage.comparison.program import Comparison, TermFrequencies, unpack_codes
from linkage.fields.batch import EncodedRecords
from linkage.model.absence import find_unpaired
from linkage.model.contradictions import Contradiction, find_contradictions
from linkage.model.dependence import OneClass, choose_parents, places_in_a_chain
from linkage.model.em import fit, posterior
from linkage.model.estimate import Estimate, Known
from linkage.model.own_addresses import given_the_name
from linkage.model.patterns import U_STRENGTH, Maximiser, Patterns, cut_into_runs, level_counts, who_moved
from linkage.model.relatives import Relatives
from linkage.training.agreeing import exact_counts
from linkage.training.forms import expected_m, most_other_dates
from linkage.training.labels import labelled_m
from linkage.training.other_names import with_other_names
from linkage.training.rarity import centres_of
from linkage.training.samples import Sample, distinct_patterns, patterns_of, patterns_of_strangers
from linkage.training.written_twice import OtherWriting

Array = npt.NDArray[np.float64]

MATCHES_A_RECORD = 0.5
"""Matches that a table holds at most, by record: they tell whether there are any among the random pairs."""

FIRST_PART = 4
"""A large table's first round, which only shows what differs together, looks at every fourth pattern."""

LEAST_MATCHES = 1e-3
"""Expected matches of a pattern below which it says nothing about what matches agree on together."""


@dataclass
class Seen:
    """What training has to go by."""

    records: EncodedRecords
    blocks: Blocks
    frequencies: TermFrequencies
    random: Sample
    candidates: Sample
    decided: Sample | None
    twice: dict[int, OtherWriting]
    pool: ThreadPoolExecutor


def estimate_in_rounds(
    seen: Seen,
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
    # Of a large table's random pairs next to none match: nothing to be learned from a first round.
    large = MATCHES_A_RECORD * records.n_records / records.n_total_pairs * len(random.left) < 1
    patterns, strangers, weights, codes = _patterns(seen, scorer, comparisons, large)
    not_matching = OneClass(strangers, weights)
    # After the patterns, which are waited for: EM alone needs these counts, and what comes before it keeps
    # one thread busy.
    counted = exact_counts(records, comparisons, codes, seen.blocks, frequencies, pool)
    known = _known(seen, comparisons, relatives, codes)
    patterns = distinct_patterns(patterns, candidates.gamma)
    twice = seen.twice
    parents, leans = places_in_a_chain(comparisons), [False] * len(comparisons)
    estimate: Estimate | None = None
    matches = None
    exact: dict[int, tuple[float, float]] = {}
    rounds = rounds or ((8, 30) if large else (6, 6, 30))
    for k, iterations in enumerate(rounds):
        if estimate is not None or large:
            classes = [not_matching, *([OneClass(patterns, matches)] if matches is not None else [])]
            parents, leans = choose_parents(
                comparisons, *classes, clean=large or k + 1 == len(rounds), alone=known.own_addresses
            )
        for i, other in twice.items():
            parents[i], leans[i] = other.of, True
        shape = Maximiser(comparisons, parents)
        if k == 0 or not large:
            of_pairs = np.ones(len(random.left)) if large else weights
            centre = centres_of(random, codes, of_pairs, records, comparisons, frequencies, pool, large)
        runs = cut_into_runs(shape.entries(patterns), pool)
        exact = exact or {i: found.result() for i, found in counted.items()}
        step = FIRST_PART if large and k == 0 else 1
        known = replace(known, u_exact=_exact_where_all_count(exact, leans, comparisons))
        start = _start(known, shape, strangers, weights, centre, twice, estimate)
        # Of a large table's matches so many are sure that those EM takes in beside them do not weigh.
        estimate = fit(
            patterns.every(step), runs.every(step), start, known, shape,
            pool=pool, iterations=iterations, asks_own=not large,
        )  # fmt: skip
        if k + 1 < len(rounds) and not large:
            of_strangers = cut_into_runs(shape.entries(strangers), pool)
            weights = 1 - posterior(estimate, known, shape, strangers, of_strangers, pool)
            not_matching = OneClass(strangers, weights)
        matches = patterns.counts * posterior(estimate, known, shape, patterns, runs, pool)
        matches[matches < LEAST_MATCHES] = 0
        if k + 2 == len(rounds) and not large:
            known = with_other_names(known, estimate, shape, patterns, matches, candidates, records)
        if k + 2 == len(rounds):
            comparisons = find_unpaired(comparisons, strangers, weights, patterns, matches)
    assert estimate is not None and matches is not None
    found = find_contradictions(patterns, matches, comparisons, _fields_of_rules(seen, comparisons))
    return estimate, shape, centre, found


def _patterns(
    seen: Seen, scorer: Scorer, comparisons: list[Comparison], large: bool
) -> tuple[Patterns, Patterns, Array, npt.NDArray[np.uint8]]:
    """Patterns of the candidates and of the random pairs; the latter's first weights for u, their codes."""
    random, pool = seen.random, seen.pool
    if not large:
        strangers = patterns_of(random, scorer, comparisons, pool)
        patterns = patterns_of(seen.candidates, scorer, comparisons, pool)
        return patterns, strangers, np.ones(len(random.left)), strangers.codes
    beside = pool.submit(patterns_of_strangers, random, comparisons)
    patterns = patterns_of(seen.candidates, scorer, comparisons, pool)
    return patterns, *beside.result(), unpack_codes(random.gamma, comparisons)


def _known(
    seen: Seen, comparisons: list[Comparison], relatives: list[Relatives], codes: npt.NDArray[np.uint8]
) -> Known:
    """What EM is given, but for counts over all records, which depend on the round's parents."""
    prior_m = expected_m(seen.records, comparisons)
    if seen.decided is not None:
        prior_m = labelled_m(seen.decided, comparisons, prior_m)
    return Known(
        n_records=seen.records.n_records,
        n_total_pairs=float(seen.records.n_total_pairs),
        prior_m=prior_m,
        shared=[c.field.is_shared for c in comparisons],
        relatives=relatives,
        u_exact={},
        other_dates=most_other_dates(seen.records, comparisons, codes),
        own_addresses={
            i: seen.records.own_addresses[item.name].agree
            for i, item in enumerate(comparisons)
            if item.name in seen.records.own_addresses
        },
    )


def _exact_where_all_count(
    exact: dict[int, tuple[float, float]], leans: list[bool], comparisons: Sequence[Comparison]
) -> dict[int, tuple[float, float]]:
    """Counts of all agreeing pairs, except where a field leans on another, which they do not know."""
    return {
        i: pairs
        for i, pairs in exact.items()
        if not leans[i] or comparisons[i].operation.name == "identifier"
    }


def _fields_of_rules(seen: Seen, comparisons: Sequence[Comparison]) -> dict[str, list[int]]:
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
    twice: dict[int, OtherWriting],
    before: Estimate | None,
) -> Estimate:
    """Where EM begins: u as sampled, m as expected of matches, relatives alike in what they share."""
    flat = [np.full(len(p), 1 / len(p)) for p in known.prior_m]
    u = shape.probabilities(level_counts(strangers, weights, shape), flat, U_STRENGTH)
    for i, other in twice.items():
        shape.table(u, i)[-1, 1:] = other.u
    m, centres = np.ones(shape.size), np.zeros(shape.size)
    for i, p in enumerate(known.prior_m):
        shape.table(m, i)[:, 1:] = p / p.sum()
        if shape.moves[i]:
            shape.table(m, i)[1, 1:] = who_moved(p / p.sum())
        shape.table(centres, i)[:] = centre[i]
    given_the_name(u, m, known, shape)
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
