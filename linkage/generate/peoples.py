"""The peoples of Vietnam and how their names are built (pattern, family or clan names, given names)."""

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


_KINH_M, _KINH_F = "Văn Văn Văn Đức Quang Hữu Xuân", "Thị Thị Thị Thị Thu Ngọc"
_YM = "Blô Krông Bhăm Tlam Wơn Djuăn Yung Suôn Ngọc Thuyên Bhok Rin Sanh Duen Bliêu Hiu Tuyên Drim Khương Lem Tem Wih Ghi Bham Chung Thoai"
_HM = "Hen Bia Lan Nga Yuôn Blơi Mai Ngọc Duyên Wiên Rơi Thu Nuen Djuôn Hương Linh Loan Sinh Bliu Krang Yer Nhung Juin Đai Uyên Lim"

PEOPLES: Final = (
    People("Kinh", "F M G|F M G", "", "", "", "", "", 1.0),
    People("Tày", "F M G|F M G", "Nông Hoàng Lý Ma Nguyễn Bế Hà Lương Đàm Triệu Vi Lục Hứa Chu La Long Dương Phan Mã Lô Mông Sầm Trần Lê Lã Đinh Phùng",
           _KINH_M, _KINH_F, "Thành Tuấn Dũng Hùng Cường Quân Hiếu Sơn Minh Thắng Huy Nam Đức Tài Kiên", "Hương Hằng Huyền Lan Hoa Thảo Linh Duyên Nga Hạnh Thùy Mai Nhung Oanh Yến", 0.9),
    People("Thái", "F M G|F M G", "Lò Lường Quàng Tòng Cà Lèo Lù Cầm Bạc Vì Hà Đèo Lô Lương Vi Hoàng Ngần Kha Mè Khằm Quản Hoàng Lộc",
           "Văn Văn Văn Văn", "Thị Thị Thị Thị", "Hặc Pọm Ứng Xôm Chựa Panh Thương Hùng Dũng Thoan Hoan Sơn Bun Inh Ón Pâng Tuấn Thắng Mạnh Cương", "Xiên Pòm Hặc Ính Đôi Phương Lả Ọi Xuân Thu Biên Hoa Hương Panh Inh Chiến Duyên Loan Dung Lan", 0.6),
    People("Mường", "F M G|F M G", "Bùi Đinh Quách Nguyễn Hà Phùng Phạm Bạch Trương Xa Hoàng Cao Lê",
           _KINH_M, _KINH_F, "Dũng Hùng Tuấn Chiến Thắng Quyết Lực Cường Nhơn Khuyên Ểu Ín Nam Hiếu Tùng", "Hồng Hương Ểm Thiển Dung Lan Hạnh Diệp Nga Duyên Huyền Linh Trang Thảo Yến", 0.85),
    People("Hmông", "F A G|F Thị G", "Giàng Vàng Sùng Thào Vừ Lý Lầu Mùa Hạng Cứ Ly Hờ Mùa Lừu Má Chá Sồng Thò Ma Hầu Dương Tráng Cháng Và Già Xồng Phàng",
           "A A A", "Thị Thị", "Páo Chứ Dơ Sử Vàng Phử Của Chinh Sáu Lử Tủa Dình Nủ Thào Tráng Cở Pao Sùng Lềnh Vư Sinh Thái Minh Súa Dế", "Mỷ Dợ Sua Dua Mai Pà Chá Sông Máy Xua Ca Mảy Chư Gầu Dông Say Blia Cở Và Dở Pàng Lìa Nhia", 0.25),
    People("Khmer", "F G|F M G", "Thạch Sơn Kim Danh Châu Lâm Kiên Liêu Trà Lý Trần Huỳnh Tăng Đào Chau Neáng Thị Triệu Hứa Dương Kiêng",
           "Văn Minh Thanh", "Thị Thị Ngọc Sa", "Sara Rithy Sovanna Thanh Phol Sok Phi Hùng Tâm Dara Hiền Ratha Sang Thươl Dương Oanh Rết Hên Sóc Bình", "Sokha Thi Neang Sophia Sari Oanh Thia Phone Mỹ Lan Hồng Na Rany Sarin Bopha Thu Ngọc Kha Sôm Nhi", 0.5),
    People("Nùng", "F M G|F M G", "Nông Hoàng Lý Triệu Lương Vi Hứa Chu Long Phùng Mông Lục Đàm Nguyễn Đặng Lâm Lô Linh Lăng Dương Sầm Bế",
           _KINH_M, _KINH_F, "Thành Tuấn Sáng Dũng Cường Sinh Chung Hiếu Sơn Phúc Thắng Huy Lập Đức Tài", "Hương Hằng Huyền Lan Hoa Thảo Linh Pảo Nga Hạnh Thùy Mai Nhung Oanh Yến", 0.85),
    People("Dao", "F M G|F M G", "Triệu Bàn Đặng Phùng Chảo Chẻo Lý Tẩn Phàn Tẩn Dương Lò Hoàng Bồn Tằng",
           "Văn Tài A Chòi Phụ Láo Tiến Kim", "Mẩy Thị Mùi Tả Sử", "Phin Lai Sơn Phú Chòi Quân Vạng Chiêu Kiều Sinh Hin Tá Lở Nhàn Thanh Khé Phẩu Lụa", "Pham Lai Mẩy Mán Liều San Phấy Nhất Viện Kiều Coi Chài Ghến Sểnh Lở Nhàn Mản", 0.35),
    People("Hoa", "F M G|F M G", "Trần Lâm Lý Quách Vương Huỳnh Tăng Lưu Ngô Trương Dương Châu Trịnh Mã Thái Hứa La Lương Phùng Ông Giang Tiêu Khưu Nhan Triệu Tô",
           "Chí Vĩ Quốc Gia Kiến Chấn Vĩnh Thiệu Diệu Cẩm Thế Bồi", "Mỹ Lệ Bội Tú Tuệ Gia Ngọc Thục Bảo Tuyết Huệ", "Cường Hào Minh Hùng Bang Quyền Long Kiệt Huy Thành Dân Vinh Phát Xương Tài Khôn", "Linh Phụng Quân Nghi Hoa Phương Dung Trân Châu San Mẫn Hà Nhàn Lan Bình Văn", 0.75),
    People("Gia Rai", "F G|F H'G", "Ksor Rmah Siu Nay Rơ Kpă Rcom Rahlan Rô Ayun Hiao Ralan",
           "", "", "Phước Hương Blư Bôn Chăm Djoan Gyun Hlao Nhơt Tuynh Thuyn Hrê Krinh Nul Plơi Thim Yăo Kim Thái Hlưi", _HM, 0.3),
    People("Ê Đê", "Y G F|H'G F", "Niê Mlô Ayun Kbuôr Êban Hđơk Kdăm Byă Niê Ktul Bkrông Hmŏk Mlô Enuôl Buôn_Yă Niê_Kdăm Êñuôl Adrơng",
           "", "", _YM, _HM, 0.25),
    People("Ba Na", "A G|Y G", "",
           "", "", "Dứt Khoah Nhưl Hyôt Thưn Byưn Kuên Hmrik Pơn Hlôh Thui Dêm Bôm Ngưn Yơm Tuih Chưn Hnăm Krưt Jring Lưu Bưk", "Nhung Hyem Byên Hlan Djoch Thưm Bưn Blưp Hơn Nhưn Yưm Lan Hlim Hmlên Pưnh Hrêu Mưh Thul Dyơn Kưn Hlơn", 0.2),
    People("Xơ Đăng", "A G|Y G", "", "", "", "Khiêm Thiu Đeng Thát Nhập Lượm Rôn Biên Pui Dua Vương Hùng Thông Vinh Nhất Ngọc Tuấn Thái Blêng Krông", "Đuôn Thoa Pem Lương Nga Sinh Hoa Mai Dung Bay Hiền Ngọc Xuân Thảo Linh Beng Hạnh Thúy Bleng Hmoi", 0.5),
    People("Chăm", "F M G|F M G", "Từ Đàng Thành Quảng Lưu Bá Báo Đạo Châu Trượng Phú Hán Thiên Lộ Não Mohamad",
           "Văn Công Thanh Ngọc Năng", "Thị Thị Ngọc Kim", "Dũng Hùng Thanh Ích Tuấn Đại Chuyền Sách Phước Rít Sa Lím Karim Salim Toàn Linh", "Hiền Lan Kiều Hoa Mỹ Phượng Nga Aysah Rohimah Sương Trang Thủy Nhi Vân Hằng", 0.6),
    People("Hrê", "F M G|F M G", "Đinh Phạm Hồ", "Văn Văn Ka", "Thị Thị", "Vương Thẻ Rôn Dênh Lý Dũng Treo Uông Nhân Xin Đen Xuân Bút Tem Nên", "Hồng Lệ Thu Rí Thiếu Nga Hằng Mai Dung Beo Nhớ Đít Sương Yến Ba", 0.55),
    People("Mnông", "Y G F|H'G F", "Niê Ndu Ntơr Bing Du Liêng Rcăm Buôn_Krông Triêk Pang_Ting Pang_Sur Rlưk Lưk Kuan", "", "", _YM, _HM, 0.25),
    People("Xtiêng", "Điểu G|Thị G", "", "", "", "Ré Huyn Rơi Khôn Lên Ong Krưi Thum Bưu Nghé Dưng Mốt Lít Phương Sơn Tuấn Hùng Hon Bá Đơ", "Nơ Hồng Liên Beng Lôi Rơi Hai Pu Sa Thơm Lanh Phương Hoa Mai Nga Rét Un Đê Bơ Hương", 0.3),
    People("Bru-Vân Kiều", "F M G|F M G", "Hồ Hồ Hồ Lê", "Văn Văn A", "Thị Thị Y", "Thương Dương Hươi Nhất Thứ Lơi Ví Xuân Tiên Chung Hùng Lai Sơn Pả Kôn", "Hương Mai Lan Thơm Nga Ên Liên Xa Hiên Dung Nhung Pỉ Hoa Kăn Thảo", 0.5),
)  # fmt: skip
"""The Kinh first. `_` in a clan name joins its words into one token with a space."""

KINH: Final = 0
