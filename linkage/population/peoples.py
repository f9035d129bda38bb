"""The peoples of Vietnam and how their names are built: pattern, family or clan, given names."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class People:
    """One people: its name and the parts its names are made of.

    `pattern` is a space-separated list of parts for men, then for women after a bar:
    F family or clan name, M middle name, G given name, anything else stands for itself.
    `kinh_given` is the share of the young whose given name comes from the Kinh tables.
    """

    name: str
    pattern: str
    family: str
    middle_men: str
    middle_women: str
    given_men: str
    given_women: str
    kinh_given: float


_HIGHLAND_MEN = """
    Blô Krông Bhăm Tlam Wơn Djuăn Yung Suôn Ngọc Thuyên Bhok Rin Sanh Duen Bliêu Hiu
    Tuyên Drim Khương Lem Tem Wih Ghi Bham Chung Thoai
"""
_HIGHLAND_WOMEN = """
    Hen Bia Lan Nga Yuôn Blơi Mai Ngọc Duyên Wiên Rơi Thu Nuen Djuôn Hương Linh Loan
    Sinh Bliu Krang Yer Nhung Juin Đai Uyên Lim
"""

PEOPLES: Final = (
    People(
        name="Kinh",
        pattern="F M G|F M G",
        family="",
        middle_men="",
        middle_women="",
        given_men="",
        given_women="",
        kinh_given=1.0,
    ),
    People(
        name="Tày",
        pattern="F M G|F M G",
        family="""
            Nông Hoàng Lý Ma Nguyễn Bế Hà Lương Đàm Triệu Vi Lục Hứa Chu La Long Dương Phan Mã
            Lô Mông Sầm Trần Lê Lã Đinh Phùng
        """,
        middle_men="Văn Văn Văn Đức Quang Hữu Xuân",
        middle_women="Thị Thị Thị Thị Thu Ngọc",
        given_men="Thành Tuấn Dũng Hùng Cường Quân Hiếu Sơn Minh Thắng Huy Nam Đức Tài Kiên",
        given_women="Hương Hằng Huyền Lan Hoa Thảo Linh Duyên Nga Hạnh Thùy Mai Nhung Oanh Yến",
        kinh_given=0.9,
    ),
    People(
        name="Thái",
        pattern="F M G|F M G",
        family="""
            Lò Lường Quàng Tòng Cà Lèo Lù Cầm Bạc Vì Hà Đèo Lô Lương Vi Hoàng Ngần Kha Mè Khằm
            Quản Hoàng Lộc
        """,
        middle_men="Văn Văn Văn Văn",
        middle_women="Thị Thị Thị Thị",
        given_men="""
            Hặc Pọm Ứng Xôm Chựa Panh Thương Hùng Dũng Thoan Hoan Sơn Bun Inh Ón Pâng Tuấn
            Thắng Mạnh Cương
        """,
        given_women="""
            Xiên Pòm Hặc Ính Đôi Phương Lả Ọi Xuân Thu Biên Hoa Hương Panh Inh Chiến Duyên
            Loan Dung Lan
        """,
        kinh_given=0.6,
    ),
    People(
        name="Mường",
        pattern="F M G|F M G",
        family="Bùi Đinh Quách Nguyễn Hà Phùng Phạm Bạch Trương Xa Hoàng Cao Lê",
        middle_men="Văn Văn Văn Đức Quang Hữu Xuân",
        middle_women="Thị Thị Thị Thị Thu Ngọc",
        given_men="Dũng Hùng Tuấn Chiến Thắng Quyết Lực Cường Nhơn Khuyên Ểu Ín Nam Hiếu Tùng",
        given_women="Hồng Hương Ểm Thiển Dung Lan Hạnh Diệp Nga Duyên Huyền Linh Trang Thảo Yến",
        kinh_given=0.85,
    ),
    People(
        name="Hmông",
        pattern="F A G|F Thị G",
        family="""
            Giàng Vàng Sùng Thào Vừ Lý Lầu Mùa Hạng Cứ Ly Hờ Mùa Lừu Má Chá Sồng Thò Ma Hầu
            Dương Tráng Cháng Và Già Xồng Phàng
        """,
        middle_men="A A A",
        middle_women="Thị Thị",
        given_men="""
            Páo Chứ Dơ Sử Vàng Phử Của Chinh Sáu Lử Tủa Dình Nủ Thào Tráng Cở Pao Sùng Lềnh Vư
            Sinh Thái Minh Súa Dế
        """,
        given_women="""
            Mỷ Dợ Sua Dua Mai Pà Chá Sông Máy Xua Ca Mảy Chư Gầu Dông Say Blia Cở Và Dở Pàng
            Lìa Nhia
        """,
        kinh_given=0.25,
    ),
    People(
        name="Khmer",
        pattern="F G|F M G",
        family="""
            Thạch Sơn Kim Danh Châu Lâm Kiên Liêu Trà Lý Trần Huỳnh Tăng Đào Chau Neáng Thị
            Triệu Hứa Dương Kiêng
        """,
        middle_men="Văn Minh Thanh",
        middle_women="Thị Thị Ngọc Sa",
        given_men="""
            Sara Rithy Sovanna Thanh Phol Sok Phi Hùng Tâm Dara Hiền Ratha Sang Thươl Dương
            Oanh Rết Hên Sóc Bình
        """,
        given_women="""
            Sokha Thi Neang Sophia Sari Oanh Thia Phone Mỹ Lan Hồng Na Rany Sarin Bopha Thu
            Ngọc Kha Sôm Nhi
        """,
        kinh_given=0.5,
    ),
    People(
        name="Nùng",
        pattern="F M G|F M G",
        family="""
            Nông Hoàng Lý Triệu Lương Vi Hứa Chu Long Phùng Mông Lục Đàm Nguyễn Đặng Lâm Lô
            Linh Lăng Dương Sầm Bế
        """,
        middle_men="Văn Văn Văn Đức Quang Hữu Xuân",
        middle_women="Thị Thị Thị Thị Thu Ngọc",
        given_men="Thành Tuấn Sáng Dũng Cường Sinh Chung Hiếu Sơn Phúc Thắng Huy Lập Đức Tài",
        given_women="Hương Hằng Huyền Lan Hoa Thảo Linh Pảo Nga Hạnh Thùy Mai Nhung Oanh Yến",
        kinh_given=0.85,
    ),
    People(
        name="Dao",
        pattern="F M G|F M G",
        family="Triệu Bàn Đặng Phùng Chảo Chẻo Lý Tẩn Phàn Tẩn Dương Lò Hoàng Bồn Tằng",
        middle_men="Văn Tài A Chòi Phụ Láo Tiến Kim",
        middle_women="Mẩy Thị Mùi Tả Sử",
        given_men="""
            Phin Lai Sơn Phú Chòi Quân Vạng Chiêu Kiều Sinh Hin Tá Lở Nhàn Thanh Khé Phẩu Lụa
        """,
        given_women="""
            Pham Lai Mẩy Mán Liều San Phấy Nhất Viện Kiều Coi Chài Ghến Sểnh Lở Nhàn Mản
        """,
        kinh_given=0.35,
    ),
    People(
        name="Hoa",
        pattern="F M G|F M G",
        family="""
            Trần Lâm Lý Quách Vương Huỳnh Tăng Lưu Ngô Trương Dương Châu Trịnh Mã Thái Hứa La
            Lương Phùng Ông Giang Tiêu Khưu Nhan Triệu Tô
        """,
        middle_men="Chí Vĩ Quốc Gia Kiến Chấn Vĩnh Thiệu Diệu Cẩm Thế Bồi",
        middle_women="Mỹ Lệ Bội Tú Tuệ Gia Ngọc Thục Bảo Tuyết Huệ",
        given_men="""
            Cường Hào Minh Hùng Bang Quyền Long Kiệt Huy Thành Dân Vinh Phát Xương Tài Khôn
        """,
        given_women="""
            Linh Phụng Quân Nghi Hoa Phương Dung Trân Châu San Mẫn Hà Nhàn Lan Bình Văn
        """,
        kinh_given=0.75,
    ),
    People(
        name="Gia Rai",
        pattern="F G|F H'G",
        family="Ksor Rmah Siu Nay Rơ Kpă Rcom Rahlan Rô Ayun Hiao Ralan",
        middle_men="",
        middle_women="",
        given_men="""
            Phước Hương Blư Bôn Chăm Djoan Gyun Hlao Nhơt Tuynh Thuyn Hrê Krinh Nul Plơi Thim
            Yăo Kim Thái Hlưi
        """,
        given_women=_HIGHLAND_WOMEN,
        kinh_given=0.3,
    ),
    People(
        name="Ê Đê",
        pattern="Y G F|H'G F",
        family="""
            Niê Mlô Ayun Kbuôr Êban Hđơk Kdăm Byă Niê Ktul Bkrông Hmŏk Mlô Enuôl Buôn_Yă
            Niê_Kdăm Êñuôl Adrơng
        """,
        middle_men="",
        middle_women="",
        given_men=_HIGHLAND_MEN,
        given_women=_HIGHLAND_WOMEN,
        kinh_given=0.25,
    ),
    People(
        name="Ba Na",
        pattern="A G|Y G",
        family="",
        middle_men="",
        middle_women="",
        given_men="""
            Dứt Khoah Nhưl Hyôt Thưn Byưn Kuên Hmrik Pơn Hlôh Thui Dêm Bôm Ngưn Yơm Tuih Chưn
            Hnăm Krưt Jring Lưu Bưk
        """,
        given_women="""
            Nhung Hyem Byên Hlan Djoch Thưm Bưn Blưp Hơn Nhưn Yưm Lan Hlim Hmlên Pưnh Hrêu Mưh
            Thul Dyơn Kưn Hlơn
        """,
        kinh_given=0.2,
    ),
    People(
        name="Xơ Đăng",
        pattern="A G|Y G",
        family="",
        middle_men="",
        middle_women="",
        given_men="""
            Khiêm Thiu Đeng Thát Nhập Lượm Rôn Biên Pui Dua Vương Hùng Thông Vinh Nhất Ngọc
            Tuấn Thái Blêng Krông
        """,
        given_women="""
            Đuôn Thoa Pem Lương Nga Sinh Hoa Mai Dung Bay Hiền Ngọc Xuân Thảo Linh Beng Hạnh
            Thúy Bleng Hmoi
        """,
        kinh_given=0.5,
    ),
    People(
        name="Chăm",
        pattern="F M G|F M G",
        family="""
            Từ Đàng Thành Quảng Lưu Bá Báo Đạo Châu Trượng Phú Hán Thiên Lộ Não Mohamad
        """,
        middle_men="Văn Công Thanh Ngọc Năng",
        middle_women="Thị Thị Ngọc Kim",
        given_men="""
            Dũng Hùng Thanh Ích Tuấn Đại Chuyền Sách Phước Rít Sa Lím Karim Salim Toàn Linh
        """,
        given_women="""
            Hiền Lan Kiều Hoa Mỹ Phượng Nga Aysah Rohimah Sương Trang Thủy Nhi Vân Hằng
        """,
        kinh_given=0.6,
    ),
    People(
        name="Hrê",
        pattern="F M G|F M G",
        family="Đinh Phạm Hồ",
        middle_men="Văn Văn Ka",
        middle_women="Thị Thị",
        given_men="Vương Thẻ Rôn Dênh Lý Dũng Treo Uông Nhân Xin Đen Xuân Bút Tem Nên",
        given_women="Hồng Lệ Thu Rí Thiếu Nga Hằng Mai Dung Beo Nhớ Đít Sương Yến Ba",
        kinh_given=0.55,
    ),
    People(
        name="Mnông",
        pattern="Y G F|H'G F",
        family="""
            Niê Ndu Ntơr Bing Du Liêng Rcăm Buôn_Krông Triêk Pang_Ting Pang_Sur Rlưk Lưk Kuan
        """,
        middle_men="",
        middle_women="",
        given_men=_HIGHLAND_MEN,
        given_women=_HIGHLAND_WOMEN,
        kinh_given=0.25,
    ),
    People(
        name="Xtiêng",
        pattern="Điểu G|Thị G",
        family="",
        middle_men="",
        middle_women="",
        given_men="""
            Ré Huyn Rơi Khôn Lên Ong Krưi Thum Bưu Nghé Dưng Mốt Lít Phương Sơn Tuấn Hùng Hon
            Bá Đơ
        """,
        given_women="""
            Nơ Hồng Liên Beng Lôi Rơi Hai Pu Sa Thơm Lanh Phương Hoa Mai Nga Rét Un Đê Bơ
            Hương
        """,
        kinh_given=0.3,
    ),
    People(
        name="Bru-Vân Kiều",
        pattern="F M G|F M G",
        family="Hồ Hồ Hồ Lê",
        middle_men="Văn Văn A",
        middle_women="Thị Thị Y",
        given_men="Thương Dương Hươi Nhất Thứ Lơi Ví Xuân Tiên Chung Hùng Lai Sơn Pả Kôn",
        given_women="Hương Mai Lan Thơm Nga Ên Liên Xa Hiên Dung Nhung Pỉ Hoa Kăn Thảo",
        kinh_given=0.5,
    ),
)
"""The Kinh first. `_` in a clan name joins its words into one token with a space."""

KINH: Final = 0
