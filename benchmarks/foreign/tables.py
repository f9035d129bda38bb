"""A table's name, size and seed -> its records, as unlike each other as what people bring, and who is who.

python -m benchmarks.foreign.tables us_voters OUT.parquet --records 5000 --seed 1
"""

import argparse
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.foreign import countries, purposes
from benchmarks.foreign.damage import damage, write_date
from benchmarks.foreign.kinds import DATE, NAME, PLACE, Table
from benchmarks.foreign.layouts import LAYOUTS
from benchmarks.foreign.people import Person, make_people, moved
from benchmarks.foreign.scripts import SCRIPTS
from benchmarks.foreign.vietnam import VIETNAM

Row = dict[str, Any]

_US = Table(
    "us",
    purposes.us_voter,
    {"first_name": f"{NAME} nickname:.15 initial:.03", "middle_name": "initial:.3 missing:.25 typo:.05",
     "last_name": "typo:.08 sound:.04 other:.04", "age": "digits:.03", "street_address": PLACE, "zip": "digits:.05",
     "party": "other:.1", "phone_num": "other:.2 digits:.05"},
    moves=0.3,
    missing={"middle_name": 0.08, "suffix": 0.0},
    alone={"phone_num": 0.5},
)  # fmt: skip
_HISTORICAL = Table(
    "uk",
    purposes.uk_historical,
    {"first_and_surname": "typo:.15 words:.08 nickname:.05", "first_name": "typo:.12 nickname:.08 initial:.03 missing:.04",
     "surname": "typo:.12 sound:.05 missing:.04", "dob": "digit:.08 january:.12 year:.06 missing:.15",
     "birth_place": "typo:.08 other:.1 missing:.25", "postcode_fake": "digits:.15 typo:.1 missing:.3",
     "gender": "missing:.2 other:.01", "occupation": "other:.2 missing:.35"},
    {"dob": "%Y-%m-%d"},
    copies=(0.25, 0.15, 0.1, 0.08, 0.07, 0.06, 0.06, 0.05, 0.04, 0.04, 0.03, 0.02, 0.02, 0.01, 0.01, 0.01),
    oldest=1600,
)  # fmt: skip
_FEBRL = Table(
    "uk",
    purposes.febrl,
    {"given_name": f"{NAME} other:.02", "surname": NAME, "date_of_birth": DATE, "address_1": "typo:.2 words:.05 missing:.03",
     "suburb": "typo:.15 other:.03", "postcode": "digits:.1", "street_number": "digits:.08 missing:.04",
     "state": "typo:.03 missing:.02", "soc_sec_id": "digits:.1", "address_2": "typo:.2 missing:.05"},
    {"date_of_birth": "%Y%m%d"},
    swaps=(("given_name", "surname", 0.05), ("suburb", "address_2", 0.03)),
    missing={"address_2": 0.1},
    moves=0,
)  # fmt: skip

