"""The fuzzer's targets with a few hundred inputs, the same in every run; and what it has found so far."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linkage.errors import InputError, LinkageError, ModelError, SchemaError
from linkage.model.model import Model
from linkage.model.splink import convert_splink
from linkage.schema import Schema
from linkage.search.filters import compile_filter
from linkage.search.lookup import lookup
from linkage.search.verify import verify
from linkage.segment.container import Container
from linkage.segment.segment import Segment
from tests.proof.damage import Patched, use
from tests.proof.fuzz_targets import TARGETS, opened_segment, small_segment, splink_settings
from tests.segment.registers import Part, trained

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("target", TARGETS)
def test_answers_or_typed_errors(target: str, tmp_path: Path) -> None:
    at = tmp_path / "input"
    command = [sys.executable, "-m", "tests.proof.fuzz_targets", target, "60", "1", str(at)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"{at.read_bytes()!r}: {done.stderr[-3000:]}"


class Described(Patched):
    """The small segment with another description."""

    @property
    def meta(self) -> dict[str, Any]:
        return self.described


def described(**changes: Any) -> Described:
    found = Described.from_buffer(small_segment())
    found.described = {**Container.from_buffer(small_segment()).meta, **changes}
    return found


def fields_with(at: int, **changes: Any) -> list[dict[str, Any]]:
    fields = [dict(field) for field in Container.from_buffer(small_segment()).meta["fields"]]
    fields[at].update(changes)
    return fields


@pytest.mark.parametrize(
    "changes",
    [
        {"n_records": 2**33},
        {"n_records": 59},
        {"n_words": 2**31},
        {"n_words": 0},
        {"fields": fields_with(2, format=[])},
        {"fields": fields_with(2, ids=[["x", -1]])},
        {"fields": fields_with(0, word=-1)},
        {"fields": fields_with(1, name="full_name")},
        {"families": []},
        {"families": [1]},
        {"date_field": "sex"},
        {"hot_field": 99},
        {"hot_field": 1},  # read beyond a date's tables, as if it were a name's
        {"hot_categories": [0]},
        {"scorer": [{}]},
        # A prefix as a number was taken for its length: two gigabytes, and a length that turned negative.
        {"codings": [{"kind": "pattern", "prefix": 2**31}] * 19},
        {"codings": [{"kind": "pattern", "prefix": b"x" * 300}] * 19},
    ],
    ids=str,
)
def test_descriptions_that_no_segment_has(changes: dict[str, Any]) -> None:
    with pytest.raises(LinkageError, match="description does not fit"):
        Segment(described(**changes))


def test_weights_farther_apart_than_32_bits_hold() -> None:
    random = np.random.default_rng(0)
    for _ in range(20):
        found = Patched.from_buffer(small_segment())
        weights = found.array("scorer/weights").copy()
        wild = random.random(weights.shape) < 0.05
        weights[wild] = random.choice(np.array([2**31 - 1, -(2**31), 2**30, -(2**30)], np.int32), wild.sum())
        found.patch({"scorer/weights": weights})
        use(Segment(found))


def test_the_description_as_it_is_fits() -> None:
    assert len(Segment(described())) == 60


@pytest.mark.parametrize("value", [True, 3, None])
def test_filters_want_texts_and_pairs(value: Any) -> None:
    with pytest.raises(InputError, match="filter: expected sex as text"):
        compile_filter(opened_segment(), sex=value)
    for name in ("born", "age"):
        with pytest.raises(InputError, match=f"expected {name} as a pair"):
            compile_filter(opened_segment(), **{name: value or "1990"})


def test_half_a_surrogate_pair_is_no_text() -> None:
    parts = [Part(opened_segment())]
    for name in ("sex", "birth_province", "full_name", "id_number"):
        lookup(parts, {"full_name": "Nguyễn Văn An", name: "\udcb0"})
        verify(parts, {"id_number": "001090012345", name: "x\udcb0"})


@pytest.mark.parametrize("training", ["x", 3, [1]])
def test_a_models_notes_are_an_object(training: Any) -> None:
    with pytest.raises(ModelError):
        Model.from_dict({**trained(600).to_dict(), "training": training})


def test_tables_of_relatives_are_lists() -> None:
    model = trained(600).to_dict()
    for value in (3, 0.5, [0.5], None):
        first = {**model["comparisons"][0], "family_probability": value}
        with pytest.raises(ModelError):
            Model.from_dict({**model, "comparisons": [first, *model["comparisons"][1:]]})


def test_numbers_that_no_float_holds() -> None:
    with pytest.raises(ModelError):
        Model.from_dict({**trained(600).to_dict(), "probability_two_random_records_match": 10**400})


@pytest.mark.parametrize("levels", [[[]], [1, 2], [None]])
def test_levels_of_splink_that_are_none(levels: list[Any]) -> None:
    settings = splink_settings()
    settings["comparisons"][0]["comparison_levels"] = levels
    with pytest.raises(ModelError):
        convert_splink(settings)


def test_json_nested_beyond_pythons_stack(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 200_000)
    for load, error in (
        (Schema.load, SchemaError),
        (Model.load, ModelError),
        (Model.from_splink, ModelError),
    ):
        with pytest.raises(error, match=r"deep\.json"):
            load(path)
