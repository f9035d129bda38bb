"""What the columns of a table mean: fields, blocking rules, their JSON; pure data, no records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self

from linkage.errors import SchemaError
from linkage.files import write_text

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


def _are_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)


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

    def __post_init__(self) -> None:
        if isinstance(self.columns, str) or not _are_texts(self.columns):
            raise SchemaError(
                f"field {self.name!r}: expected columns as a list of headers, got {self.columns!r}"
            )
        object.__setattr__(self, "columns", tuple(self.columns))
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


@dataclass(frozen=True)
class BlockingRule:
    """Records that agree on all `keys` are compared; blocks that grow too large are split by `refine`."""

    keys: tuple[str, ...]
    refine: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The rule as a reader writes it, the `match_key` of its pairs."""
        return " & ".join(self.keys)


def block_on(*keys: str, refine: Sequence[str] = ()) -> BlockingRule:
    """A blocking rule: agree on all of `keys`.

    Parameters
    ----------
    *keys : str
        ``field`` or ``field.part``, for example ``"date_of_birth.year"``, ``"full_name.given"``.
    refine : sequence of str
        Keys that split blocks too large to compare, tried in this order; the other rules' keys by default.

    Examples
    --------
    >>> block_on("date_of_birth", "full_name.given").name
    'date_of_birth & full_name.given'
    """
    if not keys:
        raise SchemaError("block_on: expected at least one key, got none")
    return BlockingRule(tuple(keys), tuple(refine))


