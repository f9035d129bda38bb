"""A folded token -> its dialect class: what Vietnamese speakers confuse is equal.

The readable twin of `phonetic_hash` in ext/phonetics.pxd, which hashes these very classes; of a given
name's short forms that of one of them.
"""

from __future__ import annotations

_NUCLEI = frozenset(
    (
        *(
            "a",
            "e",
            "i",
            "o",
            "u",
            "ai",
            "ao",
            "au",
            "eo",
            "eu",
            "ia",
            "ie",
            "iu",
            "oa",
            "oe",
            "oi",
        ),
        *("oo", "ua", "ue", "ui", "uo", "uu"),
        *("ieu", "oai", "oao", "oeo", "uai", "uau", "uia", "uie", "uoi", "uou"),
    )
)
_ONSETS = (
    *(("ngh", "N"), ("ng", "N"), ("nh", "J"), ("n", "l"), ("l", "l"), ("tr", "C"), ("ch", "C")),
    *(("s", "s"), ("x", "s"), ("gh", "g"), ("g", "g"), ("d", "d"), ("r", "d"), ("v", "d")),
    *(("kh", "K"), ("ph", "P"), ("th", "T"), ("c", "k"), ("k", "k"), ("q", "k")),
    *(("b", "b"), ("h", "h"), ("m", "m"), ("p", "p"), ("t", "t")),
)
_FINALS = {
    "": "-",
    "m": "m",
    "p": "p",
    "n": "n",
    "ng": "n",
    "nh": "n",
    "t": "t",
    "c": "t",
    "ch": "t",
}
_VOWELS = frozenset("aeiouy")


def phonetic_key(token: str) -> str:
    """Dialect class of a folded token.

    At the start l = n, tr = ch, s = x, d = gi = r = v, c = k = q; at the end n = ng = nh and
    t = c = ch; y = i; -ieu, -uou, -uoi as -iu, -uu, -ui. A token that is no Vietnamese syllable
    keeps its first letter and its consonants.

    Parameters
    ----------
    token : str
        One folded token (lower case, no diacritics).

    Returns
    -------
    str
        Equal for tokens that sound alike somewhere in Vietnam; "" for an empty token.

    Examples
    --------
    >>> phonetic_key("nam") == phonetic_key("lam"), phonetic_key("dung") == phonetic_key("vung")
    (True, True)
    >>> phonetic_key("smith")
    '~smt'
    """
    return _syllable_key(token) or _skeleton(token)


def _syllable_key(token: str) -> str:
    if len(token) > 7 or not token:
        return ""
    onset, rest = "-", token
    if token[0] not in _VOWELS:
        if token.startswith("gi"):
            onset, rest = "d", token[2:] if token[2:3] in _VOWELS and token[2:] else token[1:]
        else:
            for letters, code in _ONSETS:
                if token.startswith(letters):
                    onset, rest = code, token[len(letters) :]
                    break
            else:
                return ""
    n = 0
    while n < len(rest) and rest[n] in _VOWELS:
        n += 1
    nucleus, final = rest[:n].replace("y", "i"), _FINALS.get(rest[n:])
    if nucleus not in _NUCLEI or final is None:
        return ""
    if len(nucleus) == 3 and nucleus[:2] in ("ie", "uo"):
        nucleus = nucleus[0] + nucleus[2]
    return f"{onset}.{nucleus}.{final}"


def _skeleton(token: str) -> str:
    key, last = "", ""
    for char in token.replace("ph", "f").translate(str.maketrans("cqz", "kks")):
        if not last or (char != last and char not in "aeiouyhw"):
            key += char
        last = char
    return "~" + key if key else ""
