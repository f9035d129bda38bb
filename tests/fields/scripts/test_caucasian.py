"""Georgian and Armenian names meet their Latin spellings, in one table and in two."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linkage
from linkage.fields.scripts.caucasian import of_caucasian

GEORGIAN, ARMENIAN = "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ", "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("გიორგი", "giorgi"), ("შევარდნაძე", "shevardnadze"), ("ჯაფარიძე", "japaridze"),
        ("արամ", "aram"), ("ոսկան", "voskan"), ("հարություն", "harutyun"), ("երևան", "yerevan"),
    ],
)  # fmt: skip
def test_names_as_passports_spell_them(written, read):
    assert of_caucasian(written) == read


@given(st.text(st.sampled_from(GEORGIAN + ARMENIAN + "aé 3")))
def test_letters_of_the_scripts_are_latin_afterwards_and_others_stay(text):
    read = of_caucasian(text)
    assert not set(read) & set(GEORGIAN + ARMENIAN)
    assert [c for c in read if c in "é3 "] == [c for c in text if c in "é3 "]


def test_one_person_in_two_scripts_of_one_table():
    given = ["გიორგი", "ნინო", "დავით", "თამარ", "ლევან", "მარიამ", "ზურაბ", "ეკა"]
    stems = ("გელა", "ჭავჭა", "მაისურა", "ჯაფა", "კვირიკა", "ბერი")
    family = [a + b for a in stems for b in ("შვილი", "ძე", "ია")]
    names = [f"{g} {f}" for g in given for f in family]
    births = [f"{1 + k % 28:02d}.{1 + k % 12:02d}.{1940 + k % 61}" for k in range(len(names))]
    table = pa.table({"name": [*names, *map(str.title, map(of_caucasian, names))], "birth_date": births * 2})
    pairs = linkage.dedupe(table).pairs.to_pylist()
    found = {(p["record_id_l"], p["record_id_r"]) for p in pairs if p["match_probability"] >= 0.95}
    right = {(str(k), str(k + len(names))) for k in range(len(names))}
    n_right = len(right & {tuple(map(str, pair)) for pair in found})
    assert n_right >= 0.95 * len(right)
    assert n_right >= 0.95 * len(found)
