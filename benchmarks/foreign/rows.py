"""A person -> the columns that a table of some country and purpose has of them; dates as (year, month, day)."""

from typing import Any

import numpy as np

from benchmarks.foreign.people import Person

Row = dict[str, Any]
Random = np.random.Generator
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
TODAY = 2024


def _hash(person: Person, salt: int, n: int) -> int:
    return (int(person["number_of_person"]) * (2 * salt + 1) // 7) % n


def _stamp(random: Random) -> str:
    day, second = int(random.integers(1, 29)), int(random.integers(0, 86_400))
    return f"2023-{1 + second % 12:02}-{day:02} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _mail(person: Person) -> str | None:
    if _hash(person, 3, 10) == 0:
        return None
    first = person["given"].split()[0]
    return f"{first}.{person['family'].split()[-1]}{_hash(person, 5, 90)}@{('mail.com', 'post.org', 'web.net')[_hash(person, 7, 3)]}"


def us_voter(person: Person, random: Random) -> Row:
    """A state's voter roll: an age instead of a date, junk numbers and dates."""
    return {
        "voter_reg_num": f"{random.integers(10**9, 10**10)}",
        "first_name": person["given"],
        "middle_name": person["middle"],
        "last_name": person["family"],
        "suffix": "JR" if person["sex"] == "M" and _hash(person, 1, 25) == 0 else None,
        "age": str(TODAY - person["born"][0]),
        "sex_code": person["sex"],
        "race_code": "WBAO"[_hash(person, 2, 4)],
        "party": PARTIES[_hash(person, 4, 4)],
        "street_address": f"{person['number']} {person['street']}",
        "city": person["place"],
        "state": "NC",
        "zip": person["postcode"],
        "phone_num": person["phone"],
        "registr_dt": _stamp(random)[:10],
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
        "postcode_fake": f"{person['place'][:2]}{code[:2]} {code[2]}{chr(97 + _hash(person, 1, 26))}{chr(97 + _hash(person, 2, 26))}",
        "gender": "male" if person["sex"] == "M" else "female",
        "occupation": JOBS[min(_hash(person, 3, 14), 9)],
    }


def febrl(person: Person, random: Random) -> Row:
    """The columns of FEBRL's data sets, which geco took over."""
    return {
        "given_name": person["given"],
        "surname": person["family"],
        "street_number": person["number"],
        "address_1": person["street"],
        "address_2": f"{person['place']} {('house', 'court', 'farm')[_hash(person, 1, 3)]}",
        "suburb": person["place"],
        "postcode": person["postcode"],
        "state": ("nsw", "vic", "qld", "wa", "sa", "tas")[int(person["postcode"]) % 6],
        "date_of_birth": person["born"],
        "soc_sec_id": person["number_of_person"],
    }


def spain(person: Person, random: Random) -> Row:
    """Two family names, the father's and the mother's."""
    number = int(person["number_of_person"]) % 10**8
    return {
        "nombre": person["given"],
        "apellido1": person["family"],
        "apellido2": person["family2"],
        "fecha_nac": person["born"],
        "sexo": "H" if person["sex"] == "M" else "M",
        "dni": f"{number:08}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}",
        "telefono": person["phone"],
        "direccion": f"{person['street']} {person['number']}",
        "municipio": person["place"],
        "cp": person["postcode"],
    }


def brazil(person: Person, random: Random) -> Row:
    """Long names with particles, and the mother's name."""
    particle = ("", "da ", "de ", "dos ")[_hash(person, 1, 4)]
    return {
        "nome": f"{person['given']} {person['middle'] + ' ' if _hash(person, 2, 2) else ''}{person['family2']} {particle}{person['family']}",
        "nome_mae": f"{person['mother']} {particle}{person['family']}",
        "dt_nasc": person["born"],
        "sexo": person["sex"],
        "cpf": f"{person['number_of_person'][:3]}.{person['number_of_person'][3:6]}.{person['number_of_person'][6:]}-{_hash(person, 1, 90) + 10}",
        "municipio": person["place"],
        "uf": ("SP", "RJ", "BA", "CE", "MG", "AM", "PR", "PE")[int(person["postcode"]) % 8],
        "dt_notificacao": _stamp(random)[:10],
    }


def china(person: Person, random: Random) -> Row:
    """Chinese characters, family name first, no spaces."""
    y, m, d = person["born"]
    return {
        "姓名": person["family"] + person["given"],
        "性别": "男" if person["sex"] == "M" else "女",
        "出生日期": person["born"],
        "身份证号": f"{int(person['postcode']) * 10 + 110000}{y}{m:02}{d:02}{_hash(person, 2, 9000) + 1000}",
        "手机": f"1{person['phone']}",
        "地址": f"{person['place']}{person['street']}{person['number']}号",
    }


def pinyin(person: Person, random: Random) -> Row:
    """Chinese names in Latin letters, in either order."""
    return {
        "name": f"{person['family']} {person['given']}",
        "gender": "male" if person["sex"] == "M" else "female",
        "dob": person["born"],
        "mobile": f"1{person['phone']}",
        "city": person["place"],
        "address": f"{person['number']} {person['street']}",
    }


def arab(person: Person, random: Random) -> Row:
    """Chains of names in many transliterations."""
    return {
        "Sr No": str(int(random.integers(1, 10**6))),
        "Full Name": f"{person['given']} {person['father_given']} {person['family']}",
        "DOB": person["born"],
        "Nationality": ("SAU", "EGY", "JOR", "YEM", "SDN")[min(_hash(person, 1, 9), 4)],
        "Passport No": f"{chr(65 + _hash(person, 2, 26))}{person['number_of_person'][:8]}",
        "City": person["place"],
        "Mobile": person["phone"],
    }


def india(person: Person, random: Random) -> Row:
    """A village list: an age, the father's name, few numbers."""
    return {
        "sl_no": str(int(random.integers(1, 900))),
        "name": f"{person['given']} {person['family']}",
        "father_name": person["father"],
        "age": str(TODAY - person["born"][0]),
        "gender": person["sex"],
        "village": person["place"],
        "district": person["region"],
        "mobile_no": person["phone"],
    }


def russia(person: Person, random: Random) -> Row:
    """Cyrillic, with patronymics."""
    father = person["father_given"].rstrip("йьаяе")
    return {
        "Фамилия": person["family"] + ("а" if person["sex"] == "F" else ""),
        "Имя": person["given"],
        "Отчество": father + ("овна" if person["sex"] == "F" else "ович"),
        "Дата рождения": person["born"],
        "Пол": "ж" if person["sex"] == "F" else "м",
        "Город": person["place"],
        "Улица": f"{person['street']} {person['number']}",
        "СНИЛС": f"{person['number_of_person'][:3]}-{person['number_of_person'][3:6]}-{person['number_of_person'][6:]} {_hash(person, 1, 90) + 10}",
    }


def japan(person: Person, random: Random) -> Row:
    """Kanji, family name first."""
    return {
        "氏名": f"{person['family']} {person['given']}",
        "性別": "男" if person["sex"] == "M" else "女",
        "生年月日": person["born"],
        "郵便番号": f"{person['postcode'][:3]}-{person['postcode'][1:]}",
        "都道府県": person["place"],
        "住所": f"{person['street']}{person['number']}",
        "電話番号": person["phone"],
    }


def germany(person: Person, random: Random) -> Row:
    """Umlauts."""
    return {
        "Nachname": person["family"],
        "Vorname": person["given"],
        "Geburtsdatum": person["born"],
        "Geschlecht": "m" if person["sex"] == "M" else "w",
        "PLZ": person["postcode"],
        "Ort": person["place"],
        "Strasse": f"{person['street']} {person['number']}",
        "Telefon": person["phone"],
    }


def indonesia(person: Person, random: Random) -> Row:
    """Many people have one name."""
    words = [person["given"], person["middle"], person["family"]][: (1, 2, 2, 3)[_hash(person, 1, 4)]]
    return {
        "nik": f"{int(person['postcode']) * 7 % 90 + 10}{person['number_of_person']}{_hash(person, 2, 90000) + 10000}",
        "nama": " ".join(words),
        "tgl_lahir": person["born"],
        "jenis_kelamin": "L" if person["sex"] == "M" else "P",
        "alamat": f"{person['street']} no {person['number']}",
        "kelurahan": person["place"],
    }


def netherlands(person: Person, random: Random) -> Row:
    """Tussenvoegsels in a column of their own."""
    code = person["postcode"]
    return {
        "voornaam": person["given"],
        "tussenvoegsel": (None, None, "de", "van", "van der", "van den")[sum(map(ord, person["family"])) % 6],
        "achternaam": person["family"],
        "geboortedatum": person["born"],
        "geslacht": "M" if person["sex"] == "M" else "V",
        "postcode": f"{code[:4]} {chr(65 + person['household'] % 26)}{chr(65 + person['household'] // 26 % 26)}",
        "huisnummer": person["number"],
        "woonplaats": person["place"],
    }


def norway(person: Person, random: Random) -> Row:
    """Six-digit dates and å, æ, ø."""
    return {
        "fornavn": person["given"],
        "etternavn": person["family"],
        "fødselsdato": person["born"],
        "kjønn": "M" if person["sex"] == "M" else "K",
        "adresse": f"{person['street']} {person['number']}",
        "postnr": person["postcode"][:4],
        "poststed": person["place"],
    }


def korea(person: Person, random: Random) -> Row:
    """Hangul without spaces, dates as yymmdd."""
    return {
        "이름": person["family"] + person["given"],
        "생년월일": person["born"],
        "성별": "남" if person["sex"] == "M" else "여",
        "전화번호": person["phone"],
        "주소": f"{person['place']} {person['street']} {person['number']}",
    }


def italy(person: Person, random: Random) -> Row:
    """A tax code made of name and date."""
    y, m, d = person["born"]
    return {
        "cognome": person["family"],
        "nome": person["given"],
        "data_nascita": person["born"],
        "comune_nascita": person["place"] if _hash(person, 1, 2) else person["mother"].split()[-1],
        "codice_fiscale": f"{person['family'][:3]:X<3}{person['given'][:3]:X<3}{y % 100:02}{'ABCDEHLMPRST'[m - 1]}{d:02}{_hash(person, 2, 900) + 100}X".upper(),
        "indirizzo": f"{person['street']} {person['number']}",
        "comune": person["place"],
        "sesso": person["sex"],
    }


def france(person: Person, random: Random) -> Row:
    """Headers in capitals, two-digit years."""
    return {
        "ID_DOSSIER": str(int(random.integers(10**6, 10**7))),
        "NOM": person["family"].upper(),
        "PRENOM": person["given"].upper(),
        "SEXE": person["sex"],
        "DATE_NAISS": person["born"],
        "ADRESSE": f"{person['number']} {person['street']}",
        "CODE_POSTAL": person["postcode"],
        "COMMUNE": person["place"],
    }


def turkey(person: Person, random: Random) -> Row:
    """Dotted and undotted i."""
    return {
        "ad": person["given"],
        "soyad": person["family"],
        "dogum_tarihi": person["born"],
        "cinsiyet": "E" if person["sex"] == "M" else "K",
        "il": person["place"],
        "telefon": person["phone"],
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
        "admit_ts": _stamp(random),
        "ward": ("icu", "er", "surgery", "maternity")[int(random.integers(0, 4))],
        "payer": ("medicare", "blue cross", "aetna", None)[int(random.integers(0, 4))],
    }


def phone_list(person: Person, random: Random) -> Row:
    """A name, an address of mail, a telephone."""
    return {
        "name": f"{person['given']} {person['family']}",
        "email": _mail(person),
        "phone": person["phone"],
        "created_at": _stamp(random),
        "source": ("web", "shop", "fair")[int(random.integers(0, 3))],
    }


def customer(person: Person, random: Random) -> Row:
    """What a shop knows: one line of address, and much that says nothing of the person."""
    return {
        "customer_id": str(int(random.integers(10**5, 10**6))),
        "cust_name": f"{person['given']} {person['family']}",
        "full_address": f"{person['number']} {person['street']}, {person['place']}, {person['postcode']}",
        "email": _mail(person),
        "telephone": person["phone"],
        "product_sku": f"SKU-{random.integers(0, 400)}",
        "order_total": f"{random.gamma(2, 30):.2f}",
        "notes": ("call back", "vip", None, None)[int(random.integers(0, 4))],
        "updated_at": _stamp(random),
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
        "unit_number": str(_hash(person, 1, 40)) if person["household"] % 8 == 0 else None,
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
        "email": _mail(person),
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
