"""The report page: complete in itself, deaf to hostile values, silent about hidden ones."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.comparison import levels
from linkage.errors import InputError
from linkage.report import render_report, without_values, write_report
from linkage.schema import citizen_schema
from linkage.schema.field import KINDS
from tests.report.made_up import made_up_examples, made_up_summary

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "\"'`${1}\\",
    "\u202eevil\u2066 عبد الله",
    "\u2028\u2029\x00\ud800",
    "<img src=x onerror=alert(1)>",
    "%DATA%%SCRIPT%",
]


class Elements(HTMLParser):
    """Tags with their attributes, and the text of each script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data


def island(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found.group(1))
    return data


def test_page_loads_nothing() -> None:
    page = render_report(made_up_summary(), examples=made_up_examples())
    tags = Elements(page).tags
    for tag, attributes in tags:
        assert "src" not in attributes, tag
        assert attributes.get("href", "data:,") == "data:,", tag
    assert "@import" not in page and "url(" not in page
    # the one address in the page is the name of SVG's namespace, which nothing ever fetches
    assert set(re.findall(r"https?://[^\s\"']+", page)) == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in page


def test_policy_allows_exactly_our_script() -> None:
    import base64
    import hashlib

    page = render_report(made_up_summary())
    data, script = Elements(page).scripts
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert json.loads(data)


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_value_stays_text(value: str) -> None:
    summary, examples = made_up_summary(), made_up_examples()[:1]
    before = Elements(render_report(summary, examples=examples))
    summary["inputs"][0]["path"] = f"data/{value}"
    summary["inputs"][0]["columns"][1]["name"] = value
    summary["term_frequencies"][0]["top"][0]["value"] = value
    summary["warnings"].append({"code": value, "message": value})
    examples[0]["fields"][0]["left"] = value
    page = render_report(summary, examples=examples)
    page.encode("utf-8")
    after = Elements(page)
    assert after.tags == before.tags
    assert after.scripts[1:] == before.scripts[1:]
    shown = island(page)
    assert shown["examples"][0]["fields"][0]["left"] == value
    assert shown["inputs"][0]["columns"][1]["name"] == value


@given(st.text())
def test_any_text_survives(value: str) -> None:
    page = render_report({"kind": "dedupe", "warnings": [{"code": "x", "message": value}]})
    assert island(page)["warnings"] == [{"code": "x", "message": value}]
    assert page.count("<script") == 2


def test_hidden_values_are_nowhere() -> None:
    summary, examples = made_up_summary(), made_up_examples()
    secret = "Bí Mật 0790-0790"
    for column in summary["inputs"][0]["columns"]:
        column["examples_unparsed"] = [secret]
        column["a_key_of_tomorrow"] = secret
    for field in summary["term_frequencies"]:
        for entry in field["top"]:
            entry["value"] = secret
    summary["rules"][0]["largest_block_value"] = secret
    summary["a_key_of_tomorrow"] = [secret]
    summary["model"]["term_frequencies"] = {secret: 1}
    for pair in examples:
        pair["record_id_l"] = pair["record_id_r"] = secret
        for part in pair["fields"]:
            part["left"] = part["right"] = secret
    page = render_report(summary, examples=examples, hide_values=True)
    written = json.dumps(without_values(summary), ensure_ascii=False)
    for text in (page, written):
        for part in (secret, json.dumps(secret)[1:-1], "0790-0790"):
            assert part not in text
    shown = island(page)
    assert "fields" not in shown["examples"][0]
    assert shown["examples"][0]["waterfall"]
    assert shown["term_frequencies"][0]["top"][0].keys() == {"count", "adjustment"}
    # and without hiding they are there, or this test would prove nothing
    assert json.dumps(secret)[1:-1] in render_report(summary, examples=examples)


def test_values_are_cut() -> None:
    examples = made_up_examples()[:1]
    examples[0]["fields"][0]["left"] = "x" * 10_000_000
    assert len(render_report(made_up_summary(), examples=examples)) < 400_000


@pytest.mark.parametrize("kind", ["dedupe", "link"])
def test_empty_summary_renders(kind: str) -> None:
    assert island(render_report({"kind": kind}))["inputs"] == []


def test_numpy_and_infinite_numbers() -> None:
    summary = made_up_summary()
    summary["n_matched_pairs"] = np.int64(7)
    summary["seconds"] = np.float32(1.5)
    summary["model"]["prior_weight"] = float("-inf")
    summary["evaluation"]["calibration"][0]["true_share"] = np.float64("nan")
    shown = island(render_report(summary))
    assert shown["n_matched_pairs"] == 7
    assert shown["seconds"] == 1.5
    assert shown["model"]["prior_weight"] is None
    assert shown["evaluation"]["calibration"][0]["share"] is None


