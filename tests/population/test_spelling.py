import pytest

from linkage.population import spelling, vocabulary
from linkage.population.vocabulary import NameVocabulary


@pytest.mark.parametrize(
    ("word", "moved"),
    [
        ("hòa", "hoà"),
        ("thuý", "thúy"),
        ("thúy", "thuý"),
        ("khỏe", "khoẻ"),
        ("quý", None),
        ("hoàng", None),
        ("giá", None),
        ("hoa", None),
        ("toàn", None),
    ],
)
def test_tone_moves_only_where_disputed(word, moved):
    assert spelling.move_tone(word) == moved


@pytest.mark.parametrize(
    ("word", "swapped"),
    [
        ("mỹ", "mĩ"),
        ("lí", "lý"),
        ("quý", "quí"),
        ("vy", "vi"),
        ("thy", "thi"),
        ("thị", None),
        ("ý", None),
        ("tuyết", None),
        ("nghi", None),
    ],
)
def test_i_and_y(word, swapped):
    assert spelling.swap_i_y(word) == swapped


def test_key_sequences():
    assert spelling.telex("nguyễn") == "nguyeenx"
    assert spelling.telex("đặng") == "ddawngj"
    assert spelling.vni("nguyễn") == "nguye6n4"
    assert spelling.vni("đặng") == "d9a8ng5"


def test_old_fonts():
    assert spelling.tcvn3("Nguyễn") == "NguyÔn"
    assert spelling.tcvn3("Văn") == "V¨n"
    assert spelling.vni_win("Nguyễn Văn") == "Nguyeãn Vaên"
    assert spelling.vni_win("Thị Mỹ Quỵ") == "Thò Myõ Quî"  # i has letters of its own, y for the dot alone
    assert spelling.mojibake("ễ") == "á»…"
    assert spelling.hybrid("ễ") == "ê\u0303"
    assert spelling.fold("Đặng Thị Ý") == "Dang Thi Y"


@pytest.mark.parametrize("word", ["nguyễn", "y", "đức", "quỳnh", "h", "mỹ"])
def test_mistakes_differ_from_the_word(word):
    for found in (spelling.wrong_marks(word), spelling.regional(word), spelling.ocr(word)):
        assert word not in found
    assert len(spelling.typos(word, 36)) == 36


def test_wrong_marks_keep_the_letters():
    for word in ("nguyễn", "hoàng", "đức", "lan"):
        assert {spelling.fold(other) for other in spelling.wrong_marks(word)} == {spelling.fold(word)}


def test_regional_examples():
    assert "lam" in spelling.regional("nam")
    assert "châm" in spelling.regional("trâm")
    assert "lang" in spelling.regional("lan")
    assert "mỹ" in spelling.regional("mỷ")


def test_vocabulary_joins_words_and_keeps_nulls():
    import numpy as np

    words = NameVocabulary(["", "Nguyễn", "Văn", "Hòa", "Buôn Krông"])
    slots = np.array([[1, 2, 3], [1, -1, 3], [-1, -1, -1], [0, 4, -1]], dtype=np.int32)
    forms = np.array([vocabulary.UPPER, vocabulary.FOLDED, 0, 0], dtype=np.int8)
    assert words.join(slots, None, forms).to_pylist() == [
        "NGUYỄN VĂN HÒA",
        "Nguyen Hoa",
        None,
        " Buôn Krông",
    ]
    variants = np.zeros_like(slots)
    variants[0, 2] = vocabulary.TONE_MOVED
    variants[1, 0] = vocabulary.TELEX
    assert words.join(slots, variants, np.zeros(4, dtype=np.int8)).to_pylist()[:2] == [
        "Nguyễn Văn Hoà",
        "Nguyeenx Hòa",
    ]
    assert words.exposed[vocabulary.TONE_MOVED].tolist() == [False, False, False, True, False]
