"""A Splink model's JSON -> a model that says what Splink's says, or a refusal that says why."""

import copy
import json
import math

import numpy as np
import pytest

import linkage
from linkage.errors import ModelError

LEVELS = {
    "first_name": [(0.8, 0.01), (0.15, 0.02), (0.05, 0.97)],
    "surname": [(0.9, 0.005), (0.1, 0.995)],
    "dob": [(0.85, 0.0002), (0.1, 0.002), (0.05, 0.9978)],
}
"""(m, u) from the exact match down to all others, as Splink writes them."""


def settings():
    comparisons = []
    for name, levels in LEVELS.items():
        found = [{"is_null_level": True, "sql_condition": f'"{name}_l" IS NULL OR "{name}_r" IS NULL'}]
        found += [
            {"sql_condition": f'"{name}_l" = "{name}_r"', "m_probability": m, "u_probability": u}
            for m, u in levels
        ]
        comparisons.append({"output_column_name": name, "comparison_levels": found})
    return {
        "probability_two_random_records_match": 0.001,
        "unique_id_column_name": "unique_id",
        "comparisons": comparisons,
    }


def saved(folder, data):
    path = folder / "splink.json"
    path.write_text(json.dumps(data))
    return path


def test_highest_and_lowest_level_weigh_as_in_splink(tmp_path):
    model = linkage.Model.from_splink(saved(tmp_path, settings()))
    assert model.probability_two_random_records_match == 0.001
    assert {c.name for c in model.comparisons} == set(LEVELS)
    for item in model.comparisons:
        bits = np.log2(item.m[0, 1:] / item.u[0, 1:])
        for found, (m, u) in zip(
            (bits[-1], bits[0]), (LEVELS[item.name][0], LEVELS[item.name][-1]), strict=True
        ):
            assert found == pytest.approx(math.log2(m / u))
        assert item.m[0, 1:].sum() == pytest.approx(1)
        assert item.u[0, 1:].sum() == pytest.approx(1)


def test_two_equal_records_get_splinks_weight(tmp_path):
    model = linkage.Model.from_splink(saved(tmp_path, settings()))
    rows = [
        {"unique_id": str(i), "first_name": first, "surname": last, "dob": dob}
        for i, (first, last, dob) in enumerate(
            [
                ("anna", "smith", "1980-02-03"),
                ("anna", "smith", "1980-02-03"),
                ("bert", "jones", "1955-11-30"),
            ]
        )
    ]
    pairs = linkage.dedupe(rows, model).pairs.to_pylist()
    assert [(p["record_id_l"], p["record_id_r"]) for p in pairs] == [("0", "1")]
    expected = math.log2(0.001 / 0.999) + sum(math.log2(m / u) for (m, u), *_ in LEVELS.values())
    assert pairs[0]["match_weight"] == pytest.approx(expected, abs=0.05)


def untrained(data):
    del data["comparisons"][0]["comparison_levels"][1]["m_probability"]


def unknown_column(data):
    data["comparisons"][0]["output_column_name"] = "xyzzy"


def one_level(data):
    del data["comparisons"][1]["comparison_levels"][2:]


def no_comparisons(data):
    del data["comparisons"]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (untrained, "train the model first"),
        (unknown_column, "does not tell the kind"),
        (one_level, "at least two levels"),
        (no_comparisons, "a list of comparisons"),
    ],
)
def test_what_is_no_trained_model_is_refused(tmp_path, damage, message):
    data = copy.deepcopy(settings())
    damage(data)
    with pytest.raises(ModelError, match=message):
        linkage.Model.from_splink(saved(tmp_path, data))


def test_a_file_that_is_no_json_is_refused(tmp_path):
    path = tmp_path / "splink.json"
    path.write_text("no json")
    with pytest.raises(ModelError, match="as JSON"):
        linkage.Model.from_splink(path)
