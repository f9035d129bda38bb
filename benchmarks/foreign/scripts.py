"""People of Thailand, Arabia, Japan and Hungary, and authors -> tables with dates and digits as they write them."""

from benchmarks.foreign.kinds import DATE, PLACE, Row, Table
from benchmarks.foreign.names import add_country
from benchmarks.foreign.people import Person
from benchmarks.foreign.rows import Random, mail, part_of

add_country(
    {
        "th": (
            "สมชาย สมศักดิ์ ประเสริฐ วิชัย สุรชัย อนันต์ ธนากร ณัฐพล กิตติ พงษ์ศักดิ์ ชัยวัฒน์ มานพ ไพโรจน์ วีระ ปรีชา สุชาติ บุญมี อดิศร",
            "สมหญิง มาลี สุดา วันเพ็ญ อรุณี ณัฐธิดา พรทิพย์ กนกวรรณ ศิริพร รัตนา จันทร์เพ็ญ นภา สุภาพร วิไล พัชรี อัญชลี",
            "ศรีสุข ทองดี ใจดี สุขใจ แก้วมณี บุญมา วงศ์สวัสดิ์ พงษ์พานิช รัตนกุล จันทร์แก้ว ชัยชนะ สายทอง ทองคำ แสงจันทร์ ศรีวิชัย เจริญสุข มงคล พรหมมา",
            "กรุงเทพ เชียงใหม่ ขอนแก่น นครราชสีมา ภูเก็ต สงขลา อุดรธานี ชลบุรี เชียงราย สุราษฎร์ธานี",
            "ถนนสุขุมวิท|ถนนพหลโยธิน|ถนนเพชรเกษม|ถนนราชดำเนิน|ซอยสุขใจ|ถนนมิตรภาพ",
        ),
        "ar": (
            "محمد أحمد علي حسن حسين عمر خالد إبراهيم يوسف محمود مصطفى عبدالله عبدالرحمن صالح طارق سمير كريم فيصل ناصر وليد",
            "فاطمة عائشة مريم خديجة زينب ليلى نورة سارة هدى أمينة حنان سميرة رانيا سلمى ياسمين",
            "المصري|السيد|حسن|إبراهيم|الحربي|العتيبي|القحطاني|خليل|منصور|الأحمد|الشمري|حداد|ناصر|صالح|الزهراني|الغامدي|عوض|عثمان|الخطيب|النجار",
            "الرياض جدة الدمام مكة المدينة القاهرة عمان دبي الكويت الدوحة مسقط البصرة",
            "شارع الملك فهد|شارع العليا|شارع النخيل|شارع المطار|شارع الجامعة",
        ),
        "hu": (
            "lászló istván józsef jános zoltán sándor ferenc gábor attila péter tamás zsolt tibor andrás csaba imre györgy balázs",
            "mária erzsébet katalin ilona éva anna zsuzsanna margit judit ágnes andrea erika krisztina julianna irén",
            "nagy kovács tóth szabó horváth varga kiss molnár németh farkas balogh papp takács juhász lakatos mészáros oláh simon rácz fekete szilágyi",
            "budapest debrecen szeged miskolc pécs győr nyíregyháza kecskemét",
            "petőfi utca|kossuth utca|rákóczi út|ady endre utca|dózsa györgy út|fő utca",
        ),
    }
)
_KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"


def thailand(person: Person, random: Random) -> Row:
    """Titles written into the given name, Buddhist years."""
    title = "นาย" if person["sex"] == "M" else ("นาง", "นางสาว")[part_of(person, 1, 2)]
    return {
        "ชื่อ": title + person["given"],
        "นามสกุล": person["family"],
        "วันเกิด": person["born"],
        "จังหวัด": person["place"],
        "ที่อยู่": f"{person['number']} {person['street']}",
        "เบอร์โทร": f"08{person['phone'][2:10]}",
        "เพศ": "ชาย" if person["sex"] == "M" else "หญิง",
    }


def arabia(person: Person, random: Random) -> Row:
    """Arabic letters and digits."""
    return {
        "الاسم الكامل": f"{person['given']} {person['father_given']} {person['family']}",
        "تاريخ الميلاد": person["born"],
        "الجنس": "ذكر" if person["sex"] == "M" else "أنثى",
        "المدينة": person["place"],
        "العنوان": f"{person['street']} {person['number']}",
        "رقم الجوال": person["phone"],
    }


