"""Vietnamese family, middle and given names with their weights by era, sex and region.

Facts of frequency only, from published samples (Lê Trung Hoa 2005; two school cohorts on
hoten.org); no list of persons was used. Weights are relative within their table.
"""

from typing import Final

COHORTS: Final = (1960, 1970, 1980, 1990, 2000, 2010)
"""Upper birth years of the name cohorts; the last cohort is 2010 and later (7 in all)."""

FAMILY: Final = """
Nguyễn 31.2 Trần 10.4 Lê 9.0 Phạm 6.3 Phan 3.2 Đặng 1.95 Bùi 2.3 Đỗ 1.7 Hồ 1.6 Ngô 1.45 Dương 1.2
Lý .45 Trương 1.68 Đinh 1.35 Trịnh 1.0 Mai .95 Hà .95 Đoàn .93 Lương .85 Cao .86 Đào .78 Lưu .51
Triệu .3 Phùng .4 Đàm .34 Chu .33 Văn .3 Vi .2 Thái .33 Lâm .4 Tạ .33 Vương .28 Tô .27 Hứa .18 Đậu
.2 Châu .25 Nông .3 Tăng .2 La .15 Quách .16 Kiều .15 Lại .2 Thân .13 Từ .12 Hoa .06 Khổng .07
Nghiêm .08 Doãn .08 Bạch .08 Mạc .07 Ông .04 Nhan .03 Tống .16 Tôn .09 Ninh .06 Giang .08 Quản .03
Khúc .05 Viên .02 Kim .1 Ưng .01 Thạch .09 Lục .05 Biện .02 Cù .06 Cung .03 Diệp .09 Điền .02 Đới
.02 Đồng .07 Hàn .04 Hầu .03 Hình .01 Hoắc .01 Hữu .01 Hạ .02 Khương .05 Khuất .05 Kha .03 Kiên
.02 Lò .03 Lã .07 Lữ .06 Lộc .01 Lều .01 Lạc .01 Liễu .02 Liêu .03 Lỗ .02 Mã .05 Mẫn .01 Mạch .02
Mông .01 Nhữ .03 Nguyên .02 Ngọ .01 Ngụy .02 Nhâm .01 Ong .01 Phí .06 Phó .01 Phương .04 Quan .03
Quang .02 Quế .01 Sầm .03 Sử .02 Sái .01 Sơn .03 Tất .01 Thi .03 Thiều .03 Thẩm .02 Thang .01 Tiêu
.05 Tiết .02 Trác .01 Trà .03 Trang .04 Trầm .03 Triều .01 Trình .04 Tưởng .03 Ung .01 Uông .03
Vòng .02 Vưu .02 Xa .02 Yên .01 Âu .05 Ấu .005 Ân .01 An .02 Bá .02 Bàng .01 Bành .03 Bao .01 Bế
.04 Ca .01 Cáp .01 Chế .02 Chử .02 Chúc .01 Chung .05 Công .02 Cồ .02 Danh .03 Dư .04 Đan .02 Đái
.01 Đăng .01 Đầu .01 Điêu .01 Đôn .01 Đường .03 Giáp .06 Hán .02 Hồng .03 Hàng .01 Hùng .01 Khâu
.01 Khưu .03 Kỳ .005 Lao .005 Lăng .02 Long .02 Luyện .01 Lư .04 Lường .03 Ma .03 Mầu .005 Minh
.01 Nghê .01 Ngưu .005 Ngân .01 Nhiêu .01 Nhị .005 Ô .01 Phù .03 Phú .01 Quảng .01 Sa .02 Sú .005
Tào .03 Tấn .01 Thành .01 Thảo .005 Thôi .02 Thịnh .01 Tòng .02 Trưng .005 Tiền .01 Ty .005 Vạn
.02 Vị .005 Viết .005 Xuân .01
"""

