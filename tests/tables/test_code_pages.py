"""Text in the code pages of many countries is read as it was written; what makes no words is nobody's."""

import pytest

from linkage.tables.code_pages import code_page_of

TEXTS = {
    "cp1252": "Nachname;Straße\nMüller;Gärtnerstraße\nGroß;Hauptstraße\nKönig;Lindenallee\n",
    "cp1254": "AD;SOYAD;DOĞUM YERİ\nAyşe;Yıldırım;Eskişehir\nÇağrı;Öztürk;Muğla\nGülşen;Şahin;Iğdır\n",
    "cp1250": "imię;nazwisko\nŁukasz;Wiśniewski\nMałgorzata;Zając\nPaweł;Wójcik\nGrażyna;Dąbrowska\n",
    "iso8859_2": "imię;nazwisko\nŁukasz;Wiśniewski\nMałgorzata;Zając\nPaweł;Wójcik\nGrażyna;Dąbrowska\n",
    "cp1251": "ФИО;Дата рождения\nСидорова Анна Петровна;01.02.1970\nКузнецов Олег;03.04.1981\n",
    "koi8_u": "ФИО;Дата рождения\nСидорова Анна Петровна;01.02.1970\nКузнецов Олег;03.04.1981\n",
    "cp866": "ФИО;Дата рождения\nСидорова Анна Петровна;01.02.1970\nКузнецов Олег;03.04.1981\n",
    "cp1253": "Επώνυμο;Όνομα\nΠαπαδόπουλος;Γεώργιος\nΟικονόμου;Ελένη\nΝικολάου;Κωνσταντίνα\n",
    "cp1255": "שם משפחה;שם פרטי\nכהן;יוסף\nלוי;שרה\nמזרחי;דוד\n",
    "cp1256": "الاسم;الأب\nمحمد;أحمد\nفاطمة;علي\nعبد الرحمن;إبراهيم\n",
    "cp874": "ชื่อ;นามสกุล\nสมชาย;ใจดี\nมาลี;ศรีสุข\nประเสริฐ;วงศ์ใหญ่\n",
    "cp932": "氏名,フリガナ\n佐藤 誠,サトウ マコト\n鈴木 恵子,スズキ ケイコ\n高橋 学,ﾀｶﾊｼ ﾏﾅﾌﾞ\n",
    "gb18030": "姓名,性别,生日,住址\n王伟,男,1980-01-01,南京市玄武区中山路\n李秀英,女,1975-02-03,苏州\n",
    "big5": "姓名,性別,地址\n陳美玲,女,臺北市中正區\n林志明,男,高雄市左營區\n黃淑芬,女,臺中市\n",
    "cp949": "이름,생년월일,주소\n김민수,19800101,서울특별시 강남구\n이영희,19750203,부산광역시\n",
}


@pytest.mark.parametrize("page", TEXTS)
def test_a_text_is_read_in_its_code_page(page):
    data = (TEXTS[page] * 5).encode(page)
    assert data.decode(code_page_of(data)) == TEXTS[page] * 5


@pytest.mark.parametrize("page", TEXTS)
def test_a_sample_may_end_anywhere(page):
    data = TEXTS[page].encode(page)
    assert {code_page_of(data[:-k]) for k in range(1, 8)} == {code_page_of(data)}


@pytest.mark.parametrize(
    "text",
    ["Nombre;Año\nMuñoz Ibáñez;1980\n", "Prénom\nÉléonore\nHélène\n", "Nome\nJoão\nConceição\n", "M.ª\n1.º"],
)
def test_western_text_stays_so(text):
    assert code_page_of(text.encode("cp1252")) == "cp1252"


def test_what_makes_no_words_has_no_code_page():
    assert code_page_of(b"plain, with nothing beyond") is None
    assert code_page_of(bytes(range(128, 256)) * 40) is None
