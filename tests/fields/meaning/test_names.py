"""Names of people by content: no list of names, so made-up ones serve; what is no name stays none."""

import numpy as np
import pyarrow as pa
import pytest

from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.names import are_names, tell_sexes
from linkage.tables.opening import open_source

SYLLABLES = ["ka", "lo", "mi", "ren", "sa", "tu", "vel", "nor", "di", "po", "ash", "bir", "gun", "hal"]


def words(n, random, letters=SYLLABLES):
    return ["".join(random.choice(letters, 3)).capitalize() for _ in range(n)]


def drawn(known, n, random):
    share = 1 / (np.arange(len(known)) + 4)
    return random.choice(known, n, p=share / share.sum())


def columns(n=600, seed=0):
    random = np.random.default_rng(seed)
    given, family, towns = words(80, random), words(200, random), words(60, random)
    pairs = list(zip(drawn(given, n, random), drawn(family, n, random), strict=True))
    kinds = ["Road", "Street", "Lane", "Way"]
    return {
        "given family": [f"{a} {b}" for a, b in pairs],
        "FAMILY, Given M.": [f"{b.upper()}, {a} {str(a)[0]}." for a, b in pairs],
        "some initials": [f"{a if i % 2 else a[:1] + '.'} {b}" for i, (a, b) in enumerate(pairs)],
        "three": [f"{b} {a} {c}" for (a, b), c in zip(pairs, drawn(given, n, random), strict=True)],
        "town": list(drawn(towns, n, random)),
        "town and region": [f"{t} {t[:2].upper()}" for t in drawn(towns, n, random)],
        "street": [f"{w} {random.choice(kinds)}" for w in drawn(family, n, random)],
        "via": [f"Via {w}" for w in drawn(family, n, random)],
        "company": [f"{w} {random.choice(['GmbH', 'AG', 'KG'])}" for w in drawn(family, n, random)],
        "with numbers": [f"{a} {b} {random.integers(1, 90)}" for a, b in pairs],
        "remark": [" ".join(random.choice(["call", "back", "no", "note", "of", "later"], 6)) for _ in pairs],
        "work": [str(random.choice(["farm hand", "cook", "old soldier", "house maid"])) for _ in pairs],
        "one word": [a for a, _ in pairs],
    }


@pytest.mark.parametrize("column", ["given family", "FAMILY, Given M.", "some initials", "three"])
@pytest.mark.parametrize("seed", [0, 1])
def test_words_that_recur_in_other_company_are_names(column, seed):
    assert are_names(columns(seed=seed)[column])


@pytest.mark.parametrize("column", list(columns(10))[4:])
@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_no_name(column, seed):
    assert not are_names(columns(seed=seed)[column])


def test_names_with_a_remark_behind_a_colon_are_names():
    known = columns()
    remarks = zip(known["given family"], known["one word"], strict=True)
    assert are_names(
        [f"{name} : son of {father}" if k % 3 else name for k, (name, father) in enumerate(remarks)]
    )


def test_names_of_two_to_four_characters():
    random = np.random.default_rng(0)
    names = ["".join(random.choice(list("王李张刘陈杨黄赵周吴林"), 3)) for _ in range(300)]
    assert are_names(names)
    assert not are_names([str(random.choice(["北京市", "上海市", "广州市"])) for _ in range(300)])


def test_few_values_tell_nothing():
    assert not are_names(columns(60)["given family"])


def test_given_names_go_with_the_sex():
    random = np.random.default_rng(0)
    male, female, towns = words(20, random), words(20, random), words(20, random)
    sexes = list(random.choice(["m", "f"], 500))
    given = [str(random.choice(male if s == "m" else female)) for s in sexes]
    assert tell_sexes(given, sexes)
    assert not tell_sexes(list(random.choice(towns, 500)), sexes)
    assert not tell_sexes(given, [*sexes[1:], None])
    assert not tell_sexes(given[:50], sexes[:50])


