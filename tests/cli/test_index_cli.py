"""The commands of an index on a small real one: what they print, as tables and JSON, and exit codes."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import linkage
from linkage.cli.app import app


def run(*arguments: object, code: int = 0) -> Any:
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exit_code == code, result.output
    return result


def run_json(*arguments: object) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    linkage.generate(folder, people=2_000, seed=5)
    linkage.train(folder / "register.parquet", threads=1).save(folder / "model.json")
    return folder


@pytest.fixture
def index(data: Path, tmp_path: Path) -> Path:
    path = tmp_path / "people.idx"
    run("index", "build", data / "register.parquet", path, "--model", data / "model.json")
    return path


def first(data: Path) -> dict[str, str]:
    table = pq.read_table(data / "register.parquet")
    return next(r for r in table.to_pylist() if r["id_number"] and len(r["id_number"]) == 12 and r["sex"])


def form(record: dict[str, str], *names: str) -> list[str]:
    return [f"{name}={record[name]}" for name in names]


def test_build_and_info(data: Path, index: Path) -> None:
    found = run_json("index", "info", index)
    assert found["n_records"] == pq.read_metadata(data / "register.parquet").num_rows
    assert found["generation"] == 1
    assert f"{found['n_records']:,}" in run("index", "info", index).stdout
    assert "every byte" in run("index", "check", index).stdout


def test_an_index_that_is_there_stays(data: Path, index: Path) -> None:
    result = run("index", "build", data / "register.parquet", index, code=2)
    assert result.stderr.startswith("linkage: ") and "already exists" in result.stderr
    run("index", "build", data / "register.parquet", index, "--overwrite", "--model", data / "model.json")
    assert run_json("index", "info", index)["generation"] == 2


def test_an_index_is_a_register_like_any_other(data: Path, index: Path, tmp_path: Path) -> None:
    run("dedupe", index, "-o", tmp_path / "out", "--model", data / "model.json")
    pairs = pq.read_table(tmp_path / "out" / "pairs.parquet")
    expected = linkage.dedupe(linkage.open_index(index), linkage.Model.load(data / "model.json")).pairs
    assert len(pairs) and pairs.equals(expected)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_rows_of_a_register_with_their_clusters(data: Path, tmp_path: Path, ending: str) -> None:
    register, out = data / "register.parquet", tmp_path / "out"
    shown = run("dedupe", register, "-o", out, "--records", ending, "--exclude", "entity").stdout
    assert f"records.{ending}" in shown
    read = csv.read_csv if ending == "csv" else pq.read_table
    found = read(out / f"records.{ending}")
    assert found.column_names == [*pq.read_schema(register).names, "cluster_id"]
    expected = pq.read_table(out / "clusters.parquet")["cluster_id"].to_pylist()
    assert list(map(str, found["cluster_id"].to_pylist())) == list(map(str, expected))


def test_look_up(data: Path, index: Path) -> None:
    record = first(data)
    query = form(record, "full_name", "date_of_birth", "sex", "id_number")
    found = run_json("lookup", index, *query)
    assert found["matches"][0]["record_id"] == record["record_id"]
    assert found["matches"][0]["levels"]["id_number"] == "equal"
    assert found == run_json("lookup", index, *query, "--exhaustive") and found["unreadable"] == []
    assert run_json("lookup", index, "full_name=", "sex=Nam")["unreadable"] == ["full_name"]
    assert len(run_json("lookup", index, *query, "--limit", 1)["matches"]) == 1
    shown = run("lookup", index, *query).stdout
    assert record["record_id"] in shown and record["full_name"] in shown
    shown = run("lookup", index, f"Họ và tên={record['full_name']}").stdout
    assert record["full_name"] in shown  # under the field's name, whatever the query calls it
    shown = run("lookup", index, "id_number=079203001234").stdout
    assert "nobody fits" in shown and "warning" not in shown
    shown = run("lookup", index, "full_name=", "Ngày sinh=hôm qua", "id_number=079203001234").stdout
    assert "warning: full_name, date_of_birth: nothing that can be read; the search went without" in shown


def test_verify_shows_no_stored_value(data: Path, index: Path) -> None:
    record = first(data)
    found = run_json("verify", index, *form(record, "id_number", "sex"), "full_name=Không Phải Tên")
    assert found["code"] == "LECH_HO_TEN" and not found["agrees"]
    assert found["fields"] == {"id_number": "match", "sex": "match", "full_name": "mismatch"}
    shown = run("verify", index, *form(record, "id_number"), "full_name=Không Phải Tên").stdout
    assert "LECH_HO_TEN: lệch họ tên / full_name differs" in shown and record["full_name"] not in shown
    shown = run("verify", index, *form(record, "id_number"), "date_of_birth=hôm qua").stdout
    assert "SAI_DINH_DANG" in shown and "không đọc được" in shown


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_verify_a_table(data: Path, index: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"verdicts.{ending}"
    found = run_json("verify", index, "--table", data / "claims.parquet", "-o", out)
    claims = pq.read_table(data / "claims.parquet")
    assert found["n_forms"] == len(claims) == sum(found["codes"].values())
    verdicts = pq.read_table(out) if ending == "parquet" else csv.read_csv(out)
    assert verdicts["record_id"].to_pylist() == claims["record_id"].to_pylist()
    assert Counter(verdicts["code"].to_pylist()) == found["codes"]
    shown = run("verify", index, "--table", data / "claims.parquet", "-o", out).stdout
    assert "KHOP_CHUAN_HOA" in shown and "khớp sau chuẩn hóa" in shown
    assert not list(tmp_path.glob(".*partial"))


@pytest.mark.parametrize(
    "arguments", [[], ["id_number=1", "--table", "x.csv", "-o", "y.csv"], ["-o", "y.csv"]]
)
def test_verify_wants_a_form_or_a_table(index: Path, arguments: list[str]) -> None:
    assert "expected a form as FIELD=VALUE" in run("verify", index, *arguments, code=2).stderr


def test_verify_writes_what_it_can(data: Path, index: Path, tmp_path: Path) -> None:
    wrong = run("verify", index, "--table", data / "claims.parquet", "-o", tmp_path / "out.xlsx", code=2)
    assert "ends with .parquet or .csv" in wrong.stderr
    run("verify", index, "--table", tmp_path / "none.parquet", "-o", tmp_path / "out.csv", code=2)
    assert not list(tmp_path.glob("*out*"))


def test_statuses_of_numbers(data: Path, index: Path, tmp_path: Path) -> None:
    record = first(data)
    table = tmp_path / "statuses.csv"
    own = record["record_id"]
    table.write_text(f"record_id,field,value,status\n{own},id_number,{record['id_number']},cancelled\n")
    run("index", "status", index, table)
    assert run_json("verify", index, *form(record, "id_number", "full_name"))["code"] == "SO_DA_HUY"
    table.write_text(f"record_id,valid_to\n{own},2026-01-02\n")
    run("index", "status", index, table)
    assert run_json("verify", index, *form(record, "id_number", "full_name"))["code"] == "DA_CHET"
    for told, message in (
        ("record_id,status\nnobody,deceased\n", "expected the id of a record"),
        (f"record_id,status\n{own},cancelled\n", "expected a field for each status but deceased"),
        (f"record_id,full_name\n{own},a\n", "expected record_id and some of field, value, status"),
        (f"record_id,status,valid_form\n{own},deceased,2026\n", "expected no column but .*got 'valid_form'"),
    ):
        table.write_text(told)
        assert re.search(message, run("index", "status", index, table, code=2).stderr)


def test_add_delete_compact(data: Path, index: Path, tmp_path: Path) -> None:
    n = run_json("index", "info", index)["n_records"]
    record = {**first(data), "record_id": "new", "full_name": "Nguyễn Thị Thử Nghiệm"}
    pq.write_table(pa.Table.from_pylist([record]), tmp_path / "new.parquet")
    assert run_json("index", "add", index, tmp_path / "new.parquet")["n_upserted"] == 1
    query = form(record, "full_name", "date_of_birth")
    assert run_json("lookup", index, *query)["matches"][0]["record_id"] == "new"
    assert "1 deleted" in run("index", "delete", index, "new").stdout
    shown = run("index", "delete", index, "new", "nobody", "nobody").stdout
    assert "0 deleted" in shown and "2 ids to delete are of no record" in shown
    assert run_json("index", "delete", index, "nobody")["n_unknown"] == 1
    (tmp_path / "more.csv").write_text("record_id,full_name,favourite_colour\nnew,Lê Thị Mới,red\n")
    assert (
        "nothing is stored of: favourite_colour" in run("index", "add", index, tmp_path / "more.csv").stdout
    )
    assert "1 deleted" in run("index", "delete", index, "new").stdout
    (tmp_path / "odd.csv").write_text("record_id,favourite_colour\nnew,red\n")
    assert "expected a column of full_name" in run("index", "add", index, tmp_path / "odd.csv", code=2).stderr
    assert all(m["record_id"] != "new" for m in run_json("lookup", index, *query)["matches"])
    assert run_json("index", "compact", index)["n_ended"] == 0
    assert run_json("index", "info", index)["n_records"] == n


def test_forms_without_any_number_are_said(index: Path, tmp_path: Path) -> None:
    nothing = pa.table({"id_number": pa.nulls(2), "full_name": pa.nulls(2)})
    pq.write_table(nothing, tmp_path / "forms.parquet")
    shown = run("verify", index, "--table", tmp_path / "forms.parquet", "-o", tmp_path / "out.csv").stdout
    assert "2 forms" in shown and "warning: no form has a number" in shown


def test_a_name_of_one_word_is_answered_and_says_what_would_narrow_it(data: Path, index: Path) -> None:
    found = run_json("lookup", index, "full_name=Lan")
    assert found["matches"] and all("Lan" in m["record"]["full_name"].split() for m in found["matches"])
    assert found["one_word"]["n_bearers"] >= len(found["matches"])
    assert "date_of_birth" in found["one_word"]["narrowed_by"]
    shown = run("lookup", index, "full_name=Lan").stdout
    assert "full_name is one word" in shown and "chỉ có một chữ" in shown
    assert run_json("lookup", index, "sex=Nam")["one_word"] is None


def test_a_lookup_whose_best_answer_is_unlikely_says_so(data: Path, index: Path) -> None:
    record = first(data)
    shown = run("lookup", index, f"full_name={record['full_name']} Xyz", "date_of_birth=1901-01-01").stdout
    assert "nobody fits" in shown or "warning: " in shown
    sure = run("lookup", index, *form(record, "id_number", "full_name", "date_of_birth")).stdout
    assert "nobody fits" not in sure and "more likely somebody else" not in sure


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["full_name"], "expected FIELD=VALUE"),
        (["=x"], "expected FIELD=VALUE"),
        (["nickname=x"], "got 'nickname'"),
        (["full_name=x", "full_name=y"], "expected each field once, got 'full_name' twice"),
    ],
)
@pytest.mark.parametrize("command", ["lookup", "verify"])
def test_bad_input_is_one_line_and_code_2(
    index: Path, command: str, arguments: list[str], message: str
) -> None:
    result = run(command, index, *arguments, code=2)
    assert message in result.stderr and result.stderr.count("\n") == 1
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["info", "check", "compact"])
def test_no_index_is_code_2(tmp_path: Path, command: str) -> None:
    assert "linkage: " in run("index", command, tmp_path / "nothing", code=2).stderr
    run("lookup", tmp_path / "nothing", "full_name=x", code=2)