@dataclass(frozen=True)
class Schema:
    """The fields of a table and how candidates are found.

    Parameters
    ----------
    fields : sequence of Field
    blocking_rules : sequence of BlockingRule
        Empty lets linkage choose rules from the fields and the data.
    record_id : str or None
        The column that names a record; None numbers the rows.
    """

    fields: tuple[Field, ...]
    blocking_rules: tuple[BlockingRule, ...] = ()
    record_id: str | None = "record_id"
    _by_name: dict[str, Field] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", tuple(self.fields))
        object.__setattr__(self, "blocking_rules", tuple(self.blocking_rules))
        object.__setattr__(self, "_by_name", {f.name: f for f in self.fields})
        if not self.fields:
            raise SchemaError("schema: expected at least one field, got none")
        if len(self._by_name) != len(self.fields):
            names = [f.name for f in self.fields]
            twice = sorted({n for n in names if names.count(n) > 1})
            raise SchemaError(f"schema: field names must differ, got {', '.join(twice)} twice")
        for rule in self.blocking_rules:
            for key in (*rule.keys, *rule.refine):
                self.split_key(key)

    def __getitem__(self, name: str) -> Field:
        try:
            return self._by_name[name]
        except KeyError:
            raise SchemaError(f"schema: no field {name!r}; it has {', '.join(self._by_name)}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def split_key(self, key: str) -> tuple[Field, str]:
        """The field and part that a blocking key names; the kind's first part when it names none."""
        # A header may hold a point itself, as "Tel." does.
        name, _, part = (key, "", "") if key in self or "." not in key else key.rpartition(".")
        found = self[name]
        parts = PARTS[found.kind]
        if part and part not in parts:
            raise SchemaError(f"blocking key {key!r}: expected a part of {', '.join(parts)}, got {part!r}")
        return found, part or parts[0]

    def only(self, names: Iterable[str]) -> Self:
        """The same schema with these fields, and with the rules that need no other."""
        kept = set(names)

        def is_kept(key: str) -> bool:
            return self.split_key(key)[0].name in kept

        def fits(rule: BlockingRule) -> bool:
            return all(map(is_kept, rule.keys))

        rules = tuple(
            replace(rule, refine=tuple(filter(is_kept, rule.refine)))
            for rule in self.blocking_rules
            if fits(rule)
        )
        return replace(self, fields=tuple(f for f in self.fields if f.name in kept), blocking_rules=rules)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; only what differs from the defaults."""
        defaults = asdict(Field("x", "text"))
        fields = []
        for item in self.fields:
            values = asdict(item)
            fields.append(
                {
                    k: list(v) if isinstance(v, tuple) else v
                    for k, v in values.items()
                    if k in ("name", "kind") or v != defaults[k]
                }
            )
        return {
            "record_id": self.record_id,
            "fields": fields,
            "blocking_rules": [
                {"keys": list(r.keys), **({"refine": list(r.refine)} if r.refine else {})}
                for r in self.blocking_rules
            ],
        }

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """The schema of `to_dict`; blocking rules may also be plain lists of keys."""
        if not isinstance(data, dict) or not isinstance(data.get("fields"), list):
            raise SchemaError("schema: expected an object with a list of fields")
        unknown = set(data) - {"record_id", "fields", "blocking_rules"}
        if unknown:
            raise SchemaError(f"schema: unknown entries {', '.join(sorted(map(str, unknown)))}")
        fields = []
        for item in data["fields"]:
            if not isinstance(item, dict) or not {"name", "kind"} <= set(item):
                raise SchemaError(f"schema: expected a field with name and kind, got {item!r}")
            try:
                fields.append(Field(**item))
            except TypeError as error:
                raise SchemaError(f"field {item['name']!r}: {error}") from None
        rules = []
        given, record_id = data.get("blocking_rules", []), data.get("record_id", "record_id")
        if not isinstance(given, list | tuple):
            raise SchemaError(f"schema: expected a list of blocking rules, got {given!r}")
        if not isinstance(record_id, str | None):
            raise SchemaError(f"schema: expected the record id's column by name, got {record_id!r}")
        for rule in given:
            parts = rule if isinstance(rule, dict) else {"keys": rule}
            keys, refine = parts.get("keys"), parts.get("refine", ())
            if not keys or not _are_texts(keys) or not _are_texts(refine):
                raise SchemaError(f"blocking rule: expected a list of keys, got {rule!r}")
            rules.append(block_on(*keys, refine=refine))
        return cls(tuple(fields), tuple(rules), record_id)

    def save(self, path: str | Path) -> None:
        """Write the schema as JSON."""
        write_text(path, json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a schema from JSON; SchemaError names the path and what does not fit."""
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise SchemaError(f"{path}: expected a schema as JSON: {error}") from None
        try:
            return cls.from_dict(data)
        except SchemaError as error:
            raise SchemaError(f"{path}: {error}") from None


def citizen_schema() -> Schema:
    """The preset for Vietnamese citizen records, with the usual Vietnamese headers.

    Any of its columns may be absent from a table; `Schema.only` keeps those that are there.
    """
    fields = (
        Field(
            "full_name",
            "person_name",
            columns=("Họ và tên", "Họ tên", "Họ, chữ đệm và tên", "Tên", "name", "ho_va_ten"),
        ),
        Field("date_of_birth", "date", columns=("Ngày sinh", "Ngày tháng năm sinh", "Năm sinh", "dob")),
        Field("sex", "category", format="sex", columns=("Giới tính", "Phái", "gender")),
        Field(
            "id_number",
            "identifier",
            format="personal_number",
            columns=("Số CCCD", "CCCD", "Số định danh", "Số định danh cá nhân", "Số ĐDCN", "Số căn cước"),
        ),
        Field("old_id_number", "identifier", format="old_number", columns=("Số CMND", "CMND")),
        Field(
            "health_insurance_number",
            "identifier",
            format="health_insurance",
            columns=("Mã số BHXH", "Số BHXH", "Số thẻ BHYT", "Mã thẻ BHYT", "BHYT"),
        ),
        Field("tax_code", "identifier", format="tax_code", columns=("Mã số thuế", "MST")),
        Field("phone", "phone", columns=("Số điện thoại", "Điện thoại", "SĐT", "Di động")),
        Field("birth_province", "category", format="province", columns=("Nơi sinh", "Tỉnh sinh")),
        Field(
            "province",
            "category",
            format="province",
            shared=True,
            columns=("Tỉnh", "Tỉnh/Thành phố", "Thành phố"),
        ),
        Field("district", "text", shared=True, columns=("Huyện", "Quận", "Quận/Huyện")),
        Field("commune", "text", shared=True, columns=("Xã", "Phường", "Phường/Xã")),
        Field("street", "address", columns=("Địa chỉ", "Nơi thường trú", "Đường", "Số nhà", "address")),
        Field("mother_name", "person_name", shared=True, columns=("Họ tên mẹ", "Họ và tên mẹ")),
        Field("father_name", "person_name", shared=True, columns=("Họ tên cha", "Họ và tên cha")),
        Field("spouse_name", "person_name", columns=("Họ tên vợ/chồng", "Vợ/chồng")),
        Field("ethnicity", "category", shared=True, columns=("Dân tộc",)),
        Field("household_id", "identifier", shared=True, columns=("Số hộ khẩu", "Số hồ sơ cư trú", "Mã hộ")),
    )
    name, born, given = "full_name", "date_of_birth", "full_name.given"
    family, year, decade = "full_name.family", f"{born}.year", f"{born}.decade"
    places = ("province", "birth_province", "district")
    rules = (
        block_on("id_number"),
        block_on("old_id_number"),
        block_on("health_insurance_number"),
        block_on("tax_code"),
        block_on(born, "full_name.given_phonetic", refine=(family, "province", "sex")),
        block_on(name, year, refine=(*places, born)),
        block_on(name, f"{born}.month_day", refine=(*places, decade)),
        block_on("phone", given, refine=(decade,)),
        block_on("phone", year, refine=("sex",)),
        block_on("full_name.tokens", born, refine=places),
        block_on("full_name.phonetic", year, "province", refine=("district", "birth_province", born)),
        block_on("street", born, refine=("sex", "commune")),
        block_on("street", "commune", given, refine=(decade,)),
        block_on(name, "street", refine=("commune", decade)),
        block_on("mother_name", born, refine=("sex", "province")),
        block_on("father_name", born, refine=("sex", "province")),
        block_on("spouse_name", born, refine=("sex", "province")),
        block_on("mother_name", given, refine=(*places, decade)),
        block_on("father_name", given, refine=(*places, decade)),
        block_on("spouse_name", given, refine=(*places, decade)),
        block_on(name, "mother_name", refine=(*places, decade)),
        block_on("mother_name", "father_name", "sex", decade, refine=(given, year)),
        block_on("household_id", year, refine=("sex",)),
        block_on(f"{born}.month_day", "full_name.given_phonetic", "province", refine=("district", decade)),
        block_on(born, family, "sex", refine=("province", "district")),
        block_on(given, year, "commune", refine=("street", family)),
        block_on("street", "commune", family, decade, "sex", refine=(year,)),
    )
    return Schema(fields, rules)


def preset_rules(schema: Schema) -> tuple[BlockingRule, ...]:
    """The preset's blocking rules that need no other fields than the schema's."""
    held = {f.name for f in schema.fields}
    return citizen_schema().only(held).blocking_rules
