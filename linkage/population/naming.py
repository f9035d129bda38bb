"""Keys of people -> the syllables of their names, by sex, era, region and people."""

from typing import Final

import numpy as np
import numpy.typing as npt

from linkage.population import name_tables as tables
from linkage.population.draws import F64, U64, Draws, Mask, quantised
from linkage.population.peoples import KINH, PEOPLES

WIDTH: Final = 4
"""Words in the longest name."""

Slots = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.int8]

_GIVEN_BITS, _MIDDLE_BITS = 14, 12
N_COHORTS: Final = len(tables.COHORTS) + 1


class Naming:
    """Tables as syllable numbers, and the function that draws names from them.

    Attributes
    ----------
    syllables : title-case text of each syllable number.
    """

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        self.syllables: list[str] = []
        self._number: dict[str, int] = {}
        self.empty = self._code("")
        self.thi, self.van = self._code("Thị"), self._code("Văn")
        self._family = self._family_tables()
        self._given = self._given_tables()
        self._middle = [
            self._table(*_read_weights(text), _MIDDLE_BITS)
            for text in (tables.MIDDLE_MALE, tables.MIDDLE_FEMALE)
        ]
        self._peoples = [self._people_tables(number) for number in range(len(PEOPLES))]

    def _code(self, word: str) -> int:
        word = word.replace("_", " ")
        if word not in self._number:
            self._number[word] = len(self.syllables)
            self.syllables.append(word)
        return self._number[word]

    def codes(self, words: str) -> Ints:
        """Numbers of space-separated syllables, added to the vocabulary when new."""
        return np.array([self._code(word) for word in words.split()], dtype=np.int32)

    def _table(self, words: list[str], weights: F64, bits: int) -> Ints:
        codes = np.array([self._code(word) for word in words], dtype=np.int32)
        return codes[quantised(weights, bits)]

    def _family_tables(self) -> list[Ints]:
        words, weights = _read_weights(tables.FAMILY)
        words += [name for name in tables.FAMILY_BY_REGION if name not in words]
        weights = np.concatenate((weights, np.zeros(len(words) - len(weights))))
        regions = []
        for region in range(3):
            local = weights.copy()
            for name, by_region in tables.FAMILY_BY_REGION.items():
                local[words.index(name)] = by_region[region]
            regions.append(self._table(words, local, 16))
        return regions

    def _given_tables(self) -> list[list[Ints]]:
        by_sex = []
        for sex, eras in (("M", tables.MALE), ("F", tables.FEMALE)):
            cohorts = []
            for cohort in range(N_COHORTS):
                weight: dict[str, float] = {}
                for era, text in eras.items():
                    words = list(dict.fromkeys(text.split()))
                    shares = _era_weights(len(words), tables.TOP_WEIGHTS.get((sex, era), ()))
                    for word, share in zip(words, shares, strict=True):
                        weight[word] = weight.get(word, 0.0) + share * tables.ERA_SHARE[era][cohort]
                cohorts.append(self._table(list(weight), np.array(list(weight.values())), _GIVEN_BITS))
            by_sex.append(cohorts)
        return by_sex

    def _people_tables(self, number: int) -> dict[str, Ints]:
        people = PEOPLES[number]
        for part in people.pattern.replace("|", " ").split():
            if part not in ("F", "M", "G", "H'G"):
                self._code(part)
        given_women = people.given_women
        if "H'G" in people.pattern:
            given_women = " ".join("H'" + word for word in given_women.split())
        texts = {
            "family": people.family,
            "middle0": people.middle_men,
            "middle1": people.middle_women,
            "given0": people.given_men,
            "given1": given_women,
        }
        out = {}
        for part, text in texts.items():
            codes = self.codes(text)
            if len(codes):
                rank = np.arange(len(codes))
                flat = part != "family"
                out[part] = codes[
                    quantised(np.asarray(1.0 / (rank + (6.0 if flat else 1.5)), dtype=np.float64), 12)
                ]
        return out

    def family(self, lineage: U64, region: Bytes, people: Bytes) -> Ints:
        """Family name (or clan) of each lineage; -1 for peoples without."""
        bits = self.draws.bits("family", lineage)
        place = (bits >> np.uint64(48)).astype(np.int64)
        out = np.choose(region, [table[place] for table in self._family]).astype(np.int32)
        for number in np.unique(people[people != KINH]).tolist():
            rows = np.flatnonzero(people == number)
            table = self._peoples[number].get("family")
            out[rows] = -1 if table is None else table[place[rows] >> 4]
        return out

    def names(
        self, *, key: U64, sex: Bytes, year: Ints, family: Ints, people: Bytes,
        siblings: U64 | None = None, mothers_family: Ints | None = None, rural: Mask | None = None,
    ) -> Slots:  # fmt: skip
        """The names of people as syllable numbers.

        Parameters
        ----------
        key : uint64[n], what each name is drawn from.
        sex, year, family, people : of each person; family -1 = none.
        siblings : uint64[n] drawn for the middle names instead of `key`,
        so that siblings share them.
        mothers_family : int32[n] or None; some four-word names carry it.
        rural : bool[n] or None; the countryside keeps Thị and Văn longer.

        Returns
        -------
        int32[n, WIDTH], left-justified, -1 = no word.
        """
        cohort = np.searchsorted(np.array(tables.COHORTS), year, side="right")
        first = self.draws.bits("given", key)
        given = np.empty(len(key), dtype=np.int32)
        place = (first >> np.uint64(64 - _GIVEN_BITS)).astype(np.int64)
        for which in range(2):
            table = np.stack(self._given[which])
            rows = np.flatnonzero(sex == which)
            given[rows] = table[cohort[rows], place[rows]]
        out = self._kinh(
            cohort, sex, family, given, key if siblings is None else siblings, mothers_family, rural
        )
        for number in np.unique(people[people != KINH]).tolist():
            rows = np.flatnonzero(people == number)
            out[rows] = self._other(number, first[rows], sex[rows], cohort[rows], family[rows], out[rows])
        return out

    def _kinh(
        self, cohort: npt.NDArray[np.int64], sex: Bytes, family: Ints, given: Ints, key: U64,
        mothers_family: Ints | None, rural: Mask | None,
    ) -> Slots:  # fmt: skip
        bits = self.draws.bits("middle", key)
        u_words = (bits & 0xFFFF) * 2.0**-16
        u_first = ((bits >> 16) & 0xFFFF) * 2.0**-16
        u_mother = ((bits >> 32) & 0xFF) * 2.0**-8
        middle_bits = np.uint64((1 << _MIDDLE_BITS) - 1)
        one = ((bits >> 40) & middle_bits).astype(np.int64)
        two = ((bits >> 52) & middle_bits).astype(np.int64)
        woman = sex == 1
        four_share = _by_sex(tables.FOUR_WORDS["M"], tables.FOUR_WORDS["F"])[sex, cohort]
        two_share = _by_sex(tables.TWO_WORDS["M"], tables.TWO_WORDS["F"])[sex, cohort]
        four = u_words < four_share
        short = u_words > 1 - two_share
        shares = np.array((tables.MEN_VAN, tables.WOMEN_THI, (0.1,) * N_COHORTS, tables.WOMEN_THI_OF_FOUR))
        usual_share = shares[sex + 2 * four, cohort]
        if rural is not None:
            usual_share = np.where(rural, usual_share * 1.08, usual_share * np.where(cohort >= 4, 0.6, 0.92))
        usual = u_first < usual_share
        middle_one = np.where(woman, self._middle[1][one], self._middle[0][one])
        middle_two = np.where(woman, self._middle[1][two], self._middle[0][two])
        common = np.where(woman, self.thi, self.van)
        middle_one = np.where(usual, common, middle_one)
        if mothers_family is not None:
            doubled = four & ~usual & (u_mother < tables.MOTHERS_NAME_AS_MIDDLE * 1.6) & (mothers_family >= 0)
            middle_one = np.where(doubled & (mothers_family != family), mothers_family, middle_one)
        middle_one = np.where(middle_one == np.where(four, middle_two, given), common, middle_one)
        out = np.full((len(given), WIDTH), -1, dtype=np.int32)
        out[:, 0] = family
        out[:, 1] = np.where(short, given, middle_one)
        out[:, 2] = np.where(short, -1, np.where(four, middle_two, given))
        out[:, 3] = np.where(four, given, -1)
        same = four & (middle_two == given)
        out[same, 3] = -1
        return out

    def _other(
        self,
        number: int,
        bits: U64,
        sex: Bytes,
        cohort: npt.NDArray[np.int64],
        family: Ints,
        kinh: Slots,
    ) -> Slots:
        """Names of one other people; some of the young carry Kinh given names."""
        people, parts = PEOPLES[number], self._peoples[number]
        place = ((bits >> 20) & 0xFFF).astype(np.int64)
        other = ((bits >> 32) & 0xFFF).astype(np.int64)
        modern = ((bits & 0xFFFF) * 2.0**-16) < people.kinh_given * np.array(
            (0.25, 0.35, 0.5, 0.7, 0.9, 1, 1)
        )[cohort]
        words = (kinh >= 0).sum(axis=1)
        kinh_given = kinh[np.arange(len(kinh)), words - 1]
        out = np.full((len(bits), WIDTH), -1, dtype=np.int32)
        for which, pattern in enumerate(people.pattern.split("|")):
            rows = np.flatnonzero(sex == which)
            given = parts[f"given{which}"][place[rows]]
            given = np.where(modern[rows] & ("H'G" not in pattern), kinh_given[rows], given)
            column = 0
            for part in pattern.split():
                if part == "F":
                    out[rows, column] = family[rows]
                elif part == "M":
                    middle = parts.get(f"middle{which}")
                    if middle is None:
                        continue
                    out[rows, column] = middle[other[rows]]
                elif part in ("G", "H'G"):
                    out[rows, column] = given
                else:
                    out[rows, column] = self._code(part)
                column += 1
        free = ("F M G" in people.pattern) & modern & (cohort >= 3)
        out[free] = kinh[free]
        return out


def _read_weights(text: str) -> tuple[list[str], F64]:
    words = text.split()
    weight: dict[str, float] = {}
    for name, value in zip(words[::2], words[1::2], strict=True):
        weight[name] = weight.get(name, 0.0) + float(value)
    return list(weight), np.array(list(weight.values()))


def _era_weights(number: int, top: tuple[float, ...]) -> F64:
    """Per cent of each name of an era's list: the measured ones, then 1/(rank + c)."""
    rank = np.arange(number, dtype=np.float64)
    if not top:
        weights = 1.0 / (rank + 14.0)
        return np.asarray(weights / weights.sum())
    tail = 1.0 / (rank[len(top) :] ** 1.25)
    rest = 100.0 - sum(top)
    # measured names decline into the tail: its first may not outweigh the last of them
    tail = tail / tail.sum() * rest
    return np.concatenate((np.array(top), np.minimum(tail, top[-1]))) / 100.0


def _by_sex(men: tuple[float, ...], women: tuple[float, ...]) -> F64:
    return np.array((men, women))
