"""The examples run: the notebook, the pool in processes of its own, the service where FastAPI is there."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pyarrow.parquet as pq
import pytest

import linkage

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("examples")
    linkage.generate(made, people=2_000, seed=3)
    linkage.build_index(made / "people.idx", made / "register.parquet", threads=1).close()
    return made


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_notebook(capsys: pytest.CaptureFixture[str]) -> None:
    notebook = json.loads((EXAMPLES / "lookup.ipynb").read_text("utf-8"))
    names: dict[str, object] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            exec("".join(cell["source"]), names)
    shown = capsys.readouterr().out
    assert "match weight" in shown and "trọng số khớp" in shown


def test_the_pool(folder: Path) -> None:
    answers = folder / "answers.parquet"
    command = [
        sys.executable,
        EXAMPLES / "pool.py",
        folder / "people.idx",
        folder / "claims.parquet",
        answers,
    ]
    subprocess.run(command, check=True, timeout=120)
    with linkage.open_index(folder / "people.idx") as index:
        assert pq.read_table(answers) == index.lookup_many(pq.read_table(folder / "claims.parquet"))


def test_the_service(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    testclient = pytest.importorskip("fastapi.testclient")
    monkeypatch.setenv("INDEX", str(folder / "people.idx"))
    claim = pq.read_table(folder / "claims.parquet").to_pylist()[0]
    query = {name: claim[name] for name in ("full_name", "date_of_birth") if claim[name]}
    with testclient.TestClient(load("service").app) as client:
        found = client.post("/lookup", json=query)
        assert found.status_code == 200 and found.json()["advice"] is None
        assert set(found.json()) == {"ambiguous", "truncated", "advice", "matches"}
        advice = client.post("/lookup", json={"full_name": "Lan"}).json()["advice"]
        assert "one word" in advice["en"] and "một chữ" in advice["vi"]
        assert client.post("/verify", json=query).json()["code"] == "THIEU_SO"
        assert client.post("/lookup", json={"nickname": "x"}).status_code == 422
