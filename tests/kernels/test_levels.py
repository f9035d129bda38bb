"""Level codes of all kinds but identifiers against their naive twins, and what each slip costs."""

import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from linkage.comparison.levels import CATEGORY, DATE, EMAIL, NAME, NUMBER, PART, TEXT
from linkage.schema import Field
from tests.kernels.scoring import level_of, level_of_words
from tests.reference import levels as naive

SYLLABLES = ["nguyen", "Nguyễn", "tran", "thi", "Thị", "van", "an", "Ánh", "anh", "hung", "Hùng"]
SYLLABLES += ["huong", "hương", "phuong", "n", "t", "quynh", "quỳnh", "ly", "lý", "christopher"]
SYLLABLES += ["William", "bill", "Tim", "timothy"]
NAME_FIELD, TEXT_FIELD = Field("x", "person_name"), Field("x", "text")


def damage(draw, text):
    """One to three small damages to a text."""
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, max(len(text) - 1, 0)))
        kind = draw(st.sampled_from(["delete", "insert", "substitute", "swap"]))
        letter = draw(st.sampled_from("anhgt o"))
        if kind == "delete":
            text = text[:at] + text[at + 1 :]
        elif kind == "insert":
            text = text[:at] + letter + text[at:]
        elif kind == "substitute":
            text = text[:at] + letter + text[at + 1 :]
        else:
            text = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
    return text


@st.composite
def pairs_of_texts(draw, most_words=5):
    words = draw(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=most_words))
    other = draw(
        st.one_of(
            st.permutations(words),
            st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=most_words),
            st.just(words[1:] or words),
            st.just(words),
        )
    )
    return " ".join(words), damage(draw, " ".join(other))


@given(st.text("abc", max_size=12), st.text("abc", max_size=12))
def test_an_edit_flips_at_most_two_marks_of_the_signature(a, b):
    assert naive.n_differing_marks(a.encode(), b.encode()) <= 2 * naive.osa(a, b)


@given(pairs_of_texts())
@example(("nguyen thi an", "an thi nguyen"))
def test_names_as_the_naive_twin(pair):
    found = level_of({"x": list(pair)}, [NAME_FIELD])["x"]
    assert found == naive.name_level(*pair), NAME.levels[found - 1]


@given(pairs_of_texts(most_words=3))
@example(("an thi", "an"))
@example(("quynh t", "quynh thi an"))
@example(("quynh thi", "quynh t an"))
def test_parts_of_names_as_the_naive_twin(pair):
    found = level_of({"x": list(pair)}, [Field("x", "person_name", part="given")])["x"]
    assert found == naive.part_level(*pair), PART.levels[found - 1]


@given(pairs_of_texts(most_words=1), pairs_of_texts(most_words=1), st.sampled_from(["", "left", "right"]))
@example(("an", "hung"), ("hung", "an"), "")
@example(("an", "hung"), ("tran", "an"), "")
@example(("quynh", "hung"), ("hung", "quynk"), "")
@example(("quynh", "hung"), ("hung", "quynh"), "left")
def test_swapped_parts_as_the_naive_twin(given_names, family_names, lacking):
    if lacking:
        family_names = tuple(
            "" if (side == 0) == (lacking == "left") else x for side, x in enumerate(family_names)
        )
    fields = [Field("x", "person_name", part="given"), Field("y", "person_name", part="family")]
    found = level_of({"x": list(given_names), "y": list(family_names)}, fields)
    assert found["x"] == naive.part_level(*given_names, *family_names)
    assert found["y"] == naive.part_level(*family_names, *given_names)


FEW = st.lists(st.sampled_from(["an", "Anh", "Ánh", "tran", "thi"]), max_size=2).map(" ".join)


@given(*[st.tuples(FEW, FEW)] * 3)
@example(("tran", "thi"), ("", "Trần"), ("", ""))
@example(("tran", "thi"), ("an", ""), ("an thi", ""))
def test_family_names_among_the_other_names_as_the_naive_twin(family_names, middle_names, maiden_names):
    fields = [
        Field("y", "person_name", part="family"),
        Field("middle name", "person_name", part="given"),
        Field("maiden name", "person_name"),
    ]
    columns = {"y": list(family_names)}
    columns |= {"middle name": list(middle_names), "maiden name": list(maiden_names)}
    expected = naive.part_level(*family_names, *middle_names, others=(middle_names, maiden_names))
    assert level_of(columns, fields)["y"] == expected


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("Sarah", "Sarah Patricia", 5),
        ("Sarah P", "Sarah Patricia", 5),
        ("Sarah P. Ann", "Sarah Patricia", 5),
        ("Sarah Jane", "Sarah Patricia", 3),
        ("Patricia", "Sarah Patricia", 3),
        ("Sarah P", "Mary P", 1),
        ("de", "de Souza", 3),
    ],
)
def test_a_second_name_may_be_missing_or_an_initial(left, right, level):
    for pair in ([left, right], [right, left]):
        assert level_of({"x": pair}, [Field("x", "person_name", part="given")]) == {"x": level}


