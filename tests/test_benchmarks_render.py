"""A run's results -> the page and its plots; needs the extra `bench`."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

from benchmarks import measure, plot_style, render, tables


def latency(p50: float) -> dict[str, float]:
    return {"p50": p50, "p95": 2 * p50, "p99": 3 * p50, "p99.9": 4 * p50, "worst": 5 * p50, "mean": p50}


def job(name: str, seconds: float, f1: float) -> dict[str, Any]:
    at = {"0.95": {"f1": f1, "precision": 1.0, "recall": f1}}
    evaluation = {"at_probability": at, "best": {"f1": f1}, "pairs_completeness": 1.0, "clusters": None}
    return {
        "name": name,
        "wall_seconds": seconds,
        "cpu_seconds": seconds,
        "peak_rss_bytes": 2**30,
        "evaluation": evaluation,
    }


@pytest.fixture
def results(tmp_path: Path) -> Path:
    out = tmp_path / "results"
    for n in (10_000, 1_000_000):
        runs = [job("linkage", n / 1e5, 0.999), job("splink", n / 1e4, 0.997)]
        for suite in ("dedupe", "link"):
            point = {"suite": suite, "n_records": n, "n_claims": n, "runs": runs, "notes": []}
            measure.save_result(out, f"{suite}-{n}", point)
        found = {"n": 10, "recall_at_1": 0.98, "recall_at_5": 0.99, "latency": latency(0.05)}
        build = {"bytes_per_record": 80.0, "process": {"wall_seconds": n / 1e5}}
        lookups = [
            {"name": name, "first": found, "known": found, "build": build, "ask": {}}
            for name in ("linkage", "tantivy fuzzy", "postgres trigram")
        ]
        notes = ["sqlite3 was not run: no such module"]
        measure.save_result(
            out, f"lookup-{n}", {"suite": "lookup", "n_records": n, "runs": lookups, "notes": notes}
        )
    classes = [{"class": "nothing", "n": 5, "latency": latency(0.01)}]
    measure.save_result(out, "tail", {"n_records": 10, "classes": classes})
    reader = {"python": "3.11.7", "has_gil": True, "processes": 1, "lookups_per_second": 1e4}
    readers = [{**reader, "threads": n, "latency": latency(0.1)} for n in (1, 2)]
    writer = {"upserts_a_commit": 1, "without": latency(0.1), "with": latency(0.11), "cost_at_p99": 0.1}
    bulk = [{"threads": n, "lookups_per_second": 2e4 * n} for n in (1, 2)]
    measure.save_result(
        out, "concurrency", {"n_records": 10, "readers": readers, "bulk": bulk, "writer": [writer]}
    )
    return out


def test_the_page_and_its_plots(results: Path, tmp_path: Path) -> None:
    found = render.read_results(results)
    assert [one["n_records"] for one in found["dedupe"]] == [10_000, 1_000_000]
    folder = tmp_path / "docs" / "benchmarks"
    drawn = render.draw(found, folder, None)
    assert drawn == {"dedupe", "link", "lookup", "tail", "concurrency", "costs"}
    for name in drawn:
        for style in ("light", "dark"):
            tree = ElementTree.parse(folder / f"{name}-{style}.svg")
            assert tree.getroot().tag.endswith("svg")
    page = render.write_page(found, drawn)
    assert "sqlite3 was not run" in page
    assert "a commit of 1 every second" in page
    assert "## Two names" not in page, "a suite that was not run leaves its section out"


def test_labels_do_not_lie_upon_each_other() -> None:
    placed = plot_style.spread([10, 10.1, 90], low=0, high=100, height=200, is_log=False)
    pixels = [2 * place for place in placed]
    assert pixels[1] - pixels[0] > 12.9
    assert placed[2] == pytest.approx(90)


def test_axes_have_round_values() -> None:
    assert plot_style.round_values(0.9, 12) == [1, 2, 5, 10]
    assert plot_style.round_values(1e-6, 1e-2) == pytest.approx([1e-6, 1e-5, 1e-4, 1e-3, 1e-2])


def test_a_program_has_one_colour() -> None:
    for style in plot_style.STYLES:
        assert plot_style.colour_of(style, "tantivy fuzzy") == plot_style.colour_of(style, "tantivy words")
        assert len(set(style.programs.values())) == len(style.programs)


@pytest.mark.parametrize(
    ("shares", "text"),
    [
        ([0.01, 0.02], "Nothing else was at work"),
        ([0.0, 0.9], "45 % of the processors busy on average, at most 90 %"),
        ([None, None], ""),
    ],
)
def test_the_page_says_whether_others_were_at_work(shares: list[float | None], text: str) -> None:
    found = {"dedupe": [{"about": {"busy_share": share}} for share in shares]}
    sentence = tables.busy_sentence(found)
    assert text in sentence
    assert bool(sentence) == bool(text)


def test_what_others_take_is_a_share() -> None:
    share = measure.busy_share(0.05)
    assert share is None or 0 <= share <= 1
