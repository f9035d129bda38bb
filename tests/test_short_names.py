"""Short forms of given names: one class a name, no other class than before for all who have none."""

import runpy
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import linkage
from linkage._kernels.normalise import normalise_one, phonetic_one
from linkage.schema import Field
from linkage.vietnam.phonetics import phonetic_key
from tests.kernels.scoring import level_of
from tests.reference.short_names import LINES, class_word, could_be_vietnamese

WORDS = [word for line in LINES for word in line]


def test_each_word_is_in_one_line_and_written_as_it_is_looked_for():
    assert len(WORDS) == len(set(WORDS)) > 1000
    assert [w for w in WORDS if normalise_one(w.encode(), "name")[2] != w.encode()] == []
    assert all(len(line) > 1 for line in LINES)


@given(st.one_of(st.sampled_from(WORDS), st.text("aeiouhlmnrtсашив", min_size=1, max_size=12)))
@example(max(WORDS, key=lambda word: len(word.encode())))
@example(max(WORDS, key=lambda word: len(word.encode())) + "x")
def test_a_word_sounds_as_its_class_does(word):
    chosen = class_word(word)
    assert phonetic_one(word.encode()) == phonetic_one(chosen.encode())
    if word not in WORDS:
        assert chosen == word


def test_words_of_a_line_are_one_class():
    for line in LINES:
        assert len({phonetic_one(word.encode()) for word in line}) == 1, line


def test_what_could_be_a_vietnamese_syllable_keeps_its_class():
    """Else Vietnamese names would be near to others than those that sound like them."""
    syllables = [word for word in WORDS if could_be_vietnamese(word)]
    assert {"dan", "tim", "kim"} <= set(syllables)
    for word in syllables:
        assert phonetic_key(class_word(word)) == phonetic_key(word)


@pytest.mark.parametrize(
    ("part", "pair", "level"),
    [
        ("given", ("Bill", "William"), 5),
        ("given", ("Pepe", "José"), 5),
        ("given", ("Саша", "Александр"), 5),
        ("given", ("Bill", "Robert"), 1),
        ("full", ("Peggy Smith", "Margaret Smith"), 6),
        ("full", ("Mohd Faizal bin Ismail", "Muhammad Faizal bin Ismail"), 6),
        ("full", ("Smith Peggy Ann", "Smith Margaret Anne"), 4),
        ("full", ("Peggy Smith", "Ursula Smith"), 3),
    ],
)
def test_a_short_form_is_as_near_as_a_slip(part, pair, level):
    assert level_of({"x": list(pair)}, [Field("x", "person_name", part=part)])["x"] == level


@pytest.mark.parametrize("faulty", ["bill william", "dan don", "william bill"])
def test_a_faulty_table_is_not_compiled(tmp_path, faulty):
    """A word in two lines, or two Vietnamese syllables in one."""
    source = Path(__file__).parents[1] / "ext" / "short_names.py"
    made = tmp_path / "ext"
    made.mkdir()
    (tmp_path / "linkage").symlink_to(source.parents[1] / "linkage")
    (made / "short_names.py").write_text(source.read_text())
    (made / "short_names.json").write_text(f'{{"en": ["william bill", "{faulty}"]}}')
    with pytest.raises(ValueError, match=r"short_names\.json"):
        runpy.run_path(str(made / "short_names.py"))["table_in_c"]()


def test_a_look_up_finds_short_forms(tmp_path):
    """Also under another date, where the keys of names decide: they are made of the same classes."""
    given_names = ["William", "Margaret", "Theresa", "Walter", "Oliver", "Norman", "Pamela", "Stanley"]
    begins = ["Har", "Pem", "Quill", "Ash", "Merri", "This", "Grob"]
    ends = ["court", "berton", "oughby", "down", "field", "tlewick", "gley", "minster"]
    register = [
        {
            "record_id": f"r{i}",
            "full_name": f"{given_names[i % 8]} {begins[i % 7]}{ends[i // 56]}",
            "date_of_birth": f"{1930 + i % 60}-{1 + i % 12:02}-{1 + i % 28:02}",
        }
        for i in range(400)
    ]
    index = linkage.build_index(tmp_path / "index", register)
    short = {"William": "Bill", "Margaret": "Peggy", "Theresa": "Tess"}
    for of in (16, 17, 18):
        name, _, family = register[of]["full_name"].partition(" ")
        for date in (register[of]["date_of_birth"], "1912-06-30"):
            found = index.lookup({"full_name": f"{short[name]} {family}", "date_of_birth": date}, limit=1)
            assert found[0].record_id == f"r{of}"
            assert found[0].levels["full_name"] == "one token differs slightly"