def parts(table):
    return {f.name: (f.kind, f.part, f.is_shared) for f in detect_schema(open_source(pa.table(table))).fields}


def test_the_most_distinct_names_are_the_persons_own():
    known = columns()
    mothers = [known["given family"][k // 3] for k in range(600)]
    found = parts({"A": mothers, "B": known["given family"][::-1], "C": known["town"]})
    assert found["B"] == ("person_name", "full", False)
    assert found["A"] == ("text", "full", True)
    assert found["C"][0] == "text"


def test_a_table_without_doubles_has_names_and_telephones_too():
    names = list(dict.fromkeys(columns()["given family"]))
    random = np.random.default_rng(0)
    n = len(names)
    calls = [f"0{9 * 10**8 + k}" for k in random.choice(10**8, n, replace=False)]
    found = parts(
        {
            "A": names,
            "B": calls,
            "C": [f"{k:09}" for k in range(7, 7 + n)],
            "D": [f"entry {chr(97 + k % 26)}{chr(97 + k // 26 % 26)}{chr(97 + k // 676)}" for k in range(n)],
        }
    )
    assert found == {"A": ("person_name", "full", False), "B": ("phone", "full", True)}


def test_other_names_beside_one_that_a_header_tells_are_those_of_the_family():
    known = columns()
    found = parts({"full name": known["given family"], "B": known["given family"][::-1]})
    assert found == {"full name": ("person_name", "full", False), "B": ("text", "full", True)}


def test_a_given_name_is_told_by_the_sex_and_the_family_name_stands_beside():
    random = np.random.default_rng(0)
    male, female, family = words(25, random), words(25, random), words(150, random)
    sexes = list(random.choice(["M", "F"], 600))
    given = [str(random.choice(male if s == "M" else female)) for s in sexes]
    known = {"A": list(random.choice(family, 600)), "B": given, "C": sexes, "D": columns()["town"]}
    found = parts(known)
    assert found["A"] == ("person_name", "family", True)
    assert found["B"] == ("person_name", "given", False)
    assert found["D"][0] == "text"


def test_codes_and_six_digits():
    random = np.random.default_rng(0)
    n = 400
    found = parts(
        {
            "A": [f"{d:02}{m:02}{y:02}" for d, m, y in random.integers((1, 1, 30), (29, 13, 90), (n, 3))],
            "B": [f"{chr(65 + k % 26)}{k * 7919 % 10**6:06}" for k in random.integers(0, 300, n)],
            "C": [f"{k * 37 + 10_000}" for k in random.integers(0, 90, n)],
            "D": [f"{x:.3f}" for x in random.random(n)],
            "E": [str(10_000 + k) for k in range(n)],
        }
    )
    assert {c: kind for c, (kind, _, _) in found.items()} == {"A": "date", "B": "identifier", "C": "text"}


def test_family_names_of_one_sign_and_given_names_beside():
    random = np.random.default_rng(0)
    families = random.choice(list("김이박최정강조윤장임한오서신"), 400)
    given = ["".join(random.choice(list("지우서연민준하도현수예은영"), 2)) for _ in range(400)]
    towns = [
        str(
            random.choice(
                [
                    "부산",
                    "서울",
                    "인천",
                    "대구",
                    "광주",
                    "대전",
                    "울산",
                    "수원",
                    "창원",
                    "고양",
                    "용인",
                    "청주",
                    "전주",
                ]
            )
        )
        for _ in range(400)
    ]
    born = [f"{1940 + k % 60}-0{1 + k % 9}-11" for k in range(400)]
    found = parts({"A": towns, "B": list(families), "C": given, "D": born})
    assert found["B"] == ("person_name", "family", True)
    assert found["C"] == ("person_name", "given", False)
    assert found["A"][0] != "person_name"
    grades = [str(random.choice(list("甲乙丙丁"))) for _ in range(400)]
    found = parts({"A": grades, "B": given, "C": towns, "D": born})
    assert "family" not in {part for _, part, _ in found.values()}