FAMILY_BY_REGION: Final = {
    "Hoàng": (5.2, 2.6, 0.9), "Huỳnh": (0.1, 2.6, 5.0), "Vũ": (4.6, 0.8, 0.7), "Võ": (0.2, 4.0,
    4.4),
    "Nguyễn": (31.8, 29.8, 31.4), "Lê": (8.4, 10.6, 8.9), "Phan": (2.0, 4.4, 3.8), "Hồ": (0.7,
    2.8, 1.9),
    "Bùi": (3.2, 1.7, 1.7), "Đỗ": (2.5, 1.0, 1.3), "Phạm": (7.2, 5.5, 5.9),
}  # fmt: skip
"""Weights in north, centre, south, where they differ from the national ones."""

MALE: Final = {
    # era: names by falling popularity; the era's share of each cohort is in ERA_SHARE
    "old": """
        Hùng Bình Hòa Tư Ba Sáu Bảy Năm Lành Được Cư Thành Chiến Thắng Minh Lợi Bé Hai Tám
        Chín Út Tấn Xuân Đức Thanh Dân Hợi Tý Sửu Dần Mão Thìn Tỵ Ngọ Mùi Thân Dậu Tuất
        Cường Tiến Liêm Chính Nghĩa Hiền Lương Kiệm Nhẫn Đắc Khoái Lượng Nhượng Đoan Sành
        Sự Tích Trạch Nhuận Khiêm Hoạch Điền Sanh Kiểm Cẩn Thuần Uyển Nuôi Sum Ngoạt Bưởi
        Chắt Cò Cu Đực Hẻo Kẽm Lẫm Mót Nghị Ngữ Phấn Quyết Rạng Sắt Thơm Thiệp Trấn Tuân
        Ước Vạn Viễn Xứng Yên Bổn Chót Chữ Cội Cừ Dưỡng Đạm Đính Giỏi Hậu Hoành Khởi Khuê
        Kiếm Lạc Lẹ Luận Mạnh Miên Nhơn Phụng Thới Trượng
    """,
    "mid": """
        Hùng Dũng Tuấn Hải Sơn Thành Cường Minh Bình Long Nam Thắng Trung Hà Hoàng Anh Tú
        Toàn Phong Quang Linh Việt Thủy Đông Vinh Hưng Khánh Lâm Hiệp Phương Hòa Sáng Thọ
        Phúc Lộc Ngọc Tân Chung Chương Trường Tùng Thái Vũ Quân Quý Giang Thịnh Hào Hoan
        Định Điệp Đoàn Du Công Chí Cảnh Bách Bắc Ân An Tài Tâm Tín Tính Tình Tiệp Tráng
        Trực Trưởng Tường Tưởng Tuyên Văn Vĩ Viên Vượng Xuyên Lực Luân Luyện Lân Lãm Hoài
        Hồng Hanh Hạnh Hân Hậu Dương Đại Đăng Đồng Đường Khương Khải Khôi Kiên Kỳ Nghiêm
        Nguyện Ninh Oanh Phòng Phước Phú Rin Sỹ Thao Thạch Thế Thể Thuận Thuật Thức Thường
        Thạo Biên Bảo Bằng Bộ Ca Can Cao Châu Chuẩn Chuyên Chức Cúc Cung Dân Diện Diễn
        Doanh
    """,
    "nineties": """
        Tuấn Hoàng Huy Anh Hiếu Hùng Nam Sơn Đức Dũng Thành Đạt Cường Long Trung Hải
        Nguyên Thắng Minh Duy Quang Linh Tú Tùng Phong Vũ Tiến Hưng Quân Thịnh Trường Phúc
        Bảo Khánh Toàn Lâm Việt Tài Nhật Hậu Tâm Đông Sang Phương Lộc Khoa Vinh Thiện Thái
        Kiên Phát Ngọc Quốc Nhân Thuận Trọng Tân Giang Hòa Khang An Bình Chiến Công Hào
        Lực Mạnh Nghĩa Phước Quý Quyền Quyết Tín Trí Triều Vương Vỹ Thông Tính Dương Đại
        Đăng Đoàn Điệp Đỉnh Hiệp Huân Huỳnh Khải Khôi Kỳ Lập Luân Lưu Nhất Nhựt Pháp Phi
        Sĩ Tây Thạch Thế Thiên Thuật Thương Tịnh Toản Trình Tuyển Ty
    """,
    "young": """
        Huy Khang Bảo Minh Phúc Anh Khoa Phát Đạt Khôi Long Nam Quân Kiệt Thịnh Nguyên
        Hưng Duy Phong Khánh Huân Hoàng Đức Tuấn Thiên Nhật Trí Nghĩa Thành Hiếu An Đăng
        Tài Lâm Hải Dũng Vinh Bình Lộc Tú Trung Nhân Thiện Việt Gia Kha Hào Tâm Quang Vũ
        Tùng Sơn Vương Dương Luân Thái Khải Cường Tiến Phước Danh Đan Định Giang Hậu Khiêm
        Kiên Kỳ Lân Lĩnh Ngọc Nghị Phú Phi Quốc Quý Sang Tín Toàn Tường Triết Trọng Uy Vĩ
        Văn Vượng Ân Bách Bằng Công Chương Doanh Đông Hiển Hoan Hùng Huỳnh Lợi Mạnh Nhất
        Ninh Pháp Quyền Thắng Thế Thông Thuận Trường Tuệ Viên Viễn Tôn
    """,
}

