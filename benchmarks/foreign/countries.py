"""A person -> the columns that a table of some country has of them; dates as (year, month, day)."""

from benchmarks.foreign.people import Person
from benchmarks.foreign.rows import TODAY, Random, Row, part_of, stamp


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
    particle = ("", "da ", "de ", "dos ")[part_of(person, 1, 4)]
    return {
        "nome": f"{person['given']} {person['middle'] + ' ' if part_of(person, 2, 2) else ''}{person['family2']} {particle}{person['family']}",
        "nome_mae": f"{person['mother']} {particle}{person['family']}",
        "dt_nasc": person["born"],
        "sexo": person["sex"],
        "cpf": f"{person['number_of_person'][:3]}.{person['number_of_person'][3:6]}.{person['number_of_person'][6:]}-{part_of(person, 1, 90) + 10}",
        "municipio": person["place"],
        "uf": ("SP", "RJ", "BA", "CE", "MG", "AM", "PR", "PE")[int(person["postcode"]) % 8],
        "dt_notificacao": stamp(random)[:10],
    }


def china(person: Person, random: Random) -> Row:
    """Chinese characters, family name first, no spaces."""
    y, m, d = person["born"]
    return {
        "姓名": person["family"] + person["given"],
        "性别": "男" if person["sex"] == "M" else "女",
        "出生日期": person["born"],
        "身份证号": f"{int(person['postcode']) * 10 + 110000}{y}{m:02}{d:02}{part_of(person, 2, 9000) + 1000}",
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
        "Nationality": ("SAU", "EGY", "JOR", "YEM", "SDN")[min(part_of(person, 1, 9), 4)],
        "Passport No": f"{chr(65 + part_of(person, 2, 26))}{person['number_of_person'][:8]}",
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
        "СНИЛС": f"{person['number_of_person'][:3]}-{person['number_of_person'][3:6]}-{person['number_of_person'][6:]} {part_of(person, 1, 90) + 10}",
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
    words = [person["given"], person["middle"], person["family"]][: (1, 2, 2, 3)[part_of(person, 1, 4)]]
    return {
        "nik": f"{int(person['postcode']) * 7 % 90 + 10}{person['number_of_person']}{part_of(person, 2, 90000) + 10000}",
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
        "comune_nascita": person["place"] if part_of(person, 1, 2) else person["mother"].split()[-1],
        "codice_fiscale": f"{person['family'][:3]:X<3}{person['given'][:3]:X<3}{y % 100:02}{'ABCDEHLMPRST'[m - 1]}{d:02}{part_of(person, 2, 900) + 100}X".upper(),
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
