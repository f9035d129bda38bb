"""Headers of Vietnam's specialised databases: what each names, and tables that mix them with others."""

import pyarrow as pa
import pytest

import linkage
from linkage.fields.meaning.citizen_headers import NOTHING, meaning_of
from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.headers import entry_of_header, field_of_header
from linkage.fields.meaning.held import find_headers
from linkage.tables.opening import open_source


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Họ và tên bệnh nhân", "full_name"), ("HO TEN", "full_name"), ("Tên NNT", "full_name"),
        ("Tên khách hàng", "full_name"), ("Ngày sinh (dd/mm/yyyy)", "date_of_birth"),
        ("Năm sinh (yyyy)", "date_of_birth"), ("Giới tính (Nam/Nữ)", "sex"), ("so_giay_to", "id_number"),
        ("CMND/CCCD", "id_number"), ("Số CMND cũ", "old_id_number"),
        ("Mã thẻ BHYT", "health_insurance_number"),
        ("so_thue_bao", "phone"), ("SĐT liên hệ", "phone"), ("Tỉnh/TP", "province"),
        ("NOI O HIEN TAI", "street"),
        ("N.sinh", "date_of_birth"), ("NGSINH_CTB", "date_of_birth"), ("GTINH_THE", "sex"),
        ("SO_GIAYTO", "id_number"), ("HOTEN_KH", "full_name"), ("HOTEN_ME", "mother_name"),
        ("ten_chu_su_dung", "full_name"),
        ("Địa chỉ thường trú", "street"), ("Họ tên bố", "father_name"), ("Số hộ", "household_id"),
    ],
)  # fmt: skip
def test_a_header_names_a_field_of_the_preset(header, field):
    assert meaning_of(header).preset == field


@pytest.mark.parametrize("header", ["Ngày cấp", "Ngày cấp CCCD", "Tình trạng hôn nhân", "Tên công ty"])
def test_what_tells_nobody_apart_is_left_out(header):
    assert meaning_of(header) in (NOTHING, None) and field_of_header(header) is None


@pytest.mark.parametrize("header", ["Số hộ chiếu", "Mã bệnh nhân", "Số GPLX"])
def test_other_numbers_of_a_person_are_identifiers(header):
    assert field_of_header(header).kind == "identifier"


@pytest.mark.parametrize("header", ["Số điện thoại phụ huynh", "Chủ hộ", "Họ tên mẹ"])
def test_what_belongs_to_the_family_is_shared(header):
    assert field_of_header(header).shared


@pytest.mark.parametrize("header", ["to", "ban", "surname", "ten", "ap", "born", "date of birth", "cap"])
def test_words_of_other_languages_keep_their_meaning(header):
    meaning = meaning_of(header)
    field = field_of_header(header)
    assert meaning is None or field is None or (field.kind, field.part) in {
        ("person_name", "given"), ("person_name", "full"), ("text", "full"),
    }  # fmt: skip
    assert (field is None) == (header in ("to", "ban", "ap"))


def test_vietnamese_and_english_headers_of_one_meaning_share_an_entry():
    assert entry_of_header("SĐT") is entry_of_header("phone")
    assert entry_of_header("Số giấy tờ") is entry_of_header("Số CCCD") is not entry_of_header("Số CMND")


def table(**columns):
    return open_source(pa.table({k: pa.array(v, pa.string()) for k, v in columns.items()}))


NAMES = [f"Nguyễn Văn {chr(65 + i % 26)}{chr(97 + i // 26)}" for i in range(60)]


def test_columns_beside_those_of_the_preset_are_compared_as_well():
    source = table(**{
        "Họ tên": NAMES,
        "Ngày sinh": [f"{i % 28 + 1}/3/{1950 + i}" for i in range(60)],
        "Chủ hộ": NAMES[::-1],
        "Số hộ chiếu": [f"B{1000000 + 7 * (i // 2)}" for i in range(60)],
        "Thư điện tử": [f"a{i // 2}@vidu.vn" for i in range(60)],
        "Ngày cấp": [f"{i % 28 + 1}/5/2021" for i in range(60)],
        "Ghi chú": ["đã nộp", "chưa nộp"] * 30,
    })  # fmt: skip
    schema = detect_schema(source)
    assert [f.name for f in schema.fields] == [
        "full_name", "date_of_birth", "Chủ hộ", "Số hộ chiếu", "Thư điện tử"
    ]  # fmt: skip
    assert set(find_headers(source, schema)) == {f.name for f in schema.fields}


def test_a_serial_number_that_starts_anew_names_no_record():
    rows = {"Họ tên": NAMES, "Ngày sinh": [f"{i % 28 + 1}/3/{1950 + i}" for i in range(60)]}
    again = [str(i % 30 + 1) for i in range(60)]
    assert "" not in find_headers(table(STT=again, **rows), detect_schema(table(STT=again, **rows)))
    whole = [str(i + 1) for i in range(60)]
    assert find_headers(table(STT=whole, **rows), detect_schema(table(STT=whole, **rows)))[""] == "STT"
    found = linkage.dedupe(pa.table({"STT": again, **rows}))
    assert found.summary is not None


def test_an_id_that_repeats_is_still_refused():
    rows = {"Họ tên": NAMES, "Ngày sinh": ["1/3/1950"] * 60, "record_id": ["1"] * 60}
    with pytest.raises(linkage.InputError, match="an id of its own"):
        linkage.dedupe(pa.table(rows))


@pytest.mark.parametrize("headers", [("Họ đệm", "Tên"), ("HO", "TEN"), ("Họ", "Chữ đệm", "Tên")])
def test_a_name_in_columns_of_its_own_is_one_name(headers):
    words = [n.split(" ") for n in NAMES]
    if len(headers) == 2:
        words = [[" ".join(w[:-1]), w[-1]] for w in words]
    columns = dict(zip(headers, map(list, zip(*words, strict=True)), strict=True))
    source = table(**columns, **{"Ngày sinh": [f"{i % 28 + 1}/3/{1950 + i}" for i in range(60)]})
    schema = detect_schema(source)
    assert [f.name for f in schema.fields] == ["full_name", "date_of_birth"]
    assert find_headers(source, schema)["full_name"] == " ~ ".join(headers)
    found = linkage.dedupe(pa.Table.from_batches(source.batches(source.columns)))
    records = found.resolution.records
    assert records.n_held[records.words["full_name"]] == records.n_records == 60


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("HOTEN", "full_name"),
        ("NAMSINH", "date_of_birth"),
        ("SOCCCD", "id_number"),
        ("GioiTinh", "sex"),
        ("DIACHI", "street"),
    ],
)
def test_headers_without_spaces(header, field):
    assert meaning_of(header).preset == field


@pytest.mark.parametrize("header", ["thon", "noi", "ten", "hotel", "mabel", "sinh"])
def test_short_words_are_of_any_language(header):
    assert field_of_header(header) is None or meaning_of(header) is None or header in ("thon", "ten")
