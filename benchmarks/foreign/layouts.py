"""People of known countries -> tables whose layout is the difficulty: headers of a letter, fillers, whose number."""

from benchmarks.foreign.kinds import DATE, NAME, PLACE, Row, Table
from benchmarks.foreign.people import Person
from benchmarks.foreign.rows import Random, mail, part_of


def _of_household(person: Person, salt: int, n: int) -> int:
    return (int(person["household"]) * (2 * salt + 48_271_003) + 11) % n


def accounts(person: Person, random: Random) -> Row:
    """A flat's account, which the household has, under a header that does not tell."""
    return {
        "Абонент": f"{person['family']} {person['given']} {person['father_given']}",
        "Год": str(person["born"][0]),
        "Адрес": f"ул. {person['street']}, д. {person['number']}",
        "Лицевой счет": f"{_of_household(person, 3, 10**8):08}",
    }


def fillers(person: Person, random: Random) -> Row:
    """Columns in which much is filled in that nobody knew."""
    return {
        "Nombre": f"{person['given']} {person['family']} {person['family2']}",
        "DNI": person["number_of_person"],
        "FechaNac": person["born"],
        "Tel": person["phone"],
        "Email": mail(person),
        "Domicilio": f"{person['street']} {person['number']}",
        "Localidad": person["place"],
    }


def letters(person: Person, random: Random) -> Row:
    """A whole name, a sex, a town and a year, under letters."""
    return {
        "A": f"{person['given']} {person['family']}",
        "B": person["sex"],
        "C": person["place"],
        "D": str(person["born"][0]),
    }


def split_letters(person: Person, random: Random) -> Row:
    """Names and dates in parts, under letters."""
    year, month, day = person["born"]
    return {
        "A": person["given"],
        "B": person["family"],
        "C": str(day),
        "D": str(month),
        "E": str(year),
        "F": person["place"],
    }


def relations(person: Person, random: Random) -> Row:
    """Two names in each record under headers that do not tell, the second one a relative's; codes."""
    return {
        "alumno": f"{person['family']} {person['family2']}, {person['given']}",
        "f_nac": person["born"],
        "grupo": f"{part_of(person, 1, 12) + 1}{'ABC'[part_of(person, 2, 3)]}",
        "tutor": person["father"],
    }


def streets_of_letters(person: Person, random: Random) -> Row:
    """A Korean name, a day, a town, and a street with its number, under letters."""
    return {
        "A": person["family"] + person["given"],
        "B": person["born"],
        "C": person["place"],
        "D": f"{person['street']} {person['number']}",
    }


def parts_of_letters(person: Person, random: Random) -> Row:
    """A Chinese name in two columns, a day, and an address in three, under letters."""
    return {
        "A": person["family"],
        "B": person["given"],
        "C": person["born"],
        "D": person["place"],
        "E": person["street"],
        "F": person["number"],
    }


LAYOUTS = {
    "accounts": Table(
        "ru", accounts,
        {"Абонент": "first_initials:.35 typo:.1 words:.05", "Год": "digits:.04 missing:.1", "Адрес": "typo:.1 missing:.1"},
    ),
    "fillers": Table(
        "es", fillers,
        {"Nombre": "typo:.1 plain:.2 words:.1", "DNI": "no_number:.2 none:.15 digits:.05", "FechaNac": f"filler:.15 {DATE}",
         "Tel": "no_number:.15 none:.1 other:.1", "Email": "no_mail:.15 none:.15 other:.1", "Domicilio": "none:.2 typo:.1",
         "Localidad": "none:.1"},
        {"FechaNac": "%d/%m/%Y"}, careful=0.9,
    ),
    "letters": Table("no", letters, {"A": "typo:.1 plain:.1", "C": "other:.05", "D": "digits:.03"}),
    "split_letters": Table(
        "uk", split_letters, {"A": NAME, "B": NAME, "C": "digits:.05", "E": "digits:.03", "F": PLACE}
    ),
    "streets_of_letters": Table(
        "kr", streets_of_letters, {"A": "typo:.06", "B": DATE, "C": PLACE, "D": "typo:.1 missing:.1"}, {"B": "%Y%m%d"}
    ),
    "parts_of_letters": Table(
        "cn", parts_of_letters, {"A": "typo:.03", "B": "typo:.06", "C": DATE, "D": PLACE, "E": "typo:.1 missing:.1"},
        {"C": "%Y.%m.%d"},
    ),
    "relations": Table(
        "es", relations,
        {"alumno": "plain:.2 typo:.1 words:.1", "f_nac": DATE, "tutor": "plain:.2 typo:.1 missing:.2"},
        {"f_nac": "%d-%m-%Y"},
    ),
}  # fmt: skip
