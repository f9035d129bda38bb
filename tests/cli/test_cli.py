"""The command line against a made-up engine: arguments, exit codes, output, files."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import linkage
from linkage.cli.app import app
from linkage.cli.options import parse_memory, parse_truth
from linkage.errors import InputError, TrainingError
from tests.cli.fake_engine import Engine

FILES = ["clusters.parquet", "model.json", "pairs.parquet", "report.html", "summary.json"]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    engine = Engine()
    engine.install(monkeypatch)
    return engine


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_dedupe_writes_the_folder(engine: Engine, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["dedupe", "register.parquet", "-o", str(out)])
    assert result.exit_code == 0, result.output
    assert names(out) == FILES
    assert "1,100,000" in result.stdout and "98,312" in result.stdout
    assert "date_of_birth & full_name.given" in result.stdout
    assert result.stderr == ""
    steps = json.loads((out / "summary.json").read_text("utf-8"))["steps"]
    assert [steps[0]["name"], steps[-1]["name"]] == ["start", "write"]
    assert "Nguyễn Văn Hùng" in _report_text(out)


def test_the_version() -> None:
    shown = CliRunner().invoke(app, ["--version"])
    assert shown.exit_code == 0
    assert shown.stdout == f"linkage {version('linkage')}\n"
    assert linkage.__version__ == version("linkage")


@pytest.mark.parametrize("module", ["linkage", "linkage.cli"])
def test_the_package_is_the_command(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"linkage {version('linkage')}\n")


def _report_text(out: Path) -> str:
    page = (out / "report.html").read_text("utf-8")
    data = page.split('id="data">')[1].split("</script>")[0]
    return json.dumps(json.loads(data), ensure_ascii=False)


def test_options_reach_the_engine(engine: Engine, tmp_path: Path) -> None:
    arguments = "dedupe r.csv -o OUT --threads 2 --memory-limit 6GiB --seed 7 --threshold 0.95"
    arguments += " --truth entity --hide-values --schema citizen"
    words = arguments.replace("OUT", str(tmp_path / "o")).split()
    assert CliRunner().invoke(app, words).exit_code == 0
    ((_, args, options),) = engine.calls
    assert args == (Path("r.csv"), None)
    assert options["threads"] == 2
    assert options["memory_limit"] == 6 * 2**30
    assert options["seed"] == 7
    assert options["threshold_match_probability"] == 0.95
    assert options["truth"] == "entity"
    assert options["hide_values"] is True
    assert options["schema"] is not None


@pytest.mark.parametrize(
    ("flag", "expected"), [([], None), (["--one-to-one"], True), (["--no-one-to-one"], False)]
)
def test_link_one_to_one(engine: Engine, tmp_path: Path, flag: list[str], expected: bool | None) -> None:
    result = CliRunner().invoke(app, ["link", "l.csv", "r.csv", "-o", str(tmp_path / "o"), *flag])
    assert result.exit_code == 0, result.output
    ((_, args, options),) = engine.calls
    assert args == (Path("l.csv"), Path("r.csv"), None)
    assert options["one_to_one"] is expected


def test_json_is_all_of_stdout(engine: Engine, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["dedupe", "r.csv", "-o", str(tmp_path / "o"), "--json"])
    summary = json.loads(result.stdout)
    assert summary["n_matched_pairs"] == 98_312
    assert result.stderr == ""
    assert summary == json.loads((tmp_path / "o" / "summary.json").read_text("utf-8"))


def test_hide_values(engine: Engine, tmp_path: Path) -> None:
    out = tmp_path / "o"
    result = CliRunner().invoke(app, ["dedupe", "r.csv", "-o", str(out), "--json", "--hide-values"])
    texts = [result.stdout, (out / "summary.json").read_text("utf-8"), _report_text(out)]
    for text in texts:
        assert "nguyễn" not in text.lower() and "31/02/1987" not in text
        assert "98312" in text


@pytest.mark.parametrize("command", ["dedupe", "train"])
@pytest.mark.parametrize(
    "error",
    [
        InputError("r.csv, column 'Ngày sinh', row 7:\nexpected a date"),
        TrainingError("10 records are too few"),
        FileNotFoundError(2, "No such file or directory", "r.csv"),
        MemoryError(),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    engine: Engine, tmp_path: Path, command: str, error: Exception
) -> None:
    engine.error = error
    result = CliRunner().invoke(app, [command, "r.csv", "-o", str(tmp_path / "o"), "--json"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("linkage: ")
    assert "Traceback" not in result.stderr
    if isinstance(error, InputError):
        assert "column 'Ngày sinh', row 7: expected a date" in result.stderr
    assert names(tmp_path) == []


def test_interrupted(engine: Engine, tmp_path: Path) -> None:
    engine.error = KeyboardInterrupt()
    result = CliRunner().invoke(app, ["dedupe", "r.csv", "-o", str(tmp_path / "o")])
    assert result.exit_code == 130
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dedupe"],
        ["dedupe", "r.csv"],
        ["dedupe", "r.csv", "-o", "o", "--memory-limit", "six"],
        ["dedupe", "r.csv", "-o", "o", "--memory-limit", "6"],
        ["dedupe", "r.csv", "-o", "o", "--threshold", "95"],
        ["dedupe", "r.csv", "-o", "o", "--threads", "0"],
        ["link", "l.csv", "-o", "o"],
        ["evaluate", "p.parquet", "--truth", "register.parquet"],
        ["discombobulate"],
    ],
)
def test_bad_arguments_exit_2(engine: Engine, arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2
    assert engine.calls == []


def test_output_is_refused_before_the_work(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        result = CliRunner().invoke(app, ["dedupe", "r.csv", "-o", str(out)])
        assert result.exit_code == 2 and "file" in result.stderr
    result = CliRunner().invoke(app, ["train", "r.csv", "-o", str(tmp_path / "no" / "m.json")])
    assert result.exit_code == 2
    assert engine.calls == []


def test_results_spare_the_tables_they_are_made_of(engine: Engine, tmp_path: Path) -> None:
    parts, pairs = tmp_path / "parts", tmp_path / "pairs.parquet"
    parts.mkdir()
    for file in (parts / "a.csv", pairs):
        file.write_text("record_id,full_name\n")
    for arguments, message in (
        (["dedupe", parts, "-o", parts], "would be read as part of"),
        (["link", pairs, parts, "-o", parts / "result"], "would be read as part of"),
        (["dedupe", pairs, "-o", tmp_path], "pairs.parquet would replace the table that is read"),
        (["train", parts / "a.csv", "-o", parts / ".." / "parts" / "a.csv"], "it is the table that is read"),
    ):
        result = CliRunner().invoke(app, [str(part) for part in arguments])
        assert result.exit_code == 2 and message in " ".join(result.stderr.split())
    assert engine.calls == []
    assert CliRunner().invoke(app, ["dedupe", str(parts / "a.csv"), "-o", str(parts)]).exit_code == 0


def test_train(engine: Engine, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["train", "r.csv", "-o", str(tmp_path / "m.json")])
    assert result.exit_code == 0, result.output
    assert "comparisons" in json.loads((tmp_path / "m.json").read_text("utf-8"))
    assert "date_of_birth" in result.stdout
    assert names(tmp_path) == ["m.json"]


def _run_folder(tmp_path: Path) -> tuple[Path, Path]:
    register = tmp_path / "register.csv"
    register.write_text("record_id,entity,name\na,1,x\nb,1,x\nc,2,y\nd,2,z\n")
    run = tmp_path / "run"
    run.mkdir()
    pairs = {"record_id_l": ["a", "b"], "record_id_r": ["b", "c"], "match_weight": [9.0, 1.0]}
    pq.write_table(pa.table({**pairs, "match_probability": [0.998, 0.67]}), run / "pairs.parquet")
    clusters = pa.table({"record_id": ["a", "b"], "cluster_id": ["a", "a"]})
    pq.write_table(clusters, run / "clusters.parquet")
    return register, run


@pytest.mark.parametrize("pairs", ["run", "run/pairs.parquet"])
def test_evaluate(tmp_path: Path, pairs: str) -> None:
    register, _ = _run_folder(tmp_path)
    arguments = ["evaluate", str(tmp_path / pairs), "--truth", f"{register}:entity"]
    measured = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)["evaluation"]
    assert measured["at_probability"]["0.95"]["precision"] == 1.0
    assert measured["at_probability"]["0.95"]["recall"] == 0.5
    assert measured["clusters"]["n_clusters"] == 3
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0 and "0.5000" in shown.stdout


def test_evaluate_of_a_register_without_ids(tmp_path: Path) -> None:
    register, run = _run_folder(tmp_path)
    register.write_text("entity,name\n1,x\n1,x\n2,y\n2,z\n")
    (run / "clusters.parquet").unlink()
    pairs = {"record_id_l": [0, 1], "record_id_r": [1, 2], "match_weight": [9.0, 1.0]}
    pq.write_table(pa.table({**pairs, "match_probability": [0.998, 0.67]}), run / "pairs.parquet")
    arguments = ["evaluate", str(run), "--truth", f"{register}:entity", "--json"]
    measured = json.loads(CliRunner().invoke(app, arguments).stdout)["evaluation"]
    assert measured["at_probability"]["0.95"]["precision"] == 1.0
    assert measured["at_probability"]["0.95"]["recall"] == 0.5
    refused = CliRunner().invoke(app, [*arguments, "--record-id", "record_id"])
    assert refused.exit_code == 2 and "no column 'record_id'" in refused.stderr


def test_evaluate_names_what_is_missing(tmp_path: Path) -> None:
    register, run = _run_folder(tmp_path)
    for truth, expected in [
        (f"{register}:person", "no column 'person'; it has record_id, entity, name"),
        (f"{register}:Entitty", "it has record_id, entity, name; did you mean 'entity'?"),
        (f"{tmp_path / 'nowhere.csv'}:entity", "no such file"),
    ]:
        result = CliRunner().invoke(app, ["evaluate", str(run), "--truth", truth])
        assert result.exit_code == 2
        assert expected in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("text", "n_bytes"),
    [("6GiB", 6 * 2**30), ("512 mib", 2**29), ("2GB", 2 * 10**9), ("77", 77), ("1.5k", 1500)],
)
def test_parse_memory(text: str, n_bytes: int) -> None:
    assert parse_memory(text) == n_bytes


@pytest.mark.parametrize("text", ["", "GiB", "-1GiB", "6 gibbons", "6GiB6"])
def test_parse_memory_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="expected a size"):
        parse_memory(text)


def test_parse_truth() -> None:
    assert parse_truth("C:/a:b/register.csv:entity") == (Path("C:/a:b/register.csv"), "entity")
    for text in ("register.csv", ":entity", "register.csv:"):
        with pytest.raises(ValueError, match="REGISTER:COLUMN"):
            parse_truth(text)


def test_help_imports_no_engine() -> None:
    code = (
        "import sys, linkage.cli.app\n"
        "heavy = {'numba', 'scipy', 'pyarrow', 'numpy', 'rich.console', 'linkage.results.result'}\n"
        "sys.exit(' '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_dedupe_imports_no_module_that_it_hardly_uses(tmp_path: Path) -> None:
    """A method of an Arrow array imports `pyarrow.compute`, and `np.unique` masked arrays: 25 and 8 ms."""
    arguments = ["generate", str(tmp_path / "g"), "--people", "9000", "--seed", "3", "--json"]
    made = json.loads(CliRunner().invoke(app, arguments).stdout)
    code = (
        "import sys; from linkage.cli.app import app\n"
        f"app(['dedupe', {made['register']!r}, '-o', {str(tmp_path / 'out')!r}], standalone_mode=False)\n"
        "print(*{'pyarrow.compute', 'numpy.ma', 'scipy'} & set(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.split() == []


def test_generate(tmp_path: Path) -> None:
    arguments = ["generate", str(tmp_path / "g"), "--people", "50", "--seed", "3"]
    made = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert pq.read_metadata(made["register"]).num_rows == made["register_records"] == 55
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0 and "seed 3" in shown.stdout
    refused = CliRunner().invoke(app, [*arguments, "--profile", "P9"])
    assert refused.exit_code == 2 and "P9" in refused.stderr


@pytest.mark.parametrize(
    ("kind", "more", "message"),
    [
        ("link", [], "these are links; expected --truth-right too"),
        ("dedupe", ["--truth-right", "register.parquet:entity"], "duplicates within one table"),
    ],
)
def test_evaluate_wants_a_truth_a_table(tmp_path: Path, kind: str, more: list[str], message: str) -> None:
    pairs = {"record_id_l": ["1"], "record_id_r": ["2"], "match_weight": [9.0], "match_probability": [0.99]}
    pq.write_table(pa.table(pairs), tmp_path / "pairs.parquet")
    (tmp_path / "summary.json").write_text(json.dumps({"kind": kind}), "utf-8")
    result = CliRunner().invoke(app, ["evaluate", str(tmp_path), "--truth", "register.parquet:entity", *more])
    assert result.exit_code == 2 and message in result.stderr
