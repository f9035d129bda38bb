"""Tables without numbers or dates: the quick search against all records, and how few it scores."""

from functools import cache
from random import Random

import numpy as np
import pyarrow as pa
import pytest

import linkage
from linkage.search.lookup import lookup
from tests.segment.registers import Part, segment_of

SYLLABLES = (
    "be",
    "car",
    "do",
    "fen",
    "gil",
    "ha",
    "ju",
    "lo",
    "mi",
    "nor",
    "pe",
    "ras",
    "ti",
    "vel",
    "wo",
    "zan",
)
GIVEN = [a + b for a in SYLLABLES for b in SYLLABLES[::3]]
FAMILY = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in ("ley", "son", "ford", "wick")]
TOWNS = ("Norwich", "Great Yarmouth", "Leeds", "St Albans", "Worcester", "Lincoln", "York", "Bury St Edmunds")
LAYOUTS = {
    "apart and town": ("first_name", "last_name", "city"),
    "apart and address": ("first_name", "last_name", "street_address"),
    "whole name and town": ("name", "city"),
    "whole name and mail": ("name", "email"),
    "names that move": ("first_name", "middle_name", "last_name", "maiden_name", "city"),
}


def slipped(text, random):
    """A text with a letter less, another or exchanged in one of five."""
    at = random.randrange(max(len(text) - 1, 1))
    kind = random.random()
    if kind < 0.07:
        return text[:at] + text[at + 1 :]
    if kind < 0.14:
        return text[:at] + random.choice("aeiorst") + text[at + 1 :]
    if kind < 0.2:
        return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
    return None if kind > 0.97 else text


def record(i):
    """Person i as written without a slip."""
    random = Random(i)
    first, last = random.choice(GIVEN), random.choice(FAMILY)
    home = f"{random.randrange(1, 150)} {random.choice(FAMILY)} {random.choice(['street', 'road', 'lane'])}"
    mail = f"{first}.{last}{random.randrange(90)}@mail.org"
    return {"first_name": first, "last_name": last, "city": random.choice(TOWNS), "street_address": home,
            "name": f"{first} {last}", "email": mail, "middle_name": random.choice((*GIVEN, None)),
            "maiden_name": None}  # fmt: skip


def married(i):
    """The names of person i with another family name: the old one is the middle name, or the maiden name."""
    old, new = record(i)["last_name"], record(i + 7)["last_name"]
    return record(i) | {"last_name": new} | {"middle_name" if i % 2 else "maiden_name": old}


def written(i, columns, seed):
    """Person i as written with slips; where names move, every third one's has by the second time."""
    random = Random(seed * 1_000_003 + i)
    person = married(i) if "maiden_name" in columns and i % 3 == 0 and seed > 1 else record(i)
    return {c: slipped(person[c], random) if person[c] else None for c in columns}


@cache
def register(layout):
    """A segment of 3,000 people, a third of them twice."""
    columns = LAYOUTS[layout]
    rows = [written(i, columns, 1) for i in range(3000)] + [written(i, columns, 2) for i in range(1000)]
    table = pa.table({c: pa.array([r[c] for r in rows], pa.string()) for c in columns})
    table = table.append_column("record_id", pa.array([str(i) for i in range(len(rows))]))
    return segment_of(table, linkage.train(table.drop_columns(["record_id"])))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_quick_search_is_the_full_one(layout):
    segment = register(layout)
    n_scored = []
    for i in range(0, 3100, 50):  # the last ones are strangers
        query = {k: v for k, v in written(i, LAYOUTS[layout], 3).items() if v}
        quick = lookup([Part(segment)], query, limit=5)
        searcher = segment.borrow()
        n_scored.append(searcher.n_scored)
        segment.give_back(searcher)
        full = lookup([Part(segment)], query, limit=5, exhaustive=True)
        assert not quick.truncated
        assert [(m.record_id, m.match_weight) for m in quick] == [(m.record_id, m.match_weight) for m in full]
    assert np.median(n_scored) < 800  # of 4,000


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_votes_of_one_query_are_not_the_next_ones(layout):
    segment = register(layout)
    queries = [{k: v for k, v in written(i, LAYOUTS[layout], 4).items() if v} for i in range(40)]
    once = [lookup([Part(segment)], q, limit=3) for q in queries]
    again = [lookup([Part(segment)], q, limit=3) for q in reversed(queries)]
    for a, b in zip(once, reversed(again), strict=True):
        assert [(m.record_id, m.match_weight) for m in a] == [(m.record_id, m.match_weight) for m in b]


def test_who_has_another_family_name_is_found_by_the_old_one():
    layout = "names that move"
    segment, asked, found = register(layout), 0, 0
    for i in range(1002, 1302, 3):  # once in the register, as they were
        if written(i, LAYOUTS[layout], 1)["last_name"] != record(i)["last_name"]:
            continue
        query = {k: v for k, v in married(i).items() if k in LAYOUTS[layout] and v}
        best = lookup([Part(segment)], query, limit=1)
        asked += 1
        found += bool(best) and best[0].record_id == str(i) and "swapped" in best[0].levels["last_name"]
    assert asked > 70 and found / asked > 0.95


def test_an_index_of_names_alone_answers_though_no_two_records_could_be_told_for_one_persons(tmp_path):
    rows = [written(i, ("name",), 1) for i in range(20_000)]
    table = pa.table({"name": pa.array([r["name"] for r in rows], pa.string())})
    with pytest.raises(linkage.TrainingError, match="hold too little"):
        linkage.train(table)
    index = linkage.build_index(tmp_path / "names", table)
    found = index.lookup({"name": rows[7]["name"]}, limit=5)
    assert found and all(m.match_probability < 0.5 for m in found)
    index.close()
