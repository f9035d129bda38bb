"""The commands of an index on a small real one: what they print, as tables and JSON, and exit codes."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
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


def test_look_up(data: Path, index: Path) -> None:
    record = first(data)
    query = form(record, "full_name", "date_of_birth", "sex", "id_number")
    found = run_json("lookup", index, *query)
    assert found["matches"][0]["record_id"] == record["record_id"]
    assert found["matches"][0]["levels"]["id_number"] == "equal"
    assert found == run_json("lookup", index, *query, "--exhaustive")
    assert len(run_json("lookup", index, *query, "--limit", 1)["matches"]) == 1
    shown = run("lookup", index, *query).stdout
    assert record["record_id"] in shown and record["full_name"] in shown
    assert "nobody fits" in run("lookup", index, "id_number=079203001234").stdout


def test_verify_shows_no_stored_value(data: Path, index: Path) -> None:
    record = first(data)
    found = run_json("verify", index, *form(record, "id_number", "sex"), "full_name=Không Phải Tên")
    assert found["code"] == "LECH_HO_TEN" and not found["agrees"]
    assert found["fields"] == {"id_number": "match", "sex": "match", "full_name": "mismatch"}
    shown = run("verify", index, *form(record, "id_number"), "full_name=Không Phải Tên").stdout
    assert "LECH_HO_TEN" in shown and record["full_name"] not in shown


def test_add_delete_compact(data: Path, index: Path, tmp_path: Path) -> None:
    n = run_json("index", "info", index)["n_records"]
    record = {**first(data), "record_id": "new", "full_name": "Nguyễn Thị Thử Nghiệm"}
    pq.write_table(pa.Table.from_pylist([record]), tmp_path / "new.parquet")
    assert run_json("index", "add", index, tmp_path / "new.parquet")["n_upserted"] == 1
    query = form(record, "full_name", "date_of_birth")
    assert run_json("lookup", index, *query)["matches"][0]["record_id"] == "new"
    assert "1 deleted" in run("index", "delete", index, "new").stdout
    assert all(m["record_id"] != "new" for m in run_json("lookup", index, *query)["matches"])
    assert run_json("index", "compact", index)["n_ended"] == 0
    assert run_json("index", "info", index)["n_records"] == n


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["full_name"], "expected FIELD=VALUE"),
        (["=x"], "expected FIELD=VALUE"),
        (["nickname=x"], "got 'nickname'"),
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
