"""Dedupe from end to end: right answers, the same on any threads and in any order of the rows."""

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import linkage
from linkage import reading, resolve
from linkage.errors import InputError, ModelError, SchemaError, TrainingError
from linkage.fields.meaning.detect import detect_schema
from linkage.grouped import voices
from linkage.memory import MemoryPlan
from linkage.tables.opening import open_source
from tests.fields.people import TRUE, matches, table

LETTERS = np.array(list("abcdefghiklmnopqrstuvxy"))


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    folder = tmp_path_factory.mktemp("register")
    linkage.generate(folder, people=5000, seed=1)
    return folder / "register.parquet"


@pytest.fixture
def blocked(monkeypatch):
    """Small tables go through the blocking rules, as large ones do."""
    monkeypatch.setattr(resolve, "EVERY_PAIR", 0)


def weights(result):
    pairs = result.pairs.to_pylist()
    ids = (frozenset((p["record_id_l"], p["record_id_r"])) for p in pairs)
    return dict(zip(ids, (p["match_weight"] for p in pairs), strict=True))


def f1(found, true):
    return 2 * len(found & true) / max(len(found) + len(true), 1)


def test_the_same_bytes_on_one_thread_and_on_two(register, blocked):
    one, two = (linkage.dedupe(register, threads=t, truth="entity") for t in (1, 2))
    assert one.pairs.equals(two.pairs)
    assert one.clusters().equals(two.clusters())
    assert one.resolution.model.to_json() == two.resolution.model.to_json()
    best = one.summary["evaluation"]["at_probability"]
    assert json.dumps(best) == json.dumps(two.summary["evaluation"]["at_probability"])


def test_the_summary_is_judged_by_row_as_the_files_are_by_id(register, blocked):
    result = linkage.dedupe(register, truth="entity")
    truth = pq.read_table(register, columns=["record_id", "entity"])
    expected = linkage.evaluate(result.pairs, truth, clusters=result.clusters()).to_dict()
    found = result.summary["evaluation"]
    # As text, for nan is not equal to nan.
    assert json.dumps({key: found[key] for key in expected}) == json.dumps(expected)
    assert result.cluster_batches().read_all().equals(result.clusters().combine_chunks())


def test_the_same_bytes_with_little_memory(register, blocked, monkeypatch, tmp_path):
    plenty = linkage.dedupe(register)
    monkeypatch.setattr(resolve, "plan_memory", lambda *_, **__: MemoryPlan(3, 1, False, False))
    monkeypatch.setattr(reading, "is_short", lambda *_: True)
    little = linkage.dedupe(register, scratch=tmp_path)
    assert little.resolution.records.record_ids[0].held_bytes == 0
    assert plenty.pairs.equals(little.pairs)
    assert plenty.clusters().equals(little.clusters())
    assert plenty.resolution.model.to_json() == little.resolution.model.to_json()
    assert plenty.summary["rules"] != []
    for a, b in zip(plenty.summary["rules"], little.summary["rules"], strict=True):
        assert {**a, "seconds": 0} == {**b, "seconds": 0}
    assert list(tmp_path.iterdir()) == []


def test_a_generated_register_without_labels(register, blocked):
    result = linkage.dedupe(register)
    records = pq.read_table(register)
    entity = dict(zip(*(records[c].to_pylist() for c in ("record_id", "entity")), strict=True))
    held = {}
    for record, person in entity.items():
        held.setdefault(person, []).append(record)
    true = {frozenset((a, b)) for ids in held.values() for i, a in enumerate(ids) for b in ids[i + 1 :]}
    assert f1(matches(result), true) > 0.97


def test_all_pairs_weigh_as_the_blocked_ones_do(blocked, monkeypatch):
    model = linkage.train(table(300))
    some = weights(linkage.dedupe(table(300), model))
    monkeypatch.setattr(resolve, "EVERY_PAIR", 10**9)
    every = weights(linkage.dedupe(table(300), model))
    assert some.items() <= every.items()
    assert {pair for pair, weight in every.items() if weight > 5} <= set(some)