TABLES: dict[str, Table] = {
    "us_voters": _US,
    "uk_historical": _HISTORICAL,
    "febrl_like": _FEBRL,
    "febrl_dirty": replace(
        _FEBRL, damage={k: " ".join(f"{a}:{min(float(b) * 2.5, 0.4)}" for a, b in (e.split(":") for e in v.split()))
                        for k, v in _FEBRL.damage.items()},
        without=("soc_sec_id",),
        copies=(0.4, 0.2, 0.15, 0.1, 0.1, 0.05),
    ),
    "spain": Table(
        "es", countries.spain,
        {"nombre": f"{NAME} plain:.2 nickname:.08 words:.05", "apellido1": f"{NAME} plain:.25", "apellido2": "typo:.1 missing:.2 plain:.2",
         "fecha_nac": DATE, "dni": "digits:.05 missing:.3", "telefono": "other:.2 missing:.3", "direccion": "typo:.1 abbreviated:.1 missing:.1",
         "municipio": PLACE, "cp": "digits:.05 missing:.1"},
        {"fecha_nac": "%d/%m/%Y"}, swaps=(("apellido1", "apellido2", 0.03),), alone={"dni": 0.3},
    ),
    "brazil": Table(
        "br", countries.brazil,
        {"nome": f"{NAME} plain:.3 words:.12 upper:.1", "nome_mae": f"{NAME} plain:.3 words:.15 missing:.1", "dt_nasc": DATE,
         "cpf": "digits:.03", "sexo": "other:.01 missing:.05", "municipio": f"{PLACE} plain:.2", "uf": "other:.02"},
        {"dt_nasc": "%d/%m/%Y"}, alone={"cpf": 0.7},
    ),
    "china": Table(
        "cn", countries.china,
        {"姓名": "typo:.06 words:.0 missing:.01", "性别": "missing:.05 other:.01", "出生日期": DATE, "身份证号": "digits:.05",
         "手机": "other:.2 digits:.05", "地址": "typo:.08 missing:.1"},
        {"出生日期": "%Y年%m月%d日"}, alone={"身份证号": 0.5, "手机": 0.3},
    ),
    "pinyin": Table(
        "pinyin", countries.pinyin,
        {"name": "turned:.25 typo:.08 upper:.1", "dob": DATE, "gender": "missing:.05", "mobile": "other:.25 missing:.2",
         "city": PLACE, "address": "typo:.1 missing:.1"},
        {"dob": "%Y/%m/%d"},
    ),
    "arab": Table(
        "arab", countries.arab,
        {"Full Name": "arabic:.45 words:.08 typo:.05 turned:.03", "DOB": DATE, "Nationality": "missing:.1", "Passport No": "typo:.04 other:.1 missing:.2",
         "City": PLACE, "Mobile": "other:.25 missing:.2"},
        {"DOB": "%d-%m-%Y"},
    ),
    "india": Table(
        "in", countries.india,
        {"name": "sound:.2 typo:.1 words:.08 initial:.0", "father_name": "sound:.2 typo:.1 words:.1 missing:.08", "age": "digits:.1",
         "village": "sound:.15 typo:.08 missing:.05", "district": "other:.02", "gender": "missing:.03", "mobile_no": "other:.3"},
        alone={"mobile_no": 0.4},
    ),
    "russia": Table(
        "ru", countries.russia,
        {"Фамилия": "typo:.08 other:.02", "Имя": "typo:.06 nickname:.05 initial:.05", "Отчество": "typo:.06 initial:.08 missing:.08",
         "Дата рождения": DATE, "Город": PLACE, "Улица": "typo:.1 missing:.1", "СНИЛС": "digits:.04"},
        {"Дата рождения": "%d.%m.%Y"}, alone={"СНИЛС": 0.5},
    ),
    "japan": Table(
        "jp", countries.japan,
        {"氏名": "typo:.05 words:.0", "生年月日": DATE, "性別": "missing:.05", "電話番号": "other:.2 missing:.2", "都道府県": "other:.05", "住所": "typo:.1 missing:.08"},
        {"生年月日": "%Y/%m/%d"},
    ),
    "germany": Table(
        "de", countries.germany,
        {"Nachname": "umlauts:.3 typo:.08 sound:.04 other:.03", "Vorname": "umlauts:.3 typo:.08 initial:.03", "Geburtsdatum": DATE,
         "PLZ": "digits:.05", "Ort": "umlauts:.2 typo:.05", "Strasse": "umlauts:.2 abbreviated:.1 typo:.08", "Telefon": "other:.3"},
        {"Geburtsdatum": "%d.%m.%Y"}, alone={"Telefon": 0.4}, swaps=(("Nachname", "Vorname", 0.02),),
    ),
    "indonesia": Table(
        "id", countries.indonesia,
        {"nama": "typo:.1 sound:.08 words:.08", "tgl_lahir": DATE, "jenis_kelamin": "missing:.03", "alamat": "typo:.1 words:.1 missing:.05",
         "kelurahan": PLACE, "nik": "digits:.05"},
        {"tgl_lahir": "%d-%m-%Y"}, alone={"nik": 0.6},
    ),
    "netherlands": Table(
        "nl", countries.netherlands,
        {"voornaam": f"{NAME} initial:.2 nickname:.05", "tussenvoegsel": "missing:.2", "achternaam": NAME, "geboortedatum": DATE,
         "postcode": "digits:.05", "huisnummer": "digits:.05", "woonplaats": "typo:.05"},
        {"geboortedatum": "%d-%m-%Y"},
    ),
    "norway": Table(
        "no", countries.norway,
        {"fornavn": f"{NAME} umlauts:.2 initial:.03", "etternavn": f"{NAME} umlauts:.2 other:.03", "fødselsdato": DATE, "adresse": "typo:.1 missing:.05",
         "postnr": "digits:.05", "poststed": "umlauts:.1 typo:.05"},
        {"fødselsdato": "%d%m%y"},
    ),
    "korea": Table(
        "kr", countries.korea,
        {"이름": "typo:.06", "생년월일": DATE, "성별": "missing:.05", "전화번호": "other:.2 missing:.1", "주소": "typo:.1 missing:.1"},
        {"생년월일": "%y%m%d"},
    ),
    "italy": Table(
        "it", countries.italy,
        {"cognome": f"{NAME} plain:.1", "nome": f"{NAME} words:.05 nickname:.05", "data_nascita": DATE, "comune_nascita": PLACE,
         "codice_fiscale": "typo:.05", "indirizzo": "typo:.1 abbreviated:.1 missing:.1", "comune": PLACE},
        {"data_nascita": "%d/%m/%Y"}, alone={"codice_fiscale": 0.5},
    ),
    "france": Table(
        "fr", countries.france,
        {"NOM": f"{NAME} plain:.2 other:.05", "PRENOM": f"{NAME} plain:.2 words:.05", "DATE_NAISS": DATE, "COMMUNE": f"{PLACE} upper:.2",
         "CODE_POSTAL": "digits:.04", "ADRESSE": "typo:.1 abbreviated:.1", "SEXE": "missing:.03"},
        {"DATE_NAISS": "%d/%m/%y"},
    ),
    "turkey": Table(
        "tr", countries.turkey,
        {"ad": f"{NAME} plain:.3", "soyad": f"{NAME} plain:.3 other:.04", "dogum_tarihi": DATE, "il": PLACE, "telefon": "other:.3 missing:.2", "cinsiyet": "missing:.05"},
        {"dogum_tarihi": "%d.%m.%Y"},
    ),
    "hospital": Table(
        "us", purposes.hospital,
        {"pat_first": f"{NAME} nickname:.1", "pat_last": "typo:.06 sound:.03 other:.05", "pat_mi": "missing:.3", "pat_dob": DATE, "ssn4": "digits:.05 missing:.3",
         "addr_line1": "typo:.08", "zip_code": "digits:.04", "home_phone": "other:.2 missing:.2"},
        {"pat_dob": "%m/%d/%Y"}, moves=0.2,
    ),
    "phone_list": Table(
        "it", purposes.phone_list,
        {"name": f"{NAME} turned:.1 initial:.0", "email": "other:.15 typo:.05 missing:.25", "phone": "other:.15 digits:.05 missing:.2"},
        copies=(0.7, 0.25, 0.05),
    ),
    "customers": Table(
        "uk", purposes.customer,
        {"cust_name": "typo:.1 words:.05 turned:.08 initial:.0 upper:.1", "full_address": "typo:.15 words:.15 abbreviated:.1", "email": "other:.2 missing:.3",
         "telephone": "other:.2 missing:.3"},
        copies=(0.7, 0.25, 0.05),
    ),
    "census_us": Table(
        "us", purposes.census,
        {"first_name": f"{NAME} nickname:.1 relative:.02", "middle_initial": "missing:.25", "last_name": NAME, "age": "digits:.03 relative:.01",
         "date_of_birth": DATE, "street_number": "digits:.05", "street_name": "typo:.08", "city": "typo:.04", "zipcode": "digits:.03",
         "sex": "other:.01", "race_ethnicity": "other:.03"},
        {"date_of_birth": "%m/%d/%Y"}, link=0.7, moves=0.15,
    ),
    "payroll_link": Table(
        "us", purposes.payroll,
        {"first_name": f"{NAME} nickname:.1", "last_name": NAME, "ssn": "digits:.03 relative:.02", "mailing_address": "typo:.1 missing:.05",
         "dob": DATE},
        {"dob": "%Y-%m-%d"}, link=0.5, moves=0.3, alone={"ssn": 0.15},
    ),
    "claims_many": Table(
        "de", countries.germany,
        {"Nachname": "umlauts:.3 typo:.08", "Vorname": "umlauts:.3 typo:.08 initial:.03", "Geburtsdatum": DATE, "PLZ": "digits:.05",
         "Ort": "typo:.05", "Strasse": "abbreviated:.2 typo:.08", "Telefon": "other:.3"},
        {"Geburtsdatum": "%d.%m.%Y"}, link=0.5, copies=(0.4, 0.3, 0.2, 0.1), alone={"Telefon": 0.4},
    ),
    "strangers_link": replace(_FEBRL, link=0.15),
    "serial_dates": replace(_FEBRL, dates={"date_of_birth": "serial"}, without=("soc_sec_id",)),
    "no_duplicates": replace(_US, copies=(1.0,)),
    "all_twice": replace(_FEBRL, copies=(0.0, 1.0), without=("soc_sec_id",)),
    "one_error": Table(
        "fr", purposes.plain,
        {"first_name": "typo:.5 other:.5", "last_name": "typo:.5 other:.5", "date_of_birth": "digit:.5 other:.5", "city": "other:1", "email": "other:.6 typo:.4"},
        {"date_of_birth": "%Y-%m-%d"}, copies=(0.5, 0.5), one_error=True,
    ),
    "mostly_null": Table(
        "tr", purposes.plain,
        {"first_name": NAME, "last_name": NAME, "date_of_birth": DATE, "city": PLACE, "email": "typo:.05"},
        {"date_of_birth": "%Y-%m-%d"}, alone={"first_name": 0.2, "last_name": 0.25, "date_of_birth": 0.35, "city": 0.4, "email": 0.5},
        copies=(0.4, 0.3, 0.2, 0.1),
    ),
    "informative_null": Table(
        "tr", purposes.plain,
        {"first_name": NAME, "last_name": NAME, "date_of_birth": DATE, "city": PLACE, "email": "typo:.05"},
        {"date_of_birth": "%Y-%m-%d"}, missing={"city": 0.4, "email": 0.5, "date_of_birth": 0.3}, copies=(0.4, 0.3, 0.2, 0.1),
    ),
    "name_and_year": Table("es", purposes.name_and_year, {"Nombre completo": "typo:.1 plain:.2 words:.08", "Año": "digits:.04", "Provincia": "other:.08"}),
    "surname_and_city": Table("fr", purposes.few, {"prenom": NAME, "nom": NAME, "ville": PLACE, "naissance": DATE}, {"naissance": "%d/%m/%Y"}, records=600),
    "small_us": replace(_US, records=500),
    "small_germany": Table(
        "de", countries.germany,
        {"Nachname": "umlauts:.3 typo:.08", "Vorname": "umlauts:.3 typo:.08", "Geburtsdatum": DATE, "PLZ": "digits:.05", "Ort": "typo:.05", "Strasse": "typo:.08"},
        {"Geburtsdatum": "%d.%m.%Y"}, records=500, alone={"Telefon": 0.4},
    ),
    "us_voters_50k": replace(_US, records=50_000),
    "uk_historical_50k": replace(_HISTORICAL, records=50_000),
    "febrl_dirty_50k": Table(**{**_FEBRL.__dict__, "records": 50_000, "without": ("soc_sec_id",)}),
    "census_us_50k": Table(
        "us", purposes.census,
        {"first_name": f"{NAME} nickname:.1 relative:.02", "middle_initial": "missing:.25", "last_name": NAME, "age": "digits:.03 relative:.01",
         "date_of_birth": DATE, "street_number": "digits:.05", "street_name": "typo:.08", "city": "typo:.04", "zipcode": "digits:.03",
         "sex": "other:.01", "race_ethnicity": "other:.03"},
        {"date_of_birth": "%m/%d/%Y"}, link=0.7, moves=0.15, records=50_000,
    ),
    "brazil_50k": Table(
        "br", countries.brazil,
        {"nome": f"{NAME} plain:.3 words:.12 upper:.1", "nome_mae": f"{NAME} plain:.3 words:.15 missing:.1", "dt_nasc": DATE,
         "cpf": "digits:.03", "sexo": "other:.01 missing:.05", "municipio": f"{PLACE} plain:.2", "uf": "other:.02"},
        {"dt_nasc": "%d/%m/%Y"}, alone={"cpf": 0.7}, records=50_000,
    ),
}  # fmt: skip
TABLES |= SCRIPTS | LAYOUTS | VIETNAM