def test_a_family_name_that_is_anothers_given_name_is_no_swap():
    fields = [Field("x", "person_name", part="given"), Field("y", "person_name", part="family")]
    names = {"x": ["Yilmaz", "Selcen"], "y": ["Ertas", "Yilmaz"]}
    assert level_of(names, fields) == {"x": 1, "y": 1}
    names = {"x": ["Yilmaz", "Ertas"], "y": ["Ertas", "Yilmaz"]}
    assert level_of(names, fields) == {"x": 4, "y": 4}


@given(pairs_of_texts())
def test_texts_as_the_naive_twin(pair):
    found = level_of({"x": list(pair)}, [TEXT_FIELD])["x"]
    assert found == naive.text_level(*pair), TEXT.levels[found - 1]


@given(st.text("ab ", max_size=70), st.data())
def test_texts_that_begin_and_end_alike_as_the_naive_twin(text, data):
    """What both begin and end with is passed over, of texts of all lengths that are compared at all."""
    a, b = " ".join(text.split()), " ".join(damage(data.draw, text).split())
    if a and b:
        assert level_of({"x": [a, b]}, [TEXT_FIELD])["x"] == naive.text_level(a, b)


def test_addresses_with_other_numbers_are_other_addresses():
    def level(a, b):
        return EMAIL.levels[level_of({"x": [a, b]}, [Field("x", "email")])["x"] - 1]

    assert level("maria.rossi39@web.net", "maria.rossi16@web.net") == "all others"
    assert level("maria.rossi39@web.net", "maria.rosi39@web.net") == "differs slightly"
    assert level("maria.rossi39@web.net", "maria.rossi39@mail.com") == "same local part"


@given(pairs_of_texts(most_words=2), st.sampled_from(["gmail.com", "gmial.com", "vnn.vn"]))
@example(("an", " an"), "vnn.vn")
def test_email_addresses_as_the_naive_twin(pair, host):
    a, b = (p.replace(" ", ".") for p in pair)
    addresses = f"{a}@gmail.com", f"{b}@{host}"
    found = level_of({"x": list(addresses)}, [Field("x", "email")])["x"]
    assert found == naive.email_level(*addresses), EMAIL.levels[found - 1]


@pytest.mark.parametrize(
    ("a", "b", "level"),
    [
        ("Nguyễn Văn Hùng", "Nguyễn Văn Hùng", "equal"),
        ("Nguyễn Thị Lý", "Nguyễn Thị Lí", "equal up to spelling"),
        ("Nguyễn Văn Hùng", "nguyen van hung", "equal, one side without diacritics"),
        ("Nguyễn Văn Hùng", "Nguyễn Văn Hưng", "equal without diacritics"),
        ("Nguyễn Văn Hùng", "Nguyễn Văn Hùnh", "one token differs slightly"),
        ("Nguyễn Văn Hùng", "Hùng Nguyễn Văn", "missing or extra token, initials, other order"),
        ("Nguyễn Văn Hùng", "Nguyễn Hùng", "missing or extra token, initials, other order"),
        ("Nguyễn Văn Hùng", "Nguyễn V Hùng", "missing or extra token, initials, other order"),
        ("Nguyễn Văn Hùng", "Nguyễn Bá Hùng", "first and last token agree"),
        ("Nguyễn Văn Hùng", "Trần Thị Hùng", "last name token equal"),
        ("Nguyễn Văn Hùng", "Nguyễn Thị Lan", "first name token equal"),
        ("Nguyễn Văn Hùng", "Lê Thị Lan", "all others"),
    ],
)
def test_what_a_reader_calls_it(a, b, level):
    assert NAME.levels[level_of({"x": [a, b]}, [NAME_FIELD])["x"] - 1] == level


def bcd(date):
    return int("{:04}{:02}{:02}".format(*date), 16)


dates = st.tuples(st.integers(1900, 2030), st.integers(1, 12), st.integers(1, 31))


@st.composite
def pairs_of_dates(draw):
    y, m, d = draw(dates)
    near = st.tuples(
        st.sampled_from([y, y - 1, y + 2, y + 4, y + 10, y + 900]),
        st.sampled_from([m, d % 13 or 1, 1, m % 12 + 1, 11, 12, 2]),
        st.sampled_from([d, m, 1, d % 28 + 1]),
    )
    pair = [(y, m, d), draw(st.one_of(near, dates))]
    masks = st.sampled_from([(1, 1, 1), (1, 1, 1), (1, 1, 0), (1, 0, 0), (0, 1, 1), (0, 0, 0)])
    for i in range(2):
        mask = draw(masks)
        pair[i] = tuple(x * keep for x, keep in zip(pair[i], mask, strict=True))
    return pair


@given(pairs_of_dates())
def test_dates_as_the_naive_twin(pair):
    found = level_of_words("date", *(bcd(d) for d in pair))
    assert found == naive.date_level(*pair), DATE.levels[found - 1]


