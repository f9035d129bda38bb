"""One header in any of many languages -> the kind of field that it names, or none."""

import pytest

from linkage.fields.meaning.headers import field_of_header

HEADERS = {
    "CHILD_FIRST": "given",
    "CHILD_LAST": "family",
    "student_first": "given",
    "voter_last": "family",
    "Tuổi": "number",
    "Vorname": "given",
    "FAMNAME": "family",
    "DTNAIS": "date",
    "公民身份号码": "identifier",
    "পিতার নাম": "full",
    "მამის სახელი": "full",
    "პირადი ნომერი": "identifier",
    "被保險人": "full",
    "COM_NASC": "text",
    "RW": "text",
    "मकान नं": "text",
    "〒": "text",
    "موضع": "text",
    "İl Kodu": "text",
    "upazila": "text",
    "ma_xa": "text",
    "☎": "phone",
    "Nachname": "family",
    "Geburtsdatum": "date",
    "Straße": "address",
    "PLZ": "text",
    "Wohnort": "text",
    "Geschlecht": "category",
    "prénom": "given",
    "date_naissance": "date",
    "ville": "text",
    "Code postal": "text",
    "courriel": "email",
    "fecha_nac": "date",
    "apellido1": "family",
    "Nº DNI": "identifier",
    "Cognome": "family",
    "Data di nascita": "date",
    "codice_fiscale": "identifier",
    "dt_nasc": "date",
    "nome_mae": "full",
    "CPF": "identifier",
    "nazwisko": "family",
    "data urodzenia": "date",
    "PESEL": "identifier",
    "Фамилия": "family",
    "Дата рождения": "date",
    "Отчество": "full",
    "姓名": "full",
    "出生日期": "date",
    "生年月日": "date",
    "氏名": "full",
    "성명": "full",
    "생년월일": "date",
    "电话号码": "phone",
    "性别": "category",
    "tanggal_lahir": "date",
    "soyadı": "family",
    "doğum tarihi": "date",
    "BSN": "identifier",
    "roepnaam": "given",
    "fname": "given",
    "lname": "family",
    "dob": "date",
    "mailing_address_city": "text",
    "zip_code": "text",
    "res_street_address": "address",
    "mailing_address_street_number": "text",
    "race_code": "category",
    "voter_reg_num": "identifier",
    "midl_name": "full",
    "phone_num": "phone",
    "patient_first_name": "given",
    "soc_sec_id": "identifier",
    "postcode_fake": "text",
    "birth_place": "text",
    "first_and_surname": "full",
    "MotherMaidenName": "full",
    "address_1": "address",
    "addr1": "address",
    "age_in_years": "number",
}


@pytest.mark.parametrize(("header", "wanted"), HEADERS.items())
def test_headers_of_many_languages(header, wanted):
    found = field_of_header(header)
    assert found is not None
    assert wanted == (found.part if found.kind == "person_name" else found.kind)


@pytest.mark.parametrize(
    "header",
    [
        *("registration_date", "created_at", "employer_city", "survey date", "id", "foo"),
        *("tax_year", "tax form", "passport expiry", "insurance class"),
    ],
)
def test_headers_that_say_nothing_of_the_person(header):
    assert field_of_header(header) is None


@pytest.mark.parametrize(
    "header",
    [
        *("mother_name", "Nombre de la madre", "Name des Vaters", "имя матери"),
        *("dependent_1_first_name", "DEPENDENT 2 SURNAME", "dependent_1_ssn"),
    ],
)
def test_names_of_parents_are_shared(header):
    assert field_of_header(header).shared
