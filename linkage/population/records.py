"""Record numbers -> an Arrow batch of records in the citizen columns, with their truth."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.population.damage import N_SITES, Damage
from linkage.population.draws import I64, Draws, affine
from linkage.population.naming import Naming
from linkage.population.numbers import Numbers, digits
from linkage.population.peoples import PEOPLES
from linkage.population.population import FEMALE, Population
from linkage.population.texts import strings
from linkage.population.write_dates import write_dates
from linkage.population.write_names import Names
from linkage.population.write_numbers import write_numbers
from linkage.population.write_places import Addresses

COLUMNS: Final = (
    "record_id", "id_number", "old_id_number", "health_insurance_number", "tax_code", "phone",
    "full_name",
    "date_of_birth", "sex", "birth_province", "street", "commune", "district", "province",
    "father_name",
    "mother_name", "spouse_name", "ethnicity", "household_id", "entity",
)  # fmt: skip
CODED: Final = ("sex", "birth_province", "commune", "district", "province", "ethnicity")
"""Columns of few values, handed over as dictionary arrays."""


class Records:
    """Writes batches of records of one data set.

    Parameters
    ----------
    seed : of the data set.
    n_persons : how many people have numbers, strangers included.
    profile : damage of the copies.
    """

    def __init__(self, *, seed: int, n_persons: int, profile: str) -> None:
        self.draws = Draws(seed)
        self.profile = profile
        self.population = Population(self.draws)
        self.numbers = Numbers(self.population, n_persons)
        self.names = Names(Naming(self.draws))
        self.addresses = Addresses(self.population.places)
        self._peoples = pa.array([people.name for people in PEOPLES])
        self._sexes = pa.array(["Nam", "Nữ"])

    def batch(
        self, *, prefix: str, row: I64, entity: I64, record: I64, damaged: npt.NDArray[np.bool_]
    ) -> pa.Table:
        """One batch.

        Parameters
        ----------
        prefix : letter before the record's number.
        row : int64[n], the record's number.
        entity : int64[n], the person.
        record : int64[n], what the damage is drawn from, different for each copy of a person.
        damaged : bool[n], True = damage of the profile, False = of the register.
        """
        p = self.population.persons(entity)
        keys = record.view(np.uint64)
        elsewhere = self.draws.below("site", keys, N_SITES)
        site = np.where(damaged, elsewhere, p.commune.astype(np.int64))
        damage = Damage(self.draws, keys, site, damaged, self.profile)
        rural = ~self.population.places.commune_urban[p.commune]
        columns: dict[str, pa.Array] = {"record_id": _labels(prefix, row, 9)}
        columns |= write_numbers(p, self.numbers, damage)
        columns["date_of_birth"] = write_dates(p, damage)
        names, forms = self.names.write(p, rural, damage)
        columns |= names
        columns |= self.addresses.write(p, forms, damage)

        sex = (p.sex == FEMALE).astype(np.int32)
        sex[damage.hit_plainly("sex flipped")] ^= 1
        columns["sex"] = _coded(sex, damage.hit_plainly("sex missing"), self._sexes)
        columns["ethnicity"] = _coded(
            p.people.astype(np.int32), damage.hit_plainly("ethnicity missing"), self._peoples
        )
        missing = damage.hit_plainly("household missing")
        home = affine(p.household, 10**9, step=618_033_989, start=112_358)
        columns["household_id"] = _labels("H", home, 9, missing)
        columns["entity"] = pa.array(entity)
        return pa.table([columns[name] for name in COLUMNS], names=list(COLUMNS))


def _labels(prefix: str, number: I64, width: int, missing: I64 | None = None) -> pa.Array:
    letters = np.empty((len(number), width + 1), dtype=np.uint8)
    letters[:, 0] = ord(prefix)
    letters[:, 1:] = digits(number, width)
    length = np.full(len(number), width + 1, dtype=np.int32)
    if missing is not None:
        length[missing] = -1
    return strings(letters, length)


def _coded(codes: npt.NDArray[np.int32], missing: I64, texts: pa.Array) -> pa.Array:
    mask = np.zeros(len(codes), dtype=np.bool_)
    mask[missing] = True
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=mask), texts)