def test_weights_do_not_depend_on_the_order_of_the_rows():
    model = linkage.train(table(300))
    order = pa.array(np.random.default_rng(0).permutation(330))
    assert weights(linkage.dedupe(table(300), model)) == weights(
        linkage.dedupe(table(300).take(order), model)
    )


def test_a_saved_model_gives_the_same_answer(tmp_path):
    first = linkage.dedupe(table())
    first.resolution.model.save(tmp_path / "model.json")
    again = linkage.dedupe(table(), linkage.Model.load(tmp_path / "model.json"))
    assert again.pairs.equals(first.pairs)


def test_pairs_come_once_by_falling_weight_and_clusters_hold_every_record():
    result = linkage.dedupe(table())
    assert matches(result) == TRUE
    found = result.pairs["match_weight"].to_pylist()
    assert found == sorted(found, reverse=True)
    assert len(weights(result)) == result.pairs.num_rows
    clusters = result.clusters().to_pylist()
    assert [c["record_id"] for c in clusters] == table()["record_id"].to_pylist()
    twice = {frozenset((c["record_id"], c["cluster_id"])) for c in clusters}
    assert {pair for pair in twice if len(pair) == 2} == TRUE
    codes = result.pairs["gamma_full_name"].to_pylist()
    assert min(codes) >= -1


def test_the_summary_counts_the_pairs_that_the_table_gives(register):
    result = linkage.dedupe(register, threshold_match_probability=0.9)
    given = np.count_nonzero(result.pairs["match_probability"].to_numpy() >= 0.9)
    assert result.summary["n_matched_pairs"] == given > 0


def test_the_pairs_left_out_of_the_histogram_are_those_below_its_first_edge():
    rows = pa.concat_tables([table().slice(i, 1) for i in (0, 1, 100)])
    found = linkage.dedupe(rows).summary["weights_histogram"]
    assert found["edges"][0] == -10.0
    assert 0 < sum(found["counts"]) < 3


def test_pairs_that_hold_nothing_contrary_do_not_speak_against_a_cluster():
    result = linkage.dedupe(table())
    random = np.random.default_rng(5)
    weight = random.integers(-20 * 256, 20 * 256, 2000, np.int32)
    nothing = np.zeros(2000, np.uint64)  # every field is missing on a side
    np.testing.assert_array_equal(voices(result.resolution, weight, nothing), np.maximum(weight, -4 * 256))
    other = result.resolution.comparisons
    levels = sum(1 << c.shift for c in other)  # code 1 of each field: all others
    apart = np.full(2000, levels, np.uint64)
    np.testing.assert_array_equal(voices(result.resolution, weight, apart), weight)


def test_tables_without_record_ids_number_their_rows():
    result = linkage.dedupe(table().drop_columns(["record_id"]))
    assert matches(result) == {frozenset((i, 100 + i)) for i in range(10)}


# ------------------------------------------------------------------------ what training must stand


def damaged_once(n, seed=0):
    """n people twice, each second record with exactly one field damaged."""
    random = np.random.default_rng(seed)

    def word():
        return "".join(random.choice(LETTERS, random.integers(5, 9)))

    given, family = [word() for _ in range(120)], [word() for _ in range(200)]
    rows, true = [], set()
    for i in range(n):
        day, month, year = random.integers((1, 1, 1930), (29, 13, 2010))
        row = {
            "given_name": str(random.choice(given)),
            "surname": str(random.choice(family)),
            "date_of_birth": f"{year}-{month:02}-{day:02}",
            "city": f"town {random.integers(0, 60)}",
        }
        copy = dict(row)
        field = str(random.choice(list(row)))
        if field == "date_of_birth":
            copy[field] = f"{year + int(random.integers(5, 20))}-{month % 12 + 1:02}-{day % 28 + 1:02}"
        elif field == "city":
            copy[field] = f"town {random.integers(60, 120)}"
        else:
            copy[field] = word()
        rows += [{"rec_id": f"a{i}", **row}, {"rec_id": f"b{i}", **copy}]
        true.add(frozenset((f"a{i}", f"b{i}")))
    order = random.permutation(len(rows))
    return [rows[k] for k in order], true


