"""A value as it should be -> as somebody wrote it: typing, reading, hearing, forgetting."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from linkage._kernels.normalise import normalise_one

Random = np.random.Generator
NEAR = {"q": "wa", "w": "qe", "e": "wr", "r": "et", "t": "ry", "y": "tu", "u": "yi", "i": "uo", "o": "ip", "a": "sq",
        "s": "ad", "d": "sf", "f": "dg", "g": "fh", "h": "gj", "j": "hk", "k": "jl", "l": "ko", "z": "xa", "x": "zc",
        "c": "xv", "v": "cb", "b": "vn", "n": "bm", "m": "nk"}  # fmt: skip
OCR = (
    ("m", "rn"),
    ("l", "1"),
    ("o", "0"),
    ("s", "5"),
    ("b", "6"),
    ("g", "9"),
    ("cl", "d"),
    ("e", "c"),
    ("i", "l"),
)
SOUNDS = (("ph", "f"), ("ck", "k"), ("ee", "ea"), ("ie", "y"), ("ou", "u"), ("z", "s"), ("kh", "h"), ("dh", "d"),
          ("sh", "s"), ("th", "t"), ("q", "k"), ("oo", "u"), ("aa", "a"), ("v", "w"), ("y", "i"), ("ll", "l"),
          ("nn", "n"), ("ss", "s"), ("c", "k"), ("ei", "ai"))  # fmt: skip
NICKNAMES = dict(
    pair.split("=")
    for pair in "james=jim john=jack robert=bob michael=mike william=bill david=dave richard=rick joseph=joe thomas=tom"
    " charles=chuck christopher=chris daniel=dan matthew=matt anthony=tony steven=steve andrew=andy joshua=josh"
    " kenneth=ken edward=ed timothy=tim jeffrey=jeff patricia=pat jennifer=jen elizabeth=liz barbara=barb susan=sue"
    " jessica=jess margaret=peggy sandra=sandy kimberly=kim deborah=deb stephanie=steph rebecca=becky dorothy=dot"
    " francisco=paco jose=pepe manuel=manolo francisca=paca александр=саша сергей=серёжа мария=маша екатерина=катя"
    " johannes=hans cornelis=cees wilhelmina=mien giuseppe=beppe francesco=franco".split()
)
ARABIC = (("mohammed", "muhammad"), ("mohammed", "mohamed"), ("ahmed", "ahmad"), ("hussein", "husain"), ("al-", "al "),
          ("al-", "el "), ("khaled", "khalid"), ("youssef", "yousef"), ("omar", "umar"), ("fatima", "fatimah"),
          ("aisha", "ayesha"), ("ibrahim", "ebrahim"), ("al-", ""), ("abdul", "abd al "), ("ou", "u"), ("ee", "i"),
          ("zainab", "zaynab"), ("layla", "leila"), ("maryam", "mariam"), ("el-", "al "))  # fmt: skip
UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ø", "oe"), ("å", "aa"))


def _typo(text: str, random: Random) -> str:
    k = int(random.integers(0, len(text)))
    kind = int(random.integers(0, 4))
    letter = text[k]
    if letter.isdigit():
        near = str(int(random.integers(0, 10)))
    else:
        near = str(random.choice(list(NEAR.get(letter.lower(), text.replace(" ", "") or "e"))))
    if kind == 0 and len(text) > 1:
        return text[:k] + text[k + 1 :]
    if kind == 1:
        return text[:k] + near + text[k:]
    if kind == 2 and k + 1 < len(text):
        return text[:k] + text[k + 1] + letter + text[k + 2 :]
    return text[:k] + near + text[k + 1 :]


def _replace_by(pairs: tuple[tuple[str, str], ...]) -> Callable[[str, Random], str]:
    def change(text: str, random: Random) -> str:
        lower = text.lower()
        fits = [(a, b) for a, b in pairs if a in lower]
        if not fits:
            return text
        a, b = fits[int(random.integers(0, len(fits)))]
        return lower.replace(a, b, 1)

    return change


def _umlauts(text: str, random: Random) -> str:
    for a, b in UMLAUTS:
        text = text.replace(a, b)
    return text


def _plain(text: str, random: Random) -> str:
    return normalise_one(text.encode(), "text")[2].decode()


def _digits(text: str, random: Random) -> str:
    places = [m.start() for m in re.finditer(r"\d", text)]
    if not places:
        return text
    k = places[int(random.integers(0, len(places)))]
    return text[:k] + str(int(random.integers(0, 10))) + text[k + 1 :]


def _words(text: str, random: Random) -> str:
    words = text.split(" ")
    if len(words) > 1:
        words.pop(int(random.integers(0, len(words))))
    return " ".join(words)


def _turned(text: str, random: Random) -> str:
    first, _, rest = text.partition(" ")
    return f"{rest} {first}".strip()


THAI, ARABIC_INDIC = (str.maketrans("0123456789", digits) for digits in ("๐๑๒๓๔๕๖๗๘๙", "٠١٢٣٤٥٦٧٨٩"))
CARELESS = str.maketrans("أإةى", "ااهي")


def _nickname(text: str, random: Random) -> str:
    first, space, rest = text.partition(" ")
    return NICKNAMES.get(first.lower(), first) + space + rest


def _first_initials(text: str, random: Random) -> str:
    first, *rest = text.split(" ")
    return " ".join([first, "".join(f"{word[0]}." for word in rest)]) if rest else text


def _one_of(*words: str) -> Callable[[str, Random], str]:
    return lambda text, random: str(random.choice(words))


CHANGES: dict[str, Callable[[str, Random], str | None]] = {
    "typo": _typo,
    "typos": lambda t, r: _typo(_typo(t, r) or "x", r),
    "ocr": _replace_by(OCR),
    "sound": _replace_by(SOUNDS),
    "arabic": _replace_by(ARABIC),
    "umlauts": _umlauts,
    "plain": _plain,
    "digits": _digits,
    "initial": lambda t, r: t[:1],
    "words": _words,
    "turned": _turned,
    "nickname": _nickname,
    "upper": lambda t, r: t.upper(),
    "abbreviated": lambda t, r: re.sub(r"(?<=\w{3})[aeiou]\w*$", ".", t),
    "missing": lambda t, r: None,
    "thai_title": lambda t, r: re.sub("^(นางสาว|นาง|นาย)", "", t),
    "thai_digits": lambda t, r: t.translate(THAI),
    "arabic_digits": lambda t, r: t.translate(ARABIC_INDIC),
    "alef": lambda t, r: t.translate(CARELESS),
    "first_initials": _first_initials,
    "none": _one_of("UNKNOWN", "N/A", "-", "null", "desconocido", "no consta", "?"),
    "no_number": _one_of("000000000", "999999999", "123456789", "600000000"),
    "no_mail": _one_of("na@na.com", "none@none.com", "noemail@noemail.com"),
}


def _date(value: tuple[int, int, int], kind: str, random: Random) -> tuple[int, int, int] | None:
    year, month, day = value
    if kind == "missing":
        return None
    if kind == "swapped" and day <= 12:
        return year, day, month
    if kind == "year":
        return year + int(random.choice([-10, -2, -1, 1, 2, 10])), month, day
    if kind == "filler":
        return 1900, 1, 1
    if kind == "january":
        return year, 1, 1
    if kind == "other":
        return year + int(random.integers(-3, 4)), int(random.integers(1, 13)), int(random.integers(1, 29))
    if random.random() < 0.5:
        return year, month, 1 + (day + int(random.integers(1, 27))) % 28
    return year, 1 + (month + int(random.integers(0, 11))) % 12, min(day, 28)


def damage(value: Any, spec: str, others: list[Any], random: Random) -> Any:
    """The value, or a damaged one.

    Parameters
    ----------
    spec : str
        ``"typo:.1 missing:.05"``: each change with its probability, at most one happens. ``other`` takes the
        value of somebody else; dates know ``digit``, ``swapped``, ``year``, ``january``, ``filler``, ``other``, ``missing``.
    others : list
        The same column of other people.
    """
    if value is None:
        return None
    u = random.random()
    for entry in spec.split():
        kind, _, share = entry.partition(":")
        u -= float(share)
        if u < 0:
            if isinstance(value, tuple):
                return _date(value, kind, random)
            if kind == "other":
                return others[int(random.integers(0, len(others)))]
            return CHANGES[kind](value, random) if value else value
    return value


def write_date(value: tuple[int, int, int] | None, style: str) -> str | None:
    """A date in the column's style: strftime-like, or ``serial`` for a spreadsheet's day number."""
    if value is None:
        return None
    year, month, day = value
    if style == "serial":
        from datetime import date

        return str(date(year, month, min(day, 28)).toordinal() - 693_594)
    if style in ("buddhist", "arabic", "era"):
        return _of_country(year, month, day, style)
    return (
        style.replace("%Y", f"{year:04}").replace("%y", f"{year % 100:02}").replace("%m", f"{month:02}")
        .replace("%d", f"{day:02}")
    )  # fmt: skip


ERAS = ((2019, "R", "令和"), (1989, "H", "平成"), (1926, "S", "昭和"), (1912, "T", "大正"), (1, "M", "明治"))


def _of_country(year: int, month: int, day: int, style: str) -> str:
    """A date with a country's digits and years; half of them, by the day, in the other way usual there."""
    other = (year * 373 + month * 31 + day * 7) % 11 < 6
    if style == "buddhist":
        text = f"{day}/{month}/{year + 543}"
        return text.translate(THAI) if other else text
    if style == "arabic":
        text = f"{day:02}/{month:02}/{year}"
        return text.translate(ARABIC_INDIC) if other else text
    first, letter, name = next(era for era in ERAS if year >= era[0])
    n = year - first + 1
    return f"{letter}{n}.{month}.{day}" if other else f"{name}{n}年{month}月{day}日"