def make_table(name: str, *, records: int | None = None, seed: int = 1) -> list[pa.Table]:
    """One table, or the two of a link, with record_id and entity; all values text."""
    table = TABLES[name]
    wanted = records or table.records
    random = np.random.default_rng([seed, zlib.crc32(name.encode())])
    each = (
        1
        + table.link
        + sum(k * p for k, p in enumerate(table.copies)) * (not table.link or len(table.copies) > 3)
    )
    people = make_people(
        table.country, max(int(wanted / each * (2 if table.link else 1)), 2), random, table.oldest
    )
    if table.link:
        return _make_link(table, people, wanted, random)
    return [_write(table, _make_copies(table, people, random), wanted, random, "")]


def _columns_of_a_record(table: Table, person: Person) -> list[str]:
    """What differs from record to record of one person: serial numbers, time stamps, orders, wards."""
    first, *others = (table.row(person, np.random.default_rng(k)) for k in range(16))
    return [c for c in first if any(row[c] != first[c] for row in others)]


def _make_copies(table: Table, people: list[Person], random: np.random.Generator) -> list[tuple[int, Row]]:
    plain = [_row(table, person, random) for person in people]
    anew = _columns_of_a_record(table, people[0])
    found = []
    for i, person in enumerate(people):
        n = 1 + int(random.choice(len(table.copies), p=np.array(table.copies) / sum(table.copies)))
        found += [(i, _copy(table, plain, i, person, people, anew if k else None, random)) for k in range(n)]
    return found