@pytest.mark.parametrize("is_blocked", [False, True])
def test_every_true_pair_carries_one_error(is_blocked, monkeypatch):
    monkeypatch.setattr(resolve, "EVERY_PAIR", 0 if is_blocked else 10**9)
    rows, true = damaged_once(2000)
    assert f1(matches(linkage.dedupe(rows)), true) > 0.95


def test_training_rules_that_contradict_each_other_are_noticed_and_do_no_harm():
    rows, true = damaged_once(2000)
    names = ("given_name", "surname")
    chosen = detect_schema(open_source(rows))
    assert not linkage.train(rows).training["warnings"]
    rules = (linkage.block_on("date_of_birth"), linkage.block_on(*names))
    found = linkage.dedupe(rows, schema=replace(chosen, blocking_rules=rules))
    assert f1(matches(found), true) > 0.95
    warnings = [w for w in found.summary["warnings"] if w["code"] == "training_rules_disagree"]
    # Who agrees on both names carries the error in the date or the town: that is half of them, not a quarter.
    assert [w for w in warnings if "agree on given_name & surname agree on date_of_birth" in w["message"]]
    assert all(str(word) not in w["message"] for w in warnings for row in rows[:50] for word in row.values())


@pytest.mark.parametrize("seed", [0, 1])
def test_every_true_pair_carries_one_error_and_nothing_is_shared(seed):
    rows, true = damaged_once(1000, seed)
    fields = [replace(f, shared=False) for f in detect_schema(open_source(rows)).fields]
    found = linkage.dedupe(rows, schema=linkage.Schema(tuple(fields), (), "rec_id"))
    assert f1(matches(found), true) > 0.95


@pytest.mark.parametrize("seed", [0, 1])
def test_relatives_do_not_take_the_pairs_whose_given_name_differs(seed):
    rows, true = damaged_once(1000, seed)
    result = linkage.dedupe(rows)
    ranked = sorted(weights(result).items(), key=lambda item: -item[1])
    assert f1({pair for pair, _ in ranked[: len(true)]}, true) > 0.95
    assert f1(matches(result), true) > 0.75


def test_a_table_without_duplicates_has_next_to_none():
    rows, _ = damaged_once(2000)
    firsts = [row for row in rows if row["rec_id"][0] == "a"]
    assert len(matches(linkage.dedupe(firsts))) <= 4


def test_two_records():
    rows = table().to_pylist()
    same, other = {**rows[0], "record_id": "again"}, rows[1]
    assert weights(linkage.dedupe([rows[0], same])).keys() == {frozenset(("r0", "again"))}
    assert matches(linkage.dedupe([rows[0], other])) == set()


def test_rows_that_are_all_the_same_do_not_break_it():
    rows = [{**table().to_pylist()[0], "record_id": i} for i in range(40)]
    result = linkage.dedupe(rows)
    assert result.clusters().num_rows == 40
    assert np.isfinite(result.pairs["match_weight"].to_numpy()).all()


def test_many_rows_that_are_all_the_same_are_refused():
    rows = [{**table().to_pylist()[0], "record_id": i} for i in range(60)]
    with pytest.raises(TrainingError, match="hold too little"):
        linkage.dedupe(rows)


@pytest.mark.parametrize("value", ["1990", "02/1990", "01/02/1990", "01:00:00", "nonsense"])
def test_one_date_in_every_row_says_nothing(value):
    found = matches(linkage.dedupe(table(200, date_of_birth=[value] * 220)))
    true = {frozenset((f"r{i}", f"d{i}")) for i in range(20)}
    assert found == true


# -------------------------------------------------------------------------- what does not fit


def test_a_model_needs_its_columns():
    model = linkage.train(table())
    with pytest.raises(ModelError, match="needs columns for id_number, sex"):
        linkage.dedupe(table().drop_columns(["id_number", "sex"]), model)


def test_a_schema_needs_a_column():
    schema = linkage.Schema((linkage.Field("colour", "text"),))
    with pytest.raises(SchemaError, match="none of the fields colour has a column among record_id"):
        linkage.dedupe(table(), schema=schema)


def test_the_truth_needs_a_column():
    with pytest.raises(InputError, match="no column 'nope'; it has"):
        linkage.dedupe(table(), truth="nope")


