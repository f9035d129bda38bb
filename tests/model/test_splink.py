"""A Splink model's JSON -> a model that says what Splink's says, or a refusal that says why."""

import copy
import json
import math
from dataclasses import replace

import numpy as np
import pytest

import linkage
from linkage.comparison.levels import PART
from linkage.comparison.program import unpack_codes
from linkage.errors import ModelError
from linkage.model.term_frequencies import FIXED
from linkage.options import Options, Steps
from linkage.resolve import resolve

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


def test_rarity_adds_nothing_to_strangers_who_are_alike_on_average(tmp_path):
    """Two alike names weigh the rarer one's frequency: the centre is that of the rarer one, not a level's."""
    random = np.random.default_rng(3)
    kept = "".join(chr(97 + i) for i in range(26))
    families = [
        [stem[:k] + letter + stem[k:] for k, letter in ((2, "a"), (2, "e"), (3, "o"), (4, "u"))]
        for stem in ("".join(random.choice(list(kept), 7)) for _ in range(100))
    ]
    pool = [name for family in families for name in family]
    share = (1 + random.permutation(len(pool))) ** -0.7
    share /= share.sum()
    names = random.choice(pool, 1500, p=share)
    counts = np.array([np.count_nonzero(names == name) for name in pool])
    pairs = len(names) * (len(names) - 1) / 2
    of_family = counts.reshape(-1, 4)
    equal = (counts * (counts - 1) / 2).sum() / pairs
    alike = (of_family.sum(axis=1) ** 2 - (of_family**2).sum(axis=1)).sum() / 2 / pairs
    data = settings()
    data["comparisons"] = data["comparisons"][:1]
    levels = data["comparisons"][0]["comparison_levels"]
    for level, u in zip(levels[1:], (equal, alike, 1 - equal - alike), strict=True):
        level["u_probability"] = u
    levels[1]["tf_adjustment_column"] = "first_name"
    model = linkage.Model.from_splink(saved(tmp_path, data))
    rows = [{"unique_id": str(i), "first_name": str(name)} for i, name in enumerate(names)]
    model = replace(model, probability_two_random_records_match=0.5)
    # Nothing but the weights: to cluster a million pairs that nearly all match takes most of a minute.
    found = resolve([rows], model, None, Options(), Steps())
    levels = unpack_codes(found.pairs.gamma, found.comparisons)[:, 0] - 1
    m_of = {"equal": 0.8 / equal, "differs slightly": 0.15 / alike}
    for label, expected in m_of.items():
        weights = found.pairs.weight[levels == PART.levels.index(label)] / FIXED
        assert abs(np.log2(np.mean(2.0**weights)) - math.log2(expected)) < 1.2, label
