"""Fields and blocking rules -> a schema, and its JSON; no records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from linkage.errors import SchemaError, did_you_mean, why
from linkage.files import write_text
from linkage.schema.field import PARTS, Field, are_texts


@dataclass(frozen=True)
class BlockingRule:
    """Records that agree on all `keys` are compared; blocks that grow too large are split by `refine`.

    Parameters
    ----------
    keys : tuple of str
        ``field`` or ``field.part``; a record without one of them is in no block.
    refine : tuple of str
        Further keys for large blocks, tried in this order; empty leaves the choice to linkage.
    """

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

    Returns
    -------
    BlockingRule

    Raises
    ------
    SchemaError
        No key is given. Whether the keys fit its fields the schema says.

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

    Raises
    ------
    SchemaError
        No field, two fields of one name, or a rule's key that is no part of a field.

    Examples
    --------
    >>> schema = Schema((Field("name", "person_name"), Field("born", "date")), (block_on("born.year"),))
    >>> "born" in schema, schema["born"].kind, schema.blocking_rules[0].name
    (True, 'date', 'born.year')
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
            known, meant = ", ".join(self._by_name), did_you_mean(name, self._by_name)
            raise SchemaError(f"schema: no field {name!r}; it has {known}{meant}") from None

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

    def with_fields(self, fields: Sequence[Field]) -> Self:
        """The same schema with these fields for its own, one for one; rules go by the fields' new names."""
        if tuple(fields) == self.fields:
            return self
        new = {old.name: item.name for old, item in zip(self.fields, fields, strict=True)}

        def renamed(key: str) -> str:
            item, part = self.split_key(key)
            return key if new[item.name] == item.name else f"{new[item.name]}.{part}"

        rules = tuple(
            replace(rule, keys=tuple(map(renamed, rule.keys)), refine=tuple(map(renamed, rule.refine)))
            for rule in self.blocking_rules
        )
        return replace(self, fields=tuple(fields), blocking_rules=rules)

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
                    k: dict(v) if k == "read_as" else list(v) if isinstance(v, tuple) else v
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
            if unknown := set(item) - set(Field.__dataclass_fields__):
                names = ", ".join(sorted(map(str, unknown)))
                raise SchemaError(f"field {item['name']!r}: unknown entries {names}")
            fields.append(Field(**item))
        rules = []
        given, record_id = data.get("blocking_rules", []), data.get("record_id", "record_id")
        if not isinstance(given, list | tuple):
            raise SchemaError(f"schema: expected a list of blocking rules, got {given!r}")
        if not isinstance(record_id, str | None):
            raise SchemaError(f"schema: expected the record id's column by name, got {record_id!r}")
        for rule in given:
            parts = rule if isinstance(rule, dict) else {"keys": rule}
            keys, refine = parts.get("keys"), parts.get("refine", ())
            if not keys or not are_texts(keys) or not are_texts(refine):
                raise SchemaError(f"blocking rule: expected a list of keys, got {rule!r}")
            rules.append(block_on(*keys, refine=refine))
        return cls(tuple(fields), tuple(rules), record_id)

    def save(self, path: str | Path) -> None:
        """Write the schema as JSON (UTF-8): whole, or the file stays as it was; InputError if it cannot."""
        write_text(path, json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a schema from JSON; SchemaError names the path and what does not fit."""
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise SchemaError(f"{path}: expected a schema as JSON: {why(error)}") from None
        try:
            return cls.from_dict(data)
        except SchemaError as error:
            raise SchemaError(f"{path}: {error}") from None
