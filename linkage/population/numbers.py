"""People -> their numbers: 12-digit identity, 9-digit old card, insurance, tax, telephone."""

from typing import Final

import numpy as np
import numpy.typing as npt

from linkage.population.ages import LAST_YEAR
from linkage.population.draws import I64, affine, mix, permute
from linkage.population.population import FEMALE, Persons, Population

Digits = npt.NDArray[np.uint8]

_CELLS: Final = 400  # century and sex digit 0..3, two digits of the year, per province
_CHUNK: Final = 1 << 18
_TAX_WEIGHTS: Final = np.array([31, 29, 23, 19, 17, 13, 7, 5, 3])
_CARD_YEARS: Final = np.array([1998, 2002, 2005])
_CARD_SHARE: Final = np.array([0.97, 0.75, 0.30, 0.0])

MOBILE: Final = (
    32, 33, 34, 35, 36, 37, 38, 39, 52, 55, 56, 58, 59, 70, 76, 77, 78, 79, 81, 82, 83, 84, 85,
    86, 87, 88, 89,
    90, 91, 92, 93, 94, 96, 97, 98, 99,
)  # fmt: skip
"""Assigned mobile prefixes after the 0."""
OLD_MOBILE: Final = {
    70: 120, 79: 121, 77: 122, 76: 126, 78: 128, 83: 123, 84: 124, 85: 125, 81: 127, 82: 129,
    32: 162, 33: 163,
    34: 164, 35: 165, 36: 166, 37: 167, 38: 168, 39: 169, 56: 186, 58: 188, 59: 199,
}  # fmt: skip
"""Prefix since 2018 -> the 11-digit number's prefix before."""
_PHONES: Final = len(MOBILE) * 10**7


class Numbers:
    """The identity and old card number of everybody, unique within their issuing cells.

    Parameters
    ----------
    population : who everybody is.
    n_persons : people 0..n_persons-1 get numbers; keeps 8 bytes for each.
    """

    def __init__(self, population: Population, n_persons: int) -> None:
        self.population = population
        self._tail = np.empty(n_persons, dtype=np.int32)
        self._card = np.empty(n_persons, dtype=np.int32)
        draws, places = population.draws, population.places
        self._prefixes = np.zeros((len(places.codes), 10), dtype=np.int64)
        for province, prefixes in enumerate(places.cmnd_prefixes):
            self._prefixes[province, : len(prefixes)] = prefixes
        capacity = np.array([len(prefixes) * 10**6 for prefixes in places.cmnd_prefixes])
        issued = np.zeros(len(places.codes) * _CELLS, dtype=np.int64)
        cards = np.zeros(len(places.codes), dtype=np.int64)
        for begin in range(0, n_persons, _CHUNK):
            number = np.arange(begin, min(begin + _CHUNK, n_persons))
            p = population.persons(number)
            cell = self.cell(p)
            rank = _ranks(cell.astype(np.uint16), issued)
            keys = mix(cell.astype(np.uint64) + draws.key("tail"))
            self._tail[begin : begin + len(number)] = permute(rank % 10**6, 10**6, keys)
            card_share = _CARD_SHARE[np.searchsorted(_CARD_YEARS, p.year, side="right")]
            holder = np.flatnonzero(draws.uniform("card", number.view(np.uint64)) < card_share)
            issuer = p.birth_province[holder].astype(np.int64)
            rank = _ranks(issuer.astype(np.uint16), cards)
            shared = draws.uniform("card shared", holder.view(np.uint64) + np.uint64(begin)) < 0.0005
            rank[shared & (rank > 0)] -= 1
            serial = (rank * 61_803_397 + 271_828) % capacity[issuer]
            prefix = self._prefixes[issuer, serial // 10**6]
            card = np.full(len(number), -1, dtype=np.int64)
            card[holder] = prefix * 10**6 + serial % 10**6
            self._card[begin : begin + len(number)] = card

    def cell(self, p: Persons) -> I64:
        """Province, century, sex and year in the number's first six digits; 0.1 % are wrong."""
        draws = self.population.draws
        key = p.number.view(np.uint64)
        wrong = np.flatnonzero(draws.uniform("wrong structure", key) < 0.001)
        sex = (p.sex == FEMALE).astype(np.int64)
        year = p.year.astype(np.int64)
        half = len(wrong) // 2
        sex[wrong[:half]] ^= 1
        year[wrong[half:]] -= 1 + draws.below("wrong year", key[wrong[half:]], 3)
        digit = np.where(year >= 2000, 2, 0) + sex
        out: I64 = p.birth_province.astype(np.int64) * _CELLS + digit * 100 + year % 100
        return out

    def identity(self, p: Persons) -> I64:
        """12-digit numbers as integers (leading zeros lost)."""
        cell = self.cell(p)
        head = self.population.places.codes[p.birth_province] * 1000 + cell % _CELLS
        out: I64 = head * 10**6 + self._tail[p.number]
        return out

    def prefix(self, province: npt.NDArray[np.int8]) -> I64:
        """The first prefix of each province's old cards."""
        out: I64 = self._prefixes[province, 0]
        return out

    def card(self, p: Persons) -> I64:
        """9-digit numbers of the old card as integers, -1 = never had one."""
        return self._card[p.number].astype(np.int64)


def _ranks(cell: npt.NDArray[np.uint16], counts: I64) -> I64:
    """How many came before each in its cell; `counts` goes on counting."""
    order = np.argsort(cell, kind="stable")
    ordered = cell[order]
    present, first, number = np.unique(ordered, return_index=True, return_counts=True)
    rank = np.empty(len(cell), dtype=np.int64)
    rank[order] = np.arange(len(cell)) - np.repeat(first, number) + np.repeat(counts[present], number)
    counts[present] += number
    return rank


def insurance(number: I64) -> I64:
    """10-digit social insurance numbers, distinct for distinct people."""
    return affine(number, 10**10, step=6_180_339_887, start=1_234_567_891)


def tax_code(number: I64) -> I64:
    """10-digit tax codes with their check digit (circular 105/2020)."""
    stem = affine(number, 5 * 10**8, step=367_264_613, start=81_000_007) * 2
    total = _tax_sum(stem)
    stem += total % 11 == 0  # not assigned: the next number
    total = _tax_sum(stem)
    return stem * 10 + (10 - total % 11)


def _tax_sum(stem: I64) -> I64:
    total = np.zeros_like(stem)
    for position, weight in enumerate(_TAX_WEIGHTS):
        total += stem // 10 ** (8 - position) % 10 * weight
    return total


def phone(key: I64) -> I64:
    """Telephone numbers without the leading zero, distinct for distinct keys."""
    serial = affine(key, _PHONES, step=97_654_321, start=31_415_926)
    return np.array(MOBILE)[serial // 10**7] * 10**7 + serial % 10**7


def digits(numbers: I64, width: int) -> Digits:
    """ASCII digits, uint8[n, width], zeros in front."""
    out = np.empty((len(numbers), width), dtype=np.uint8)
    rest = numbers.copy()
    for column in range(width - 1, -1, -1):
        rest, last = np.divmod(rest, 10)
        out[:, column] = last + ord("0")
    return out


def adults(p: Persons, age: int = 15) -> npt.NDArray[np.bool_]:
    """Who is at least so old at the end of LAST_YEAR."""
    return p.year <= LAST_YEAR - age
