"""Headers as files of many countries have them name the field that they hold."""

import pyarrow as pa
import pytest

from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.headers import (
    field_of_header,
    is_middle_name,
    is_other_family_name,
    is_second_family_name,
)
from linkage.fields.reconcile.fathers_names import may_be_one
from linkage.tables.opening import open_source

MEANT = {
    "date": "Fødselsår, Födelseår, Jahrgang, DATNAIS, datenaiss, FECNAC, DATANASC, szül. idő, Y.O.B,"
    " рік народження, Дата нар., г.р., Ημ. Γέννησης, tahun lahir, วดป.เกิด, سنة الميلاد, BIRTHDTE",
    "person_name": "Kundenname, NACHN, VORN, nomprenom, NOMPATRO, nom_naissance, П.І.Б., Patronym",
    "phone": "Handynummer, Telefonnr., Тел., telefoonnummer, Mobiltelefon, puhelinnumero, Κινητό, fone",
    "identifier": "NHSNo, NHSNumber, РНОКПП, TC NO, ΑΜΚΑ, BVN, NID, codfisc, Versichertennr, N° sécu, NIC, "
    "LEGAL_ID",
    "category": "geschl, JK, L/P, neme",
}


@pytest.mark.parametrize(
    ("kind", "header"), [(kind, header) for kind, text in MEANT.items() for header in text.split(", ")]
)
def test_headers_of_many_countries(kind, header):
    assert field_of_header(header).kind == kind


@pytest.mark.parametrize(
    "header",
    [
        *("maiden_name", "MaidenName", "birth_surname", "last_name_at_birth", "previous_last_name"),
        *("Geburtsname", "apellido_de_soltera", "nome_de_solteira", "cognome_nascita"),
        *("meisjesnaam", "Девичья фамилия", "nazwisko_rodowe", "rodné příjmení", "kızlık soyadı", "旧姓"),
    ],
)
def test_a_family_name_that_was_is_not_the_family_name(header):
    assert is_other_family_name(header)
    item = field_of_header(header)
    assert (item.kind, item.part, item.shared) == ("person_name", "full", None)


@pytest.mark.parametrize("header", ["mother_maiden_name", "née le", "last_name", "middle_name", "name"])
def test_other_names_are_no_former_ones(header):
    assert not is_other_family_name(header) or field_of_header(header).shared


def test_a_birth_name_is_a_name_of_ones_own():
    assert field_of_header("nom_naissance").part == "family"
    assert field_of_header("NM_MAE").shared


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        (("Фамилия", "Имя", "Отчество"), "Отчество"),
        (("first_name", "last_name", "Patronymic"), "Patronymic"),
    ],
)
def test_a_part_of_a_name_that_brothers_have_as_well(headers, part):
    """A patronymic: two brothers were one person by it. A second family name finds more than it misleads."""
    schema = detect_schema(open_source(pa.table({header: ["a", "b"] for header in headers})))
    assert schema[part].is_shared and schema[part].part == "full"
    given = schema["first_name" if part == "Patronymic" else headers[1 if part == "Отчество" else 0]]
    assert not given.is_shared


@pytest.mark.parametrize(
    ("header", "kind", "part"),
    [
        *(
            ("аты", "person_name", "given"),
            ("тегі", "person_name", "family"),
            ("meno", "person_name", "given"),
        ),
        *(
            ("Імʼя", "person_name", "full"),  # folded as in Russian, where it is often a whole name
            ("გვარი", "person_name", "family"),
        ),
        *(
            ("الاسم الشخصي", "person_name", "given"),
            ("الاسم العائلي", "person_name", "family"),
            ("تاريخ الازدياد", "date", "full"),
            ("Регистрийн дугаар", "identifier", "full"),
            ("Дүүрэг", "text", "full"),
        ),
        *(("patient", "person_name", "full"), ("author", "person_name", "full"), ("cep", "phone", "full")),
        *(("yaş", "number", "full"), ("Account Name", "text", "full"), ("ঠিকানা", "address", "full")),
    ],
)
def test_headers_of_further_languages(header, kind, part):
    item = field_of_header(header)
    assert item is not None and (item.kind, item.part) == (kind, part)