FEMALE: Final = {
    "old": """
        Lan Hoa Cúc Mai Bé Hai Ba Tư Năm Út Gái Nở Sáu Bảy Tám Chín Hồng Liên Huệ Lý Đào
        Mận Nhung Lựu Thơm Xuân Hường Lành Hiền Thảo Sen Bưởi Chanh Cam Quýt Bông Ngà Nga
        Tuyết Ngọc Ánh Phượng Yến Loan Én Nhạn Oanh Hạnh Đức Nết Na Ngoan Duyên Dung Dịu
        Thắm Vui Tươi Thoa Thỏa Thêu Thùa Tằm Tơ Lụa Lượt Chiên Gấm Vóc Nhàn Nhị Tý Sửu
        Dần Mùi Dậu Tỵ Hợi Mão Thìn Ngọ Thân Tuất Muội Mười Lài Lê Bướm Cải Cẩm Châm Chắt
        Chiến Chuyên Công Đông Đậm Đẹp Điểm Hậu Hến Hoan Khoai Khuê Kín Lệ Lương Mến Mót
        Mừng Nguyệt Nhài Nhẫn Nhơn Nhớ Nuôi Phấn Quế Quy Rành Sang Sự
    """,
    "mid": """
        Hương Hoa Lan Hằng Hà Thủy Hồng Hạnh Hiền Nga Dung Liên Mai Loan Phương Thanh Thu
        Tuyết Vân Yến Oanh Nhung Ngọc Minh Hải Huệ Huyền Thúy Bình Hòa Lý Lê Tâm Xuân Cúc
        Đào Phượng Thảo Trang Linh Anh Hường Nguyệt Lệ Bích Hiên Hoài Hoàn Hậu Hợp Huyên
        Khánh Khuyên Kiều Lành Lĩnh Luyến Ly Mơ Mỹ Ngà Ngân Nhàn Nhạn Nhi Như Quý Quyên
        Quỳnh Sen Sương Thắm Thanh Thành Thêm Thi Thìn Thơ Thoa Thơm Thuận Thùy Thư Thương
        Tình Tuyến Tươi Vinh Vui Ánh Ái Bằng Cảnh Chi Chung Chuyên Diệp Diễm Diệu Dinh
        Duyên Đông Giang Gấm Hảo Hân Luân Lương Lưu Miên Nam Nhân Ninh Phúc Sâm Tân
    """,
    "nineties": """
        Trang Thảo Linh Anh Phương Hằng Huyền Hiền Hương Ngọc Dung Nhung Thủy Nhi Duyên
        Vân Quỳnh Nga Yến Trinh Hà Ngân Lan Mai My Như Oanh Thúy Thư Trâm Uyên Thu Loan Ly
        Hạnh Hồng Giang Diễm Chi Tuyền Thương Hoa Hân Vy Tiên Nguyệt Phượng Thắm Tâm Trúc
        Hường Lệ Minh Mỹ Sương Thanh Châu Kiều Lài Liên Lý Ngà Nhàn Quyên Tuyết Xuân Ánh
        Hậu Dương Hòa Hoài Huệ Khuyên Khánh Bình Thơ Thùy Thoa Tú Vi Ý Đào Hảo Luyến Na
        Thi Tình Trân Việt Xinh Y Băng Cúc Nhị Diệu Dịu Hiên Hoàn Hợp Huyên Mận Miên Mơ
        Nhân Nhiên Nương Phụng Phúc Sen Thuận Thơm Tươi Viên Vui Bích Ân Ái Yên
    """,
    "young": """
        Anh Vy Ngọc Nhi Hân Thư Linh Như Ngân Phương Thảo My Trân Quỳnh Nghi Trang Trâm An
        Thy Châu Trúc Uyên Yến Ý Tiên Mai Hà Chi Khánh Giang Tuyền Kim Vân Thùy Băng Diệp
        Dung Duyên Đan Hạnh Hiền Hương Huyền Khanh Khuê Lam Lan Ly Mỹ Minh Mẫn Nguyên Nhã
        Nhiên Ninh Oanh Phượng Quyên San Tâm Thanh Thi Thiên Thơ Thủy Thúy Thương Trà
        Trinh Tú Vi Xuân Xuyến Yên Ánh Ân Bình Cát Di Dương Đoan Gia Hằng Hoa Hồng Huệ
        Kiều Lâm Liên Loan Nga Nhung Phụng Phúc Sương Tường Tuệ Vũ Viên Hoàng Hảo Đào Điệp
        Diễm Diệu Doanh Ái Bảo Bích Cầm Hiếu Mi Na Ni Nương Nữ Quế Thư Tịnh Trầm Vàng
    """,
}

