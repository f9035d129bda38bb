"""A register and claims -> what a strict comparison finds, to be held against published shares.

Vaccination records against the population database, March 2022, 76.6 million people: 4.6 % without
a usable number, 67.2 % equal, 24.8 % different, 3.4 % not verifiable (thoibaotaichinhvietnam.vn
102282).
Telecom, 2022: 8 % different, of which 30 % were right on re-reading (laodong.vn 1158327).
"""

import re
import unicodedata
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.population.draws import Mask
from linkage.population.spelling import fold, swap_i_y

CLASSES: Final = ("no_number", "match", "mismatch", "unverifiable")


def strict_comparison(register: pa.Table, claims: pa.Table) -> dict[str, float]:
    """Compare claims with a register as a careless program does: letter by letter.

    A claim's number is unusable when missing, not 12 or 9 digits, or all zeros. A claim matches
    when a register record has its 12-digit number, its name (spaces trimmed, case ignored) and its
    date of birth. A 12-digit number that nobody has is not verifiable. All else is a mismatch,
    numbers of the old 9-digit card among it, since the register is asked by the new one.

    Parameters
    ----------
    register, claims : tables with the columns id_number, full_name, date_of_birth (strings).

    Returns
    -------
    dict : share of the claims (0 to 1) in each of CLASSES; all 0 without claims.
    """
    usable, twelve, found, equal = _classify(register, claims)
    n = max(1, len(usable))
    return {
        "no_number": float(np.sum(~usable)) / n,
        "match": float(np.sum(usable & equal)) / n,
        "mismatch": float(np.sum(usable & ~equal & (found | ~twelve))) / n,
        "unverifiable": float(np.sum(usable & twelve & ~found)) / n,
    }


def strict_mismatches(register: pa.Table, claims: pa.Table) -> Mask:
    """Which claims `strict_comparison` calls mismatches; bool[n]."""
    usable, twelve, found, equal = _classify(register, claims)
    return usable & ~equal & (found | ~twelve)


def rescued_share(register: pa.Table, claims: pa.Table) -> float:
    """Of the strict mismatches, the share that match when a reader of Vietnamese compares.

    These do not count as differences: Unicode form, case, stray marks and titles, tone placement,
    i for y, a side without any diacritics, the day unknown on one side, the old card's number.

    Parameters
    ----------
    register, claims : as for `strict_comparison`, and old_id_number in the register.

    Returns
    -------
    float in 0 to 1; 0 without mismatches. Python per mismatch: for samples, not for millions.
    """
    rows = np.flatnonzero(strict_mismatches(register, claims))
    wanted = pa.array(rows)
    by_number: dict[str, list[int]] = {}
    for column in ("id_number", "old_id_number"):
        for position, text in enumerate(register[column].to_pylist()):
            if text:
                by_number.setdefault(text, []).append(position)
    names, dates = register["full_name"].to_pylist(), register["date_of_birth"].to_pylist()
    rescued = 0
    for number, name, date in zip(
        *(claims[column].take(wanted).to_pylist() for column in ("id_number", "full_name", "date_of_birth")),
        strict=True,
    ):
        for position in by_number.get(number.strip(), []):
            if same_name(name, names[position]) and same_date(date, dates[position]):
                rescued += 1
                break
    return rescued / max(1, len(rows))


def _classify(register: pa.Table, claims: pa.Table) -> tuple[Mask, Mask, Mask, Mask]:
    number = _plain(claims["id_number"])
    twelve = _mask(pc.and_(pc.match_substring_regex(number, r"^\d{12}$"), pc.not_equal(number, "0" * 12)))
    usable = twelve | _mask(pc.match_substring_regex(number, r"^\d{9}$"))
    found = _mask(pc.is_in(number, value_set=_plain(register["id_number"])))
    equal = _mask(pc.is_in(_triple(claims), value_set=_triple(register)))
    return usable, twelve, found, equal & twelve


def _plain(column: pa.ChunkedArray) -> pa.Array:
    text = pc.utf8_upper(pc.utf8_trim_whitespace(pc.fill_null(column, "")))
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


def _triple(table: pa.Table) -> pa.Array:
    parts = (_plain(table[column]) for column in ("id_number", "full_name", "date_of_birth"))
    return pc.binary_join_element_wise(*parts, "|")


def _mask(values: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def same_name(a: str, b: str) -> bool:
    """Whether two spellings are one name to a reader of Vietnamese."""
    left, right = _words(a), _words(b)
    if not _marked(left) or not _marked(right):
        left, right = [fold(word) for word in left], [fold(word) for word in right]
    return [_canonical(word) for word in left] == [_canonical(word) for word in right]


def _words(name: str) -> list[str]:
    text = unicodedata.normalize("NFC", name or "").casefold()
    text = re.sub(r"\([^)]*\)|[^\w' ]|\d", " ", text)
    return [word for word in text.split() if word not in ("ông", "bà", "anh", "chị", "bs", "ths", "bé")]


def _marked(words: list[str]) -> bool:
    return any(word != fold(word) for word in words)


def _canonical(word: str) -> tuple[str, str]:
    """Letters and tone apart, so that the tone's place does not matter; y for a lone i."""
    swapped = swap_i_y(word) if fold(word).endswith("i") else None
    parts = unicodedata.normalize("NFD", swapped or word)
    tones = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
    return "".join(c for c in parts if c not in tones), tones


def same_date(a: str, b: str) -> bool:
    """Whether two dates agree as far as both are known; 1 January counts as unknown."""
    left, right = _date(a), _date(b)
    return left[2] == right[2] and all(x == y or 0 in (x, y) for x, y in zip(left, right, strict=True))


def _date(text: str) -> tuple[int, int, int]:
    parts = [int(part) for part in re.split(r"\D+", text or "") if part]
    if len(parts) == 3 and parts[0] > 31:
        parts.reverse()
    day, month, year = ([0] * 3 + parts)[-3:]
    return (0, 0, year) if (day, month) == (1, 1) else (day, month, year)