def _kana(text: str) -> str:
    return "".join(_KANA[(ord(c) * 7 + j) % len(_KANA)] for c in text for j in range(2))


def japan_eras(person: Person, random: Random) -> Row:
    """A name and how it is read, years of eras."""
    return {
        "氏名": f"{person['family']}\u3000{person['given']}",
        "フリガナ": f"{_kana(person['family'])} {_kana(person['given'])}",
        "生年月日": person["born"],
        "性別": "男" if person["sex"] == "M" else "女",
        "住所": f"{person['place']}{person['street']}{person['number']}番地",
    }


def hungary(person: Person, random: Random) -> Row:
    """Family names first; place and day of birth in one column; the mother's name."""
    y, m, d = person["born"]
    number = person["number_of_person"]
    return {
        "Név": f"{person['family'].title()} {person['given'].title()}",
        "Születési hely, idő": f"{person['place'].title()}, {y}.{m:02}.{d:02}.",
        "Anyja neve": " ".join(reversed(person["mother"].split(" ", 1))).title(),
        "Lakcím": f"{person['postcode'][:4]} {person['place'].title()}, {person['street'].title()} {person['number']}.",
        "TAJ szám": f"{number[:3]} {number[3:6]} {number[6:]}",
    }


def authors(person: Person, random: Random) -> Row:
    """Family name, initials; an affiliation that changes."""
    middle = f" {person['middle'][0].upper()}." if part_of(person, 1, 3) else ""
    return {
        "author": f"{person['family'].title()}, {person['given'][0].upper()}.{middle}",
        "full_author": f"{person['family'].title()}, {person['given'].title()}{middle}",
        "affiliation": f"University of {person['place'].title()}",
        "email": mail(person),
        "co_author": f"{person['father'].split()[-1].title()}, {person['father'][0].upper()}.",
        "first_pub_year": str(person["born"][0] + 28),
    }


SCRIPTS: dict[str, Table] = {
    "thailand": Table(
        "th", thailand,
        {"ชื่อ": "thai_title:.4 typo:.08", "นามสกุล": "typo:.1", "วันเกิด": DATE, "จังหวัด": "other:.04 missing:.04",
         "ที่อยู่": "typo:.1 missing:.1 thai_digits:.2", "เบอร์โทร": "other:.2 missing:.15 thai_digits:.2", "เพศ": "missing:.03"},
        {"วันเกิด": "buddhist"},
    ),
    "arabia": Table(
        "ar", arabia,
        {"الاسم الكامل": "alef:.3 words:.1 typo:.08", "تاريخ الميلاد": DATE, "المدينة": PLACE,
         "العنوان": "typo:.1 missing:.1 arabic_digits:.3", "رقم الجوال": "arabic_digits:.4 other:.2 missing:.1"},
        {"تاريخ الميلاد": "arabic"},
    ),
    "japan_eras": Table(
        "jp", japan_eras,
        {"氏名": "typo:.05", "フリガナ": "typo:.05 missing:.2", "生年月日": DATE, "住所": "typo:.1 missing:.1"},
        {"生年月日": "era"},
    ),
    "hungary": Table(
        "hu", hungary,
        {"Név": "plain:.2 typo:.08 turned:.05", "Születési hely, idő": "digits:.08 plain:.1 missing:.04",
         "Anyja neve": "plain:.2 typo:.1 missing:.05", "Lakcím": "plain:.1 typo:.1 words:.1", "TAJ szám": "digits:.04 missing:.3"},
        alone={"TAJ szám": 0.6},
    ),
    "authors": Table(
        "uk", authors,
        {"author": "typo:.06", "full_author": "typo:.1 missing:.3", "affiliation": "typo:.1 other:.2 missing:.1",
         "email": "other:.1 missing:.5", "co_author": "other:.4 missing:.2", "first_pub_year": "digits:.1 missing:.2"},
        copies=(0.4, 0.3, 0.2, 0.1),
    ),
}  # fmt: skip
