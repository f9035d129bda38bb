"""Queries and measures of the look-up comparison against answers counted by hand."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import ceiling, compare_lookup, lookup_linkage, peer_run, queries

ENTITIES = {"R1": 1, "R2": 2, "R2 again": 2, "R3": 3, "R4": 4, "R5": 5, "R6": 6}


def write_people(path: Path, prefix: str, entities: range) -> Path:
    n = len(entities)
    columns = {
        "record_id": [f"{prefix}{entity}" for entity in entities],
        "full_name": [f"Nguyễn Văn {entity}" for entity in entities],
        "date_of_birth": ["1980" if entity % 3 else None for entity in entities],
        "sex": ["Nam"] * n,
        "birth_province": pa.array([None] * n, pa.string()),
        "id_number": [f"{entity:012d}" for entity in entities],
        "entity": list(entities),
    }
    pq.write_table(pa.table(columns), path)
    return path


@pytest.fixture
def people(tmp_path: Path) -> tuple[Path, Path]:
    """A register of people 0 to 59 and claims of people 20 to 79, twenty of whom it does not hold."""
    register = write_people(tmp_path / "register.parquet", "R", range(60))
    return register, write_people(tmp_path / "claims.parquet", "C", range(20, 80))


def answer(query: str, records: list[str], *probabilities: float, seconds: float = 0.001) -> dict[str, Any]:
    return {
        "query_id": query,
        "record_ids": records,
        "probabilities": list(probabilities),
        "seconds": seconds,
    }


def test_roles_follow_the_register(people: tuple[Path, Path]) -> None:
    drawn = queries.draw_queries(*people, known=25, strangers=100, warmup=10)
    entities: dict[str, list[int]] = {"known": [], "stranger": [], "warmup": []}
    for row in drawn.to_pylist():
        entities[row["role"]].append(row["entity"])
    assert {role: len(of) for role, of in entities.items()} == {"known": 25, "stranger": 20, "warmup": 10}
    assert all(20 <= entity < 60 for entity in entities["known"] + entities["warmup"])
    assert sorted(entities["stranger"]) == list(range(60, 80))
    assert not set(entities["known"]) & set(entities["warmup"])


def test_the_seed_decides_the_draw(people: tuple[Path, Path]) -> None:
    def draw(seed: int) -> list[str]:
        return queries.draw_queries(*people, known=20, strangers=5, warmup=5, seed=seed)[
            "query_id"
        ].to_pylist()

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)


def test_few_claims_leave_fewer_to_warm_up(people: tuple[Path, Path]) -> None:
    """`make bench PEOPLE=50000` also asks about 500 people, of whom there are 145 claims."""
    drawn = queries.draw_queries(*people, known=35, strangers=0, warmup=200)
    roles = drawn["role"].to_pylist()
    assert roles.count("known") == 35 and roles.count("warmup") == len(roles) - 35 < 200


def test_too_few_claims_are_refused(people: tuple[Path, Path]) -> None:
    with pytest.raises(ValueError, match=r"41 claims .* found 40"):
        queries.draw_queries(*people, known=41, strangers=0, warmup=0)


def test_systems_do_not_see_the_truth(people: tuple[Path, Path], tmp_path: Path) -> None:
    seen, truth = queries.write_queries(
        queries.draw_queries(*people, known=5, strangers=5, warmup=5), tmp_path / "out"
    )
    assert set(pq.read_schema(seen).names) == set(queries.QUERY_COLUMNS)
    assert "entity" in pq.read_schema(truth).names
    copy = compare_lookup.blind_copy(people[0], tmp_path / "blind.parquet")
    assert pq.read_table(copy).equals(pq.read_table(people[0]).drop_columns(["entity"]))


def test_an_index_is_read_whole_before_look_ups_are_timed(tmp_path: Path) -> None:
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments" / "1.seg").write_bytes(b"x" * 1000)
    (tmp_path / "catalog").write_bytes(b"y" * 10)
    assert lookup_linkage.make_resident(lookup_linkage.files_of(tmp_path)) == 1010


def test_absent_fields_are_left_out() -> None:
    query = {
        "query_id": "C1",
        "full_name": "Lê An",
        "date_of_birth": None,
        "sex": "Nam",
        "birth_province": None,
    }
    assert queries.as_mapping(query) == {"full_name": "Lê An", "sex": "Nam"}


@pytest.mark.parametrize(
    ("records", "rank"),
    [(["R2", "R1"], 0), (["R1", "R2"], 1), (["R2", "R2 again", "R1"], 0), (["R3", "R4"], None), ([], None)],
)
def test_rank_is_counted_in_people(records: list[str], rank: int | None) -> None:
    assert queries.rank_of_truth({**answer("C", records), "entity": 2}, ENTITIES) == rank


def test_duplicates_of_another_do_not_push_the_right_one_down() -> None:
    assert queries.rank_of_truth({**answer("C", ["R2", "R2 again", "R1"]), "entity": 1}, ENTITIES) == 1


def test_recall_and_mistaken_certainty() -> None:
    truth = pa.table(
        {
            "query_id": ["C1", "C2", "C3", "C4", "S1", "S2", "W1"],
            "role": ["known"] * 4 + ["stranger"] * 2 + ["warmup"],
            "entity": [1, 2, 3, 4, 90, 91, 5],
        }
    )
    answers = [
        answer("C1", ["R1", "R2"], 0.999, 0.0),
        answer("C2", ["R1", "R2"], 0.995, 0.0),
        answer("C3", ["R1", "R2", "R4", "R5", "R6", "R3"], 0.5, 0.1, 0.1, 0.1, 0.1, 0.1),
        answer("C4", []),
        answer("S1", ["R1"], 0.99),
        answer("S2", ["R1"], 0.98999),
        answer("W1", ["R1"], 1.0),
    ]
    measured = queries.measure_answers(truth, pa.Table.from_pylist(answers, queries.ANSWER_SCHEMA), ENTITIES)
    known, strangers = measured["known"], measured["strangers"]
    assert (known["n"], known["recall_at_1"], known["recall_at_5"]) == (4, 0.25, 0.5)
    assert (known["n_sure"], known["n_sure_wrong"]) == (2, 1)
    assert (strangers["n"], strangers["n_sure"], strangers["sure_rate"]) == (2, 1, 0.5)


def test_who_gives_no_probability_has_no_certainty() -> None:
    truth = pa.table({"query_id": ["C1"], "role": ["known"], "entity": [1]})
    answers = pa.Table.from_pylist([answer("C1", ["R1"])], queries.ANSWER_SCHEMA)
    measured = queries.measure_answers(truth, answers, ENTITIES)
    assert measured["known"]["n_sure"] is None
    assert measured["strangers"] is None


def test_quantiles_are_latencies_that_occurred() -> None:
    latency = queries.measure_latency([n / 1000 for n in range(1000, 0, -1)])
    assert [latency[name] for name in ("p50", "p95", "p99", "p99.9", "worst")] == [500, 950, 990, 999, 1000]


@given(st.integers(1, 5000), st.data())
def test_the_interval_holds_the_share(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    low, high = queries.wilson_interval(hits, n)
    assert 0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1


def test_entities_of_answered_records_only(people: tuple[Path, Path]) -> None:
    assert queries.entities_of(people[0], ["R7", "R3", "R7"]) == {"R3": 3, "R7": 7}


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("30/05/1980", (1980, 5, 30)),
        ("1980-05-30", (1980, 5, 30)),
        ("5/1980", (1980, 5, 0)),
        ("1980", (1980, 0, 0)),
        ("30-05-80", (1980, 5, 30)),
        ("30/05/07", (2007, 5, 30)),
        ("unknown", (0, 0, 0)),
    ],
)
def test_peers_read_dates(text: str, date: tuple[int, int, int]) -> None:
    assert peer_run.read_date(text) == date


def test_peers_fold_names() -> None:
    assert peer_run.fold("  ĐẶNG  Thị-LÝ ") == "dang thi li"
    assert peer_run.fold("Nguyễn Quý Huy") == "nguyen quy huy"


class FakeIndex:
    """Looks names up by equality, and is wrong about one of them unless it searches exhaustively."""

    def lookup(self, query: dict[str, str], *, limit: int, exhaustive: bool = False) -> list[SimpleNamespace]:
        weight = 9.0 if exhaustive and query["full_name"] == "Nguyễn Văn 21" else 8.0
        record_id = "R" + query["full_name"].split()[-1]
        return [SimpleNamespace(record_id=record_id, match_probability=0.995, match_weight=weight)][:limit]


def test_the_own_side_is_asked_and_judged(
    people: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import linkage

    monkeypatch.setitem(vars(linkage), "open_index", lambda path: FakeIndex())
    drawn = queries.draw_queries(*people, known=40, strangers=0, warmup=0)
    seen, _ = queries.write_queries(drawn, tmp_path / "out")
    answers = tmp_path / "answers.parquet"
    lookup_linkage.ask(tmp_path, seen, answers, exhaustive=40)
    asked = compare_lookup.read_json(answers.with_suffix(".json"))
    assert asked["exhaustive"]["n_same"] == 39
    run = compare_lookup.judge({"name": "linkage", "ask": asked, "answers": answers}, drawn, people[0], 10)
    assert (run["known"]["n"], run["known"]["recall_at_1"], run["first"]["n"]) == (40, 1.0, 10)
    compare_lookup.add_ratios([run])
    assert run["p50_over_linkage"] == 1.0
    table = compare_lookup.markdown([run])
    assert "| ... recall@1 | 1.0000 |" in table
    assert "tantivy" not in table and "get in bulk" not in table


def test_a_first_answer_is_timed_in_a_fresh_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "linkage.py").write_text(
        "class Index:\n    def lookup(self, query, limit): return []\ndef open_index(path): return Index()\n"
    )
    monkeypatch.chdir(tmp_path)
    spent = lookup_linkage.first_start(tmp_path, "{}")
    assert set(spent) == {"import", "open", "first", "all three", "process"}
    assert 0 < spent["all three"] < spent["process"]


def test_the_data_of_a_server_in_another_folder_have_a_whole_path(tmp_path, monkeypatch):
    pytest.importorskip("psycopg")
    from benchmarks.peer_postgres import Server

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("benchmarks.peer_postgres.os.geteuid", lambda: 1)
    server = Server(Path("bench-results/data"))
    shutil.rmtree(server.socket)
    assert server.data == tmp_path / "bench-results/data"


QUERY = ("Trần Thị Hoa", "01/02/1980", "Nữ", "Hà Nội")


@pytest.mark.parametrize(
    ("right", "other", "result"),
    [
        (QUERY, QUERY, ceiling.SAME),
        (("Trần Thị Hòa", *QUERY[1:]), QUERY, ceiling.MORE),
        (QUERY, ("Trần Thị Hòa", *QUERY[1:]), ceiling.LESS),
        (("Trần Thị Hòa", *QUERY[1:]), ("Trần Thị Hóa", *QUERY[1:]), ceiling.LESS),
        ((*QUERY[:3], None), (*QUERY[:3], "Huế"), ceiling.LESS),
        ((*QUERY[:3], None), QUERY, ceiling.MORE),
        (("Trần Thị Hoa", "03/02/1980", "Nữ", "Hà Nội"), QUERY, ceiling.MORE),
        (("Trần Thị Hoa", "03/02/1980", "Nữ", "Huế"), ("Trần Thị Hoa", "1980", "Nữ", "Hà Nội"), ceiling.LESS),
    ],
)
def test_rivals_are_compared_field_by_field(
    right: tuple[str, ...], other: tuple[str, ...], result: int
) -> None:
    texts = [ceiling.read_texts(dict(zip(queries.FIELDS, of, strict=True))) for of in (QUERY, right, other)]
    assert ceiling.compare(*texts) == result


def test_the_ceiling_counts_who_is_as_good(tmp_path: Path) -> None:
    people = [  # name, date, entity; the queries are on 1, 2, 3 and 4
        ("Lê An", "01/02/1980", 1), ("Lê An", "01/02/1980", 1), ("Lê An", "01/02/1980", 11),
        ("Lê Bình", "05/1980", 2), ("Lê Cúc", "07/07/1977", 3), ("Lê Cúc", "07/07/1978", 33),
        ("Lê Đào", "08/08/1988", 4),
    ]  # fmt: skip
    rows = [
        {"full_name": name, "date_of_birth": date, "sex": "Nam", "birth_province": None, "entity": entity}
        for name, date, entity in people
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "register.parquet")
    asked = [
        {**rows[at], "query_id": str(at), "role": "known", "date_of_birth": date}
        for at, date in ((0, "01/02/1980"), (3, "1980"), (4, "07/07/1978"), (6, None))
    ]
    found = ceiling.measure_ceiling(tmp_path / "register.parquet", pa.Table.from_pylist(asked))
    assert (found["share_with_a_better_one"], found["share_with_one_as_good"]) == (0.25, 0.25)
    assert (found["recall_at_1"], found["recall_at_5"]) == ((0.5 + 1 + 0 + 1) / 4, 1.0)
