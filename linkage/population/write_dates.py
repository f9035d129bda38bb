"""People and their damage -> the column date_of_birth: dd/mm/yyyy, mm/yyyy or yyyy."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.population.ages import LAST_YEAR
from linkage.population.damage import Damage
from linkage.population.draws import I64
from linkage.population.population import UNKNOWN_SHARE, UNKNOWN_UNTIL, Persons
from linkage.population.texts import Texts

Ints = npt.NDArray[np.int32]

_SLASH: Final = ord("/")
_LENGTH: Final = np.array([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
FULL, DEFAULT, YEAR, MONTH = range(4)


def write_dates(p: Persons, damage: Damage) -> pa.Array:
    """Dates of birth as text; unknown days become 01/01 (60 %), the year, or month and year."""
    day, month, year = p.day.copy(), p.month.copy(), p.year.copy()
    shown = _vagueness(p, damage)
    _mistakes(day, month, year, damage)
    first = shown == DEFAULT
    day[first], month[first] = 1, 1
    rows = damage.hit("birth impossible")
    rows = rows[shown[rows] == FULL]
    month[rows] = np.array([2, 4, 6, 9, 11])[damage.below("impossible month", rows, 5)]
    day[rows] = np.where(month[rows] == 2, 30, 31)
    return _texts(day, month, year, shown, damage)


def _vagueness(p: Persons, damage: Damage) -> npt.NDArray[np.int8]:
    """How much of the date is known: a person's own, kept seven times in ten between records."""
    n = len(p.number)
    unknown = p.birth_unknown.copy()
    share = UNKNOWN_SHARE[np.searchsorted(UNKNOWN_UNTIL, p.year, side="right")]
    extra = damage.draws.uniform("birth vague", damage.record) < share * damage.rate("birth vague") * 100
    kept = damage.draws.uniform("birth vague kept", damage.record) < np.where(
        damage.rate("birth vague") > 0, 0.7, 1.0
    )
    number = p.number.view(np.uint64)
    u = damage.draws.uniform("vague how", np.where(kept & ~extra, number, damage.record))
    found = ~kept & (damage.draws.uniform("birth found", damage.record) < 0.15)
    unknown = (unknown & ~found) | extra
    shown = np.full(n, FULL, dtype=np.int8)
    shown[unknown] = np.select([u < 0.6, u < 0.92], [DEFAULT, YEAR], MONTH)[unknown]
    return shown


def _mistakes(day: Ints, month: Ints, year: Ints, damage: Damage) -> None:
    """Swapped, one digit off, another year, the lunar date: changed in place."""
    rows = damage.hit("birth lunar")
    days = _ordinal(year[rows], month[rows], day[rows]) - 20 - damage.below("lunar days", rows, 31)
    day[rows], month[rows], year[rows] = _civil(days)
    rows = damage.hit("birth year")
    off = damage.below("year off", rows, 6)
    year[rows] += np.array([-3, -2, -1, 1, 2, 3])[np.where(off % 5 == 0, 2 + off % 2, off)].astype(np.int32)
    rows = damage.hit("birth digit")
    _wrong_digit(rows, day, month, year, damage)
    rows = damage.hit("birth swapped")
    rows = rows[day[rows] <= 12]
    day[rows], month[rows] = month[rows].copy(), day[rows].copy()


def _wrong_digit(rows: I64, day: Ints, month: Ints, year: Ints, damage: Damage) -> None:
    """One of the eight digits is wrong and the date still a date, else the year's last digit."""
    at = damage.below("birth digit at", rows, 100)
    by = 1 + damage.below("birth digit by", rows, 9).astype(np.int32)
    new_day, new_month, new_year = day[rows], month[rows], year[rows]
    new_day = np.where(at < 35, new_day - new_day % 10 + (new_day + by) % 10, new_day)
    new_day = np.where((at >= 35) & (at < 50), (new_day + 10 * (1 + by % 3)) % 40, new_day)
    new_month = np.where(
        (at >= 50) & (at < 70), new_month - new_month % 10 + (new_month + by) % 10, new_month
    )
    new_year = np.where((at >= 70) & (at < 90), new_year - new_year % 10 + (new_year + by) % 10, new_year)
    tens = new_year % 100 // 10
    new_year = np.where(at >= 90, new_year + 10 * ((tens + by) % 10 - tens), new_year)
    bad = (new_month < 1) | (new_month > 12) | (new_day < 1)
    bad |= (new_day > _LENGTH[np.clip(new_month, 1, 12) - 1]) | (new_year > LAST_YEAR)
    fallback = year[rows] - year[rows] % 10 + (year[rows] + by) % 10
    day[rows] = np.where(bad, day[rows], new_day)
    month[rows] = np.where(bad, month[rows], new_month)
    year[rows] = np.where(bad, fallback, new_year)


def _ordinal(year: Ints, month: Ints, day: Ints) -> I64:
    months = (year.astype(np.int64) - 1970) * 12 + month - 1
    days: I64 = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return days + day - 1


def _civil(days: I64) -> tuple[Ints, Ints, Ints]:
    date = days.astype("datetime64[D]")
    months = date.astype("datetime64[M]")
    day = (date - months).astype(np.int32) + 1
    number = months.astype(np.int64)
    return (
        day.astype(np.int32),
        (number % 12 + 1).astype(np.int32),
        (number // 12 + 1970).astype(np.int32),
    )


def _texts(day: Ints, month: Ints, year: Ints, shown: npt.NDArray[np.int8], damage: Damage) -> pa.Array:
    text = Texts(len(day), 10)
    zero = ord("0")
    full = text.letters
    full[:, 0], full[:, 1] = day // 10 + zero, day % 10 + zero
    full[:, 3], full[:, 4] = month // 10 + zero, month % 10 + zero
    full[:, 2] = full[:, 5] = _SLASH
    for column, unit in zip(range(6, 10), (1000, 100, 10, 1), strict=True):
        full[:, column] = year // unit % 10 + zero
    text.length[:] = 10
    rows = np.flatnonzero(shown == YEAR)
    text.write(rows, full[rows, 6:10])
    rows = np.flatnonzero(shown == MONTH)
    text.write(rows, full[rows, 3:10])
    rows = damage.hit_by_habit("birth format")
    rows = rows[text.length[rows] == 10]
    kind = damage.below("birth format how", rows, 3)
    dashes = rows[kind == 0]
    full[dashes, 2] = full[dashes, 5] = ord("-")
    iso = rows[kind == 1]
    text.write(iso, full[iso][:, [6, 7, 8, 9, 2, 3, 4, 2, 0, 1]])
    full[iso, 4] = full[iso, 7] = ord("-")
    short = rows[kind == 2]
    text.write(short, full[short][:, [0, 1, 2, 3, 4, 5, 8, 9]])
    return text.to_arrow()
