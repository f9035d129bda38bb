"""What one column means: a field of some kind, and how its values are compared; checked where it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from linkage.errors import SchemaError

Kind = Literal["person_name", "date", "identifier", "category", "text", "address", "phone", "email", "number"]
KINDS: tuple[str, ...] = (
    "person_name",
    "date",
    "identifier",
    "category",
    "text",
    "address",
    "phone",
    "email",
    "number",
)
PARTS = {
    "person_name": ("folded", "given", "family", "phonetic", "given_phonetic", "tokens", "prefix"),
    "date": ("full", "year", "year_month", "month_day", "decade"),
    "identifier": ("full",),
    "phone": ("full",),
    "category": ("value", "group"),
    "text": ("folded", "given", "family", "phonetic", "given_phonetic", "tokens", "prefix"),
    "address": ("folded", "given", "family", "phonetic", "given_phonetic", "tokens", "prefix"),
    "email": ("folded", "local"),
    "number": ("full",),
}
FORMATS = {
    "identifier": ("personal_number", "old_number", "health_insurance", "tax_code"),
    "category": ("province", "sex"),
}


def are_texts(value: Any) -> bool:
    """Whether a value read from JSON is a list of texts."""
    return isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)


def _codes_of(name: str, codes: Any) -> tuple[tuple[str, str], ...]:
    """Codes as pairs in order, from a mapping or from such pairs."""
    pairs = codes.items() if isinstance(codes, Mapping) else codes
    try:
        found = tuple(sorted((code, value) for code, value in pairs))
    except (TypeError, ValueError):
        found = ((name, codes),)
    if not all(isinstance(text, str) for pair in found for text in pair):
        raise SchemaError(f"field {name!r}: expected read_as to name a text for each code, got {codes!r}")
    return found


@dataclass(frozen=True, kw_only=False)
class Field:
    """One column's meaning.

    Parameters
    ----------
    name : str
        The field's name; also the column that is read unless `columns` names others.
    kind : str
        One of `KINDS`.
    part : {"full", "given", "family"}
        For `person_name`: the whole name in one column, or one of two columns.
    columns : sequence of str
        Other headers under which the column may appear; compared without case and diacritics.
    format : str or None
        A known format: of an identifier ``personal_number``, ``old_number``, ``health_insurance`` or
        ``tax_code``; of a category ``province`` or ``sex``.
    shared : bool or None
        True when the members of a family share the value (address, parents' names): agreement of several
        such fields is weighed once. None decides by kind.
    term_frequencies : bool or None
        Weigh agreement on rare values higher. None decides by kind.
    missing : {"neutral", "informative", "unpaired"}
        A missing value is no evidence, or a level with its own m and u; unpaired where training found that
        two records of one person both hold it more rarely than others, which says nothing of look-ups.
    date_order : {"auto", "day_first", "month_first", "year_first"}
        What comes first where the numbers fit several orders; "auto" goes by the column's other dates.
    comparator : str or None
        Name of a registered comparator; see `linkage.comparator`.
    compare : bool
        False keeps the field for blocking only.
    read_as : mapping of str to str
        Of a link: values of the right table, without case and accents, and the left table's values for which
        they stand (``{"79": "ho chi minh"}``); an empty one is taken as missing. Links learn it where the two
        tables write one thing in two code systems.

    Raises
    ------
    SchemaError
        The kind, or a setting of it, is none of those above.

    Examples
    --------
    >>> Field("dob", "date", columns=("Date of birth",), date_order="day_first").kind
    'date'
    """

    name: str
    kind: Kind
    part: Literal["full", "given", "family"] = "full"
    columns: tuple[str, ...] = ()
    format: str | None = None
    shared: bool | None = None
    term_frequencies: bool | None = None
    missing: Literal["neutral", "informative", "unpaired"] = "neutral"
    date_order: Literal["auto", "day_first", "month_first", "year_first"] = "auto"
    comparator: str | None = None
    compare: bool = True
    read_as: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.columns, str) or not are_texts(self.columns):
            raise SchemaError(
                f"field {self.name!r}: expected columns as a list of headers, got {self.columns!r}"
            )
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "read_as", _codes_of(self.name, self.read_as))
        if not self.name or not isinstance(self.name, str):
            raise SchemaError(f"field: expected a name, got {self.name!r}")
        if self.kind not in KINDS:
            raise SchemaError(
                f"field {self.name!r}: expected a kind of {', '.join(KINDS)}, got {self.kind!r}"
            )
        if self.format is not None and self.format not in FORMATS.get(self.kind, ()):
            allowed = ", ".join(FORMATS.get(self.kind, ())) or "none for this kind"
            raise SchemaError(f"field {self.name!r}: expected a format of {allowed}, got {self.format!r}")
        for value, allowed_values, label in (
            (self.part, ("full", "given", "family"), "part"),
            (self.missing, ("neutral", "informative", "unpaired"), "missing"),
            (self.date_order, ("auto", "day_first", "month_first", "year_first"), "date_order"),
        ):
            if value not in allowed_values:
                raise SchemaError(
                    f"field {self.name!r}: expected {label} of {', '.join(allowed_values)}, got {value!r}"
                )
        for label in ("shared", "term_frequencies", "compare"):
            if getattr(self, label) not in (True, False, None):
                got = getattr(self, label)
                raise SchemaError(f"field {self.name!r}: expected {label} true or false, got {got!r}")
        if not isinstance(self.comparator, str | None):
            raise SchemaError(
                f"field {self.name!r}: expected the name of a comparator, got {self.comparator!r}"
            )

    @property
    def is_shared(self) -> bool:
        """Whether a family shares the value, by choice or by kind."""
        by_kind = self.kind in ("address", "phone") or self.part == "family"
        return by_kind if self.shared is None else self.shared

    @property
    def has_term_frequencies(self) -> bool:
        """Whether agreement is weighed by the value's frequency, by choice or by kind."""
        by_kind = self.kind in ("person_name", "text", "address", "category", "date")
        return by_kind if self.term_frequencies is None else self.term_frequencies
