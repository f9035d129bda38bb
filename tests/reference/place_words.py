"""Naive twin of ext/place_words.pxd: the tokens of a place -> those that are written."""

from dataclasses import dataclass

from linkage._kernels.normalise import place_word, place_words

REMEMBERED = 24
PLACE_WORDS = [(a.decode(), b.decode()) for a, b in place_words()]
UNITS = ("phương2", "quân5", "xa4", "huyên5", "tinh3", "đương2")


@dataclass
class Word:
    """exact, spelling and folded form; whether a dot follows; whether a part begins here."""

    exact: str
    spelling: str
    folded: str
    dotted: bool
    begins: bool

    @property
    def is_number(self):
        return "0" <= self.folded[:1] <= "9"

    @property
    def is_plain(self):
        return self.exact == self.folded


def said_of(word):
    said = place_word(word.folded.encode())
    return None if said is None else said.decode()


def shorten(words):
    """Each form of the tokens as they are written, or None where nothing is left."""
    head, rest = words[:REMEMBERED], words[REMEMBERED:]
    if rest:
        last = head[-1]
        joined = [
            " ".join(getattr(w, form) for w in (last, *rest)) for form in ("exact", "spelling", "folded")
        ]
        head[-1] = Word(*joined, last.dotted, last.begins)
    parts, part = [], []
    for word in head:
        if word.begins and part:
            parts.append(part)
            part = []
        part.append(word)
    parts.append(part)
    written = [item for part in parts for item in of_part(part)]
    if all(item is None for item in written):
        return None
    out, glue = [], False
    for item in written:
        if item is None:
            continue
        texts, joins = item
        out = (
            [*out[:-1], [a + b for a, b in zip(out[-1], texts, strict=True)]] if glue else [*out, list(texts)]
        )
        glue = joins
    return [" ".join(texts[form] for texts in out) for form in range(3)], len(out) + len(rest)


def of_part(part):
    """What becomes of each word of a part: None, or its three forms and whether it joins the next one."""
    fates, done = [], 0
    for i in range(len(part)):
        if done > i:
            continue
        fates += several(part, i) or [of_word(part, i)]
        done = len(fates)
    return fates


def same(text):
    return (text, text, text)


def begins(part, i):
    return i == 0 or part[i - 1].is_number


def several(part, i):
    words = part[i : i + 3]
    folded, exact = [w.folded for w in words], [w.exact for w in words]
    plain = all(w.is_plain for w in words[:2])
    if len(words) < 3:
        return None
    if folded == ["ho", "chi", "minh"]:
        return [(same("hcm"), False), None, None]
    if folded[:2] == ["khu", "pho"] and words[2].is_number:
        return [(same("kp"), True), None]
    accented = exact[:2] in (["thanh2", "phô1"], ["thi5", "xa4"], ["thi5", "trân1"])
    bare = plain and folded[:2] in (["thi", "xa"], ["thi", "tran"]) and begins(part, i) and len(part) - i > 3
    if accented or bare or (plain and folded[:2] == ["thanh", "pho"]):
        return [None, None]
    return None


def of_word(part, i):
    word, said = part[i], said_of(part[i])
    following = part[i + 1] if i + 1 < len(part) else None
    kept = (cut(word), False)
    if said is None:
        short = slipped(word.folded)
        return (same(short), False) if short else kept
    if said == "&":
        return kept
    sign, letter = said[0], said[1:]
    if sign not in "#-*+.":
        return same(said), False
    if sign == "-":
        return None
    if following is None:
        return kept
    if sign == "#":
        beyond = i + 2 < len(part) and part[i + 2].is_number and said_of(following) in ("#", "-")
        return None if following.is_number or beyond else kept
    if following.is_number:
        return (same(letter), True) if letter and (sign == "*" or word.dotted or begins(part, i)) else kept
    if sign == "+":
        return None if begins(part, i) else kept
    if sign == ".":
        goes = word.dotted and len(following.folded.encode()) > 1 and (begins(part, i) or letter)
        return None if goes else kept
    bare = word.is_plain and begins(part, i) and len(part) - i > 2
    return None if bare or word.exact in UNITS else kept


def slipped(word):
    """The abbreviation of the last word that this one is but for a slip behind its first letter."""
    from tests.reference.levels import osa

    found = [
        short
        for long, short in reversed(PLACE_WORDS)
        if short[0] >= "a" and long[0] == word[0] and "a" <= word[0] <= "z" and len(long) >= 6
        if osa(long.encode(), word.encode()) <= 1
    ]
    return found[0] if found else None


def cut(word):
    from tests.reference.levels import osa

    forms = (word.exact, word.spelling, word.folded)
    folded, less = word.folded.encode(), 0
    for size in (6, 7, 8):
        end = folded[-size:]
        slip = osa(end, b"strasse") <= 1 or end == b"straat"
        if len(folded) > size and end.startswith(b"str") and slip:
            less = size - 3
    written = [form.encode() for form in forms]
    if not less or not all(form[: len(form) - less].endswith(b"str") for form in written):
        return forms
    return tuple(form[: len(form) - less].decode() for form in written)