def test_curve_from_histogram() -> None:
    summary = made_up_summary()
    summary["weights_histogram"] = {"edges": [0, 1, 2], "counts": [5, 4], "counts_match": [1, 3]}
    summary["evaluation"]["n_true_pairs"] = 5
    low, high = island(render_report(summary))["evaluation"]["curve"]
    assert low == {"weight": 0, "precision": 4 / 9, "recall": 4 / 5, "f1": 8 / 14}
    assert high == {"weight": 1, "precision": 3 / 4, "recall": 3 / 5, "f1": 6 / 9}


def test_labels_exist_in_both_languages() -> None:
    text = (Path(__file__).parents[2] / "linkage/report/report_text.js").read_text("utf-8")
    english, vietnamese = text.split("  vi: {")
    keys = [set(re.findall(r"[ {](\w+): [\"\[]", part)) for part in (english, vietnamese)]
    assert len(keys[0]) > 100
    assert keys[0] <= keys[1]
    scripts = "".join(
        path.read_text("utf-8") for path in Path(__file__).parents[2].glob("linkage/report/*.js")
    )
    used = set(re.findall(r"\bt\(\"(\w+)\"", scripts))
    assert used <= keys[0]


def test_what_the_engine_names_has_its_words_in_vietnamese() -> None:
    root = Path(__file__).parents[2] / "linkage"
    terms = set(re.findall(r'"([^"]+)": "', (root / "report/report_text.js").read_text("utf-8")))
    operations = [op for op in vars(levels).values() if isinstance(op, levels.Operation)]
    engine = "".join(p.read_text("utf-8") for p in root.rglob("*.py"))
    steps, warned = (set(re.findall(p, engine)) for p in (r'\.step\("([^"]+)"', r'"code": "([^"]+)"'))
    assert len(operations) > 5 and len(steps) > 5 and len(warned) > 5
    named = steps.union(
        warned, KINDS, *(op.levels for op in operations), (f.name for f in citizen_schema().fields)
    )
    assert {name for name in named if name.replace("_", " ") not in terms} == set()


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js to run JavaScript")
def test_one_thing_is_not_called_several() -> None:
    code = (Path(__file__).parents[2] / "linkage/report/report_text.js").read_text("utf-8")
    said = "[1, 2, 1000].map((n) => t('hist_rest', { n: n.toLocaleString('en'), w: '-10' })).join(';')"
    done = subprocess.run(
        ["node", "-e", f"{code}; console.log({said})"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ";".join(
        f"{n} below -10 bits {be} hopeless and not shown."
        for n, be in (("1 pair", "is"), ("2 pairs", "are"), ("1,000 pairs", "are"))
    )


def test_write_report(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(path, made_up_summary(), examples=made_up_examples(), hide_values=True)
    assert path.read_text("utf-8").startswith("<!doctype html>")
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]
    with pytest.raises(InputError, match="nowhere"):
        write_report(tmp_path / "nowhere" / "report.html", made_up_summary(), examples=None)


def shown_by(script: str) -> str:
    """What a script prints that has the report's functions of numbers at hand, from `isNumber` on."""
    code = (Path(__file__).parents[2] / "linkage/report/report_dom.js").read_text("utf-8")
    numbers = code.partition("const isNumber")[2].partition("const toProbability")[0]
    script = f"const lang = 'en'; const isNumber{numbers}; console.log({script})"
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js to run JavaScript")
def test_no_probability_is_shown_as_certain() -> None:
    shown = shown_by("[0.5, 0.95, 0.99994, 1 - 1e-9, 1, 1e-9, 0, null].map(probability).join(';')")
    assert shown == "0.5;0.95;0.99994;> 0.999999;> 0.999999;< 0.000001;< 0.000001;–"


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js to run JavaScript")
def test_almost_all_is_not_all_and_a_little_is_not_nothing() -> None:
    some = "[1, 0.9999997, 0.99995, 0.99994, 0.5, 0.00004, 0, null]"
    shown = shown_by(f"{some}.map((x) => percent(x, 2)).join(';'), share(0.9999997)")
    assert shown == "100%;> 99.99%;> 99.99%;99.99%;50%;< 0.01%;0%;– > 99.99%"


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js to parse JavaScript")
def test_script_parses(tmp_path: Path) -> None:
    script = tmp_path / "report.js"
    script.write_text(Elements(render_report(made_up_summary())).scripts[1], "utf-8")
    done = subprocess.run(["node", "--check", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
