"""A country and a number -> that many people in their households, as dictionaries of plain facts."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from benchmarks.foreign.names import draw, names_of

Person = dict[str, Any]


def make_people(country: str, n: int, random: np.random.Generator, oldest: int = 1930) -> list[Person]:
    """n people; about a third live alone, the others as families with children, a few of them twins.

    Each has given, middle, family, family2 (the mother's), mother, father, sex, born (year, month, day),
    street, number, place, region, postcode, phone, email, household.
    """
    names = names_of(country, random)
    sizes = random.choice([1, 2, 3, 4, 5], n, p=[0.35, 0.25, 0.17, 0.15, 0.08])
    homes = np.repeat(np.arange(n), sizes)[:n]
    n_homes = int(homes[-1]) + 1
    member = np.arange(n) - np.searchsorted(homes, homes)
    female = np.where(member < 2, member % 2, random.integers(0, 2, n)).astype(bool)
    female[member == 0] = random.random(int((member == 0).sum())) < 0.5
    given = np.where(female, draw(names.female, n, random), draw(names.male, n, random))
    middle = np.where(female, draw(names.female, n, random, 9), draw(names.male, n, random, 9))
    family, family2 = (np.array(draw(names.family, n_homes, random)) for _ in range(2))
    fathers, mothers = draw(names.male, n_homes, random), draw(names.female, n_homes, random)
    first = date(oldest, 1, 1).toordinal()
    born = first + random.integers(0, 24_000, n)
    streets, places = draw(names.street, n_homes, random, 40), draw(names.place, n_homes, random, 6)
    people: list[Person] = []
    for i in range(n):
        h = int(homes[i])
        if member[i] >= 2:
            parent = people[i - int(member[i])]
            born[i] = date(*parent["born"]).toordinal() + 8000 + int(random.integers(0, 6000))
            if member[i] >= 3 and random.random() < 0.04:
                born[i] = born[i - 1]
        place = places[h]
        code = 1000 + sum(map(ord, place)) * 7919 % 8500
        day = date.fromordinal(1) + timedelta(days=int(born[i]) - 1)
        own_family = str(family[h]) if member[i] != 1 or random.random() < 0.8 else str(family2[h])
        people.append(
            {
                "given": str(given[i]),
                "middle": str(middle[i]),
                "family": own_family,
                "family2": str(family2[h]) if member[i] >= 2 else str(family2[(h * 7 + i) % n_homes]),
                "father": f"{fathers[h]} {family[h]}",
                "mother": f"{mothers[h]} {family2[h]}",
                "father_given": fathers[h],
                "sex": "F" if female[i] else "M",
                "born": (day.year, day.month, day.day),
                "street": streets[h],
                "number": str(1 + h * 37 % 180),
                "place": place,
                "region": f"region {code % 9}",
                "postcode": f"{code}{h * 13 % 10}",
                "phone": f"0{600_000_000 + (h if random.random() < 0.4 else n + i) * 7_654_321 % 399_999_999}",
                "number_of_person": f"{100_000_000 + (i * 48_271_003 + n) % 899_999_999}",
                "household": h,
            }
        )
    return people


def moved(person: Person, other: Person) -> Person:
    """The person at another one's address."""
    return {**person, **{k: other[k] for k in ("street", "number", "place", "region", "postcode")}}
