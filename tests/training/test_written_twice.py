"""Which names stand in two writings: those of which strangers of one name mostly have the other as well."""

import random

import pytest

from linkage.comparison.program import comparisons_of
from linkage.schema import Field
from linkage.training.train import _level_scorer
from linkage.training.written_twice import said_again, written_twice
from tests.kernels.scoring import encode

FIELDS = [
    Field("name", "person_name"),
    Field("other", "person_name"),
    Field("born", "date"),
]
HEADERS = ("name", "other", "third", "born")
SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]


def found_among(n_names, share, *, of_one_day=False):
    """Two people with each name, in so large a share of them with the same other one, of other days."""
    r = random.Random(7)
    names = r.sample([a + b for a in SYLLABLES for b in SYLLABLES], n_names)
    rows = []
    for k, name in enumerate(names):
        others = r.sample([a + b + c for a in SYLLABLES[::3] for b in SYLLABLES[::4] for c in SYLLABLES], 2)
        for copy in range(2):
            born = f"{1950 if of_one_day else r.randrange(1930, 2010)}-{1 + k % 12:02}-{1 + k % 28:02}"
            rows.append(
                (
                    name,
                    others[copy if k >= share * n_names else 0],
                    born if of_one_day or copy else "1921-11-30",
                )
            )
    records = encode(
        dict(zip((f.name for f in FIELDS), map(list, zip(*rows, strict=True)), strict=True)), FIELDS
    )
    comparisons = comparisons_of(records.schema)
    found = written_twice(records, comparisons, _level_scorer(records, comparisons, {}))
    return {comparisons[i].name: (comparisons[w.of].name, w.u) for i, w in found.items()}


@pytest.mark.parametrize("share", [1.0, 0.8, 0.6])
def test_strangers_of_one_name_tell_how_it_is_written_besides(share):
    ((name, (of, u)),) = found_among(300, share).items()
    assert (name, of) == ("other", "name")
    assert u.sum() == pytest.approx(1) and u[-1] == pytest.approx(share, abs=0.03)


def test_another_name_is_no_other_writing():
    assert found_among(300, 0.3) == {}


def test_a_few_strangers_tell_nothing():
    assert found_among(29, 1.0) == {}
    assert found_among(31, 1.0)


def test_records_of_one_person_tell_nothing():
    assert found_among(300, 1.0, of_one_day=True) == {}


def test_damaged_records_of_one_person_are_no_strangers():
    """Their dates were replaced; the number says who it is."""
    r = random.Random(5)
    names = r.sample([a + b for a in SYLLABLES for b in SYLLABLES], 300)
    fields = [*FIELDS, Field("number", "identifier")]
    rows = [
        (name, name[::-1] + "sa", f"19{r.randrange(30, 99)}-05-{r.randrange(10, 29)}", f"{7919 * k + 10**9}")
        for k, name in enumerate(names)
        for _ in range(2)
    ]
    columns = dict(zip((f.name for f in fields), map(list, zip(*rows, strict=True)), strict=True))
    records = encode(columns, fields)
    comparisons = comparisons_of(records.schema)
    assert written_twice(records, comparisons, _level_scorer(records, comparisons, {})) == {}


@pytest.mark.parametrize(
    ("parts", "empty", "expected"),
    [
        (("full", "full"), None, {"third"}),
        (("full", "full"), "other", {"other"}),
        (("given", "family"), None, set()),
    ],
)
def test_a_third_writing_is_left_out_unless_it_is_of_another_part(parts, empty, expected):
    r = random.Random(3)
    names = r.sample([a + b for a in SYLLABLES for b in SYLLABLES], 300)
    rows = []
    for name in names:
        for _ in range(2):
            row = [
                name,
                name[::-1] + "sa",
                "mo" + name[::-1],
                f"{r.randrange(1930, 2010)}-05-{r.randrange(10, 29)}",
            ]
            rows.append(
                [None if n == empty and r.random() < 0.3 else v for n, v in zip(HEADERS, row, strict=True)]
            )
    fields = [
        Field("name", "person_name"),
        *(Field(n, "person_name", part=p) for n, p in zip(HEADERS[1:3], parts, strict=True)),
        Field("born", "date"),
    ]
    columns = dict(zip(HEADERS, map(list, zip(*rows, strict=True)), strict=True))
    records = encode(columns, fields)
    comparisons = comparisons_of(records.schema)
    twice = written_twice(records, comparisons, _level_scorer(records, comparisons, {}))
    assert said_again(records, comparisons, twice) == expected
