"""Two tables, each with its own headers -> one schema: which columns of the two mean the same.

A schema and a table of queries -> the columns of its fields, under whatever headers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import (
    entry_of_header,
    field_of_header,
    is_of_institution,
    is_reserved,
)
from linkage.fields.meaning.held import find_headers
from linkage.fields.meaning.record_id_column import with_ids_of_people
from linkage.fields.meaning.split_dates import find_split_dates
from linkage.fields.reconcile.calendars import with_one_calendar
from linkage.fields.reconcile.epochs import with_births_counted
from linkage.fields.reconcile.fathers_names import may_be_one
from linkage.fields.reconcile.joined_names import (
    is_relative,
    joined_name,
    with_joined_names,
    with_longer_names,
)
from linkage.fields.reconcile.joined_places import with_joined_places
from linkage.fields.reconcile.last_digits import with_last_digits
from linkage.fields.reconcile.named_relatives import with_relatives_own
from linkage.fields.reconcile.one_script import in_one_script
from linkage.fields.reconcile.same_contents import same_contents
from linkage.fields.reconcile.same_numbers import same_numbers
from linkage.fields.reconcile.second_family_names import with_former_names, with_second_names
from linkage.fields.reconcile.sexes import with_sexes_alike
from linkage.fields.source import ELSE, Source, parts_of
from linkage.schema import Field, Schema

_ALONE = ("date", "email", "phone")
"""Kinds of which the one column in the left table is the one in the right table, whatever they are called."""


def match_schemas(left: Source, right: Source, *, exclude: Sequence[str] = ()) -> Schema:
    """The left table's schema, its fields with the right table's headers where these are others.

    Each table is understood for itself. Columns of the same header belong together, then those whose headers
    mean the same, then the only date, e-mail, telephone, sex and personal number of each, then what holds the
    same. A full name in one table meets the joined given, middle and family names of the other.

    Raises
    ------
    SchemaError
        No column of the left table is recognised.
    """
    schema = detect_schema(left, exclude=exclude)
    other = detect_schema(right, exclude=exclude)
    schema, other = with_ids_of_people(schema, left, other, right)
    other, of_others = with_relatives_own(schema, left, other, right)
    exclude = [*exclude, *of_others]
    schema = _with_births_alike(schema, other)
    held = {f: c for f, c in find_headers(right, schema).items() if f}
    taken = {part for column in held.values() for part in parts_of(column)}
    own, theirs = find_headers(left, schema), find_headers(right, other)
    free = [f for f in other.fields if not taken & set(parts_of(theirs[f.name]))]
    open_fields = [f for f in schema.fields if f.name not in held]
    found: dict[str, str] = {}
    numbers = same_numbers(left, _numbers(open_fields, own), right, _numbers(free, theirs))
    for meaning in (_same_meaning, _only_one):
        for item in open_fields:
            for candidate in free if item.name not in found else ():
                one, two = own[item.name], theirs[candidate.name]
                if _may_be_one(numbers, one, two) and meaning(item, one, open_fields, candidate, two, free):
                    found[item.name] = two
                    free = [f for f in free if f != candidate]
                    break
    fields = [
        replace(f, columns=(*f.columns, found[f.name])) if f.name in found else f for f in schema.fields
    ]
    open_fields = [f for f in open_fields if f.name not in found]
    used = {*taken, *(part for column in found.values() for part in parts_of(column)), *exclude}
    ours = {part for column in own.values() for part in parts_of(column)} | set(exclude)
    of_right = [c for c in right.columns if c not in used and c != theirs.get("") and not is_reserved(c)]
    of_left = [c for c in left.columns if c not in ours and not is_reserved(c)]
    meant = {theirs[f.name]: f for f in free}
    same = _same_contents(left, of_left, {own[f.name]: f for f in open_fields}, right, of_right, meant)
    fields = [same.pop(f.name, f) for f in fields] + list(same.values())
    found |= {f.name: f.columns[-1] for f in fields if f.columns and f.columns[-1] in of_right}
    fields = with_joined_names(fields, own, {**held, **found}, other, theirs, left, right)
    fields = with_second_names(fields, own, {**held, **found}, left, right)
    met = {**held, **found}
    fields = with_longer_names(fields, own, met, [f for f in other.fields if f in free], theirs, left, right)
    fields = with_joined_places(fields, own, met, [f for f in other.fields if f in free], theirs)
    fields = with_former_names(fields, own, met, free, theirs)
    spare = [
        own[f.name] for f in schema.fields if f.kind == "person_name" and f.part == "full" and not f.shared
    ]
    kept = schema.only({f.name for f in fields} & {f.name for f in schema.fields})
    matched = replace(kept, fields=tuple(fields))
    matched = matched.with_fields(in_one_script(fields, left, right, spare))
    matched = with_last_digits(with_sexes_alike(matched, left, right), left, right)
    return with_one_calendar(with_births_counted(matched, left, right), left, right)


def find_columns(source: Source, schema: Schema) -> dict[str, str]:
    """As `find_headers`; a field without a column is found where one column alone means the same.

    A table of queries may have headers of its own: names, dates, telephones, e-mails, sexes and addresses are
    known in any language, names and dates also in several columns. Other kinds go by their headers alone: two
    numbers of a person are not the same number.
    """
    found = find_headers(source, schema)
    taken = {part for column in found.values() for part in parts_of(column)}
    meant = {c: f for c in source.columns if c not in taken and (f := field_of_header(c))}
    opened = [f for f in schema.fields if f.name not in found and _is_known_anywhere(f)]
    for item in opened:
        entry = entry_of_header(item.name)
        same = [c for c, f in meant.items() if _alike(item, f) and entry_of_header(c) is entry]
        rivals = [f for f in opened if entry_of_header(f.name) is entry]
        if entry and len(same) == len(rivals) == 1:
            found[item.name] = same[0]
            del meant[same[0]]
    for item in opened:
        if item.name not in found and (column := _several(item, source, meant)):
            found[item.name] = column
    return {name: found[name] for name in ("", *(f.name for f in schema.fields)) if name in found}


def _with_births_alike(schema: Schema, other: Schema) -> Schema:
    """The left table's schema, its birth met by the two columns that the right table has for it."""
    found = [c for f in other.fields if f.kind == "date" for c in (f.name, *f.columns) if ELSE in c]
    dates = [f for f in schema.fields if f.kind == "date" and not f.shared]
    if not found or len(dates) != 1 or found[0] in (dates[0].name, *dates[0].columns):
        return schema
    item = dates[0]
    own = [c for c in item.columns if ELSE in c]
    rest = [c for c in item.columns if c not in own]
    if item.name in parts_of(found[0]):
        item = replace(item, name=found[0], columns=(item.name, *item.columns))
    else:
        item = replace(item, columns=(*own, found[0], *rest))
    return schema.with_fields([item if f == dates[0] else f for f in schema.fields])


