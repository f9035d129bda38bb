"""Docs against the code: every path and name they mention exists, and the README's examples run."""

import json
import re
import tomllib
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

import linkage

ROOT = Path(__file__).resolve().parents[1]
DOCS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "benchmarks/README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
FOLDERS = ("linkage", "ext", "tests", "docs", "benchmarks", "examples", ".ci")
SOURCES = (".py", ".pyx", ".pxd", ".pyi", ".toml")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _is_run_in_place() -> bool:
    return all((ROOT / name).exists() for name in ("linkage", "ext", "docs"))


pytestmark = pytest.mark.skipif(not _is_run_in_place(), reason="the docs are not beside the tests")


def _quoted(text: str) -> list[str]:
    """What stands in backticks within running text."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.S | re.M)


def test_every_package_is_installed():
    """The list of packages is written by hand: what it lacks is missing from a wheel alone."""
    listed = tomllib.loads(_text(ROOT / "pyproject.toml"))["tool"]["setuptools"]["packages"]
    there = [p.parent.relative_to(ROOT) for p in (ROOT / "linkage").rglob("__init__.py")]
    assert sorted(listed) == sorted(".".join(p.parts) for p in there)


def _marked(text: str, marker: str) -> str:
    found = re.search(rf"<!-- {marker} -->\n(.*?)<!-- /{marker} -->", text, flags=re.S)
    assert found, f"README.md: no part between <!-- {marker} --> and <!-- /{marker} -->"
    return found.group(1)


@pytest.fixture(scope="module")
def source() -> str:
    """All source text, to look words up in."""
    files = [p for f in ("linkage", "ext", "benchmarks", "tests") for p in (ROOT / f).rglob("*")]
    files = [p for p in files if p.suffix in SOURCES and p != Path(__file__).resolve()]
    return "\n".join(
        _text(p) for p in [*files, ROOT / "setup.py", ROOT / "Makefile", ROOT / "pyproject.toml"]
    )


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_paths_exist(path: Path) -> None:
    text = _text(path)
    mentioned = [q.rstrip("/") for q in _quoted(text) if re.fullmatch(r"[\w./-]+", q)]
    paths = [q for q in mentioned if q.split("/")[0] in FOLDERS and "/" in q]
    paths += [q for q in mentioned if q in ("pyproject.toml", "setup.py", "Makefile", "README.md")]
    links = [t for t in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in t]
    missing = [p for p in paths if not (ROOT / p).exists()]
    missing += [t for t in links if not (path.parent / t).exists()]
    assert not missing, f"{path.name} mentions what is not there: {missing}"


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_public_names_exist(path: Path) -> None:
    text = _text(path)
    code = [*_quoted(text), *_blocks(text, "python")]
    names = {n for c in code for n in re.findall(r"(?<![\w./-])linkage((?:\.[A-Za-z_]\w*)+)", c)}
    missing = [n for n in sorted(names) if not _resolves(n[1:].split("."))]
    assert not missing, f"{path.name} mentions what linkage does not have: {missing}"


def _resolves(parts: list[str]) -> bool:
    found: Any = linkage
    for k, part in enumerate(parts):
        if not hasattr(found, part) and isinstance(found, ModuleType):
            try:
                import_module(".".join(["linkage", *parts[: k + 1]]))
            except ImportError:
                return False
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_identifiers_occur_in_the_code(path: Path, source: str) -> None:
    """`snake_case` and `UPPER_CASE` words are in some source file; `NAME = value` is so, word for word."""
    quoted = _quoted(_text(path))
    words = {q for q in quoted if re.fullmatch(r"_?[A-Za-z]+(_[A-Za-z0-9]+)+", q)}
    missing = [w for w in sorted(words) if not re.search(rf"\b{w}\b", source)]
    constants = {q for q in quoted if re.fullmatch(r"[A-Z_]+ = [\d_.]+", q)}
    missing += [c for c in sorted(constants) if not re.search(rf"^{re.escape(c)}$", source, re.M)]
    assert not missing, f"{path.name} mentions what no source file has: {missing}"


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_names_are_in_the_files_where_they_are_said_to_be(path: Path) -> None:
    told = re.findall(rf"`(\w+)` (?:in |\()`((?:{'|'.join(FOLDERS)})/[\w./]+\.\w+)`", _text(path))
    missing = [(name, file) for name, file in told if not re.search(rf"\b{name}\b", _text(ROOT / file))]
    assert not missing, f"{path.name}: not there: {missing}"


def test_architecture_knows_every_file() -> None:
    text = _text(ROOT / "docs" / "architecture.md")
    files = [*(ROOT / "linkage").rglob("*.py"), *(ROOT / "ext").glob("*.p[yx]*")]
    names = [p.relative_to(ROOT).as_posix() for p in files if p.suffix in (".py", ".pyx", ".pxd")]
    names = [n for n in names if n == "linkage/__init__.py" or not n.endswith("/__init__.py")]
    unknown = [n for n in sorted(names) if f"`{n}`" not in text]
    assert not unknown, f"docs/architecture.md lacks {unknown}"


def test_ten_lines_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = _blocks(_marked(_text(ROOT / "README.md"), "ten lines"), "python")
    assert len(code.splitlines()) <= 10
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(code.replace("3_000", "1_000"), "README.md", "exec"), names)
    n_pairs, n_people, n_links, n_candidates = map(int, capsys.readouterr().out.split())
    assert n_people == 1_100
    assert min(n_pairs, n_links) > 50
    assert n_candidates == 1_100 * 1_099 // 2
    columns = {"record_id_l", "record_id_r", "match_weight", "match_probability", "match_key"}
    assert columns <= set(names["pairs"].column_names)


def test_look_up_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = _text(ROOT / "README.md")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for marker in ("look-up", "change"):
        (code,) = _blocks(_marked(text, marker), "python")
        assert len(code.splitlines()) <= 11
        exec(compile(code, "README.md", "exec"), names)
    sure, ambiguous, verdict, changed = capsys.readouterr().out.splitlines()
    shown = _marked(text, "answers").strip().strip("`").strip().splitlines()
    told = "\n".join((sure, ambiguous, verdict))
    probability = r", ([01]\.\d+)\)"
    assert re.sub(probability, ")", told) == re.sub(probability, ")", "\n".join(shown))
    numbers = [[float(p) for p in re.findall(probability, text)] for text in (told, "\n".join(shown))]
    assert numbers[0] == pytest.approx(numbers[1], abs=0.002)
    assert names["index"].lookup(names["typed"])[0].match_probability > 0.99
    assert changed == "Lê Thị Mới 3301"


def test_schema_of_the_readme_loads() -> None:
    (text,) = _blocks(_marked(_text(ROOT / "README.md"), "schema"), "json")
    schema = linkage.Schema.from_dict(json.loads(text))
    assert len(text.splitlines()) <= 10
    assert len(schema.fields) == 7 and len(schema.blocking_rules) == 3


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_commands_and_options_exist(path: Path) -> None:
    from linkage.cli.app import app

    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for line in re.findall(r"^linkage (.*)$", "\n".join(_blocks(_text(path), "")), flags=re.M):
        command, *rest = line.split()
        assert command in commands, f"{path.name}: no command {command!r}"
        known = {o for p in commands[command].params for o in (*p.opts, *p.secondary_opts)}
        unknown = [w for w in rest if w.startswith("-") and w not in known]
        assert not unknown, f"{path.name}: linkage {command} has no {unknown}"


def test_numbers_are_marked() -> None:
    table = _marked(_text(ROOT / "README.md"), "numbers")
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in rows}) == 1


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^(\w+):", _text(ROOT / "Makefile"), flags=re.M))
    used = {t for p in DOCS for t in re.findall(r"`make (\w+)", _text(p))}
    assert used <= targets
