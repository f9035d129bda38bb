"""Link from end to end: pairs across two tables only."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import linkage
from benchmarks.foreign import tables
from linkage import reading, resolve
from linkage.doubles import have_one_partner, of_doubles
from linkage.errors import InputError
from linkage.memory import MemoryPlan
from linkage.predict import ScoredPairs
from tests.fields.people import table

PEOPLE = table(200)
LEFT = PEOPLE.slice(0, 120)
RIGHT = pa.concat_tables([PEOPLE.slice(200), PEOPLE.slice(120, 80)])
TRUE = {(f"r{i}", f"d{i}") for i in range(20)}


def found(result):
    pairs = result.pairs.to_pylist()
    return {(p["record_id_l"], p["record_id_r"]) for p in pairs if p["match_probability"] > 0.95}


@pytest.mark.parametrize("every_pair", [0, 10**9])
def test_links_are_found_across_and_never_within(every_pair, monkeypatch):
    monkeypatch.setattr(resolve, "EVERY_PAIR", every_pair)
    inside = pa.concat_tables([LEFT, LEFT.slice(50, 5).set_column(0, "record_id", [list("abcde")])])
    result = linkage.link(inside, RIGHT, one_to_one=False)
    assert found(result) == TRUE
    left, right = (set(result.pairs[f"record_id_{side}"].to_pylist()) for side in "lr")
    assert left <= set(inside["record_id"].to_pylist())
    assert right <= set(RIGHT["record_id"].to_pylist())


def test_sides_may_be_given_in_either_order():
    there = linkage.link(LEFT, RIGHT, one_to_one=False)
    back = linkage.link(RIGHT, LEFT, one_to_one=False)
    assert {(b, a) for a, b in found(back)} == found(there) == TRUE


def test_threads_change_nothing(monkeypatch):
    monkeypatch.setattr(resolve, "EVERY_PAIR", 0)
    one, two = (linkage.link(LEFT, RIGHT, threads=t) for t in (1, 2))
    assert one.pairs.equals(two.pairs)


def test_weights_do_not_depend_on_the_order_of_the_rows():
    model = linkage.train(PEOPLE)
    random = np.random.default_rng(0)
    shuffled = (t.take(pa.array(random.permutation(len(t)))) for t in (LEFT, RIGHT))

    def weights(result):
        pairs = result.pairs.to_pylist()
        return {(p["record_id_l"], p["record_id_r"]): p["match_weight"] for p in pairs}

    straight = linkage.link(LEFT, RIGHT, model, one_to_one=False)
    assert weights(straight) == weights(linkage.link(*shuffled, model, one_to_one=False))


def test_headers_may_differ_between_the_sides():
    names = {"full_name": "Họ và tên", "date_of_birth": "Ngày sinh", "id_number": "Số CCCD"}
    renamed = RIGHT.rename_columns([names.get(c, c) for c in RIGHT.column_names])
    assert found(linkage.link(LEFT, renamed)) == TRUE


def test_a_column_of_one_side_only_is_not_compared():
    result = linkage.link(LEFT, RIGHT.drop_columns(["sex"]))
    assert found(result) == TRUE
    assert "gamma_sex" not in result.pairs.column_names


def test_each_table_is_told_how_full_it_is_and_distinct_values_stand_once():
    right = RIGHT.set_column(RIGHT.column_names.index("sex"), "sex", pa.nulls(len(RIGHT), pa.string()))
    both = linkage.link(LEFT, right, one_to_one=False).summary["inputs"]
    for entry, held in zip(both, (LEFT, right), strict=True):
        shares = {c["name"]: c["completeness"] for c in entry["columns"] if c["field"]}
        assert shares["sex"] == pytest.approx(1 - held["sex"].null_count / len(held))
        assert shares["full_name"] == 1
    for name in ("full_name", "id_number"):
        counted = [{c["name"]: c for c in entry["columns"]}[name] for entry in both]
        assert ["n_distinct" in c for c in counted] == [True, False]
        assert [c["n_unparsed"] for c in counted] == [0, 0]


@pytest.mark.parametrize("sides", [(LEFT.slice(0, 0), RIGHT), (LEFT, RIGHT.slice(0, 0))])
def test_an_empty_side_is_refused(sides):
    with pytest.raises(InputError, match="expected records to link, got none"):
        linkage.link(*sides)


def test_one_record_against_many():
    result = linkage.link(LEFT.slice(3, 1), RIGHT, linkage.train(PEOPLE))
    assert found(result) == {("r3", "d3")}
    assert result.clusters().num_rows == 1 + len(RIGHT)


def test_the_summary_is_judged_by_row_as_the_files_are_by_id(tmp_path):
    linkage.generate(tmp_path, people=800, seed=1)
    sides = [tmp_path / "register.parquet", tmp_path / "claims.parquet"]
    result = linkage.link(*sides, truth="entity")
    truths = [pq.read_table(side, columns=["record_id", "entity"]) for side in sides]
    expected = linkage.evaluate(result.pairs, truths[0], truth_right=truths[1]).to_dict()
    found = result.summary["evaluation"]
    assert json.dumps({key: found[key] for key in expected}) == json.dumps(expected)


@pytest.mark.parametrize(("between", "holds"), [(1100, False), (900, True)])
def test_second_partners_that_are_unlike_the_first_speak_for_one_partner_each(between, holds):
    asked = []

    def weights_of(left, right):
        asked.extend(zip(left.tolist(), right.tolist(), strict=True))
        return np.full(len(left), between, np.int32)

    # Records 0 to 9 have a partner each; 2 and 7 a second one, and 30 is linked to two of the left.
    left = np.array([*range(10), 2, 7, 9], np.uint32)
    right = np.array([*range(20, 30), 35, 36, 28], np.uint32)
    weight = np.array([2000] * 10 + [3000, 1900, 1800], np.int32)
    weight[0] = 100  # not sure
    none = np.zeros(len(left), np.uint64)
    pairs = ScoredPairs(left, right, weight, none, none.astype(np.uint8), len(left), [])
    resolution = SimpleNamespace(pairs=pairs, records=SimpleNamespace(n_records=40), weights_of=weights_of)
    assert all(have_one_partner(resolution, 1000)) is holds
    assert sorted(asked) == [(8, 9), (22, 35), (27, 36), (28, 29)]


@pytest.mark.parametrize("one_to_one", [True, False])
def test_the_same_links_with_little_memory(tmp_path, monkeypatch, one_to_one):
    linkage.generate(tmp_path / "data", people=800, seed=1)
    sides = [tmp_path / "data" / f"{name}.parquet" for name in ("claims", "register")]
    monkeypatch.setattr(resolve, "EVERY_PAIR", 0)
    plenty = linkage.link(*sides, one_to_one=one_to_one, truth="entity")
    monkeypatch.setattr(resolve, "plan_memory", lambda *_, **__: MemoryPlan(3, 1, False, False))
    monkeypatch.setattr(reading, "is_short", lambda *_: True)
    little = linkage.link(*sides, one_to_one=one_to_one, truth="entity", scratch=tmp_path / "data")
    assert little.resolution.records.record_ids[0].held_bytes == 0
    assert plenty.pairs.equals(little.pairs)
    assert plenty.clusters().equals(little.clusters())
    # As text, for nan is not equal to nan.
    assert json.dumps(plenty.summary["evaluation"]) == json.dumps(little.summary["evaluation"])
    assert len(list((tmp_path / "data").iterdir())) == 2


@pytest.mark.parametrize(("copies", "one_each"), [((1.0,), True), ((0.94, 0.03, 0.02, 0.01), False)])
def test_brothers_who_match_each_other_are_no_doubles(copies, one_each):
    tables.TABLES["_india"] = replace(tables.TABLES["india"], link=0.6, copies=copies)
    try:
        left, right = tables.make_table("_india")
    finally:
        del tables.TABLES["_india"]
    result = linkage.link(left.drop_columns(["entity"]), right.drop_columns(["entity"]))
    assert result.summary["one_to_one"] is one_each


@pytest.mark.parametrize("turned", [False, True])
def test_claims_of_one_person_are_no_rivals_for_their_entry_in_a_register(turned):
    random = np.random.default_rng(2)
    given, family = (np.array([f"{a}{b}{end}" for a in "bdfgklm" for b in "aeiou"]) for end in ("na", "rt"))
    n = 600
    people = {
        "given_name": random.choice(given, n), "family_name": random.choice(family, n),
        "born": [f"{y}-{m:02}-{d:02}" for y, m, d in random.integers((1940, 1, 1), (2005, 13, 29), (n, 3))],
        "truth": [f"p{k}" for k in range(n)],
    }  # fmt: skip
    register = pa.table(people)
    claims = register.take(pa.array(random.integers(0, n // 2, 900)))
    born = [day if k % 3 else None for k, day in enumerate(claims["born"].to_pylist())]
    claims = claims.set_column(2, "born", pa.array(born))
    sides = (register, claims) if turned else (claims, register)
    result, alone = (linkage.link(*sides, truth="truth", one_to_one=one) for one in (None, False))
    assert result.summary["one_to_one"] is False
    assert result.summary["one_partner"] == ["right" if turned else "left"]
    claim = result.pairs["record_id_r" if turned else "record_id_l"].to_pylist()
    assert len(claim) == len(set(claim))
    found, before = (r.summary["evaluation"]["at_probability"]["0.95"]["f1"] for r in (result, alone))
    assert found > before + 0.05
    # Each claim is with its entry where the pair holds, and alone where it does not.
    pairs, clusters = result.pairs.to_pylist(), result.clusters().to_pylist()
    named = {(r["source_dataset"], r["record_id"]): r["cluster_id"] for r in clusters}
    for pair in pairs:
        together = named["left", str(pair["record_id_l"])] == named["right", str(pair["record_id_r"])]
        assert together is (pair["match_probability"] >= 0.95)


def clusters_of(result, threshold):
    """Pairs of records that a link's clusters join, by record id."""
    joined = {}
    for row in result.clusters(threshold).to_pylist():
        joined.setdefault(row["cluster_id"], []).append((row["source_dataset"], row["record_id"]))
    assert all(len(records) <= 2 for records in joined.values())
    return {(a[1], b[1]) for a, b in (records for records in joined.values() if len(records) == 2)}


