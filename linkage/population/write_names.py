"""People and their damage -> the columns full_name, father_name, mother_name and spouse_name."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.population import vocabulary as voc
from linkage.population.damage import Damage
from linkage.population.draws import I64, U64, mix
from linkage.population.households import CHILD, GRANDMOTHER, WIFE
from linkage.population.naming import WIDTH, Ints, Naming, Slots
from linkage.population.population import FEMALE, MALE, Persons, peoples_of_women, siblings_key
from linkage.population.vocabulary import NameVocabulary

Forms = npt.NDArray[np.int8]

TITLES: Final = "Ông Bà Anh Chị BS. Ths. 1. - Bé"
TAILS: Final = ". , 1 2 A B (A) (B) (Tí) (Bé) (chết) * ? (Út) (Tèo) (Bi)"


class Names:
    """Draws and writes names.

    Parameters
    ----------
    naming : the name tables; titles and tails are added to its vocabulary.
    """

    def __init__(self, naming: Naming) -> None:
        self.naming = naming
        self._titles, self._tails = naming.codes(TITLES), naming.codes(TAILS)
        self._vocabulary = NameVocabulary(naming.syllables)

    def write(
        self, p: Persons, rural: npt.NDArray[np.bool_], damage: Damage
    ) -> tuple[dict[str, pa.Array], Forms]:
        """The four columns of names, and the form (case, encoding) each record is written in."""
        naming = self.naming
        family = naming.family(p.lineage, p.region, p.home_people)
        kin_women = (p.role == WIFE) | (p.role == GRANDMOTHER)
        own_people = p.people
        if kin_women.any():
            rows = np.flatnonzero(kin_women & (own_people != p.home_people))
            family[rows] = naming.family(p.lineage[rows], p.region[rows], own_people[rows])
        mothers_people = peoples_of_women(p.mother.lineage, p.home_people)
        mothers_family = naming.family(p.mother.lineage, p.region, mothers_people)
        own = self._own(p, rural, family, mothers_family)
        forms = self._forms(damage)
        columns = {"full_name": self._damaged(own, p, rural, family, forms, damage)}

        father = self._relative(p.father.key, MALE, p.father.year, family, own_people, rural)
        mother = self._relative(p.mother.key, FEMALE, p.mother.year, mothers_family, mothers_people, rural)
        spouse_people = np.where(
            p.sex == MALE, peoples_of_women(p.spouse.lineage, p.home_people), p.home_people
        )
        columns["father_name"] = self._other(
            father, p.father.year, "father", "parents missing", forms, damage
        )
        columns["mother_name"] = self._other(
            mother, p.mother.year, "mother", "parents missing", forms, damage
        )
        wed = np.flatnonzero(p.spouse.year > 0)
        spouse = np.full((len(p.number), WIDTH), -1, dtype=np.int32)
        spouse_family = naming.family(p.spouse.lineage[wed], p.region[wed], spouse_people[wed])
        spouse[wed] = self._relative(
            p.spouse.key[wed],
            (1 - p.sex[wed]).astype(np.int8),
            p.spouse.year[wed],
            spouse_family,
            spouse_people[wed],
            rural[wed],
        )
        columns["spouse_name"] = self._other(spouse, p.spouse.year, "spouse", "spouse missing", forms, damage)
        return columns, forms

    def _own(self, p: Persons, rural: npt.NDArray[np.bool_], family: Ints, mothers_family: Ints) -> Slots:
        """A person's own name; brothers and sisters often share middle names, few a whole name."""
        draws = self.naming.draws
        number = p.number.view(np.uint64)
        child = p.role == CHILD
        u = draws.uniform("like siblings", number)
        shares = ~child | (u < np.where(p.twin, 0.8, 0.4))
        key = np.where(child & (u < 0.0015), p.eldest, number)
        slots = self.naming.names(
            key=key,
            sex=p.sex,
            year=p.year,
            family=family,
            people=p.people,
            siblings=np.where(shares, p.siblings, number),
            mothers_family=np.where(child, mothers_family, -1).astype(np.int32),
            rural=rural,
        )
        return self._like_father(slots, p, rural, family)

    def _like_father(self, slots: Slots, p: Persons, rural: npt.NDArray[np.bool_], family: Ints) -> Slots:
        """Two sons in a thousand have their father's name, one in a hundred his given name."""
        u = self.naming.draws.uniform("like father", p.number.view(np.uint64))
        rows = np.flatnonzero((p.role == CHILD) & (p.sex == MALE) & (u < 0.012) & (p.father.year > 0))
        father = self._relative(
            p.father.key[rows], MALE, p.father.year[rows], family[rows], p.people[rows], rural[rows]
        )
        whole = u[rows] < 0.002
        words, fathers = (slots[rows] >= 0).sum(axis=1), (father >= 0).sum(axis=1)
        slots[rows, words - 1] = father[np.arange(len(rows)), fathers - 1]
        slots[rows[whole]] = father[whole]
        return slots

    def _relative(
        self, key: U64, sex: int | npt.NDArray[np.int8], year: Ints, family: Ints,
        people: npt.NDArray[np.int8], rural: npt.NDArray[np.bool_],
    ) -> Slots:  # fmt: skip
        """Names of relatives from their keys, equal to their own records' names."""
        sexes = np.full(len(key), sex, dtype=np.int8) if isinstance(sex, int) else sex
        siblings = siblings_key(self.naming.draws, key, sexes)
        return self.naming.names(
            key=key,
            sex=sexes,
            year=year,
            family=family,
            people=people,
            siblings=siblings,
            rural=rural,
        )

    def _forms(self, damage: Damage) -> Forms:
        """Case and encoding of each record's names: a site's habit."""
        forms = np.zeros(len(damage.record), dtype=np.int8)
        rows = damage.hit_by_habit("name case")
        forms[rows] = np.where(damage.below("name case how", rows, 100) < 88, voc.UPPER, voc.LOWER)
        for name, choices in (
            ("name unicode", (voc.NFD, voc.NFD, voc.HYBRID)),
            ("name folded", (voc.FOLDED,)),
        ):
            rows = damage.hit_by_habit(name)
            kind = np.array(choices, dtype=np.int8)[damage.below(f"{name} how", rows, len(choices))]
            forms[rows] = forms[rows] % 3 + kind
        rows = damage.hit_by_habit("name encoding")
        kinds = np.array((voc.MOJIBAKE, voc.TCVN3, voc.TCVN3, voc.VNI_WIN), dtype=np.int8)
        forms[rows] = kinds[damage.below("name encoding how", rows, 4)]
        return forms

    def _damaged(
        self,
        own: Slots,
        p: Persons,
        rural: npt.NDArray[np.bool_],
        family: Ints,
        forms: Forms,
        damage: Damage,
    ) -> pa.Array:
        """Full names: other words first, then misspelt ones, then what stands around them."""
        rows = damage.hit("name other")
        key = mix(p.number[rows].view(np.uint64) + self.naming.draws.key("other name"))
        own[rows] = self.naming.names(
            key=key,
            sex=p.sex[rows],
            year=p.year[rows],
            family=family[rows],
            people=p.people[rows],
            rural=rural[rows],
        )
        self._middles(own, p.sex, damage)
        variants = self._misspell(own, damage)
        slots = np.full((len(own), WIDTH + 3), -1, dtype=np.int32)
        wide = np.zeros_like(slots)
        slots[:, 1 : WIDTH + 1], wide[:, 1 : WIDTH + 1] = own, variants
        self._surround(slots, wide, damage)
        return self._vocabulary.join(slots, wide, forms)

    def _middles(self, own: Slots, sex: npt.NDArray[np.int8], damage: Damage) -> None:
        """Middle names lost, Thị or Văn added or lost, and the order of words changed, in place."""
        rows = damage.hit("name middle")
        words = (own[rows] >= 0).sum(axis=1)
        kind = damage.below("name middle how", rows, 10)
        lose = rows[(words >= 3) & (kind < 7)]
        own[lose, 1:-1] = own[lose, 2:]
        own[lose, -1] = -1
        add = rows[(words < WIDTH) & ~((words >= 3) & (kind < 7))]
        common = np.where(sex[add] == FEMALE, self.naming.thi, self.naming.van)
        add, common = add[own[add, 1] != common], common[own[add, 1] != common]
        own[add, 2:] = own[add, 1:-1]
        own[add, 1] = common
        rows = damage.hit("name order")
        words = (own[rows] >= 0).sum(axis=1)
        old = own[rows]
        to_front = damage.below("name order how", rows, 2) == 0
        for position in range(WIDTH):
            source = np.where(to_front, (position - 1) % words, (position + 1) % words)
            inside = position < words
            own[rows[inside], position] = old[np.arange(len(rows)), source][inside]

    def _misspell(self, own: Slots, damage: Damage) -> Slots:
        """Which variant of each syllable is written, int32[n, WIDTH]; 0 = as it should be."""
        variants = np.zeros_like(own)
        self._everywhere(own, variants, "name tone placement", voc.TONE_MOVED, damage)
        self._everywhere(own, variants, "name i y", voc.I_Y, damage)
        for name, begin, number in (
            ("name doublet", voc.DOUBLET, 1),
            ("name regional", voc.REGIONAL, voc.N_REGIONAL),
            ("name mark", voc.WRONG_MARK, voc.N_WRONG_MARK),
            ("name ocr", voc.OCR, voc.N_OCR),
            ("name typo", voc.TYPO, voc.N_TYPO),
        ):
            self._somewhere(own, variants, damage.hit(name), name, begin, number, damage)
        rows = damage.hit("name telex")
        kind = np.where(damage.below("telex how", rows, 4) < 3, voc.TELEX, voc.VNI)
        whole = damage.below("telex whole", rows, 2) == 0
        last = (own[rows] >= 0).sum(axis=1) - 1
        variants[rows, last] = kind
        variants[rows[whole]] = kind[whole, None]
        return variants

    def _everywhere(self, own: Slots, variants: Slots, name: str, variant: int, damage: Damage) -> None:
        """A habit of spelling applies to every syllable it concerns."""
        rows = damage.hit_by_habit(name)
        exposed = self._vocabulary.exposed[variant][own[rows]] & (own[rows] >= 0)
        variants[rows] = np.where(exposed, variant, variants[rows])

    def _somewhere(
        self,
        own: Slots,
        variants: Slots,
        rows: I64,
        name: str,
        begin: int,
        number: int,
        damage: Damage,
    ) -> None:
        """One mistake in one syllable that admits it."""
        if not rows.size:
            return
        exposed = self._vocabulary.exposed[begin][own[rows]] & (own[rows] >= 0)
        bits = damage.draws.bits(f"{name} where", damage.record[rows])
        priority = (bits[:, None] >> (np.arange(WIDTH, dtype=np.uint64) * np.uint64(12))) & np.uint64(4095)
        at = np.argmax((priority.astype(np.int64) + 1) * exposed, axis=1)
        which = begin + damage.below(f"{name} how", rows, number)
        here = exposed.any(axis=1)
        variants[rows[here], at[here]] = which[here]

    def _surround(self, slots: Slots, wide: Slots, damage: Damage) -> None:
        """Titles, tails, brackets and stray spaces, in place."""
        rows = damage.hit("name spacing")
        kind = damage.below("name spacing how", rows, 100)
        word = damage.below("name spacing word", rows, 1 << 16)
        empty = self.naming.empty
        lead = rows[kind < 12]
        slots[lead, 0] = empty
        trail = rows[(kind >= 12) & (kind < 30)]
        slots[trail, -1] = empty
        double = rows[(kind >= 30) & (kind < 65)]
        at = 2 + (word[(kind >= 30) & (kind < 65)] % 2)
        for position in (2, 3):
            here = double[at == position]
            for table, new in ((slots, empty), (wide, 0)):
                table[here, position + 1 : -1] = table[here, position:-2]
                table[here, position] = new
        title = rows[(kind >= 65) & (kind < 78)]
        slots[title, 0] = self._titles[word[(kind >= 65) & (kind < 78)] % len(self._titles)]
        tail = rows[(kind >= 78) & (kind < 96)]
        slots[tail, -1] = self._tails[word[(kind >= 78) & (kind < 96)] % len(self._tails)]
        initials = rows[kind >= 96]
        wide[initials, 2:3] = voc.INITIAL

    def _other(
        self, slots: Slots, year: Ints, who: str, missing: str, forms: Forms, damage: Damage
    ) -> pa.Array:
        """A relative's name as the record's writer spells it."""
        slots[year <= 0] = -1
        absent = damage.draws.uniform(f"{who} missing", damage.record) < damage.rate(missing)
        slots[absent] = -1
        u = damage.draws.uniform(f"{who} spelt", damage.record)
        rows = np.flatnonzero(u < damage.rate("relative spelt"))
        variants = None
        if rows.size:
            variants = np.zeros_like(slots)
            half = damage.below(f"{who} kind", rows, 2) == 0
            self._somewhere(
                slots, variants, rows[half], f"{who} mark", voc.WRONG_MARK, voc.N_WRONG_MARK, damage
            )
            self._somewhere(slots, variants, rows[~half], f"{who} typo", voc.TYPO, voc.N_TYPO, damage)
        lost = np.flatnonzero((u > 0.5) & (u < 0.5 + damage.rate("relative other")))
        lost = lost[(slots[lost] >= 0).sum(axis=1) >= 3]
        slots[lost, 1:-1] = slots[lost, 2:]
        slots[lost, -1] = -1
        return self._vocabulary.join(slots, variants, forms)