def _numbers(fields: Sequence[Field], columns: dict[str, str]) -> list[str]:
    return [columns[f.name] for f in fields if f.kind == "identifier"]


def _may_be_one(numbers: dict[str, str], one: str, two: str) -> bool:
    """Whether values do not say that either column is the same as a third."""
    return numbers.get(one, two) == two and (one in numbers or two not in numbers.values())


def _is_known_anywhere(item: Field) -> bool:
    return item.kind in ("person_name", "date", "phone", "email", "address") or item.format == "sex"


def _same_contents(
    left: Source, of_left: Sequence[str], ours: dict[str, Field],
    right: Source, of_right: Sequence[str], theirs: dict[str, Field],
) -> dict[str, Field]:  # fmt: skip
    """Fields of columns that hold the same values, by name: as the table says whose header tells what it is.

    Parameters
    ----------
    of_left, of_right : sequences of str
        Columns that belong to no field, and those of the right table that belong to none of the left.
    ours, theirs : dict[str, Field]
        Columns with what each table took them for, where nothing connects the two yet.
    """
    found = {}
    texts = [c for c, f in ours.items() if f.kind not in ("date", "number") and c in left.columns]
    alike = same_contents(left, [*texts, *of_left], right, of_right, _may_meet)
    for column, other in alike.items():
        item, meant = ours.get(column), theirs.get(other)
        if item is None or (entry_of_header(column) is None and meant and entry_of_header(other)):
            item = meant and replace(meant, name=item.name if item else column, columns=())
        if item is not None:
            found[item.name] = replace(item, columns=(*item.columns, other))
    return found


