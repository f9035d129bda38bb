"""Encoded records and their blocks -> a trained Model: u by sampling, m by EM over all rules' candidates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.score import Scorer
from linkage.blocking.blocks import Blocks
from linkage.comparison.program import Comparison, TermFrequencies, comparisons_of, make_scorer, unpack_codes
from linkage.errors import TrainingError
from linkage.fields.batch import EncodedRecords
from linkage.model.em import (
    U_STRENGTH,
    Estimate,
    Maximiser,
    Patterns,
    choose_parents,
    fit,
    level_counts,
    Relatives,
    posterior,
)
from linkage.model.model import LANES, ComparisonParameters, Model, layout
from linkage.model.term_frequencies import FIXED

Array = npt.NDArray[np.float64]
LOWEST = -(2**31)
PAIRS_PER_RULE = 30_000
RANDOM_PAIRS = 1_000_000
CHUNK = 250_000
ENOUGH_PER_LEVEL = 100
ALL_PAIRS = 3_000_000
"""Below this many pairs in all, training looks at every one of them."""


@dataclass
class _Sample:
    left: npt.NDArray[np.uint32]
    right: npt.NDArray[np.uint32]
    gamma: npt.NDArray[np.uint64]
    counts: Array


def train_encoded(
    records: EncodedRecords,
    blocks: Blocks,
    frequencies: TermFrequencies,
    *,
    threads: int,
    seed: int,
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

    Raises
    ------
    TrainingError
        The records hold too little to tell matches from strangers.
    """
    comparisons = comparisons_of(records.schema)
    if records.n_total_pairs < 1:
        raise TrainingError(f"expected at least two records to compare, got {records.n_records}")
    no_parents = [-1] * len(comparisons)
    bases, size = layout(comparisons, no_parents)
    scorer = make_scorer(
        records, comparisons, parents=no_parents, bases=bases, term_frequencies=frequencies
    )
    scorer.set_weights(
        np.zeros(1, np.int32), np.zeros((size, LANES), np.int32), np.zeros(len(comparisons) + 1, np.int32)
    )
    if records.n_total_pairs <= ALL_PAIRS:
        random = candidates = _all_pairs(records, scorer)
    else:
        random = _random_pairs(records, scorer, comparisons, np.random.default_rng(seed), threads)
        candidates = _candidate_pairs(records, scorer, blocks, threads)
    return _estimate(records, comparisons, scorer, frequencies, random, candidates, seed)


def _all_pairs(records: EncodedRecords, scorer: Scorer) -> _Sample:
    n = records.n_left or records.n_records
    left, right, _, gamma, _, _ = scorer.score_all(0, n, records.n_left, LOWEST)
    return _Sample(left, right, gamma, np.ones(len(left)))


