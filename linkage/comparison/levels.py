"""Kinds of comparison -> their ordered levels, as the kernels number them."""

from __future__ import annotations

from dataclasses import dataclass

from linkage.schema import Field


@dataclass(frozen=True)
class Operation:
    """One way to compare two encoded values.

    Attributes
    ----------
    name : str
        The kernel's operation.
    levels : tuple of str
        Labels of gamma 0 (all others) upwards; gamma -1 is missing and has no label here.
    tf_parts : tuple of int
        Per level: 0 = no term frequency, else 1 + which frequency (0 exact, 1 folded, 2 ends, 3 last).
    prior : tuple of float
        What a careful person expects of matching records before seeing data: m per level, sums to 1.
    personal : int
        First code at which two values are, but for damage, the same: relatives rarely get there by
        chance in a field that is a person's own. One beyond the last code = no such level.
    alike : int
        First code from which only the way of writing differs (diacritics dropped by the keyboard): how
        often is a matter of the records, alike for one person and for relatives. 0 = the last code only.
    differ : int
        Last code at which two values are different ones, not one value and its damage.
    rarer : tuple of int
        Codes at which of two values the rarer one's term frequency counts, elsewhere that of the more
        frequent one: what is a slip of a common name is mostly no name, two common names are two names.
    """

    name: str
    levels: tuple[str, ...]
    tf_parts: tuple[int, ...]
    prior: tuple[float, ...]
    personal: int
    alike: int = 0
    differ: int = 1
    rarer: tuple[int, ...] = ()

    @property
    def n_codes(self) -> int:
        """Codes including missing (code 0 = gamma -1)."""
        return len(self.levels) + 1

    @property
    def bits(self) -> int:
        """Bits that a code needs in a packed pattern."""
        return (self.n_codes - 1).bit_length()


NAME = Operation(
    "name",
    (
        "all others",
        "first name token equal",
        "last name token equal",
        "first and last token agree",
        "missing or extra token, initials, other order",
        "one token differs slightly",
        "equal without diacritics",
        "equal, one side without diacritics",
        "equal up to spelling",
        "equal",
    ),
    (0, 0, 4, 3, 3, 2, 2, 2, 2, 1),
    (0.02, 0.005, 0.01, 0.03, 0.03, 0.05, 0.02, 0.04, 0.015, 0.78),
    5,
    8,
    3,
)
PART = Operation(
    "part",
    ("all others", "initial", "similar", "swapped with another part of the name", "differs slightly",
     "equal without diacritics", "equal"),
    (0, 0, 2, 2, 2, 2, 1),
    (0.05, 0.01, 0.04, 0.02, 0.10, 0.03, 0.75),
    2,
    6,
    rarer=(3, 5),
)  # fmt: skip
TEXT = Operation(
    "text",
    ("all others", "half of the words agree", "similar", "differs slightly",
     "equal without diacritics", "equal"),
    (0, 0, 2, 2, 2, 1),
    (0.12, 0.04, 0.04, 0.07, 0.03, 0.70),
    4,
    5,
)  # fmt: skip
EMAIL = Operation(
    "email",
    ("all others", "similar", "differs slightly", "same local part", "equal, and made of the name", "equal"),
    (0, 0, 0, 0, 2, 1),
    (0.15, 0.03, 0.07, 0.05, 0.001, 0.699),
    4,
)
OF_NAME = 5
"""Code of two addresses that are the same, each made of its own record's name."""

IDENTIFIER = Operation(
    "identifier",
    ("all others", "two edits", "one edit", "equal"),
    (0, 0, 0, 1),
    (0.08, 0.02, 0.05, 0.85),
    3,
)
DATE = Operation(
    "date",
    (
        "all others",
        "neighbouring year, or day and month",
        "year equal, or two months or a vague year apart",
        "two slips",
        "year and month equal, or year and day",
        "year equal, the rest unknown",
        "year and month equal, the rest unknown",
        "day and month equal, year within 3",
        "one digit differs",
        "day and month swapped",
        "equal",
    ),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
    (0.02, 0.01, 0.01, 0.01, 0.01, 0.03, 0.01, 0.01, 0.06, 0.02, 0.81),
    6,
    differ=2,
)
CATEGORY = Operation("category", ("all others", "compatible", "equal"), (0, 0, 1), (0.05, 0.02, 0.93), 4)
NUMBER = Operation(
    "number",
    ("all others", "within 10 %", "within 1 %", "equal"),
    (0, 0, 0, 0),
    (0.1, 0.05, 0.05, 0.8),
    3,
)

_ONCE_ONE = {"date": (11, 4), "email": (6, 5)}
"""Operations of which two levels were one: codes there were, and that level's, now of the lower one."""

_BY_KIND = {
    "text": TEXT,
    "address": TEXT,
    "email": EMAIL,
    "identifier": IDENTIFIER,
    "phone": IDENTIFIER,
    "date": DATE,
    "category": CATEGORY,
    "number": NUMBER,
}


def operation_of(item: Field) -> Operation:
    """The comparison that a field's kind asks for by default."""
    if item.kind == "person_name":
        return NAME if item.part == "full" else PART
    return _BY_KIND[item.kind]


def codes_then(operation: str, n_codes: int) -> list[int]:
    """Today's codes -> those of the same levels in a model or a segment that may be older.

    Parameters
    ----------
    operation : str
    n_codes : int
        Its codes there.

    Returns
    -------
    list of int
        For each code of today the code then, the same for levels that were one.
    """
    older, one = _ONCE_ONE.get(operation, (0, 0))
    return [then for then in range(n_codes) for _ in range(2 if n_codes == older and then == one else 1)]