def test_excluded_columns_are_not_compared():
    compared = [item.name for item in linkage.dedupe(table(), exclude=["sex"]).resolution.comparisons]
    assert "sex" not in compared and "full_name" in compared
    assert "sex" not in [f.name for f in linkage.train(table(), exclude=["sex"]).schema.fields]
    schema = linkage.citizen_schema()
    given = linkage.dedupe(table(), schema=schema, exclude=["sex"])
    assert "sex" not in [item.name for item in given.resolution.comparisons]
    with pytest.raises(InputError, match="no column 'nope'; it has"):
        linkage.dedupe(table(), exclude=["nope"])


@pytest.mark.parametrize("batch", [3, 1 << 17])
def test_rows_come_back_with_their_clusters(monkeypatch, batch):
    monkeypatch.setattr("linkage.fields.source.BATCH", batch)
    monkeypatch.setattr("linkage.results.result.RECORDS_AT_ONCE", 7)
    rows = table().append_column("cluster_id", pa.array([None] * table().num_rows, pa.string()))
    rows = rows.set_column(
        rows.column_names.index("sex"), "sex", rows["sex"].combine_chunks().dictionary_encode()
    )
    result = linkage.dedupe(rows)
    found = result.record_batches().read_all()
    assert found.column_names == [*rows.column_names, "cluster_id 2"]
    assert found["cluster_id 2"].to_pylist() == result.clusters()["cluster_id"].to_pylist()
    assert found.drop_columns("cluster_id 2").to_pylist() == rows.to_pylist()


def test_rows_of_an_empty_table():
    nothing = linkage.dedupe(table().slice(0, 0), linkage.train(table())).record_batches().read_all()
    assert nothing.num_rows == 0 and nothing.column_names == [*table().column_names, "cluster_id"]


def test_rows_whose_parts_hold_other_types(tmp_path):
    half = table().num_rows // 2
    for name, part, note in (("a", table().slice(0, half), 1), ("b", table().slice(half), "x")):
        pq.write_table(part.append_column("note", pa.array([note] * len(part))), tmp_path / f"{name}.parquet")
    result = linkage.dedupe(tmp_path, linkage.train(table()))
    with pytest.raises(InputError, match="its parts hold values of other types"):
        result.record_batches().read_all()


def test_hidden_values_stay_hidden():
    result = linkage.dedupe(table(), hide_values=True)
    told = json.dumps([result.summary, result.examples], default=str)
    for row in table().to_pylist():
        assert row["full_name"] not in told
        assert row["id_number"] not in told


def test_what_the_report_says_of_columns_and_long_values():
    streets = [f"{i % 50} {'sehr lange ' * 30}Straße" for i in range(table().num_rows)]
    result = linkage.dedupe(table().append_column("street", pa.array(streets)), truth="sex")
    kinds = {column["name"]: column["kind"] for column in result.summary["inputs"][0]["columns"]}
    assert (kinds["record_id"], kinds["sex"], kinds["id_number"]) == ("record id", "truth", "identifier")
    fields = [field for item in result.examples for field in item["fields"]]
    values = [field[side] for field in fields for side in ("left", "right")]
    assert max(len(value) for value in values if value) == 201
    assert all(value.endswith("…") for value in values if value and len(value) > 200)


def test_a_result_that_did_not_wait_tells_the_same():
    waited, at_once = (linkage.dedupe(table(), waits=waits) for waits in (True, False))
    assert at_once.pairs.equals(waited.pairs)
    assert at_once.clusters().equals(waited.clusters())
    one, two = waited.summary, at_once.summary
    told_anew = {"created", "steps", "seconds", "peak_rss_mib"}
    assert list(one) == list(two)
    assert [one[name] for name in one if name not in told_anew] == [
        two[name] for name in two if name not in told_anew
    ]
    assert at_once.examples == waited.examples != []


def test_whoever_asks_hears_of_what_failed_meanwhile(monkeypatch):
    def fails(*_):
        raise InputError("the table is gone")

    monkeypatch.setattr("linkage.results.summary.example_pairs", fails)
    with pytest.raises(InputError, match="gone"):
        linkage.dedupe(table())
    result = linkage.dedupe(table(), waits=False)
    assert len(result.pairs)
    with pytest.raises(InputError, match="gone"):
        _ = result.summary
