"""The preset for Vietnamese citizen records: its fields with their usual headers, and its blocking rules."""

from linkage.schema.field import Field
from linkage.schema.schema import BlockingRule, Schema, block_on


def citizen_schema() -> Schema:
    """The preset for Vietnamese citizen records, with the usual Vietnamese headers.

    Any of its columns may be absent from a table; `Schema.only` keeps those that are there.

    Examples
    --------
    >>> schema = citizen_schema().only(["full_name", "date_of_birth"])
    >>> [field.kind for field in schema.fields]
    ['person_name', 'date']
    """
    return Schema((*_person(), *_numbers(), *_places(), *_family()), _rules())


def _person() -> tuple[Field, ...]:
    """Who it is."""
    return (
        Field(
            "full_name",
            "person_name",
            columns=("Họ và tên", "Họ tên", "Họ, chữ đệm và tên", "Tên", "name", "ho_va_ten"),
        ),
        Field("date_of_birth", "date", columns=("Ngày sinh", "Ngày tháng năm sinh", "Năm sinh", "dob")),
        Field("sex", "category", format="sex", columns=("Giới tính", "Phái", "gender")),
    )


def _numbers() -> tuple[Field, ...]:
    """Numbers that are given to one person."""
    return (
        Field(
            "id_number",
            "identifier",
            format="personal_number",
            columns=("Số CCCD", "CCCD", "Số định danh", "Số định danh cá nhân", "Số ĐDCN", "Số căn cước"),
        ),
        Field("old_id_number", "identifier", format="old_number", columns=("Số CMND", "CMND")),
        Field(
            "health_insurance_number",
            "identifier",
            format="health_insurance",
            columns=("Mã số BHXH", "Số BHXH", "Số thẻ BHYT", "Mã thẻ BHYT", "BHYT"),
        ),
        Field("tax_code", "identifier", format="tax_code", columns=("Mã số thuế", "MST")),
        Field("phone", "phone", columns=("Số điện thoại", "Điện thoại", "SĐT", "Di động")),
    )


def _places() -> tuple[Field, ...]:
    """Where it was born and lives, from the province to the house."""
    return (
        Field("birth_province", "category", format="province", columns=("Nơi sinh", "Tỉnh sinh")),
        Field(
            "province",
            "category",
            format="province",
            shared=True,
            columns=("Tỉnh", "Tỉnh/Thành phố", "Thành phố"),
        ),
        Field("district", "text", shared=True, columns=("Huyện", "Quận", "Quận/Huyện")),
        Field("commune", "text", shared=True, columns=("Xã", "Phường", "Phường/Xã")),
        Field("street", "address", columns=("Địa chỉ", "Nơi thường trú", "Đường", "Số nhà", "address")),
    )


def _family() -> tuple[Field, ...]:
    """Parents, spouse, people and household."""
    return (
        Field("mother_name", "person_name", shared=True, columns=("Họ tên mẹ", "Họ và tên mẹ")),
        Field("father_name", "person_name", shared=True, columns=("Họ tên cha", "Họ và tên cha")),
        Field("spouse_name", "person_name", columns=("Họ tên vợ/chồng", "Vợ/chồng")),
        Field("ethnicity", "category", shared=True, columns=("Dân tộc",)),
        Field("household_id", "identifier", shared=True, columns=("Số hộ khẩu", "Số hồ sơ cư trú", "Mã hộ")),
    )


def _rules() -> tuple[BlockingRule, ...]:
    """Rules from the surest to the widest, with what splits their large blocks."""
    name, born, given = "full_name", "date_of_birth", "full_name.given"
    family, year, decade = "full_name.family", f"{born}.year", f"{born}.decade"
    places = ("province", "birth_province", "district")
    return (
        block_on("id_number"),
        block_on("old_id_number"),
        block_on("health_insurance_number"),
        block_on("tax_code"),
        block_on(born, "full_name.given_phonetic", refine=(family, "province", "sex")),
        block_on(name, year, "birth_province", refine=("province", "district", born)),
        block_on(name, f"{born}.month_day", refine=(*places, decade)),
        block_on("phone", given, refine=(decade,)),
        block_on("phone", year, refine=("sex",)),
        block_on("full_name.tokens", born, refine=places),
        block_on("full_name.phonetic", year, "province", refine=("district", "birth_province", born)),
        block_on("street", born, refine=("sex", "commune")),
        block_on("street", year, "district", refine=("commune", "sex")),
        block_on("street", "commune", given, refine=(decade,)),
        block_on(name, "street", refine=("commune", decade)),
        block_on("mother_name", born, refine=("sex", "province")),
        block_on("father_name", born, refine=("sex", "province")),
        block_on("spouse_name", born, refine=("sex", "province")),
        block_on("mother_name", given, family, refine=(*places, decade)),
        block_on("father_name", given, "province", refine=("birth_province", "district", decade)),
        block_on("father_name", "full_name.given_phonetic", year, refine=places),
        block_on("spouse_name", given, refine=(*places, decade)),
        block_on(name, "mother_name", refine=(*places, decade)),
        block_on("mother_name", "father_name", "sex", decade, refine=(given, year)),
        block_on("household_id", year, refine=("sex",)),
        block_on(f"{born}.month_day", "full_name.given_phonetic", "province", refine=("district", decade)),
        block_on(born, family, "birth_province", refine=("sex", "province")),
        block_on(born, family, "province", refine=("sex", "district")),
        block_on(given, year, "commune", refine=("street", family)),
        block_on("street", "commune", family, decade, "sex", refine=(year,)),
    )


def preset_rules(schema: Schema) -> tuple[BlockingRule, ...]:
    """The preset's blocking rules that need no other fields than the schema's."""
    held = {f.name for f in schema.fields}
    return citizen_schema().only(held).blocking_rules
