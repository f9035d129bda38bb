"""What is expected of matches where two tables write in different forms; and that such tables are linked."""

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linkage
from linkage.comparison.levels import DATE, NAME
from linkage.comparison.program import comparisons_of
from linkage.fields.batch import encode_records
from linkage.reading import find_schema
from linkage.tables.opening import open_source
from linkage.training.forms import expected_m

GIVEN = [
    "Lan",
    "Hòa",
    "Thủy",
    "Hùng",
    "Dũng",
    "Khoa",
    "Phúc",
    "Mai",
    "Trang",
    "Yến",
    "Đạt",
    "Sơn",
    "Bình",
    "Nga",
]
FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Bùi", "Đỗ", "Ngô", "Võ", "Lý"]
PLAIN = str.maketrans("òủùũúếạơìễầêăùỗôõýĐđ", "ouuuueaoieaeauoooyDd")


def people(n, seed=1):
    r = random.Random(seed)
    return [
        (
            f"{r.choice(FAMILY)} {r.choice(GIVEN)} {r.choice(GIVEN)}",
            f"{r.randint(1, 28):02}/{r.randint(1, 12):02}/{r.randint(1940, 2010)}",
            r.choice(["Hà Nội", "Huế", "Đà Nẵng", "Cần Thơ", "Vinh", "Nam Định", "Hải Phòng", "Đà Lạt"]),
        )
        for _ in range(n)
    ]


def table(rows):
    return pa.table(
        {h: [row[i] for row in rows] for i, h in enumerate(("full_name", "date_of_birth", "city"))}
    )


def plain(person):
    name, born, city = person
    return name.translate(PLAIN), born[-4:], city


def expectation(*tables):
    sources = [open_source(t) for t in tables]
    schema, headers = find_schema(sources, None, [])
    records = encode_records(sources, headers, schema, threads=1)
    comparisons = comparisons_of(records.schema)
    return {c.name: m for c, m in zip(comparisons, expected_m(records, comparisons), strict=True)}


def test_one_table_is_expected_to_agree_as_any_does():
    found = expectation(table(people(200)))
    assert found["full_name"] == pytest.approx(NAME.prior)
    assert found["date_of_birth"] == pytest.approx(DATE.prior)


def test_a_year_and_a_date_agree_on_the_year_and_plain_names_but_for_diacritics():
    known = people(300)
    found = expectation(table(known), table([plain(p) for p in known]))
    assert found["date_of_birth"][5] > 0.85 and found["date_of_birth"][-1] < 0.05
    assert found["full_name"][7] > 0.5 > 0.3 > found["full_name"][-1]


@given(st.lists(st.sampled_from(["05/03/1980", "03/1980", "1980", None]), min_size=8, max_size=40))
def test_shares_sum_to_one_and_none_is_lost(born):
    known = [(n, b, c) for (n, _, c), b in zip(people(len(born)), born, strict=True)]
    for m in expectation(table(people(60)), table(known)).values():
        assert m.sum() == pytest.approx(1) and np.all(m > 0)


def test_a_table_of_years_and_plain_names_is_linked():
    known = people(900)
    result = linkage.link(table(known[:600]), table([plain(p) for p in known[300:]]))
    pairs = result.pairs.filter(pa.compute.greater(result.pairs["match_probability"], 0.3))
    true = sum(a == b for a, b in zip(*(_numbers(pairs, s) for s in ("l", "r")), strict=True))
    assert pairs.num_rows > 200 and true > 0.6 * pairs.num_rows


def _numbers(pairs, side):
    ids = [int(i) for i in pairs[f"record_id_{side}"].to_pylist()]
    return [i + 300 if side == "r" else i for i in ids]
