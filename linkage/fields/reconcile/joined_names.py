"""A person's name in one column of one table, in parts or with the father's in the other -> one field."""

from __future__ import annotations

from dataclasses import replace

from linkage.fields.meaning.headers import is_of_own_name, is_other_family_name, is_second_family_name
from linkage.fields.reconcile.fathers_names import is_continued, with_fathers
from linkage.fields.source import JOINED_NAME, Source
from linkage.schema import Field, Schema


def with_joined_names(
    fields: list[Field], own: dict[str, str], held: dict[str, str], other: Schema, theirs: dict[str, str],
    left: Source, right: Source,
) -> list[Field]:  # fmt: skip
    """A full name on one side and its parts on the other become one field."""
    names = [f for f in fields if _is_own_name(f, own) and f.name not in held]
    parts, of_others = joined_name(names, own), joined_name(list(other.fields), theirs)
    whole = next((f for f in names if f.part == "full" and not f.shared), None)
    other_whole = next(
        (f for f in other.fields if f.kind == "person_name" and f.part == "full" and not f.shared), None
    )
    if whole and not of_others and not parts:
        of_others = _with_fathers(other, theirs, right, own[whole.name], left)
    if other_whole and not parts and not of_others and not whole:
        parts = _with_fathers(Schema(tuple(fields), ()), own, left, theirs[other_whole.name], right)
        names = [f for f in fields if own.get(f.name) in parts.split(JOINED_NAME)]
    if whole and not parts and of_others:
        return [replace(f, columns=(*f.columns, of_others)) if f == whole else f for f in fields]
    if parts and other_whole and not of_others:
        joined = Field("full_name", "person_name", columns=(parts, theirs[other_whole.name]))
        rest = [f for f in fields if f not in names and f.name != joined.name]
        return [joined, *rest]
    return fields


def with_longer_names(
    fields: list[Field], own: dict[str, str], met: dict[str, str], free: list[Field], theirs: dict[str, str],
    left: Source, right: Source,
) -> list[Field]:  # fmt: skip
    """Names of one word that meet longer ones go on with the fathers' names of their table."""
    whole = [f for f in fields if f.kind == "person_name" and f.part == "full" and not f.shared]
    if len(whole) != 1 or whole[0].name not in met or whole[0].name not in own:
        return fields
    item, one, other = whole[0], own[whole[0].name], met[whole[0].name]
    if is_continued(one, left, other, right):
        relatives = [own[f.name] for f in fields if is_relative(f) and f.name in own and f.name not in met]
        if joined := with_fathers(one, relatives, left, other, right):
            rest = [f for f in fields if own.get(f.name) not in joined.split(JOINED_NAME)]
            return [replace(item, name="full_name", columns=(joined, other)), *rest]
    if is_continued(other, right, one, left):
        relatives = [theirs[f.name] for f in free if is_relative(f) and f.name in theirs]
        if joined := with_fathers(other, relatives, right, one, left):
            longer = replace(item, columns=(joined, *item.columns))
            return [longer if f == item else f for f in fields]
    return fields


def is_relative(item: Field) -> bool:
    """Whether a field is the name of a parent or another relative."""
    return item.kind == "person_name" and bool(item.shared)


def _with_fathers(schema: Schema, headers: dict[str, str], parts: Source, whole: str, source: Source) -> str:
    """A given name without a family name, joined with the fathers' names of the same table."""
    names = [f for f in schema.fields if f.kind == "person_name" and f.name in headers]
    own = [f for f in names if not f.shared]
    if len(own) != 1 or own[0].part != "given":
        return ""
    relatives = [headers[f.name] for f in names if f.shared]
    return with_fathers(headers[own[0].name], relatives, parts, whole, source)


def _is_own_name(item: Field, headers: dict[str, str]) -> bool:
    """Whether a field is a person's own name or a part of it, be it one that a family shares."""
    header = headers.get(item.name, "")
    own = not item.shared or is_of_own_name(header)
    return item.kind == "person_name" and own and (item.part != "full" or not is_other_family_name(header))


def joined_name(fields: list[Field], headers: dict[str, str]) -> str:
    """Given, middle and family names as one column, as they are said; empty without both ends."""
    names = [f for f in fields if _is_own_name(f, headers)]
    given = [headers[f.name] for f in names if f.part == "given"]
    family = [headers[f.name] for f in names if f.part == "family"]
    others = [headers[f.name] for f in names if f.part == "full"]
    second = [c for c in others if is_second_family_name(c)]
    middle = [c for c in others if c not in second]
    return JOINED_NAME.join([*given, *middle, *family, *second]) if given and family else ""