def _may_meet(column: str, other: str) -> bool:
    """Whether two headers do not contradict each other: one says nothing, or both say the same kind.

    Which part of a name a column holds, its values tell better than some headers. An employer's address is
    not the person's, however many of its texts are.
    """
    if is_of_institution(column) != is_of_institution(other):
        return False
    a, b = field_of_header(column), field_of_header(other)
    return a is None or b is None or _alike(replace(a, part=b.part), b)


def _several(item: Field, source: Source, meant: dict[str, Field]) -> str:
    """Columns that are a full name, or a date of birth, together; empty where there are none."""
    if item.kind == "date" and not item.shared:
        dates = find_split_dates({c: pa.array([], pa.string()) for c in source.columns})
        return dates[0].columns[0] if dates else ""
    if item.kind == "person_name" and item.part == "full" and not item.shared:
        return joined_name(list(meant.values()), {f.name: c for c, f in meant.items()})
    return ""


def _alike(a: Field, b: Field) -> bool:
    """Whether two fields may be compared with each other: what is a relative's is not a person's own."""
    of_relative = a.kind in ("person_name", "identifier") and bool(a.shared) != bool(b.shared)
    return (a.kind, a.part, a.format) == (b.kind, b.part, b.format) and not of_relative


def _same_meaning(a: Field, header: str, of_a: list[Field], b: Field, other: str, of_b: list[Field]) -> bool:
    entry = entry_of_header(header)
    if not _alike(a, b) or entry is None or entry is not entry_of_header(other):
        return False
    # Village, commune and district are one meaning: of several places their values tell which is which.
    one_each = all(sum(entry_of_header(f.name) is entry for f in of) == 1 for of in (of_a, of_b))
    return not (a.kind == "text" and a.shared) or one_each or _are_called_alike(header, of_a, other, of_b)


def _are_called_alike(header: str, of_a: list[Field], other: str, of_b: list[Field]) -> bool:
    """Whether two places are named by the same words, or but for those in front, as no others are.

    "Street number" is "mailing street number" where the table has no other one.
    """
    one, two = _words_of(header), _words_of(other)
    if one == two:
        return True
    theirs, ours = ([_words_of(f.name) for f in of] for of in (of_b, of_a))
    met = sum(_end_alike(one, words) for words in theirs), sum(_end_alike(two, words) for words in ours)
    return _end_alike(one, two) and met == (1, 1)


def _end_alike(one: list[str], two: list[str]) -> bool:
    short, long = sorted((one, two), key=len)
    return bool(short) and long[-len(short) :] == short


def _words_of(header: str) -> list[str]:
    return [word for word in fold_header(header).split() if word not in ("name", "ten", "nama")]


def _only_one(a: Field, header: str, of_a: list[Field], b: Field, other: str, of_b: list[Field]) -> bool:
    # Beside given and family names another one is a middle name, and goes with them.
    is_own = a.kind == "person_name" and not a.shared and (a.part != "full" or not _have_parts(of_a + of_b))
    is_one_relative = is_relative(a) and may_be_one(header, other)
    known = is_own or is_one_relative or a.kind in _ALONE or a.format in ("sex", "personal_number")
    if not _alike(a, b) or not known:
        return False
    return sum(_alike(a, f) for f in of_a) == 1 and sum(_alike(a, f) for f in of_b) == 1


def _have_parts(fields: list[Field]) -> bool:
    return any(f.kind == "person_name" and f.part != "full" and not f.shared for f in fields)
