"""Level codes of identifiers against their naive twins, and what one slip in a number costs."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linkage._kernels.identifiers import pack_one
from linkage.comparison.levels import IDENTIFIER
from tests.kernels.scoring import level_of_words
from tests.reference import levels as naive
from tests.reference.identifiers import is_grouped, long_level

digits = st.text("0123456789", min_size=1, max_size=15)


def id_level(a, b):
    words = [[code & 0xFFFFFFFF, code >> 32] for code in (pack_one(x.encode())[0] for x in (a, b))]
    return level_of_words("identifier", *words)


@st.composite
def pairs_of_identifiers(draw, alphabet, longest):
    def inside(text):
        return 0 < len(text) <= longest

    a = draw(st.text(alphabet, min_size=1, max_size=longest))
    at = draw(st.integers(0, len(a) - 1))
    char = draw(st.sampled_from(alphabet))
    damaged = [a[:at] + char + a[at + 1 :], a[:at] + char + a[at:], a[:at] + a[at + 1 :]]
    damaged += [a[:at] + a[at : at + 2][::-1] + a[at + 2 :], a[::-1]]
    b = draw(st.one_of(st.sampled_from([d for d in damaged if inside(d)]), digits))
    return a, b if set(b) <= set(alphabet) and inside(b) else a


@given(pairs_of_identifiers("0123456789", 15))
@example(("121111", "11111"))
@example(("12", "1"))
def test_numbers_as_the_naive_twin(pair):
    if all(pack_one(x.encode())[1] == 0 and pack_one(x.encode())[0] >> 60 == 0 for x in pair):
        found = id_level(*pair)
        assert found == naive.identifier_level(*pair), IDENTIFIER.levels[found - 1]


@given(pairs_of_identifiers("0123456789ABXYZ", 9))
def test_numbers_with_letters_as_the_naive_twin(pair):
    pair = tuple(f"{x}Q" for x in pair)
    if all(pack_one(x.encode())[1] == 0 and pack_one(x.encode())[0] >> 60 == 1 for x in pair):
        found = id_level(*pair)
        assert found == naive.identifier_level(*pair), IDENTIFIER.levels[found - 1]


@given(pairs_of_identifiers("0123456789", 18), st.sampled_from(["", "X"]))
@example(("1234567890123456", "123456789012345"), "")
@example(("110101199001011234", "11010119900101123"), "X")
def test_long_numbers_as_the_naive_twin(pair, end):
    pair = tuple(("98765432101" + x)[-17 if end else -18 :] + end for x in pair)
    if all(x.isdigit() or is_grouped(x) for x in pair) and all(pack_one(x.encode())[1] == 0 for x in pair):
        found = id_level(*pair)
        assert found == naive.identifier_level(*pair), IDENTIFIER.levels[found - 1]


@given(pairs_of_identifiers("0123456789AB", 18), st.integers(11, 18))
@example(("RSSMRA85M01H501Z", "RSSMRA85M01H510Z"), 16)
def test_long_numbers_with_letters_as_the_naive_twin(pair, n):
    pair = tuple((x + "QRSTUVWXYZ10203040")[:n] for x in pair)
    if not any(x.isdigit() for x in pair):
        assert id_level(*pair) == long_level(*pair)


@pytest.mark.parametrize(
    ("a", "b", "level"),
    [
        ("110101199001011234", "110101199001011234", "equal"),
        ("110101199001011234", "110101199001011284", "one edit"),
        ("110101199001011234", "110101199001012134", "one edit"),
        ("110101199001011234", "11010119900101123X", "one edit"),
        ("110101199001011234", "11010119900111123X", "two edits"),
        ("110101199001011234", "11010119900101134", "one edit"),
        ("3174010101900001", "317401010190001", "one edit"),
        ("110101199001011234", "110101199001011985", "all others"),
        ("RSSMRA85M01H501Z", "RSSMRA85M01H501X", "one edit"),
        ("RSSMRA85M01H501Z", "RSSMRB85M01H501X", "two edits"),
        ("RSSMRA85M01H501Z", "RSSMRB85M12H501X", "all others"),
        ("GARC850115HDFLNS09", "GARC850115HDFLNZ09", "one edit"),
        ("RSSMRA85M01H501Z", "3174010101900001", "all others"),
        ("RSSMRA85M01H501Z", "AB1234567", "all others"),
        ("GB29NWBK60161331926819", "GB29NWBK60161331926818", "all others"),
    ],
)
def test_one_slip_in_a_long_number(a, b, level):
    assert IDENTIFIER.levels[id_level(a, b) - 1] == IDENTIFIER.levels[id_level(b, a) - 1] == level


@pytest.mark.parametrize(
    ("other", "level"),
    [
        ("079203001234", "equal"),
        ("079203001284", "one edit"),
        ("079203010234", "one edit"),
        ("07920301234", "one edit"),
        ("0792030012344", "one edit"),
        ("079203001998", "all others"),
        ("179203001235", "two edits"),
    ],
)
def test_one_slip_in_a_number(other, level):
    assert IDENTIFIER.levels[id_level("079203001234", other) - 1] == level
