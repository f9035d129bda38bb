"""Evaluation against counting by hand."""

from itertools import combinations, product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import InputError
from linkage.evaluation import Entities, entity_codes, evaluate, partitions, score_clusters


@st.composite
def runs(draw):
    n = draw(st.integers(2, 9))
    entity = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    pairs = draw(st.lists(st.sampled_from(list(combinations(range(n), 2))), unique=True))
    weight = draw(st.lists(st.integers(-4, 9).map(float), min_size=len(pairs), max_size=len(pairs)))
    return entity, pairs, weight


def tables(entity, pairs, weight, name=str):
    truth = pa.table({"record_id": [name(i) for i in range(len(entity))], "entity": entity})
    left, right = zip(*pairs, strict=True) if pairs else ((), ())
    kind = truth["record_id"].type
    scored = pa.table(
        {
            "record_id_l": pa.array([name(i) for i in left], kind),
            "record_id_r": pa.array([name(i) for i in right], kind),
            "match_weight": pa.array(weight, pa.float64()),
        }
    )
    return scored, truth


@given(runs(), st.sampled_from([str, int]))
def test_curve_equals_counting(run, name):
    entity, pairs, weight = run
    found = evaluate(*tables(entity, pairs, weight, name))
    true_pairs = {p for p in combinations(range(len(entity)), 2) if entity[p[0]] == entity[p[1]]}
    assert found.n_true_pairs == len(true_pairs)
    assert found.curve.threshold_match_weight.tolist() == sorted(set(weight), reverse=True)
    for i, threshold in enumerate(found.curve.threshold_match_weight):
        taken = {p for p, w in zip(pairs, weight, strict=True) if w >= threshold}
        assert found.curve.n_pairs[i] == len(taken)
        assert found.curve.n_true[i] == len(taken & true_pairs)
    best = max(found.curve.f1, default=found.best.f1)
    assert found.best.f1 == pytest.approx(best)
    assert sum(tenth.n_pairs for tenth in found.calibration) == len(pairs)
    at = {p for p, w in zip(pairs, weight, strict=True) if 1 / (1 + 2**-w) >= 0.95}
    assert found.at_probability[0.95].n_true == len(at & true_pairs)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_bcubed_equals_counting(rows):
    cluster, entity = np.array(rows, np.int64).reshape(-1, 2).T
    found = score_clusters(cluster, entity)
    shares = [
        [
            np.mean([other[1 - side] == row[1 - side] for other in rows if other[side] == row[side]])
            for row in rows
        ]
        for side in (0, 1)
    ]
    precision, recall = (np.mean(share) if rows else 1.0 for share in shares)
    assert found.bcubed_precision == pytest.approx(precision)
    assert found.bcubed_recall == pytest.approx(recall)
    assert found.n_clusters == len(set(cluster.tolist()))
    assert found.n_mixed_clusters == sum(
        len({e for c, e in rows if c == one}) > 1 for one in set(cluster.tolist())
    )


def test_a_pair_in_both_directions_counts_once_with_its_highest_weight():
    pairs, truth = tables([1, 1, 2], [(0, 1), (1, 0), (1, 2)], [3.0, 5.0, 4.0])
    found = evaluate(pairs, truth)
    assert found.n_pairs == 2
    assert found.best.threshold_match_weight == 5.0
    assert found.best.f1 == 1.0


def test_a_pair_at_the_probability_asked_for_counts():
    pairs, truth = tables([1, 1, 2], [(0, 1), (1, 2)], [5.0, 4.0])
    pairs = pairs.append_column("match_probability", pa.array([0.95, 0.9499999]))
    assert evaluate(pairs, truth).at_probability[0.95].n_pairs == 1


def test_link_counts_pairs_across_only():
    left = pa.table({"record_id": [1, 2, 3], "entity": ["a", "a", "b"]})
    right = pa.table({"record_id": [1, 2], "entity": ["a", "c"]})
    pairs = pa.table({"record_id_l": [1, 3], "record_id_r": [1, 2], "match_weight": [5.0, 5.0]})
    clusters = pa.table(
        {
            "source_dataset": ["left", "left", "right"],
            "record_id": [1, 2, 1],
            "cluster_id": ["x", "y", "x"],
        }
    )
    found = evaluate(pairs, left, truth_right=right, clusters=clusters)
    assert found.n_true_pairs == 2
    assert (found.best.precision, found.best.recall) == (0.5, 0.5)
    assert found.clusters is not None
    assert found.clusters.n_clusters == 4  # x, y and the two records that clusters leave out
    assert found.clusters.bcubed_precision == 1.0


