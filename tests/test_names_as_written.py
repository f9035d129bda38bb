"""Names as tables write them, with initials or twice: one person's records are found, others' are not."""

import numpy as np
import pyarrow as pa

import linkage
from benchmarks.compare_foreign import run_linkage

CONSONANTS, VOWELS = list("bdfgklmnprstvz"), list("aeiou")


def some_names(random, n, syllables):
    """Names of a few syllables."""
    parts = [
        [c + v for c, v in zip(random.choice(CONSONANTS, n), random.choice(VOWELS, n), strict=True)]
        for _ in range(syllables)
    ]
    return ["".join(p).title() for p in zip(*parts, strict=True)]


def as_table(rows, *headers):
    table = pa.table(dict(zip((*headers, "entity"), zip(*rows, strict=True), strict=True)))
    return table.append_column("record_id", pa.array([str(i) for i in range(len(rows))]))


def test_an_initial_for_a_second_name_makes_no_household_of_a_person():
    """One side writes second names as initials: most matches differ so, and no two of a household."""
    random = np.random.default_rng(11)
    given, family = some_names(random, 90, 3), some_names(random, 400, 3)
    streets = some_names(random, 200, 3)
    left, right = [], []
    for who in range(2500):
        first, second, last = random.choice(given), random.choice(given), random.choice(family)
        address = f"{random.integers(1, 150)} {random.choice(streets)} Street"
        code = "".join(random.choice(list("ABCDEFGH123456789"), 6))
        left.append([f"{first} {second[0]}", last, address, code, str(who)])
        if random.random() < 0.6:
            written = f"{first} {second if random.random() < 0.6 else second[0]} {last}"
            right.append([written, address, code, str(who)])
    found, _, _ = run_linkage(
        [
            as_table(left, "forenames", "surname", "address", "postcode"),
            as_table(right, "elector name", "addr", "postal code"),
        ]
    )
    assert found.at_95 > 0.99


def namesakes(*writings):
    """Records of people of few names, damaged now and then: each writing of the name, telephone, address."""
    random = np.random.default_rng(12)
    given, family = some_names(random, 40, 2), some_names(random, 25, 2)
    places = some_names(random, 3000, 3)
    n, rows = len(writings), []
    for who in range(2500):
        first, last = random.choice(given), random.choice(family)
        contact = [f"090{random.integers(10**8):08}", f"{random.choice(places)} {random.choice(places)}"]
        for copy in range(1 + random.poisson(0.6)):
            row = [*(writing(first, last) for writing in writings), *contact, str(who)]
            for at in np.flatnonzero(random.random(n + 2) < 0.12) if copy else ():
                row[at] = None if at < n else f"080{random.integers(10**8):08}" if at == n else row[at][:6]
            rows.append(row)
    return rows


def in_signs(first, last):
    return f"{last} {first}"


def in_sounds(first, last):
    return f"{last[::-1]} {first[::-1]}".lower()


def in_letters(first, last):
    return f"mo{first[::-1]} sa{last[::-1]}"


def test_a_name_in_two_writings_makes_no_matches_of_namesakes_without_births():
    """Few names are in use, and what both writings say is one thing: telephones and addresses decide."""
    table = as_table(namesakes(in_signs, in_sounds), "氏名", "フリガナ", "電話番号", "住所")
    found, _, _ = run_linkage([table])
    assert found.precision > 0.97 and found.recall > 0.9


def test_of_a_name_in_three_writings_two_are_compared(tmp_path):
    rows = namesakes(in_signs, in_sounds, in_letters)
    table = as_table(rows, "氏名", "フリガナ", "NAME_EN", "電話番号", "住所")
    found, _, result = run_linkage([table])
    assert found.precision > 0.97 and found.recall > 0.9
    names = [f for f in result.model.schema.fields if f.kind == "person_name"]
    assert sum(f.compare for f in names) == 2 < len(names)
    for model in (None, result.model):
        linkage.build_index(tmp_path / "index", table.drop_columns(["entity"]), model=model, overwrite=True)
        with linkage.open_index(tmp_path / "index") as index:
            assert index.lookup({"氏名": rows[0][0], "電話番号": rows[0][3]})[0].record_id == "0"
