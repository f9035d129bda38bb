"""Names of which one word is known: who bears it is found, counted, and told how to be told apart."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

import linkage
from linkage._kernels.normalise import normalise_one
from linkage.search.bulk import lookup_many
from linkage.search.explain import explain
from linkage.search.filters import compile_filters
from linkage.search.lookup import lookup


def words_of(name):
    return normalise_one((name or "").encode())[2].decode().split()


def bearers(register, word):
    return {r["record_id"] for r in register.live() if word in words_of(r["full_name"])}


@pytest.fixture(scope="module")
def word(register):
    """A given name that some thirty people bear."""
    given = [words_of(r["full_name"])[-1] for r in register.live() if r["full_name"]]
    names, counts = np.unique(given, return_counts=True)
    return str(names[np.argmin(np.abs(counts - 30))])


def test_a_given_name_alone_is_answered_by_its_bearers(register, word):
    found = lookup(register.parts, {"full_name": word}, limit=1000)
    assert {m.record_id for m in found} == bearers(register, word)
    assert found.one_word.n_bearers == len(found) > 5
    assert found.ambiguous and found[0].match_probability < 0.1
    assert "date_of_birth" in found.one_word.narrowed_by


def test_how_to_narrow_it_is_said_in_both_languages_without_the_word(register, word):
    one_word = lookup(register.parts, {"full_name": word}).one_word
    for text in (one_word.text(), one_word.text("vi")):
        assert str(one_word.n_bearers) in text
        assert "full_name" in text and "date_of_birth" in text
        assert word not in text.lower().split()
    assert "one word" in one_word.text() and "một chữ" in one_word.text("vi")


def test_what_else_is_said_chooses_among_the_bearers(register, word):
    (person,) = [r for r in register.live() if words_of(r["full_name"])[-1:] == [word]][3:4]
    query = {"full_name": word.upper(), "date_of_birth": person["date_of_birth"], "sex": person["sex"]}
    found = lookup(register.parts, query, limit=10)
    assert person["record_id"] in {m.record_id for m in found[:2]}
    assert {m.record_id for m in found} <= bearers(register, word)
    assert "date_of_birth" not in found.one_word.narrowed_by
    slow = lookup(register.parts, query, limit=10, exhaustive=True)
    assert [(m.record_id, m.match_weight) for m in slow] == [(m.record_id, m.match_weight) for m in found]


def test_bearers_of_whom_nothing_else_fits_are_counted(register, word):
    found = lookup(register.parts, {"full_name": word, "id_number": "001099000017", "phone": "0912345678"})
    assert found.one_word is None or found.one_word.n_bearers == len(bearers(register, word))


def test_filters_hold(register, word):
    allowed = compile_filters(register.parts, born=(1950, 1990))
    passing = set()
    for part, bits in zip(register.parts, allowed, strict=True):
        rows = np.flatnonzero(np.unpackbits(bits, bitorder="little")).astype(np.uint32)
        passing |= set(part.segment.record_ids(rows))
    found = lookup(register.parts, {"full_name": word}, limit=1000, allowed=allowed)
    assert {m.record_id for m in found} == bearers(register, word) & passing
    assert len(found) > 0


@pytest.mark.parametrize("further", [{}, {"sex": "Nam"}, {"date_of_birth": "1985"}])
def test_a_table_of_queries_is_answered_alike(register, word, further):
    names = [word, "Nguyễn Văn Hùng", "Xyzq", word.title(), None, " " + word + " ", "nguyen"]
    table = pa.Table.from_pylist([{"full_name": name, **further} for name in names])
    many = lookup_many(register.parts, table, limit=4)
    for i, query in enumerate(table.to_pylist()):
        one = lookup(register.parts, query, limit=4)
        rows = [r for r in many.to_pylist() if r["query"] == i]
        assert [(r["record_id"], r["match_weight"], r["match_probability"]) for r in rows] == [
            (m.record_id, m.match_weight, m.match_probability) for m in one
        ]
        assert all(r["gap"] == one.gap and r["ambiguous"] == one.ambiguous for r in rows)


def test_an_explanation_adds_up(register, word):
    query = {"full_name": word, "sex": "Nam"}
    match = lookup(register.parts, query)[0]
    told = explain(register.parts, query, match.record_id)
    assert told.match_weight == match.match_weight
    assert told.prior + sum(e.bits for e in told.evidence) + told.remainder == match.match_weight
    assert "một chữ của tên" in told.text("vi")


def test_diacritics_that_are_asked_for_count(tmp_path):
    names = ["Nguyễn Thị Lan", "Trần Thị Lân", "Lê Văn Lan", "Phạm Thị Hoa", "Hồ Thị Mai"]
    people = [
        {"record_id": f"{i}-{k}", "full_name": name, "date_of_birth": str(date(1950 + 7 * k + i, 5, 3 + i))}
        for k in range(6)
        for i, name in enumerate(names)
    ]
    with linkage.build_index(tmp_path / "index", people) as index:
        assert index.lookup({"full_name": "lân"}).one_word.n_bearers == 6
        assert index.lookup({"full_name": "Lan"}).one_word.n_bearers == 18


def test_a_whole_name_of_one_word_is_one(tmp_path):
    names = ["Suharto", "Sukarno", "Sri Suharto", "Joko Widodo", "Megawati", "Budi Santoso"]
    people = [
        {"record_id": f"{i}-{k}", "full_name": name, "date_of_birth": str(date(1950 + 7 * k + i, 5, 3 + i))}
        for k in range(6)
        for i, name in enumerate(names)
    ]
    with linkage.build_index(tmp_path / "index", people) as index:
        found = index.lookup({"full_name": "Suharto"})
        assert found.one_word is None
        assert {m.record["full_name"] for m in found if m.match_weight == found[0].match_weight} == {
            "Suharto"
        }
