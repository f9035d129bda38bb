import numpy as np
import pytest

from linkage.population.draws import Draws
from linkage.population.households import CHILD, GROUP, HEAD, N_PATTERNS, WIFE, read_patterns
from linkage.population.naming import Naming
from linkage.population.numbers import Numbers, insurance, phone, tax_code
from linkage.population.places import read_places
from linkage.population.population import FEMALE, MALE, Population

N = 70_000


@pytest.fixture(scope="module")
def population():
    return Population(Draws(3))


@pytest.fixture(scope="module")
def everybody(population):
    return population.persons(np.arange(N))


def test_patterns_hold_fourteen_people_in_four_households():
    patterns = read_patterns()
    assert patterns.role.shape == (N_PATTERNS, GROUP)
    assert (np.sort(patterns.household, axis=1) == patterns.household).all()
    assert (patterns.household[:, -1] == 3).all()


def test_a_person_is_the_same_in_any_company(population, everybody):
    chosen = np.array([5, 69_999, 17, 17, 0, 31_234])
    p = population.persons(chosen)
    for field in ("sex", "year", "month", "day", "commune", "lineage", "birth_province", "people"):
        assert (getattr(p, field) == getattr(everybody, field)[chosen]).all(), field
    assert (p.father.key == everybody.father.key[chosen]).all()


def test_relatives_in_the_house_are_who_they_should_be(everybody):
    p = everybody
    child = (p.role == CHILD) & (p.father.key < N) & (p.father.year > 0)
    father = p.father.key[child].view(np.int64)
    assert child.sum() > 20_000
    assert (p.role[father] == HEAD).all()
    assert (p.household[father] == p.household[child]).all()
    assert (p.lineage[father] == p.lineage[child]).all()
    assert (p.year[father] == p.father.year[child]).all()
    child = (p.role == CHILD) & (p.mother.key < N)
    mother = p.mother.key[child].view(np.int64)
    assert (p.sex[mother] == FEMALE).all()
    assert (p.lineage[mother] == p.mother.lineage[child]).all()
    age = p.year[child] - p.year[mother]
    assert age.min() >= 14
    assert age.max() <= 60
    wife = (p.role == WIFE) & (p.spouse.key < N)
    husband = p.spouse.key[wife].view(np.int64)
    assert (p.spouse.key[husband].view(np.int64) == np.flatnonzero(wife)).all()
    assert (p.lineage[husband] == p.spouse.lineage[wife]).all()


def test_shares_of_the_population(everybody):
    p = everybody
    age = 2024 - p.year
    assert np.mean(age < 15) == pytest.approx(0.233, abs=0.03)
    assert np.mean(age >= 65) == pytest.approx(0.093, abs=0.03)
    assert np.mean(p.sex == FEMALE) == pytest.approx(0.502, abs=0.015)
    assert np.mean(p.people != 0) == pytest.approx(0.15, abs=0.02)
    assert 0.10 < np.mean(p.birth_province != p.province) < 0.20
    assert 2 * p.twin.sum() / np.sum(p.role == CHILD) == pytest.approx(0.012, abs=0.004)
    old = (age > 80) & (p.people == 0)
    assert np.mean(p.birth_unknown[old]) == pytest.approx(0.30, abs=0.04)


def test_twins_share_birthday_and_mother(everybody):
    p = everybody
    twin = np.flatnonzero(p.twin)
    for field in ("year", "month", "day"):
        assert (getattr(p, field)[twin] == getattr(p, field)[twin - 1]).all()
    assert (p.mother.key[twin] == p.mother.key[twin - 1]).all()


