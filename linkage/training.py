"""Encoded records and their blocks -> a trained Model: u by sampling, m by EM over all rules' candidates."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage._kernels.score import Scorer
from linkage.blocking.blocks import Blocks
from linkage.comparison.program import (
    Comparison,
    TermFrequencies,
    comparisons_of,
    make_scorer,
    unpack_codes,
)
from linkage.errors import InputError, TrainingError
from linkage.fields.batch import EncodedRecords
from linkage.model.em import (
    M_STRENGTH,
    U_STRENGTH,
    Estimate,
    Maximiser,
    Patterns,
    Relatives,
    choose_parents,
    fit,
    level_counts,
    posterior,
)
from linkage.model.model import LANES, ComparisonParameters, Model, layout
from linkage.model.term_frequencies import FIXED

Array = npt.NDArray[np.float64]
LOWEST = -(2**31)
PAIRS_PER_RULE = 15_000
MATCHES_A_RECORD = 0.5
LEAST_PAIRS = 600_000
RANDOM_PAIRS = 600_000
CHUNK = 200_000
RANDOM_RECORDS = 65_536
"""Random pairs are drawn among so many records: their rows and values stay in the caches."""
FIRST_PART = 4
"""A large table's first round, which only shows what differs together, looks at every fourth pattern."""
MOVED = 0.6
"""Of matches that differ in one part of the address, the share expected to differ in the next one too."""
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
    labels: Labels | None = None,
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
    scorer = make_scorer(records, comparisons, parents=no_parents, bases=bases, term_frequencies=frequencies)
    scorer.set_weights(
        np.zeros(1, np.int32),
        np.zeros((size, LANES), np.int32),
        np.zeros((len(comparisons), LANES), np.int32),
        np.zeros((len(comparisons), LANES), np.uint8),
    )
    if records.n_total_pairs <= ALL_PAIRS:
        random = candidates = _all_pairs(records, scorer)
    else:
        random = _random_pairs(records, scorer, comparisons, np.random.default_rng(seed), threads)
        candidates = _candidate_pairs(records, scorer, blocks, threads)
        if not len(candidates.left):
            candidates = random
    decided = None if labels is None else _decided(scorer, labels)
    return _estimate(
        records,
        comparisons,
        scorer,
        blocks,
        frequencies,
        random,
        candidates,
        decided,
        threads=threads,
        seed=seed,
    )


@dataclass
class Labels:
    """Pairs of rows that people decided.

    Attributes
    ----------
    left, right : uint32[n]
    score : float64[n]
        Clerical match score, 0 to 1.
    """

    left: npt.NDArray[np.uint32]
    right: npt.NDArray[np.uint32]
    score: Array


def read_labels(labels: Any, records: EncodedRecords) -> Labels:
    """Labels by record ids -> by rows.

    Raises
    ------
    InputError
        A column is missing, or a label names a record that the table does not hold.
    """
    table = pa.table(labels)
    needed = ("record_id_l", "record_id_r", "clerical_match_score")
    missing = [c for c in needed if c not in table.column_names]
    if missing:
        raise InputError(f"labels: expected columns {', '.join(needed)}, missing {', '.join(missing)}")
    ids = records.record_ids[0].cast(pa.string()).combine_chunks()
    rows: list[npt.NDArray[np.uint32]] = []
    for column in needed[:2]:
        found = pc.index_in(table.column(column).cast(pa.string()).combine_chunks(), value_set=ids)
        if found.null_count:
            row = int(np.flatnonzero(found.is_null().to_numpy(zero_copy_only=False))[0])
            raise InputError(f"labels, column {column!r}, row {row + 1}: no such record id in the table")
        rows.append(found.to_numpy(zero_copy_only=False).astype(np.uint32))
    score = table.column(needed[2]).cast(pa.float64()).to_numpy()
    if not np.all((score >= 0) & (score <= 1)):
        row = int(np.flatnonzero(~((score >= 0) & (score <= 1)))[0])
        raise InputError(f"labels, column {needed[2]!r}, row {row + 1}: expected 0 to 1")
    return Labels(rows[0], rows[1], score)


def _decided(scorer: Scorer, labels: Labels) -> _Sample:
    weight, gamma = np.empty(len(labels.left), np.int32), np.empty(len(labels.left), np.uint64)
    scorer.score_pairs(labels.left, labels.right, weight, gamma)
    return _Sample(labels.left, labels.right, gamma, labels.score)