TOP_WEIGHTS: Final = {
    ("F", "young"): (7.1, 5.7, 4.3, 4.2, 4.1, 4.1, 3.5, 3.1, 3.0, 2.1, 2.1, 2.1, 1.8, 1.8, 1.7,
    1.7, 1.6, 1.6,
                     1.5, 1.5, 1.5, 1.4, 1.4, 1.2, 1.1, 1.1),
    ("F", "nineties"): (4.19, 3.52, 3.02, 2.46, 2.20, 2.14, 2.11, 2.03, 1.72, 1.72, 1.70, 1.69,
    1.65, 1.62, 1.55,
                        1.50, 1.49, 1.49, 1.48, 1.46),
    ("M", "nineties"): (2.71, 2.46, 2.23, 2.05, 1.99, 1.98, 1.98, 1.90, 1.88, 1.70, 1.62, 1.56,
    1.56, 1.55, 1.55,
                        1.42, 1.40, 1.40, 1.31, 1.15),
    ("M", "young"): (5.0, 4.2, 3.9, 3.7, 3.1, 2.9, 2.6, 2.4, 2.1, 2.0, 1.8, 1.6),
}  # fmt: skip
"""Measured per cent of the first names of an era's list; the others fall off from there."""

ERA_SHARE: Final = {
    "old": (0.72, 0.40, 0.14, 0.04, 0.01, 0.0, 0.0),
    "mid": (0.26, 0.54, 0.72, 0.46, 0.10, 0.04, 0.02),
    "nineties": (0.02, 0.06, 0.13, 0.46, 0.70, 0.30, 0.10),
    "young": (0.0, 0.0, 0.01, 0.04, 0.19, 0.66, 0.88),
}
"""Share of each era's list in each cohort."""

