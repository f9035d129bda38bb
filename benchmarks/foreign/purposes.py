"""A person -> the columns that a table of some purpose has of them; dates as (year, month, day)."""

from benchmarks.foreign.people import Person
from benchmarks.foreign.rows import TODAY, Random, Row, mail, part_of, stamp

PARTIES = ("DEM", "REP", "UNA", "LIB")
JOBS = (
    "politician",
    "writer",
    "soldier",
    "clergyman",
    "merchant",
    "physician",
    "farmer",
    "teacher",
    "painter",
    "judge",
)


def us_voter(person: Person, random: Random) -> Row:
    """A state's voter roll: an age instead of a date, junk numbers and dates."""
    return {
        "voter_reg_num": f"{random.integers(10**9, 10**10)}",
        "first_name": person["given"],
        "middle_name": person["middle"],
        "last_name": person["family"],
        "suffix": "JR" if person["sex"] == "M" and part_of(person, 1, 25) == 0 else None,
        "age": str(TODAY - person["born"][0]),
        "sex_code": person["sex"],
        "race_code": "WBAO"[part_of(person, 2, 4)],
        "party": PARTIES[part_of(person, 4, 4)],
        "street_address": f"{person['number']} {person['street']}",
        "city": person["place"],
        "state": "NC",
        "zip": person["postcode"],
        "phone_num": person["phone"],
        "registr_dt": stamp(random)[:10],
    }


def uk_historical(person: Person, random: Random) -> Row:
    """Historical people as an encyclopaedia lists them."""
    code = person["postcode"]
    return {
        "first_and_surname": f"{person['given']} {person['family']}",
        "first_name": person["given"],
        "surname": person["family"],
        "dob": person["born"],
        "birth_place": person["place"],
        "postcode_fake": f"{person['place'][:2]}{code[:2]} {code[2]}{chr(97 + part_of(person, 1, 26))}{chr(97 + part_of(person, 2, 26))}",
        "gender": "male" if person["sex"] == "M" else "female",
        "occupation": JOBS[min(part_of(person, 3, 14), 9)],
    }


def febrl(person: Person, random: Random) -> Row:
    """The columns of FEBRL's data sets, which geco took over."""
    return {
        "given_name": person["given"],
        "surname": person["family"],
        "street_number": person["number"],
        "address_1": person["street"],
        "address_2": f"{person['place']} {('house', 'court', 'farm')[part_of(person, 1, 3)]}",
        "suburb": person["place"],
        "postcode": person["postcode"],
        "state": ("nsw", "vic", "qld", "wa", "sa", "tas")[int(person["postcode"]) % 6],
        "date_of_birth": person["born"],
        "soc_sec_id": person["number_of_person"],
    }


def hospital(person: Person, random: Random) -> Row:
    """Admissions: a record number that is new each time, timestamps, wards."""
    return {
        "mrn": str(int(random.integers(10**6, 10**7))),
        "pat_last": person["family"],
        "pat_first": person["given"],
        "pat_mi": person["middle"][0],
        "pat_dob": person["born"],
        "pat_sex": person["sex"],
        "ssn4": person["number_of_person"][-4:],
        "addr_line1": f"{person['number']} {person['street']}",
        "city": person["place"],
        "zip_code": person["postcode"],
        "home_phone": person["phone"],
        "admit_ts": stamp(random),
        "ward": ("icu", "er", "surgery", "maternity")[int(random.integers(0, 4))],
        "payer": ("medicare", "blue cross", "aetna", None)[int(random.integers(0, 4))],
    }


def phone_list(person: Person, random: Random) -> Row:
    """A name, an address of mail, a telephone."""
    return {
        "name": f"{person['given']} {person['family']}",
        "email": mail(person),
        "phone": person["phone"],
        "created_at": stamp(random),
        "source": ("web", "shop", "fair")[int(random.integers(0, 3))],
    }


def customer(person: Person, random: Random) -> Row:
    """What a shop knows: one line of address, and much that says nothing of the person."""
    return {
        "customer_id": str(int(random.integers(10**5, 10**6))),
        "cust_name": f"{person['given']} {person['family']}",
        "full_address": f"{person['number']} {person['street']}, {person['place']}, {person['postcode']}",
        "email": mail(person),
        "telephone": person["phone"],
        "product_sku": f"SKU-{random.integers(0, 400)}",
        "order_total": f"{random.gamma(2, 30):.2f}",
        "notes": ("call back", "vip", None, None)[int(random.integers(0, 4))],
        "updated_at": stamp(random),
        "status": ("active", "closed")[int(random.integers(0, 2))],
    }


def census(person: Person, random: Random) -> Row:
    """pseudopeople's census: everything of a household but numbers."""
    y = person["born"][0]
    return {
        "form_no": str(int(random.integers(10**6, 10**7))),
        "first_name": person["given"],
        "middle_initial": person["middle"][0],
        "last_name": person["family"],
        "age": str(2020 - y),
        "date_of_birth": person["born"],
        "street_number": person["number"],
        "street_name": person["street"],
        "unit_number": str(part_of(person, 1, 40)) if person["household"] % 8 == 0 else None,
        "city": person["place"],
        "state": "NC",
        "zipcode": person["postcode"],
        "relationship_to_reference_person": ("reference person", "spouse", "child")[
            int(random.integers(0, 3))
        ],
        "sex": "Female" if person["sex"] == "F" else "Male",
        "race_ethnicity": ("White", "Black", "Latino", "Asian")[person["household"] % 4],
        "year": "2020",
    }


def payroll(person: Person, random: Random) -> Row:
    """Tax forms: a number that relatives may share by mistake, an employer that says nothing."""
    return {
        "ssn": f"{person['number_of_person'][:3]}-{person['number_of_person'][3:5]}-{person['number_of_person'][5:]}",
        "first_name": person["given"],
        "last_name": person["family"],
        "dob": person["born"],
        "mailing_address": f"{person['number']} {person['street']} {person['place']} {person['postcode']}",
        "employer_name": f"company {random.integers(0, 60)}",
        "wages": f"{random.gamma(3, 15_000):.0f}",
    }


def plain(person: Person, random: Random) -> Row:
    """fake_1000's columns."""
    return {
        "first_name": person["given"],
        "last_name": person["family"],
        "date_of_birth": person["born"],
        "city": person["place"],
        "email": mail(person),
    }


def few(person: Person, random: Random) -> Row:
    """Only what everybody asks for."""
    return {
        "prenom": person["given"],
        "nom": person["family"],
        "ville": person["place"],
        "naissance": person["born"],
    }


def name_and_year(person: Person, random: Random) -> Row:
    """Hardly enough."""
    return {
        "Nombre completo": f"{person['given']} {person['family']} {person['family2']}",
        "Año": str(person["born"][0]),
        "Provincia": person["place"],
    }
