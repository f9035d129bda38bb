"""Headers as files of many countries have them name the field that they hold."""

import pytest

from linkage.fields.headers import field_of_header

MEANT = {
    "date": "Fødselsår, Födelseår, Jahrgang, DATNAIS, datenaiss, FECNAC, DATANASC, szül. idő, Y.O.B,"
    " рік народження, Дата нар., г.р., Ημ. Γέννησης, tahun lahir, วดป.เกิด, سنة الميلاد, BIRTHDTE",
    "person_name": "Kundenname, NACHN, VORN, nomprenom, NOMPATRO, nom_naissance, П.І.Б., Patronym",
    "phone": "Handynummer, Telefonnr., Тел., telefoonnummer, Mobiltelefon, puhelinnumero, Κινητό, fone",
    "identifier": "NHSNo, NHSNumber, РНОКПП, TC NO, ΑΜΚΑ, BVN, NID, codfisc, Versichertennr, N° sécu",
    "category": "geschl, JK, L/P, neme",
}


@pytest.mark.parametrize(
    ("kind", "header"), [(kind, header) for kind, text in MEANT.items() for header in text.split(", ")]
)
def test_headers_of_many_countries(kind, header):
    assert field_of_header(header).kind == kind


def test_a_birth_name_is_a_name_of_ones_own():
    assert field_of_header("nom_naissance").part == "family"
    assert field_of_header("NM_MAE").shared