MIDDLE_MALE: Final = """
Minh 5.4 Hoàng 3.6 Ngọc 3.2 Thanh 3.6 Đức 3.6 Quốc 3.4 Quang 3.0 Hữu 2.8 Đình 2.6 Xuân 2.2 Thành
2.2 Duy 2.2 Anh 1.9 Trung 1.8 Công 1.9 Tấn 1.8 Tuấn 1.6 Trọng 1.6 Hồng .8 Thế 1.6 Gia 1.4 Viết .9
Bá 1.0 Chí .9 Đăng 1.1 Trường .7 Phước .6 Hải .6 Mạnh 1.0 Tiến .9 Phú .5 Sỹ .4 Như .3 Khắc .6 Vĩnh
.5 Kim .5 Thiên .5 Nhật .9 Việt .7 Huy .5 Bảo .9 Khánh .5 Nguyên .5 Trí .4 Tất .3 Doãn .2 Cao .3
Phi .3 Hùng .3 Long .2 Lâm .2 Quý .3 Sơn .2 Thái .4 Vũ .3 Trần .4 Lê .5 Nguyễn .4 Phúc .2 Đại .2
Hiếu .2 Tùng .1 Khải .1 Bình .2 An .15 Ích .05 Danh .1 Trịnh .03 Hà .05 Phạm .1 Huỳnh .08 Phan .06
Võ .05
"""

MIDDLE_FEMALE: Final = """
Ngọc 12 Thanh 6.5 Kim 5.5 Thu 5.2 Hồng 5 Minh 4 Phương 4.2 Mỹ 3 Bích 2.8 Thùy 1.8 Như 3 Quỳnh 3.5
Bảo 3.5 Khánh 3 Hoàng 2.6 Anh 1.6 Lan 1.4 Thúy 1.0 Tuyết 1.3 Xuân 1.3 Kiều 1.2 Diễm .9 Cẩm .8 Ánh
.8 Mai .9 Hoài .9 Tường .8 Gia .9 Thảo .9 Yến .8 Hải .8 Diệu .7 Hà .8 Hương .6 Nhật .6 Tú .5 Trúc
.5 Hạnh .3 Huyền .5 Linh .5 Bạch .3 Lệ .4 Ái .3 Thiên .5 Nguyên .3 Tâm .3 Uyên .3 Vân .4 Đan .3
Phước .1 Tố .3 Trà .2 Song .1 Mộng .2 Kỳ .1 Quế .15 Hiền .1 Nguyễn .5 Lê .5 Trần .4 Phạm .2 Huỳnh
.15 Võ .1 Phan .1 Thục .2 Hạ .1 An .3 Việt .1 Châu .1 Đoan .1 Nhã .2 Cát .15 Tiểu .05 Băng .05 Hoa
.05 Ý .03 Thụy .2 Khả .1
"""

WOMEN_THI: Final = (0.95, 0.93, 0.90, 0.82, 0.65, 0.35, 0.18)
WOMEN_THI_OF_FOUR: Final = (0.95, 0.94, 0.93, 0.90, 0.84, 0.50, 0.26)
MEN_VAN: Final = (0.75, 0.65, 0.55, 0.45, 0.30, 0.12, 0.05)
FOUR_WORDS: Final = {
    "M": (0.02, 0.03, 0.04, 0.07, 0.12, 0.20, 0.27),
    "F": (0.03, 0.05, 0.09, 0.16, 0.28, 0.48, 0.62),
}
TWO_WORDS: Final = {
    "M": (0.05, 0.04, 0.03, 0.02, 0.012, 0.009, 0.009),
    "F": (0.02, 0.015, 0.01, 0.006, 0.003, 0.002, 0.002),
}
MOTHERS_NAME_AS_MIDDLE: Final = 0.22
"""Share of four-word names whose first middle name is the mother's family name (3-5 % of all)."""

DOUBLETS: Final = """
Hoàng Huỳnh Vũ Võ Phan Phạm Đặng Đăng Trương Trường Đoàn Doãn Chu Châu Phúc Phước Vinh Vĩnh Cảnh
Kiểng Hồng Hường Sinh Sanh Chính Chánh Nhân Nhơn Thái Thới Tùng Tòng An Yên Bảo Bửu Nguyên Ngươn
Cương Cang Tràng Tràng Dũng Dõng Lĩnh Lãnh Tính Tánh
"""
"""Pairs of forms of one name, taboo or dialect: first and second, and back."""
