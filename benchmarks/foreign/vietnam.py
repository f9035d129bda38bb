"""People of Vietnam -> the columns that its specialised databases have of them; dates as (year, month, day)."""

from benchmarks.foreign.kinds import DATE, Row, Table
from benchmarks.foreign.names import add_country
from benchmarks.foreign.people import Person
from benchmarks.foreign.rows import Random, part_of, stamp

_PROVINCES = {
    "Hà Nội": "001", "Hồ Chí Minh": "079", "Nghệ An": "040", "Thanh Hóa": "038", "Hải Phòng": "031", "Đồng Nai": "075",
    "Nam Định": "036", "Thái Bình": "034", "Bắc Giang": "024", "Phú Thọ": "025", "Hà Tĩnh": "042", "Quảng Nam": "049",
    "Bình Định": "052", "Đắk Lắk": "066", "An Giang": "089", "Cần Thơ": "092", "Cà Mau": "096", "Lạng Sơn": "020",
}  # fmt: skip
_COMMUNES = (
    "Tân Phú", "Bình An", "Phú Mỹ", "Hòa Bình", "Long Thành", "Đông Sơn", "Vĩnh Lộc", "Thanh Xuân", "Minh Khai",
    "Quang Trung", "Hưng Thịnh", "Kim Sơn", "Xuân Lộc", "Thới An",
)  # fmt: skip

add_country({
    "vn": (
        "Hùng Dũng Tuấn Nam Minh Hải Sơn Long Cường Thắng Hiếu Đức Trung Thành Quân Tùng Hoàng Phong Khoa Huy Bình Tiến"
        " Phúc Lâm Kiên Đạt An Bảo Khánh Vinh Quang Toàn Thịnh Duy Tâm Lộc Hòa Hậu Nghĩa Trọng Tài Phú Việt Thuận Trường",
        "Hương Lan Hoa Mai Hằng Hạnh Nga Thảo Linh Trang Phương Hà Thủy Thu Yến Ngọc Anh Vân Nhung Dung Huyền Oanh Loan"
        " Hồng Liên Tuyết Châu Quỳnh Ngân Trâm Trinh Như Hiền Bích Cúc Đào Nguyệt Xuân Thúy Thơm Lý Giang Uyên Duyên",
        "Nguyễn Nguyễn Nguyễn Trần Lê Phạm Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đoàn Trịnh Đinh Lâm Mai Trương Hà"
        " Cao Tô Tạ Chu Lương Thái Quách Nông Lò Giàng Thạch Kiều Phùng Tống Châu Triệu",
        "|".join(_PROVINCES),
        "Nguyễn Huệ|Lê Lợi|Trần Hưng Đạo|Hai Bà Trưng|Điện Biên Phủ|Phan Chu Trinh|Nguyễn Trãi|Lê Duẩn|Hùng Vương|30/4",
    )
})  # fmt: skip


def _name(person: Person) -> list[str]:
    female = person["sex"] == "F"
    usual = part_of(person, 1, 10) < (6 if female else 4)
    return [person["family"], ("Thị" if female else "Văn") if usual else person["middle"], person["given"]]


