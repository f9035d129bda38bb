"""A category under a header that says nothing is compared where it is the person's own, and only there."""

import numpy as np
import pyarrow as pa
import pytest

from linkage.fields.detect import detect_schema
from linkage.fields.opening import open_source

WORDS = np.array(["physics", "law", "music", "trade", "history"])


def table(kind, n=300):
    random = np.random.default_rng(4)
    people = random.integers(0, n // 2, n)
    names = [
        f"{chr(97 + p % 26)}na{chr(97 + p // 26)}l b{chr(97 + p // 7 % 26)}r{chr(97 + p % 23)}k"
        for p in people
    ]
    values = {
        "own": WORDS[people % 5],
        "of a record": random.choice(WORDS, n),
        "one": WORDS[(people > 3) * 1],
    }
    return pa.table({"full name": names, "xq": values[kind]})


@pytest.mark.parametrize(("kind", "compared"), [("own", True), ("of a record", False), ("one", False)])
def test_what_like_named_records_agree_on(kind, compared):
    schema = detect_schema(open_source(table(kind)))
    assert ("xq" in [f.name for f in schema.fields]) == compared


def test_few_records_tell_nothing():
    assert "xq" not in detect_schema(open_source(table("own", n=40)))


def test_what_happens_to_a_record_is_not_compared():
    renamed = table("own").rename_columns(["full name", "source status"])
    assert "source status" not in detect_schema(open_source(renamed))