def _labelled_m(decided: _Sample, comparisons: Sequence[Comparison], prior: list[Array]) -> list[Array]:
    """Prior expectation of m with each label's levels added: labels count as what was expected.

    The result stays a share per level; its sum grows with the labels, and with it its say against EM.
    """
    codes = unpack_codes(decided.gamma, comparisons)
    result = []
    for i, expected in enumerate(prior):
        counts = np.bincount(codes[:, i], decided.counts, minlength=len(expected) + 1)[1:]
        result.append(expected + counts / M_STRENGTH)
    return result


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
    drawn = [
        np.sort(random.integers(a, b, RANDOM_RECORDS, dtype=np.uint32))
        for a, b in ([(0, split), (split, n)] if split else [(0, n)])
    ]
    seen = [np.zeros(c.operation.n_codes, np.int64) for c in comparisons]
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        for _ in range(RANDOM_PAIRS // CHUNK):
            left = drawn[0][random.integers(0, len(drawn[0]), CHUNK)]
            right = drawn[-1][random.integers(0, len(drawn[-1]), CHUNK)]
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
        rate = min(1.0, max(PAIRS_PER_RULE, LEAST_PAIRS // len(blocks.rules)) / max(rule.n_pairs, 1))
        limit = 2**64 - 1 if rate == 1 else int(rate * 2**64)
        left, right, _, gamma, _, _ = scorer.score_blocks(
            rule.packed, blocks.keys, k, records.n_left, LOWEST, limit
        )
        return left, right, gamma, np.full(len(left), 1 / rate)

    with ThreadPoolExecutor(max(threads, 1)) as pool:
        parts = list(pool.map(draw, range(len(blocks.rules))))
    left, right, gamma, counts = (np.concatenate([p[k] for p in parts]) for k in range(4))
    return _Sample(left, right, gamma, counts)


def _patterns(sample: _Sample, scorer: Scorer, comparisons: Sequence[Comparison]) -> Patterns:
    """Each pair of a sample as a pattern of its own."""
    total, shared = np.empty(len(sample.left)), np.empty(len(sample.left))
    scorer.term_frequency_bits(sample.left, sample.right, sample.gamma, total, shared)
    return Patterns(unpack_codes(sample.gamma, comparisons), sample.counts, total, shared)


def _distinct(patterns: Patterns, gamma: npt.NDArray[np.uint64]) -> Patterns:
    """Equal patterns together, apart by half a bit of rarity."""
    half = [np.rint(r * 2).astype(np.int64) for r in (patterns.rarity, patterns.rarity_shared)]
    mixed = gamma * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= (half[0] * 4096 + half[1]).astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    _, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
    result = patterns.take(first)
    result.counts = np.bincount(inverse, patterns.counts).astype(np.float64)
    return result


def _centres(
    sample: _Sample,
    codes: npt.NDArray[np.uint8],
    weights: Array,
    records: EncodedRecords,
    comparisons: Sequence[Comparison],
    frequencies: TermFrequencies,
    average: dict[str, float],
) -> list[Array]:
    """Bits of rarity at which a level's average u holds: log2 E[1 / frequency] over strangers.

    With it the adjusted u of a level averages to u: sum over values of u(value) equals u(level).
    """
    result = []
    for i, item in enumerate(comparisons):
        out = np.zeros(item.operation.n_codes)
        table = frequencies.get(item.name)
        if table is not None:
            words = records.rows[:, records.words[item.name]]
            of_text = item.operation.name not in ("date", "category")
            whole = average[item.name]
            for code, part in enumerate((0, *item.operation.tf_parts)):
                if not part:
                    continue
                out[code] = whole
                rows = np.flatnonzero((codes[:, i] == code) & (weights > 0))
                if of_text and len(rows) >= 30:
                    a = table[words[sample.left[rows]], part - 1]
                    b = table[words[sample.right[rows]], part - 1]
                    bits = np.minimum(a, b) / FIXED
                    share = np.exp2(np.minimum(bits, np.quantile(bits, 0.99)))
                    out[code] = np.log2(np.average(share, weights=weights[rows]))
        result.append(out)
    return result


def _self_information(table: npt.NDArray[np.int16]) -> float:
    """-log2 of the chance that two random values agree, from the surprisal of each; bits."""
    surprisal = table[:, 0] if table.ndim == 2 else table
    share = np.exp2(surprisal[surprisal > 0] / -FIXED)
    return float(-np.log2(min(max(np.square(share).sum(), 1e-12), 1.0))) if len(share) else 0.0


def _agreeing_pairs(
    records: EncodedRecords, item: Comparison, blocks: Blocks, frequencies: TermFrequencies
) -> float:
    """Pairs of records whose values are equal: from a rule on the field alone, or from its frequencies."""
    for rule in blocks.rules:
        if rule.rule.keys == (item.name,) and not rule.n_refined and item.operation.name == "identifier":
            return float(rule.n_pairs)
    first = records.words[item.name]
    if item.name in frequencies and not records.n_left:
        table = frequencies[item.name]
        surprisal = table[:, 0] if table.ndim == 2 else table
        total = np.count_nonzero(records.rows[:, first])
        counts = np.rint(total * np.exp2(surprisal[surprisal > 0] / -FIXED))
        return float((counts * (counts - 1) / 2).sum())
    words = records.rows[:, first].astype(np.uint64)
    if item.operation.name == "identifier":
        words |= records.rows[:, first + 1].astype(np.uint64) << np.uint64(32)
    if records.n_left:
        a, n_a = np.unique(words[: records.n_left], return_counts=True)
        b, n_b = np.unique(words[records.n_left :], return_counts=True)
        _, at, bt = np.intersect1d(a[a != 0], b[b != 0], assume_unique=True, return_indices=True)
        return float((n_a[a != 0][at] * n_b[b != 0][bt]).sum())
    _, numbers = np.unique(words[words != 0], return_counts=True)
    return float((numbers * (numbers - 1.0) / 2).sum())


def _estimate(
    records: EncodedRecords,
    comparisons: list[Comparison],
    scorer: Scorer,
    blocks: Blocks,
    frequencies: TermFrequencies,
    random: _Sample,
    candidates: _Sample,
    decided: _Sample | None,
    *,
    threads: int,
    seed: int,
) -> Model:
    """Estimate u from the random pairs and m from the candidates.

    Three rounds for small tables: the matches among the random pairs, known after each, no longer count
    for u. What strangers agree on together (suburb and postcode) is not counted twice.
    """
    n_pairs = float(records.n_total_pairs)
    shared = [c.field.is_shared for c in comparisons]
    prior_m = [np.array(c.operation.prior) for c in comparisons]
    if decided is not None:
        prior_m = _labelled_m(decided, comparisons, prior_m)
    relatives = _relatives(comparisons)
    strangers = _patterns(random, scorer, comparisons)
    patterns = _distinct(_patterns(candidates, scorer, comparisons), candidates.gamma)
    exact = _exact_counts(records, comparisons, strangers.codes, blocks, frequencies, threads)
    average = {name: _self_information(table) for name, table in frequencies.items()}
    parents, leans = _places_in_a_chain(comparisons), [False] * len(comparisons)
    weights = np.ones(len(strangers))
    estimate: Estimate | None = None
    matches = None
    # Of a large table's random pairs next to none match: nothing to be learned from a first round.
    large = MATCHES_A_RECORD * records.n_records / n_pairs * len(random.left) < 1
    rounds = (8, 30) if large else (6, 6, 30)
    for k, iterations in enumerate(rounds):
        if estimate is not None or large:
            classes = [(strangers, weights), *([(patterns, matches)] if matches is not None else [])]
            parents, leans = choose_parents(comparisons, *classes)
        shape = Maximiser(comparisons, parents)
        if k == 0 or not large:
            centre = _centres(random, strangers.codes, weights, records, comparisons, frequencies, average)
        looked_at = patterns.every(FIRST_PART) if large and k == 0 else patterns
        estimate = fit(
            looked_at,
            _start(shape, strangers, weights, centre, prior_m, shared, relatives, records, estimate),
            shape,
            n_total_pairs=n_pairs,
            n_records=records.n_records,
            prior_m=prior_m,
            u_exact={
                i: n
                for i, n in exact.items()
                if not leans[i] or comparisons[i].operation.name == "identifier"
            },
            shared=shared,
            relatives=relatives,
            threads=threads,
            iterations=iterations,
        )
        if k + 1 < len(rounds):
            if not large:
                weights = 1 - posterior(estimate, shape, shared, relatives, strangers)
            matches = patterns.counts * posterior(estimate, shape, shared, relatives, patterns)
    assert estimate is not None
    _refuse_degenerate(estimate, shape, n_pairs)
    return _model(
        records,
        comparisons,
        shape,
        relatives,
        estimate,
        centre,
        seed,
        len(random.left),
        len(candidates.left),
    )


def _exact_counts(
    records: EncodedRecords,
    comparisons: list[Comparison],
    codes: npt.NDArray[np.uint8],
    blocks: Blocks,
    frequencies: TermFrequencies,
    threads: int,
) -> dict[int, float]:
    """Comparisons whose equal values are too rare to sample, and how many pairs agree in all."""
    rare = [
        i
        for i, item in enumerate(comparisons)
        if item.operation.name == "identifier"
        or (
            item.operation.name in ("name", "part", "text", "email", "date")
            and np.count_nonzero(codes[:, i] == item.operation.n_codes - 1) < 400
        )
    ]
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        counts = pool.map(lambda i: _agreeing_pairs(records, comparisons[i], blocks, frequencies), rare)
        return dict(zip(rare, counts, strict=True))


def _relatives(comparisons: list[Comparison]) -> list[Relatives]:
    """The ways in which different people look alike, as far as the fields show them."""
    shared = {i for i, c in enumerate(comparisons) if c.field.is_shared}
    if not shared:
        return []
    parents = frozenset(i for i in shared if comparisons[i].field.kind == "person_name")
    dates = frozenset(i for i, c in enumerate(comparisons) if c.field.kind == "date" and i not in shared)
    names = frozenset(
        i for i, c in enumerate(comparisons) if c.field.kind == "person_name" and i not in shared
    )
    narrow = frozenset(i for i in shared if comparisons[i].operation.name != "category")
    classes = [Relatives("household", apart=parents)]
    if parents:
        classes.append(Relatives("siblings"))
    if dates:
        classes.append(
            Relatives("twins", free=dates, certain=dates, most_of_relatives=0.02, most_a_record=0.012)
        )
    if names:
        classes.append(
            Relatives("namesakes", free=names, apart=parents, most_of_relatives=0.05, most_a_record=0.15)
        )
        if len(narrow) < len(shared):
            classes.append(Relatives("community", free=names, apart=narrow, any_rarity=True))
    return classes


def _places_in_a_chain(comparisons: Sequence[Comparison]) -> list[int]:
    """Parents to begin with: each field that tells the place leans on the one before it."""
    parents, last = [-1] * len(comparisons), -1
    for i, item in enumerate(comparisons):
        if item.field.is_shared and item.field.kind in ("address", "text", "category"):
            parents[i], last = last, i
    return parents


def _start(
    shape: Maximiser,
    strangers: Patterns,
    weights: Array,
    centre: list[Array],
    prior_m: list[Array],
    shared: list[bool],
    relatives: list[Relatives],
    records: EncodedRecords,
    before: Estimate | None,
) -> Estimate:
    """Where EM begins: u as sampled, m as expected of matches, relatives alike in what they share."""
    flat = [np.full(len(p), 1 / len(p)) for p in prior_m]
    u = shape.probabilities(level_counts(strangers, weights, shape), flat, U_STRENGTH)
    m, centres = np.ones(shape.size), np.zeros(shape.size)
    for i, p in enumerate(prior_m):
        shape.table(m, i)[:, 1:] = p / p.sum()
        if shared[i] and shape.parents[i] >= 0 and shared[shape.parents[i]] and len(p) > 1:
            # Who has moved differs in all that tells the place.
            moved = shape.table(m, i)[1, 1:]
            moved *= (1 - MOVED) / moved[1:].sum()
            moved[0] = MOVED
        shape.table(centres, i)[:] = centre[i]
    family = np.tile(u, (len(relatives), 1))
    for k, kind in enumerate(relatives):
        for i, is_shared in enumerate(shared):
            if (is_shared and i not in kind.apart) or i in kind.free:
                shape.table(family[k], i)[:] = shape.table(m, i)
    if before is not None:
        prior = before.prior
    else:
        few = [min(kind.most_a_record, 1.0) for kind in relatives]
        prior = np.array([0.05, *few]) * records.n_records / records.n_total_pairs
    return Estimate(m, u, centres, family, prior)


def _model(
    records: EncodedRecords,
    comparisons: list[Comparison],
    shape: Maximiser,
    relatives: list[Relatives],
    e: Estimate,
    centre: list[Array],
    seed: int,
    n_random: int,
    n_candidates: int,
) -> Model:
    parameters = []
    for i, item in enumerate(comparisons):
        family = [np.clip(shape.table(table, i), 1e-12, 1) for table in e.family]
        parameters.append(
            ComparisonParameters(
                item.name,
                comparisons[shape.parents[i]].name if shape.parents[i] >= 0 else None,
                np.clip(shape.table(e.m, i), 1e-12, 1),
                np.clip(shape.table(e.u, i), 1e-12, 1),
                np.array(family).reshape(len(relatives), *shape.table(e.m, i).shape),
                centre[i],
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


def _refuse_degenerate(e: Estimate, shape: Maximiser, n_pairs: float) -> None:
    """Refuse an estimate that would answer the same for every pair.

    Raises
    ------
    TrainingError
    """
    best = np.log2(e.prior[0])
    for i in range(len(shape.comparisons)):
        best += max(float(np.log2(shape.table(e.m, i)[:, 1:] / shape.table(e.u, i)[:, 1:]).max()), 0.0)
    if best < 0:
        raise TrainingError(
            "the fields hold too little to tell any two records for the same person: even a pair that"
            f" agrees on all of them stays at {best:.1f} bits; add fields, or a model trained elsewhere"
        )
    if e.prior[0] > 0.5 and n_pairs > 1000:
        raise TrainingError(
            f"training found {e.prior[0]:.0%} of all pairs to match: the records hardly differ in the"
            " compared fields; add fields that tell people apart"
        )


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