def _make_link(
    table: Table, people: list[Person], wanted: int, random: np.random.Generator
) -> list[pa.Table]:
    plain = [_row(table, person, random) for person in people]
    anew = _columns_of_a_record(table, people[0])
    half = min(wanted // 2, len(people) // 2)
    left = [(i, _copy(table, plain, i, people[i], people, None, random)) for i in range(half)]
    shared = int(half * table.link)
    right = []
    several = table.copies if len(table.copies) > 3 else (1.0,)
    for i in [*range(half - shared, half), *range(half, 2 * half - shared)]:
        n = 1 + int(random.choice(len(several), p=np.array(several) / sum(several)))
        right += [(i, _copy(table, plain, i, people[i], people, anew, random)) for _ in range(n)]
    return [_write(table, left, wanted, random, "a"), _write(table, right, wanted, random, "b")]


def _row(table: Table, person: Person, random: np.random.Generator) -> Row:
    row = table.row(person, random)
    for column, share in table.missing.items():
        if random.random() < share:
            row[column] = None
    return row


def _copy(
    table: Table,
    plain: list[Row],
    i: int,
    person: Person,
    people: list[Person],
    anew: list[str] | None,
    random: np.random.Generator,
) -> Row:
    """A record of a person: their first, or a copy with its own values of the columns `anew`."""
    row, is_copy = dict(plain[i]), anew is not None
    if anew:
        drawn = table.row(person, random)
        row |= {c: drawn[c] for c in anew if row[c] is not None}
    if table.one_error:
        if is_copy:
            column = str(random.choice([c for c in table.damage if row[c] is not None]))
            row[column] = _damaged(table.damage[column], row[column], column, plain, i, random)
        return row
    if is_copy and random.random() < table.moves:
        there = table.row(
            moved(person, people[int(random.integers(0, len(people)))]), np.random.default_rng(0)
        )
        here = table.row(person, np.random.default_rng(0))
        row |= {c: v for c, v in there.items() if v != here[c] and row[c] is not None}
    for column, spec in table.damage.items():
        if is_copy or random.random() < table.careful:
            row[column] = _damaged(spec, row[column], column, plain, i, random)
    for a, b, share in table.swaps:
        if is_copy and random.random() < share:
            row[a], row[b] = row[b], row[a]
    for column, share in table.alone.items():
        if random.random() < share:
            row[column] = None
    return row


def _damaged(
    spec: str, value: Any, column: str, plain: list[Row], i: int, random: np.random.Generator
) -> Any:
    if "relative" in spec:
        before, _, share = spec.partition(" relative:")
        if random.random() < float(share.split()[0]):
            return plain[max(i - 1, 0)][column]
        spec = before
    u = [
        row[column]
        for row in (plain[int(k)] for k in random.integers(0, len(plain), 2))
        if row[column] is not None
    ]
    return damage(value, spec, u or [value], random)


def _write(
    table: Table, found: list[tuple[int, Row]], wanted: int, random: np.random.Generator, side: str
) -> pa.Table:
    order = random.permutation(len(found))
    chosen = [found[int(k)] for k in order][:wanted]
    columns: dict[str, Any] = {
        "record_id": [f"{side}{k}" for k in range(len(chosen))],
        "entity": [str(i) for i, _ in chosen],
    }
    for column in (c for c in chosen[0][1] if c not in table.without):
        values = [row[column] for _, row in chosen]
        if column in table.dates:
            values = [write_date(v, table.dates[column]) for v in values]
        columns[column] = pa.array(values, pa.string())
    return pa.table(columns)


def main() -> None:
    """Write one kind of table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=TABLES)
    parser.add_argument("out", type=Path)
    parser.add_argument("--records", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for k, table in enumerate(make_table(options.name, records=options.records, seed=options.seed)):
        path = options.out.with_stem(options.out.stem + ("" if k == 0 else "_right"))
        pq.write_table(table, path)
        print(path)


if __name__ == "__main__":
    main()