@pytest.mark.parametrize(
    ("header", "part"),
    [("Тегі / Фамилия", "family"), ("Nachname / Vorname", "full"), ("Фамилия | Surname", "family")],
)
def test_headers_in_two_languages(header, part):
    item = field_of_header(header)
    assert item is not None and (item.kind, item.part) == ("person_name", part)


@pytest.mark.parametrize(
    "header", ["commune_name", "Village name", "TenXa", "TEN_HUYEN", "nama_desa", "District Name"]
)
def test_a_place_is_named_not_a_person(header):
    item = field_of_header(header)
    assert item is not None and item.kind == "text" and item.is_shared


@pytest.mark.parametrize("header", ["Full name", "Tên", "patient name", "Ten KH"])
def test_a_person_is_named_not_a_place(header):
    assert field_of_header(header).kind == "person_name"


@pytest.mark.parametrize("header", ["DoB", "ForeName", "PostCode", "SurName", "BirthYear"])
def test_capitals_inside_a_word_divide_nothing_that_belongs_together(header):
    joined = field_of_header(header.lower())
    assert field_of_header(header).kind == joined.kind and field_of_header(header).part == joined.part


@pytest.mark.parametrize("header", ["donor", "Pupil", "CLIENT", "student", "current_owner"])
def test_whom_a_table_lists_heads_their_names(header):
    assert field_of_header(header).kind == "person_name"


@pytest.mark.parametrize("header", ["donor_type", "author_id", "player position", "member no", "client code"])
def test_a_remark_about_whom_a_table_lists_is_no_name(header):
    item = field_of_header(header)
    assert item is None or item.kind != "person_name"


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("SSN_Last4", "identifier"),
        ("last 4 of SSN", "identifier"),
        ("last_4", "identifier"),
        ("Card Last4", "identifier"),
        ("phone_last4", "phone"),
    ],
)
def test_how_many_digits_are_there_is_no_family_name(header, kind):
    assert field_of_header(header).kind == kind
    assert field_of_header("last_4_visits") is None and field_of_header("Last1").part == "family"


@pytest.mark.parametrize(
    ("header", "part"),
    [("f_name", "given"), ("l_name", "family"), ("Nom et prénoms", "full"), ("nombre_apellido", "full")],
)
def test_parts_of_names_abbreviated_and_both_in_one(header, part):
    assert field_of_header(header).part == part


@pytest.mark.parametrize("header", ["Imię ojca", "Imię matki", "NM_MAE_PAC", "ime oca"])
def test_parents_names_are_not_the_persons_own(header):
    assert field_of_header(header).shared


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        *(("Pt_Last_Nm", "person_name"), ("NR_CPF_CANDIDATO", "identifier"), ("NM_CANDIDATO", "person_name")),
        *(("ENTIDAD_NACIMIENTO", "text"), ("commnaiss", "text"), ("Residence City (USPS)", "text")),
        *(("Huisnr", "text"), ("Postort", "text"), ("PCode", "text"), ("Familienst.", "category")),
    ],
)
def test_abbreviations_of_registers(header, kind):
    assert field_of_header(header).kind == kind


@pytest.mark.parametrize(
    ("header", "kind", "part"),
    [
        ("givenname", "person_name", "given"),
        ("familyname", "person_name", "family"),
        ("fullname", "person_name", "full"),
        ("PHONENUMBER", "phone", "full"),
        ("placeofbirth", "text", "full"),
        ("CODMUNRES", "text", "full"),
    ],
)
def test_words_written_as_one(header, kind, part):
    item = field_of_header(header)
    assert (item.kind, item.part) == (kind, part)


@pytest.mark.parametrize(
    ("header", "same"),
    [
        ("mothersname", "mother"),
        ("nomemae", "NM_MAE_PAC"),
        ("NOMEPAI", "NM_PAI_PAC"),
        ("fathersurname", "father"),
        ("nombremadre", "mother name"),
    ],
)
def test_a_relatives_name_written_as_one(header, same):
    item = field_of_header(header)
    assert item.kind == "person_name" and item.shared
    assert may_be_one(header, same)
    assert not may_be_one(header, "spouse name")


