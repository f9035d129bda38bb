"""What an explanation says in English -> the same in Vietnamese."""

VIETNAMESE = {
    # person names, whole and in parts
    "all others": "khác nhau",
    "first name token equal": "trùng họ",
    "last name token equal": "trùng tên",
    "first and last token agree": "trùng họ và tên, khác đệm",
    "missing or extra token, initials, other order": "thiếu hoặc thừa chữ, viết tắt, đảo thứ tự",
    "one token differs slightly": "một chữ hơi khác",
    "equal without diacritics": "trùng khi bỏ dấu",
    "equal, one side without diacritics": "trùng, một bên không dấu",
    "equal up to spelling": "trùng, khác cách viết chính tả",
    "equal": "trùng khớp",
    "initial": "viết tắt chữ đầu",
    "similar": "gần giống",
    "swapped with another part of the name": "đảo với phần khác của họ tên",
    "differs slightly": "hơi khác",
    # texts, addresses, e-mail
    "half of the words agree": "trùng một nửa số chữ",
    "same local part": "trùng phần trước @",
    "equal, and made of the name": "trùng khớp, đặt theo họ tên",
    # numbers of a person
    "two edits": "sai hai ký tự",
    "one edit": "sai một ký tự",
    # dates
    "neighbouring year, or day and month": "lệch một năm, hoặc lệch ngày và tháng",
    "year equal, or two months or a vague year apart": "trùng năm, hoặc lệch đến hai tháng, hay một năm nếu"
    " không rõ ngày",
    "two slips": "sai hai chỗ",
    "year and month equal, or year and day": "trùng năm và tháng, hoặc năm và ngày",
    "year equal, the rest unknown": "trùng năm, không rõ ngày tháng",
    "year and month equal, the rest unknown": "trùng năm và tháng, không rõ ngày",
    "day and month equal, year within 3": "trùng ngày và tháng, năm lệch không quá 3",
    "one digit differs": "sai một chữ số",
    "day and month swapped": "đảo ngày và tháng",
    # categories, quantities
    "compatible": "tương thích",
    "within 10 %": "chênh không quá 10 %",
    "within 1 %": "chênh không quá 1 %",
    # explanations and verdicts
    "missing": "thiếu",
    "one word of the name": "trùng một chữ của tên",
    "cannot be read": "không đọc được",
    "strangers": "người lạ",
    "household": "người cùng hộ",
    "siblings": "anh chị em",
    "twins": "người sinh đôi",
    "namesakes": "người trùng tên",
    "community": "người cùng địa phương",
    "prior": "trước khi so sánh",
    "other alternatives": "các khả năng khác",
    "match weight": "trọng số khớp",
    "one person rather than": "là một người, không phải",
    "of which rarity": "trong đó do hiếm",
}
"""Levels of linkage/comparison/levels.py, classes of relatives, and the words around them."""


def in_vietnamese(text: str) -> str:
    """The Vietnamese for a word of an explanation; a user's own words stay as they are."""
    return VIETNAMESE.get(text, text)
