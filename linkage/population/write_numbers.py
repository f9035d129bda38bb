"""People and their damage -> the columns of numbers: identity, card, insurance, tax, phone."""

import numpy as np
import pyarrow as pa

from linkage.population.damage import Damage
from linkage.population.draws import I64, mix
from linkage.population.numbers import (
    OLD_MOBILE,
    Numbers,
    adults,
    digits,
    insurance,
    phone,
    tax_code,
)
from linkage.population.population import Persons
from linkage.population.texts import Texts, strings

_ZERO = np.uint8(ord("0"))


def write_numbers(p: Persons, numbers: Numbers, damage: Damage) -> dict[str, pa.Array]:
    """The columns id_number, old_id_number, health_insurance_number, tax_code and phone."""
    identity = numbers.identity(p)
    card = numbers.card(p)
    rows = damage.hit("id of another")
    identity[rows] = _another(p, rows, numbers, damage)
    text = Texts(len(p.number), 16)
    text.write(slice(None), digits(identity, 12))
    _slips(text, damage)
    rows = damage.hit("id old card")
    rows = rows[card[rows] >= 0]
    text.write(rows, digits(card[rows], 9))
    _malform(text, damage)
    text.blank(damage.hit("id missing"))
    return {
        "id_number": text.to_arrow(),
        "old_id_number": _cards(p, card, rows, numbers, damage),
        "health_insurance_number": _plain(insurance(p.number), damage.hit_plainly("insurance missing")),
        "tax_code": _tax(p, damage),
        "phone": _phones(p, damage),
    }


def _another(p: Persons, rows: I64, numbers: Numbers, damage: Damage) -> I64:
    """The number of a relative in the household, or of a stranger who filled the form in."""
    limit = np.uint64(p.number.max() + 1) if len(p.number) else np.uint64(1)
    relative = np.where(p.father.year[rows] > 0, p.father.key[rows], p.mother.key[rows])
    relative = np.where(relative < limit, relative, p.spouse.key[rows])
    agent = damage.below("agent", rows, min(int(limit), 1 << 31)).astype(np.uint64)
    other = np.where(relative < limit, relative, agent).view(np.int64)
    return numbers.identity(numbers.population.persons(other))


def _slips(text: Texts, damage: Damage) -> None:
    """One digit wrong, two neighbours swapped, or the number the person had before."""
    rows = damage.hit("id digit")
    at = damage.below("id digit at", rows, 12)
    at = np.where(at < 6, at, 6 + at % 6)
    step = 1 + damage.below("id digit by", rows, 9)
    text.letters[rows, at] = _ZERO + (text.letters[rows, at] - _ZERO + step) % 10
    rows = damage.hit("id transposed")
    at = damage.below("id transposed at", rows, 9) + 2
    first, second = text.letters[rows, at].copy(), text.letters[rows, at + 1].copy()
    text.letters[rows, at], text.letters[rows, at + 1] = second, first
    rows = damage.hit_plainly("id superseded")
    text.letters[rows, 6:12] = digits(damage.below("id before", rows, 10**6), 6)


def _malform(text: Texts, damage: Damage) -> None:
    """Numbers that spreadsheets and hurried hands leave behind; mostly the lost leading zero."""
    rows = damage.hit("id malformed")
    kind = damage.below("id malformed how", rows, 100)
    lost = rows[kind < 45]
    text.drop(lost, 0)
    short = rows[(kind >= 45) & (kind < 58)]
    text.drop(short, 7)
    long = rows[(kind >= 58) & (kind < 66)]
    text.insert(long, 9, "0")
    letter = rows[(kind >= 66) & (kind < 74)]
    text.letters[letter, 0] = ord("O")
    floats = rows[(kind >= 74) & (kind < 82)]
    text.drop(floats, 0)
    text.insert(floats, 11, ".0")
    science = rows[(kind >= 82) & (kind < 90)]
    text.drop(science, 0)
    text.insert(science, 1, ".")
    text.insert(science, 4, "E+10")
    text.length[science] = 8
    same = rows[kind >= 90]
    text.letters[same, :12] = _ZERO
    text.length[same] = 12


def _cards(p: Persons, card: I64, only: I64, numbers: Numbers, damage: Damage) -> pa.Array:
    """The old card's number; one person in thirty had another one before moving."""
    moved = np.flatnonzero((p.birth_province != p.province) & (card >= 0))
    moved = moved[damage.uniform("card before", moved) < 0.2]
    changed = card.copy()
    serial = (mix(p.number[moved].view(np.uint64) + damage.draws.key("card 2")) % np.uint64(10**6)).view(
        np.int64
    )
    changed[moved] = numbers.prefix(p.province[moved]) * 10**6 + serial
    text = Texts(len(card), 9)
    rows = np.flatnonzero(card >= 0)
    text.write(rows, digits(changed[rows], 9))
    text.blank(damage.hit_plainly("card missing"))
    text.blank(only)
    return text.to_arrow()


def _plain(values: I64, missing: I64) -> pa.Array:
    length = np.full(len(values), 10, dtype=np.int32)
    length[missing] = -1
    return strings(digits(values, 10), length)


def _tax(p: Persons, damage: Damage) -> pa.Array:
    held = adults(p, 18) & (damage.draws.uniform("taxed", p.number.view(np.uint64)) < 0.7)
    text = Texts(len(p.number), 10)
    rows = np.flatnonzero(held)
    text.write(rows, digits(tax_code(p.number[rows]), 10))
    text.blank(damage.hit_plainly("tax missing"))
    return text.to_arrow()


def _phones(p: Persons, damage: Damage) -> pa.Array:
    """Telephones: children and some others give the household's; old numbers have eleven digits."""
    draws = damage.draws
    owner = np.where(adults(p, 14), p.number, p.head)
    shared = damage.hit_plainly("phone shared")
    owner[shared] = p.head[shared]
    changed = damage.hit_plainly("phone changed")
    second = mix(owner[changed].view(np.uint64) + draws.key("phone 2")) >> np.uint64(36)
    owner[changed] = (np.uint64(1 << 27) + second % np.uint64(1 << 27)).view(np.int64)
    number = phone(owner)
    text = Texts(len(number), 16)
    text.write(slice(None), digits(number, 10))
    old = damage.hit_plainly("phone old")
    prefix = number[old] // 10**7
    table = np.zeros(100, dtype=np.int64)
    table[list(OLD_MOBILE)] = list(OLD_MOBILE.values())
    old, prefix = old[table[prefix] > 0], prefix[table[prefix] > 0]
    text.write(old, digits(table[prefix] * 10**7 + number[old] % 10**7, 11))
    written = damage.hit_plainly("phone written")
    written = written[text.length[written] == 10]
    kind = damage.below("phone written how", written, 4)
    plus = written[kind == 0]
    text.drop(plus, 0)
    text.insert(plus, 0, "+84")
    for code, mark in ((1, " "), (2, ".")):
        rows = written[kind == code]
        text.insert(rows, 7, mark)
        text.insert(rows, 4, mark)
    text.drop(written[kind == 3], 0)
    missing = damage.hit_plainly("phone missing")
    text.blank(missing)
    never = draws.uniform("no phone", p.number.view(np.uint64)) < np.where(p.year < 1945, 0.35, 0.02)
    text.blank(never)
    return text.to_arrow()