def test_numbers_are_unique_and_say_what_they_should(population, everybody):
    numbers = Numbers(population, N)
    p = everybody
    identity = numbers.identity(p)
    assert len(np.unique(identity)) == N
    codes = population.places.codes[p.birth_province]
    assert (identity // 10**9 == codes).all()
    digit, year = identity // 10**8 % 10, identity // 10**6 % 100
    right = (digit == 2 * (p.year >= 2000) + p.sex) & (year == p.year % 100)
    assert np.mean(~right) == pytest.approx(0.001, abs=0.0005)
    card = numbers.card(p)
    held = card[card >= 0]
    assert np.mean(card[p.year < 1995] >= 0) > 0.95
    assert (card[p.year >= 2005] < 0).all()
    shared = 1 - len(np.unique(held)) / len(held)
    assert 0 < shared < 0.0015
    assert held.max() < 10**9


def test_other_numbers():
    people = np.arange(100_000)
    for number, width in ((insurance(people), 10), (tax_code(people), 10), (phone(people), 9)):
        assert len(np.unique(number)) == len(people)
        assert number.max() < 10**width
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    for code in tax_code(people[:200]).tolist():
        digits = [int(c) for c in f"{code:010d}"]
        total = sum(w * d for w, d in zip(weights, digits, strict=False))
        assert total % 11 != 0
        assert digits[9] == 10 - total % 11


def test_names_of_the_eras(everybody):
    naming = Naming(Draws(3))
    p = everybody
    family = naming.family(p.lineage, p.region, p.people)
    names = naming.names(key=p.number.view(np.uint64), sex=p.sex, year=p.year, family=family, people=p.people)
    kinh = p.people == 0
    nguyen = naming.syllables.index("Nguyễn")
    assert np.mean(names[kinh, 0] == nguyen) == pytest.approx(0.31, abs=0.015)
    girls = kinh & (p.sex == FEMALE) & (p.year >= 2010)
    women = kinh & (p.sex == FEMALE) & (p.year < 1960)
    assert np.mean((names[women] == naming.thi).any(axis=1)) > 0.85
    assert np.mean((names[girls] == naming.thi).any(axis=1)) < 0.35
    words = (names >= 0).sum(axis=1)
    assert np.mean(words[girls] == 4) > 0.5
    assert np.mean(words[women] == 4) < 0.1
    men = kinh & (p.sex == MALE) & (p.year < 1960)
    assert np.mean(names[men, 1] == naming.van) > 0.6
    given = {tuple(row[row >= 0][-1:].tolist()) for row in names[kinh & (p.sex == FEMALE)]}
    assert len(given) >= 250
    assert len(np.unique(names[kinh, 0])) >= 150
    texts = [naming.syllables[code] for code in np.unique(names[names >= 0])]
    assert "H'Hen" in texts


def test_two_people_rarely_have_one_name(everybody):
    """The published chance for unaccented names is 6.3e-5 within a cohort."""
    naming = Naming(Draws(3))
    rows = np.flatnonzero((everybody.year >= 1990) & (everybody.year < 1999))
    p = everybody
    family = naming.family(p.lineage[rows], p.region[rows], p.people[rows])
    names = naming.names(
        key=p.number[rows].view(np.uint64),
        sex=p.sex[rows],
        year=p.year[rows],
        family=family,
        people=p.people[rows],
    )
    _, counts = np.unique(names, axis=0, return_counts=True)
    pairs = np.sum(counts * (counts - 1.0)) / (len(rows) * (len(rows) - 1.0))
    assert 2e-5 < pairs < 2e-4


def test_places():
    places = read_places()
    assert len(places.provinces) == 63
    assert 9_000 < len(places.commune_names) < 12_000
    assert len(set(places.new_provinces)) == 34
    assert places.commune_province.max() == 62
    for table in (places.commune_district, places.commune_urban, places.new_communes):
        assert len(table) == len(places.commune_names)


def test_provinces_are_understood_however_written():
    from linkage.population.write_places import Addresses
    from linkage.vietnam.provinces import PROVINCES, find_province

    places = read_places()
    assert {f"{code:03d}" for code in places.codes} == {province.code for province in PROVINCES}
    addresses = Addresses(places)
    for province, code in enumerate(places.codes):
        for form in range(24):  # four styles in six cases
            text = addresses._spell_province(province * 24 + form)
            found = {key[0] for key in find_province(text)}
            if form // 6 < 3:
                assert f"{code:03d}" in found, text
            else:
                assert found, text