def _random_pairs(
    records: EncodedRecords,
    scorer: Scorer,
    comparisons: Sequence[Comparison],
    random: np.random.Generator,
    threads: int,
) -> _Sample:
    """Random pairs until every level that occurs at all has been seen often enough."""
    n, split = records.n_records, records.n_left
    parts: list[tuple[Any, ...]] = []
    seen = [np.zeros(c.operation.n_codes, np.int64) for c in comparisons]
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        for _ in range(RANDOM_PAIRS // CHUNK):
            left = random.integers(0, split or n, CHUNK, dtype=np.uint32)
            right = random.integers(split, n, CHUNK, dtype=np.uint32)
            keep = left != right
            left, right = left[keep], right[keep]
            gamma = _score_in_threads(scorer, left, right, pool, threads)
            parts.append((left, right, gamma))
            codes = unpack_codes(gamma, comparisons)
            for i in range(len(comparisons)):
                seen[i] += np.bincount(codes[:, i], minlength=len(seen[i]))
            if all(np.all((s == 0) | (s >= ENOUGH_PER_LEVEL)) for s in seen):
                break
    left, right, gamma = (np.concatenate([p[k] for p in parts]) for k in range(3))
    return _Sample(left, right, gamma, np.full(len(left), records.n_total_pairs / len(left)))


def _score_in_threads(
    scorer: Scorer,
    left: npt.NDArray[np.uint32],
    right: npt.NDArray[np.uint32],
    pool: ThreadPoolExecutor,
    threads: int,
) -> npt.NDArray[np.uint64]:
    gamma, weight = np.empty(len(left), np.uint64), np.empty(len(left), np.int32)
    edges = np.linspace(0, len(left), max(threads, 1) + 1).astype(np.intp)

    def score(k: int) -> None:
        part = slice(edges[k], edges[k + 1])
        scorer.score_pairs(left[part], right[part], weight[part], gamma[part])

    for _ in pool.map(score, range(len(edges) - 1)):
        pass
    return gamma


def _candidate_pairs(records: EncodedRecords, scorer: Scorer, blocks: Blocks, threads: int) -> _Sample:
    """A sample of each rule's blocks; each pair counts for those that were not drawn."""

    def draw(k: int) -> tuple[Any, ...]:
        rule = blocks.rules[k]
        rate = min(1.0, PAIRS_PER_RULE / max(rule.n_pairs, 1))
        limit = 2**64 - 1 if rate == 1 else int(rate * 2**64)
        left, right, _, gamma, _, n_seen = scorer.score_blocks(
            rule.packed, blocks.keys, k, records.n_left, LOWEST, limit
        )
        scale = rule.n_pairs / n_seen if n_seen else 1.0
        return left, right, gamma, np.full(len(left), scale)

    with ThreadPoolExecutor(max(threads, 1)) as pool:
        parts = list(pool.map(draw, range(len(blocks.rules))))
    if not sum(len(p[0]) for p in parts):
        raise TrainingError(
            "no blocking rule finds a single candidate pair; name rules that fit the data in the schema"
        )
    left, right, gamma, counts = (np.concatenate([p[k] for p in parts]) for k in range(4))
    return _Sample(left, right, gamma, counts)


def _patterns(
    sample: _Sample, scorer: Scorer, comparisons: Sequence[Comparison], centre: Array
) -> Patterns:
    """Distinct patterns of a sample, apart by half a bit of rarity."""
    total, shared = np.empty(len(sample.left)), np.empty(len(sample.left))
    fixed = np.zeros(len(comparisons) * 16, np.int32)
    for i, item in enumerate(comparisons):
        n = item.operation.n_codes
        fixed[16 * i : 16 * i + n] = np.rint(centre[16 * i : 16 * i + n] * FIXED)
    scorer.term_frequency_bits(sample.left, sample.right, sample.gamma, fixed, total, shared)
    half = np.rint(total * 2).astype(np.int64), np.rint(shared * 2).astype(np.int64)
    mixed = sample.gamma * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= (half[0] * 4096 + half[1]).astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    _, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
    return Patterns(
        unpack_codes(sample.gamma[first], comparisons),
        np.bincount(inverse, sample.counts),
        half[0][first] / 2,
        half[1][first] / 2,
    )


def _centres(
    sample: _Sample,
    weights: Array,
    records: EncodedRecords,
    comparisons: Sequence[Comparison],
    frequencies: TermFrequencies,
) -> Array:
    """Bits of rarity at which a level's average u holds: log2 E[1 / frequency] over strangers.

    With it the adjusted u of a level averages to u: sum over values of u(value) equals u(level).
    """
    codes = unpack_codes(sample.gamma, comparisons)
    out = np.zeros(len(comparisons) * 16)
    for i, item in enumerate(comparisons):
        table = frequencies.get(item.name)
        if table is None:
            continue
        words = records.rows[:, records.words[item.name]]
        whole = _self_information(words, table, item)
        for code, part in enumerate((0, *item.operation.tf_parts)):
            if not part:
                continue
            rows = np.flatnonzero((codes[:, i] == code) & (weights > 0))
            centre = whole
            if len(rows) >= 30 and item.operation.name not in ("date", "category"):
                a = table[words[sample.left[rows]], part - 1]
                b = table[words[sample.right[rows]], part - 1]
                bits = np.minimum(a, b) / FIXED
                top = np.quantile(bits, 0.99)
                share = np.exp2(np.minimum(bits, top))
                centre = float(np.log2(np.average(share, weights=weights[rows])))
            out[16 * i + code] = centre
    return out


def _self_information(words: npt.NDArray[np.uint32], table: npt.NDArray[np.int16], item: Comparison) -> float:
    """-log2 of the chance that two random values agree; bits."""
    if item.operation.name in ("date", "category"):
        _, counts = np.unique(words[words != 0], return_counts=True)
    else:
        counts = np.bincount(words, minlength=len(table))[1:]
    share = counts / max(counts.sum(), 1)
    return float(-np.log2(max(np.square(share).sum(), 1e-12)))


def _agreeing_pairs(records: EncodedRecords, item: Comparison) -> float:
    """Pairs of records whose values are equal, counted exactly."""
    first = records.words[item.name]
    words = records.rows[:, first].astype(np.uint64)
    if item.operation.name == "identifier":
        words |= records.rows[:, first + 1].astype(np.uint64) << np.uint64(32)
    if records.n_left:
        a, n_a = np.unique(words[: records.n_left], return_counts=True)
        b, n_b = np.unique(words[records.n_left :], return_counts=True)
        _, at, bt = np.intersect1d(a[a != 0], b[b != 0], assume_unique=True, return_indices=True)
        return float((n_a[a != 0][at] * n_b[b != 0][bt]).sum())
    values, counts = np.unique(words, return_counts=True)
    counts = counts[values != 0].astype(np.float64)
    return float((counts * (counts - 1) / 2).sum())


def _estimate(
    records: EncodedRecords,
    comparisons: list[Comparison],
    scorer: Scorer,
    frequencies: TermFrequencies,
    random: _Sample,
    candidates: _Sample,
    seed: int,
) -> Model:
    """u from the random pairs, m from the candidates; strangers among the random pairs are re-weighed."""
    n_pairs = float(records.n_total_pairs)
    shared = [c.field.is_shared for c in comparisons]
    prior_m = [np.array(c.operation.prior) for c in comparisons]
    parents = [-1] * len(comparisons)
    not_match = np.ones(len(random.left))
    estimate: Estimate | None = None
    relatives = _relatives(comparisons)
    exact = _exact_counts(records, comparisons, random)
    for round_ in range(3):
        shape = Maximiser(comparisons, parents)
        centre = _centres(random, not_match, records, comparisons, frequencies)
        patterns = _patterns(candidates, scorer, comparisons, centre)
        strangers = _patterns(random, scorer, comparisons, centre)
        if estimate is not None:
            strangers.counts = strangers.counts * (1 - posterior(estimate, shape, strangers))
            if round_ == 1:
                parents = choose_parents(strangers, strangers.counts / random.counts.mean(), comparisons)
                shape = Maximiser(comparisons, parents)
        estimate = fit(
            patterns,
            _start(shape, strangers, random, prior_m, shared, relatives, n_pairs, records.n_records, estimate),
            shape,
            n_total_pairs=n_pairs,
            prior_m=prior_m,
            u_exact={i: n for i, n in exact.items() if parents[i] < 0 or comparisons[i].operation.name == "identifier"},
            shared=shared,
            relatives=relatives,
            iterations=(8, 8, 25)[round_],
        )
        not_match = 1 - _posterior_of_sample(estimate, shape, random, scorer, comparisons, centre)
    assert estimate is not None
    return _model(records, comparisons, shape, relatives, estimate, centre, seed, len(random.left), len(candidates.left))


def _exact_counts(records: EncodedRecords, comparisons: list[Comparison], random: _Sample) -> dict[int, float]:
    """Comparisons whose equal values are too rare to sample, and how many pairs agree in all."""
    result = {}
    codes = unpack_codes(random.gamma, comparisons)
    for i, item in enumerate(comparisons):
        n_seen = int(np.count_nonzero(codes[:, i] == item.operation.n_codes - 1))
        if item.operation.name in ("identifier", "name", "part", "text", "email", "date") and n_seen < 400:
            result[i] = _agreeing_pairs(records, item)
    return result


def _relatives(comparisons: list[Comparison]) -> list[Relatives]:
    """The ways in which different people share what should tell them apart, as far as the fields show them."""
    shared = {i for i, c in enumerate(comparisons) if c.field.is_shared}
    if not shared:
        return []
    parents = frozenset(i for i in shared if comparisons[i].field.kind == "person_name")
    dates = frozenset(i for i, c in enumerate(comparisons) if c.field.kind == "date" and i not in shared)
    names = frozenset(i for i, c in enumerate(comparisons) if c.field.kind == "person_name" and i not in shared)
    classes = [Relatives("household", apart=parents)]
    if parents:
        classes.append(Relatives("siblings"))
    if dates:
        classes.append(Relatives("twins", free=dates))
    if names:
        classes.append(Relatives("namesakes", free=names, apart=parents))
    return classes


def _start(
    shape: Maximiser,
    strangers: Patterns,
    random: _Sample,
    prior_m: list[Array],
    shared: list[bool],
    relatives: list[Relatives],
    n_pairs: float,
    n_records: int,
    before: Estimate | None,
) -> Estimate:
    counts = level_counts(strangers, strangers.counts / random.counts.mean(), shape)
    flat = [np.full(len(p), 1 / len(p)) for p in prior_m]
    u = shape.probabilities(counts, flat, U_STRENGTH)
    m = np.ones(shape.size)
    for i, p in enumerate(prior_m):
        shape.table(m, i)[:, 1:] = p
    family = np.tile(u, (len(relatives), 1))
    for k, kind in enumerate(relatives):
        for i, is_shared in enumerate(shared):
            if (is_shared and i not in kind.apart) or i in kind.free:
                shape.table(family[k], i)[:] = shape.table(m, i)
    if before is not None:
        prior = before.prior
    else:
        few = [0.02 if kind.free else 1.0 for kind in relatives]
        prior = np.array([0.05, *few]) * n_records / n_pairs
    return Estimate(m, u, family, prior)


def _posterior_of_sample(
    e: Estimate,
    shape: Maximiser,
    sample: _Sample,
    scorer: Scorer,
    comparisons: list[Comparison],
    centre: Array,
) -> Array:
    total, shared = np.empty(len(sample.left)), np.empty(len(sample.left))
    fixed = np.rint(centre * FIXED).astype(np.int32)
    scorer.term_frequency_bits(sample.left, sample.right, sample.gamma, fixed, total, shared)
    codes = unpack_codes(sample.gamma, comparisons)
    return posterior(e, shape, Patterns(codes, sample.counts, total, shared))


def _model(
    records: EncodedRecords,
    comparisons: list[Comparison],
    shape: Maximiser,
    relatives: list[Relatives],
    e: Estimate,
    centre: Array,
    seed: int,
    n_random: int,
    n_candidates: int,
) -> Model:
    parameters = []
    for i, item in enumerate(comparisons):
        n = item.operation.n_codes
        family = [np.clip(shape.table(table, i), 1e-12, 1) for table in e.family]
        parameters.append(
            ComparisonParameters(
                item.name,
                comparisons[shape.parents[i]].name if shape.parents[i] >= 0 else None,
                np.clip(shape.table(e.m, i), 1e-12, 1),
                np.clip(shape.table(e.u, i), 1e-12, 1),
                np.array(family).reshape(len(relatives), *shape.table(e.m, i).shape),
                centre[16 * i : 16 * i + n].copy(),
            )
        )
    expected = e.prior * records.n_total_pairs
    training = {
        "seed": seed,
        "n_records": records.n_records,
        "n_random_pairs": n_random,
        "n_candidate_pairs": n_candidates,
        "expected_matches": float(expected[0]),
        "expected_relatives": {kind.name: float(n) for kind, n in zip(relatives, expected[1:], strict=True)},
        "iterations": e.iterations,
        "converged": e.converged,
        "history": e.history,
        "warnings": _warnings(float(expected[0]), e),
    }
    shares = np.minimum(e.prior, 0.5).tolist()
    kinds = {kind.name: share for kind, share in zip(relatives, shares[1:], strict=True)}
    return Model(records.schema, parameters, shares[0], kinds, training)


def _warnings(n_matches: float, e: Estimate) -> list[dict[str, str]]:
    found = []
    if n_matches < 20:
        found.append(
            {
                "code": "few_matches",
                "message": f"about {n_matches:.1f} matching pairs in the training sample: the weights rest"
                " on prior expectation more than on this data",
            }
        )
    if not e.converged:
        found.append({"code": "not_converged", "message": f"EM still moved after {e.iterations} iterations"})
    return found


Progress = Callable[[str, int, int | None], None]
