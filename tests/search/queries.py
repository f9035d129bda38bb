"""Claims about generated people, damaged further -> queries of every kind a look-up may be asked."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

NAMES = (
    "A", "Nguyễn", "nguyen van an", "Nguyễn Văn An", "An Nguyễn Văn", "Ông Nguyễn Văn An", "Bà Trần Thị B",
    "H'Yến Niê Kđăm", "Vừ A Lềnh", "Y Bhiăo Mlô", "Công Tằng Tôn Nữ Thị Thu Hà",
    "Lê Trần Phạm Hoàng Vũ Đỗ Bùi Ngô",
    "Nguyá»…n VÄƒn HÃ¹ng", "Nguyeenx Vawn Hungf", "N. V. An", "Mary O'Neill-Smith", "李 小龍",
    "1234", "-", "  ", "a" * 700,
    "x " * 300, "Nguyễn Văn " + "An" * 40, "\x00", "\ud800",
)  # fmt: skip
DATES = (
    "1990",
    "02/1990",
    "1990-02",
    "31/12/1899",
    "2060-01-01",
    "29/02/2001",
    "01/01/1900",
    "không rõ",
    "0",
    "19900203",
)
NUMBERS = (
    "0",
    "123456789",
    "079203001234",
    "9" * 15,
    "9" * 40,
    "abc",
    "GD 4 79 1234567890",
    "0901234567",
    "+84 901 234 567",
)
ODD = (*NAMES, *DATES, *NUMBERS)


def _slip(text: str, random: Random) -> str:
    """One letter lost, doubled, replaced or exchanged with its neighbour."""
    at = random.randrange(len(text))
    way = random.randrange(5)
    if way == 0:
        return text[:at] + text[at + 1 :]
    if way == 1:
        return text[:at] + text[at] + text[at:]
    if way == 2:
        return text[:at] + random.choice("0123456789" if text[at].isdigit() else "aeinhtg ") + text[at + 1 :]
    if way == 3:
        return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
    words = text.split()
    random.shuffle(words)
    return " ".join(words)


def _of_date(text: str, random: Random) -> str:
    """Its year alone, its parts in another order, or a slip."""
    parts = text.replace("-", "/").split("/")
    way = random.randrange(3)
    if way == 0:
        return max(parts, key=len)
    if way == 1 and len(parts) == 3:
        return f"{parts[1]}/{parts[0]}/{parts[2]}"
    return _slip(text, random)


def damaged(
    record: dict[str, str | None], random: Random, others: Sequence[dict[str, str | None]]
) -> dict[str, str]:
    """A query from a record: any of its fields, some with slips, of others, or nonsense."""
    held = {k: v for k, v in record.items() if v}
    kept = (
        random.sample(sorted(held), random.randint(1, len(held))) if random.random() < 0.6 else sorted(held)
    )
    query = {}
    for name in kept:
        text = held[name]
        luck = random.random()
        if luck < 0.1:
            text = random.choice(others)[name] or text
        elif luck < 0.2:
            text = _of_date(text, random) if "date" in name or "born" in name else _slip(text, random)
        elif luck < 0.25:
            text = random.choice(ODD)
        elif luck < 0.3:
            text = text.upper()
        query[name] = text
    return query
