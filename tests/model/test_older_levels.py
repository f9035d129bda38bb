"""A model of before two levels were split: it weighs what it weighed."""

import json

import numpy as np
import pytest

from linkage.comparison.levels import DATE, codes_then
from linkage.comparison.program import comparisons_of
from linkage.errors import ModelError
from linkage.model.model import Model
from linkage.schema import Field, Schema

TWO_SLIPS, YEAR_AND_PART = (
    1 + DATE.levels.index(label) for label in ("two slips", "year and month equal, or year and day")
)
SCHEMA = Schema((Field("born", "date", term_frequencies=True), Field("sex", "category", format="sex")), ())


def older(random, parent):
    """A model's JSON with one level of dates fewer; what leans on the date as well."""

    def table(n_rows, n_codes):
        drawn = random.dirichlet(np.ones(n_codes - 1), n_rows)
        return np.concatenate([np.ones((n_rows, 1)), drawn], axis=1)

    entries = []
    for item in comparisons_of(SCHEMA):
        n_codes = DATE.n_codes - 1 if item.name == "born" else item.operation.n_codes
        n_rows = DATE.n_codes - 1 if item.name == "sex" and parent else 1
        entries.append(
            {
                "name": item.name,
                "parent": "born" if n_rows > 1 else None,
                "m_probability": table(n_rows, n_codes).tolist(),
                "u_probability": table(n_rows, n_codes).tolist(),
                "family_probability": [table(n_rows, n_codes).tolist()],
                "term_frequency_centre": random.random(n_codes).tolist(),
            }
        )
    return {
        "linkage_model": 1,
        "schema": SCHEMA.to_dict(),
        "probability_two_random_records_match": 0.001,
        "relatives": {"household": 0.002},
        "comparisons": entries,
    }


def then(code):
    """A code of today -> the one code that both levels had."""
    return code - (code > TWO_SLIPS)


@pytest.mark.parametrize("parent", [False, True])
def test_a_model_of_before_the_split_weighs_what_it_weighed(parent):
    data = older(np.random.default_rng(1), parent)
    model = Model.from_dict(json.loads(json.dumps(data)))
    for item, entry in zip(model.comparisons, data["comparisons"], strict=True):
        m, u, family = (np.array(entry[f"{k}_probability"]) for k in ("m", "u", "family"))
        assert np.allclose(item.m[:, 1:].sum(axis=1), 1) and np.allclose(item.u[:, 1:].sum(axis=1), 1)
        for row in range(len(item.m)):
            for code in range(item.m.shape[1]):
                at = then(row), then(code) if item.name == "born" else code
                assert item.m[row, code] / item.u[row, code] == pytest.approx(m[at] / u[at], rel=1e-12)
                assert item.m[row, code] / item.family[0, row, code] == pytest.approx(m[at] / family[0][at])
                assert item.centre[code] == entry["term_frequency_centre"][at[1]]
    again = Model.from_dict(json.loads(model.to_json()))
    assert again.to_json() == model.to_json()


def test_the_two_levels_follow_each_other_and_had_one_code():
    codes = codes_then("date", DATE.n_codes - 1)
    assert YEAR_AND_PART == TWO_SLIPS + 1 and len(codes) == DATE.n_codes
    assert codes == [then(code) for code in range(DATE.n_codes)]
    assert codes_then("date", DATE.n_codes) == list(range(DATE.n_codes))


def test_tables_that_fit_no_version_are_refused():
    data = older(np.random.default_rng(2), False)
    for entry in data["comparisons"]:
        entry["u_probability"][0].append(0.1)
    with pytest.raises(ModelError, match="expected probabilities of shape"):
        Model.from_dict(data)