def test_records_left_out_of_clusters_stand_alone():
    pairs, truth = tables([1, 1, 1], [], [])
    clusters = pa.table({"record_id": ["0", "1"], "cluster_id": [7, 7]})
    score = evaluate(pairs, truth, clusters=clusters).clusters
    assert score is not None
    assert (score.n_clusters, score.n_split_entities) == (2, 1)
    assert score.bcubed_recall == pytest.approx(5 / 9)


def test_candidate_counts_give_the_blocking_ceiling():
    pairs, truth = tables([1, 1, 1], [(0, 1)], [5.0])
    found = evaluate(pairs, truth, n_candidate_pairs=9, n_true_candidate_pairs=2)
    assert found.pairs_completeness == pytest.approx(2 / 3)
    assert evaluate(pairs, truth).pairs_completeness == pytest.approx(1 / 3)


def test_to_dict_is_plain():
    pairs, truth = tables([1, 1, 2], [(0, 1)], [5.0])
    clusters = pa.table({"record_id": ["0"], "cluster_id": [0]})
    content = evaluate(pairs, truth, clusters=clusters).to_dict()
    assert content["at_probability"]["0.95"]["f1"] == 1.0
    assert content["clusters"]["bcubed_precision"] == 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p, t: (p.drop_columns("match_weight"), t), "expected a column match_weight"),
        (lambda p, t: (p, t.slice(1)), "record id of row 1 is not in truth"),
        (lambda p, t: (p, pa.concat_tables([t, t])), "must be unique"),
        (lambda p, t: (p.set_column(1, "record_id_r", p["record_id_l"]), t), "with itself"),
        (lambda p, t: (p.set_column(2, "match_weight", [[None, 1.0]]), t), "row 1 has no value"),
        (lambda p, t: (p.set_column(2, "match_weight", [[1.0, float("nan")]]), t), "row 2 is not a number"),
        (lambda p, t: (p.set_column(2, "match_weight", [["a", "b"]]), t), "expected numbers"),
    ],
)
def test_bad_input_says_what_and_where(change, message):
    pairs, truth = tables([1, 1, 2], [(0, 1), (1, 2)], [5.0, 4.0])
    with pytest.raises(InputError, match=message):
        evaluate(*change(pairs, truth))


def test_large_and_small_agree_on_random_products():
    rng = np.random.default_rng(5)
    entity = rng.integers(0, 40, 100)
    pairs = [p for p in product(range(100), range(100)) if p[0] < p[1]]
    weight = rng.normal(0, 3, len(pairs))
    found = evaluate(*tables(entity.tolist(), pairs, weight.tolist()))
    assert found.pairs_completeness == 1.0
    assert found.curve.recall[-1] == 1.0


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_clusters_score_the_same_as_long_and_as_short_integers(rows):
    cluster, entity = np.array(rows, np.int64).reshape(-1, 2).T
    short = score_clusters(cluster.astype(np.uint32), entity.astype(np.uint32))
    assert short == score_clusters(cluster, entity)


def test_clusters_are_scored_in_pieces(monkeypatch):
    random = np.random.default_rng(0)
    cluster, entity = random.integers(0, 40, (2, 100)).astype(np.uint32)
    whole = score_clusters(cluster, entity)
    monkeypatch.setattr(partitions, "RECORDS_AT_ONCE", 7)
    assert score_clusters(cluster, entity) == whole


ENTITIES = st.one_of(
    st.lists(st.integers(0, 6)), st.lists(st.integers(-(2**63), 2**63 - 1)), st.lists(st.text(max_size=2))
)


@given(ENTITIES, ENTITIES, st.integers(1, 4))
def test_entity_codes_tell_apart_what_differs(left, right, size):
    def read(values):
        array = pa.array(values)
        parts = [array.slice(at, size) for at in range(0, len(array), size)]
        return Entities(len(values), lambda: parts, "here")

    a, b = entity_codes(read(left), read(right))
    codes, values = [*a.tolist(), *b.tolist()], [*left, *right]
    if len({type(v) for v in values}) == 2:
        values = list(map(str, values))
    assert (len(a), len(b)) == (len(left), len(right))
    pairs = list(combinations(range(len(values)), 2))
    assert all((codes[i] == codes[j]) == (values[i] == values[j]) for i, j in pairs)


@pytest.mark.parametrize("n", [1, 3])
def test_a_truth_of_another_length_is_refused(n):
    with pytest.raises(InputError, match=r"here: expected [13] values; the table has changed"):
        entity_codes(Entities(n, lambda: [pa.array([1, 2])], "here"))


def test_a_missing_entity_is_named_by_its_row():
    with pytest.raises(InputError, match="here: row 3 has no value"):
        entity_codes(Entities(3, lambda: [pa.array([1, 2]), pa.array([None], pa.int64())], "here"))