def _number(person: Person) -> str:
    y = person["born"][0]
    century = 2 * (y // 100 - 19) + (person["sex"] == "F")
    return f"{_PROVINCES[person['place']]}{century}{y % 100:02}{person['number_of_person'][3:]}"


def _old_number(person: Person) -> str:
    return f"{(int(person['number_of_person']) * 31 + 7) % 10**9:09}"


def _either_number(person: Person, random: Random) -> str:
    return _number(person) if random.random() < 0.5 else _old_number(person)


def _commune(person: Person) -> str:
    return _COMMUNES[sum(map(ord, person["street"])) % len(_COMMUNES)]


def _address(person: Person) -> str:
    return f"{person['number']} {person['street']}, {_commune(person)}, {person['place']}"


def _father(person: Person) -> str:
    return f"{person['family']} Văn {person['father_given']}"


def insurance(person: Person, random: Random) -> Row:
    """Social insurance: its own number, the identity card in part."""
    return {
        "Mã số BHXH": f"{(int(person['number_of_person']) * 17 + 3) % 10**10:010}",
        "Họ và tên": " ".join(_name(person)),
        "Ngày sinh": person["born"],
        "Giới tính": "Nữ" if person["sex"] == "F" else "Nam",
        "Số CCCD": _number(person),
        "Địa chỉ": _address(person),
    }


def taxpayers(person: Person, random: Random) -> Row:
    """Tax payers: names in capitals, no date of birth, an old or a new number."""
    return {
        "MST": f"8{(int(person['number_of_person']) * 13 + 5) % 10**9:09}",
        "Tên NNT": " ".join(_name(person)).upper(),
        "Số giấy tờ": _either_number(person, random),
        "Ngày cấp": stamp(random)[:10],
        "Địa chỉ": _address(person),
        "Điện thoại": person["phone"],
    }


def licences(person: Person, random: Random) -> Row:
    """Driving licences: capitals without diacritics, a number that is new each time."""
    return {
        "SO GPLX": str(int(random.integers(10**11, 10**12))),
        "HO TEN": " ".join(_name(person)),
        "NGAY SINH": person["born"],
        "NOI CU TRU": _address(person),
        "HANG": ("A1", "B2", "C")[int(random.integers(0, 3))],
    }


def births(person: Person, random: Random) -> Row:
    """Civil status: a name in three columns, both parents."""
    family, middle, given = _name(person)
    return {
        "Họ": family,
        "Chữ đệm": middle,
        "Tên": given,
        "Ngày tháng năm sinh": person["born"],
        "Giới tính": "Nữ" if person["sex"] == "F" else "Nam",
        "Họ tên cha": _father(person),
        "Họ tên mẹ": f"{person['family2']} Thị {person['mother'].split()[0]}",
        "Nơi sinh": f"{_commune(person)}, {person['place']}",
    }


def bank(person: Person, random: Random) -> Row:
    """Customers of a bank under English headers; mail made of a given name and a year."""
    return {
        "CUSTOMER_NO": str(int(random.integers(10**7, 10**8))),
        "FULL_NAME": " ".join(_name(person)),
        "DOB": person["born"],
        "GENDER": person["sex"],
        "ID_NO": _either_number(person, random),
        "MOBILE": person["phone"],
        "EMAIL": f"{person['given'].lower()}{person['born'][0]}@mail.vn" if part_of(person, 3, 2) else None,
    }


def vaccinations(person: Person, random: Random) -> Row:
    """Vaccinations: sheets of communes, each with serial numbers of its own; often a year alone."""
    return {
        "STT": str(int(random.integers(1, 400))),
        "Ho va ten": " ".join(_name(person)),
        "Nam sinh": str(person["born"][0]),
        "Gioi tinh": "0" if person["sex"] == "F" else "1",
        "SDT": person["phone"],
        "CMND/CCCD": _either_number(person, random),
        "Phuong/Xa": _commune(person),
        "Tinh/TP": person["place"],
        "Mui": str(int(random.integers(1, 4))),
    }


def households(person: Person, random: Random) -> Row:
    """Residence: the household's number and its head."""
    return {
        "Họ, chữ đệm và tên": " ".join(_name(person)),
        "Ngày, tháng, năm sinh": person["born"],
        "Số định danh cá nhân": _number(person),
        "Số hộ": f"HK{person['household']:06}",
        "Chủ hộ": _father(person),
        "Nơi thường trú": _address(person),
    }


_NAME, _ADDRESS = "plain:.15 typo:.12 words:.1 upper:.05", "typo:.1 plain:.15 words:.1 missing:.1"
_DATE, _NUMBER = f"{DATE} january:.05", "digits:.06 missing:.2"
_COPIES = (0.6, 0.25, 0.1, 0.05)

VIETNAM = {
    "vn_insurance": Table(
        "vn", insurance,
        {"Họ và tên": _NAME, "Ngày sinh": _DATE, "Mã số BHXH": "digits:.05 missing:.1", "Số CCCD": "digits:.06 missing:.4", "Địa chỉ": _ADDRESS},
        {"Ngày sinh": "%d/%m/%Y"}, copies=_COPIES,
    ),
    "vn_taxpayers": Table(
        "vn", taxpayers,
        {"MST": "digits:.05 missing:.25", "Tên NNT": _NAME, "Số giấy tờ": _NUMBER, "Địa chỉ": _ADDRESS, "Điện thoại": "other:.05 missing:.3"},
        copies=_COPIES,
    ),
    "vn_licences": Table(
        "vn", licences, {"HO TEN": _NAME, "NGAY SINH": _DATE, "NOI CU TRU": _ADDRESS}, {"NGAY SINH": "%d-%m-%Y"}, copies=_COPIES,
    ),
    "vn_births": Table(
        "vn", births,
        {"Chữ đệm": "missing:.08 typo:.05", "Tên": "typo:.08 plain:.1", "Ngày tháng năm sinh": _DATE, "Họ tên cha": _NAME, "Họ tên mẹ": _NAME},
        {"Ngày tháng năm sinh": "%d/%m/%Y"}, copies=_COPIES,
    ),
    "vn_bank": Table(
        "vn", bank, {"FULL_NAME": _NAME, "DOB": _DATE, "ID_NO": _NUMBER, "MOBILE": "digits:.05 missing:.2"}, {"DOB": "%Y%m%d"}, copies=_COPIES,
    ),
    "vn_vaccinations": Table(
        "vn", vaccinations,
        {"Ho va ten": _NAME, "Nam sinh": "digits:.06 missing:.05", "SDT": "digits:.05 missing:.2", "CMND/CCCD": "digits:.06 missing:.35"},
        copies=_COPIES,
    ),
    "vn_households": Table(
        "vn", households,
        {"Họ, chữ đệm và tên": _NAME, "Ngày, tháng, năm sinh": _DATE, "Số định danh cá nhân": "digits:.06 missing:.5",
         "Số hộ": "missing:.2", "Chủ hộ": _NAME, "Nơi thường trú": _ADDRESS},
        {"Ngày, tháng, năm sinh": "%d/%m/%Y"}, copies=_COPIES,
    ),
}  # fmt: skip
