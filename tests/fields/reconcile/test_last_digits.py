"""A number's last digits in one table meet whole numbers in the other."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linkage
from linkage.fields.reconcile.last_digits import last_digits, with_last_digits
from linkage.fields.reconcile.matching import match_schemas
from linkage.fields.source import ENDING
from linkage.tables.opening import open_source

ENDS = np.random.default_rng(3).permutation(10_000)[:400]
NUMBERS = [f"{10_019 + 211 * k}{end:04d}" for k, end in enumerate(ENDS)]
DASHED = [f"{n[:3]}-{n[3:5]}-{n[5:]}" for n in NUMBERS]
WRITTEN = {
    "last four": [n[-4:] for n in NUMBERS],
    "masked": [f"***-**-{n[-4:]}" for n in NUMBERS],
    "crossed out": [f"XXX-XX-{n[-4:]}" for n in NUMBERS],
    "as numbers": [f"{n[-4:]}.0" for n in NUMBERS],
}


TEXTS = st.text(st.sampled_from("0123456789-X* "), max_size=12)


@given(st.lists(TEXTS | st.none(), max_size=9), st.integers(3, 6))
def test_the_last_digits_as_python_takes_them(texts, n):
    digits = ["".join(c for c in t if c.isdigit()) if t is not None else "" for t in texts]
    expected = [d[-n:] if len(d) >= n else None for d in digits]
    assert last_digits(pa.array(texts, pa.string()), n).to_pylist() == expected


@pytest.mark.parametrize("header", ["SSN_Last4", "ssn"])
@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("whole_first", [True, False])
def test_ends_of_numbers_find_the_whole_ones(written, header, whole_first):
    names = [f"{a} {b}" for a in ("anna", "berta", "clara", "dora") for b in ("maier", "huber")] * 50
    whole = pa.table({"id": [f"a{i}" for i in range(400)], "name": names, "ssn": DASHED})
    ends = pa.table({"id": [f"a{i}" for i in range(400)], "name": names, header: written})
    result = linkage.link(*((whole, ends) if whole_first else (ends, whole)))
    assert any(ENDING in f.name for f in result.resolution.records.schema.fields)
    sure = result.pairs.filter(pa.compute.greater(result.pairs["match_probability"], 0.5))
    assert sure.num_rows >= 360
    assert sure["record_id_l"].to_pylist() == sure["record_id_r"].to_pylist()


def test_numbers_of_one_length_stay_as_they_are():
    tables = [open_source(pa.table({"ssn": DASHED, "name": ["a b"] * 400})) for _ in range(2)]
    schema = match_schemas(*tables)
    assert with_last_digits(schema, *tables) is schema
    assert not any(ENDING in f.name for f in schema.fields)