@pytest.mark.parametrize("header", ["username", "filename", "hostname", "codename"])
def test_one_word_that_ends_as_a_name_is_none(header):
    assert field_of_header(header) is None


@pytest.mark.parametrize(
    "header", ["apellido2", "SEGUNDO APELLIDO", "ap_materno", "2do apellido", "second_surname"]
)
def test_brothers_share_their_second_family_name_too(header):
    """As their mother's name does: else whoever shares both family names is a match, or nobody knows why."""
    found = field_of_header(header)
    assert found is not None and found.kind == "person_name" and found.is_shared


@pytest.mark.parametrize(
    "header", ["last_update", "first_seen", "Last login", "first language year", "LAST_VISIT"]
)
def test_first_and_last_in_front_of_other_words_are_no_names(header):
    item = field_of_header(header)
    assert item is None or item.kind != "person_name"


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("last", "family"),
        ("pat_last", "family"),
        ("LAST_NM", "family"),
        ("First Initial", "given"),
        ("last1", "family"),
    ],
)
def test_first_and_last_at_the_end_are_names(header, part):
    item = field_of_header(header)
    assert (item.kind, item.part) == ("person_name", part)


def test_nm_is_a_name_where_nothing_else_is():
    assert field_of_header("cust_nm").kind == "person_name"
    assert field_of_header("street_nm").kind == "address"
    assert field_of_header("school_nm") is None


@pytest.mark.parametrize("header", ["NameDataQuality", "dob_verified", "SSN_confirmed"])
def test_remarks_about_a_field_are_not_the_field(header):
    assert field_of_header(header) is None


def test_a_part_of_a_header_in_signs_is_not_whom_the_table_lists():
    assert field_of_header("患者").kind == "person_name"
    assert field_of_header("患者区分") is None


@pytest.mark.parametrize("header", ["Erziehungsberechtigte", "rel_nm", "保護者氏名", "ولي الأمر"])
def test_guardians_are_others(header):
    item = field_of_header(header)
    assert item.kind == "person_name" and item.shared


@pytest.mark.parametrize(
    ("header", "part"),
    [
        *(
            (header, "given")
            for header in ("name_first", "NAME FIRST", "Name (First)", "Name - First", "CL_FN")
        ),
        *((header, "family") for header in ("name_last", "NAME_LAST", "Name, Last", "pt_ln", "C_LN")),
        *((header, "full") for header in ("name_middle", "name_full", "CL_MI", "name")),
    ],
)
def test_parts_of_names_behind_the_word_name_and_behind_a_table(header, part):
    item = field_of_header(header)
    assert (item.kind, item.part, item.shared) == ("person_name", part, None)


def test_a_middle_name_is_one_behind_the_word_name_too():
    assert is_middle_name("name_middle") and is_other_family_name("name_maiden")


@pytest.mark.parametrize("header", ["ADDR_LN", "street_ln1", "AD_LN1", "last update", "first visit"])
def test_abbreviations_of_something_else_are_no_names(header):
    item = field_of_header(header)
    assert item is None or item.kind != "person_name"


@pytest.mark.parametrize(
    ("headers", "kind", "part"),
    [
        ("fst_nm, nombre_pila, Vor-Name", "person_name", "given"),
        ("CUST_LST_NM, SURN, Nach-Name, nom_famille, APE1", "person_name", "family"),
        ("BRTH_DT, BTH_DT, b_date", "date", "full"),
        ("POST_CD, pst_cd, ZP_CD, ZIPCD, PCD, CTY, twn", "text", "full"),
        ("PHN_NBR, PHN_NO", "phone", "full"),
        ("EMAIL_ADR", "email", "full"),
    ],
)
def test_further_abbreviations(headers, kind, part):
    found = [field_of_header(header) for header in headers.split(", ")]
    assert {(item.kind, item.part) for item in found if item} == {(kind, part)} and all(found)
    assert is_second_family_name("APE2")