@pytest.mark.parametrize(
    ("a", "b", "level"),
    [
        ((1932, 0, 0), (1936, 1, 1), "two slips"),
        ((1932, 0, 0), (1936, 8, 5), "all others"),
        ((1932, 5, 0), (1982, 0, 0), "two slips"),
        ((1932, 0, 0), (1947, 0, 0), "all others"),
        ((1989, 0, 0), (1990, 0, 0), "year equal, or two months or a vague year apart"),
        ((1988, 0, 0), (1989, 1, 1), "year equal, or two months or a vague year apart"),
        ((1988, 0, 0), (1989, 5, 7), "neighbouring year, or day and month"),
        ((1968, 9, 11), (1969, 11, 9), "two slips"),
        ((1968, 9, 11), (1979, 11, 9), "all others"),
        ((1968, 9, 11), (1968, 9, 24), "year and month equal, or year and day"),
        ((1968, 9, 11), (1968, 12, 11), "year and month equal, or year and day"),
        ((1968, 9, 11), (1968, 4, 27), "year equal, or two months or a vague year apart"),
        ((1968, 9, 11), (1978, 9, 12), "two slips"),
        ((1972, 11, 27), (1973, 1, 3), "year equal, or two months or a vague year apart"),
        ((1999, 12, 31), (2000, 2, 28), "year equal, or two months or a vague year apart"),
        ((1972, 10, 31), (1973, 1, 9), "all others"),
        ((1972, 11, 27), (1974, 1, 3), "all others"),
    ],
)
def test_two_slips_vague_years_and_the_turn_of_a_year(a, b, level):
    """Of matches whose dates seem unlike, half are one of these; of strangers, one in a thousand."""
    assert DATE.levels[level_of_words("date", bcd(a), bcd(b)) - 1] == level
    assert DATE.levels[level_of_words("date", bcd(b), bcd(a)) - 1] == level


@given(*[st.tuples(st.integers(0, 3), st.integers(0, 3))] * 2)
def test_categories_as_the_naive_twin(a, b):
    found = level_of_words("category", *(group << 16 | value for group, value in (a, b)))
    assert found == naive.category_level(a, b), CATEGORY.levels[found - 1]


numbers = st.floats(-1e6, 1e6, width=32)


@given(numbers, st.one_of(numbers, st.sampled_from([0.95, 1.005, 1.0, 1.2])), st.booleans())
def test_numbers_compare_by_their_relative_gap(a, b, is_factor):
    b = struct.unpack("f", struct.pack("f", a * b if is_factor and abs(b) < 2 else b))[0]
    words = [struct.unpack("I", struct.pack("f", x or 1e-38))[0] for x in (a, b)]
    found = level_of_words("number", *words)
    size = max(abs(a), abs(b))
    borders = (abs(abs(a - b) - size * share) for share in (0.01, 0.1))
    if size > 1e-30 and min(borders) > size * 1e-6:
        assert found == naive.number_level(a, b), NUMBER.levels[found - 1]


days = st.tuples(st.integers(0, 12), st.integers(0, 31))


@given(days, days, st.integers(1880, 2059), st.integers(1880, 2059))
def test_levels_of_two_days_of_one_year_are_those_of_any_year(a, b, year, other):
    """Look-ups keep them in a table."""
    levels = {level_of_words("date", bcd((y, *a)), bcd((y, *b))) for y in (year, other)}
    assert len(levels) == 1


@settings(max_examples=30)
@given(pairs_of_texts(), pairs_of_dates())
def test_levels_do_not_depend_on_which_record_comes_first(pair, dates):
    for field in (TEXT_FIELD, Field("x", "person_name", part="given"), Field("x", "email")):
        assert level_of({"x": list(pair)}, [field]) == level_of({"x": list(pair[::-1])}, [field])
    codes = [bcd(d) for d in dates]
    assert level_of_words("date", *codes) == level_of_words("date", *codes[::-1])


@given(pairs_of_texts())
def test_levels_of_names_do_not_depend_on_which_record_comes_first(pair):
    assert level_of({"x": list(pair)}, [NAME_FIELD]) == level_of({"x": list(pair[::-1])}, [NAME_FIELD])


@pytest.mark.parametrize("kind", ["person_name", "text", "email", "address"])
@pytest.mark.parametrize("text", ["x" * 600, "an " * 300, "\u5f20" * 200, "x" * 40 + " an"])
def test_long_texts_are_compared_without_harm(kind, text):
    found = level_of({"x": [text, text[1:] + "b"]}, [Field("x", kind)])["x"]
    assert found >= 1


def test_letters_of_other_scripts_count_one_each():
    """UTF-8 writes the letters of a script with the same first bytes; names must not be alike by these."""

    def part(a, b):
        return PART.levels[level_of({"x": [a, b]}, [Field("x", "person_name", part="given")])["x"] - 1]

    for a, b in (("สมชาย", "มาลี"), ("Иван", "Пётр"), ("فاطمة", "سارة"), ("राम", "गीता"), ("佐藤", "鈴木")):
        assert part(a, b) == "all others"
    for a, b in (("สมชาย", "สมชาน"), ("Сергей", "Сергий"), ("محمد", "محمود"), ("Γιώργος", "Γιώργης")):
        assert part(a, b) == "differs slightly"
    assert part("И", "Иван") == "initial"
    assert part("김", "박") == "all others"