@pytest.fixture(scope="module")
def register_with_doubles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("doubles")
    linkage.generate(folder, people=800, seed=1)
    return [folder / f"{name}.parquet" for name in ("register", "claims")]


@pytest.mark.parametrize("threshold", [0.6, 0.95, 0.999])
def test_links_of_one_partner_each_are_its_clusters(register_with_doubles, threshold):
    result = linkage.link(*register_with_doubles, one_to_one=True, exclude=["phone", "id_number"])
    links = [p for p in result.pairs.to_pylist() if p["match_probability"] >= threshold]
    assert {(p["record_id_l"], p["record_id_r"]) for p in links} == clusters_of(result, threshold)
    assert len(links) > 100
    assert result.cluster_labels(threshold) is result.cluster_labels(threshold)  # of a country half a GB


def test_a_double_of_the_partner_is_no_rival(register_with_doubles):
    """Where one partner each is asked for of tables with doubles, half of the sure links were doubted."""
    result = linkage.link(*register_with_doubles, one_to_one=True)
    every = linkage.link(*register_with_doubles, one_to_one=False)
    sure, all_sure = found(result), found(every)
    assert sure <= all_sure
    assert len(sure) >= 0.99 * min(len({pair[side] for pair in all_sure}) for side in (0, 1))
    (told,) = [w["message"] for w in result.summary["warnings"] if w["code"] == "doubles"]
    assert f" {len(all_sure) - len(sure):,} sure pairs" in told
    assert not [w for w in every.summary["warnings"] if w["code"] == "doubles"]


def test_which_pairs_are_with_a_double():
    # 0 is linked to 10 and 1 to 11; 10 and 12 are one person, 0 and 1 are not.
    left, right = np.array([0, 0, 1, 1], np.uint32), np.array([10, 12, 11, 10], np.uint32)
    chosen = np.array([True, False, True, False])
    resolution = SimpleNamespace(
        pairs=SimpleNamespace(left=left, right=right),
        records=SimpleNamespace(n_records=13),
        weights_of=lambda a, b: np.where((a == 10) & (b == 12), 2000, -2000),
    )
    by_left, by_right = of_doubles(resolution, chosen, 1000)
    assert by_left.tolist() == [False, True, False, False]
    assert by_right.tolist() == [False, False, False, False]
