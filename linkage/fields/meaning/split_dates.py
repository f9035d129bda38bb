"""Columns of years, months and days -> fields of whole dates, read from the three as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from linkage.fields import compute as pc
from linkage.fields.meaning.content import ENOUGH, date_share, day_share, share, years_of
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import WORDS, field_of_header, is_age
from linkage.fields.source import AGED, ELSE, JOINED, JOINED_NAME, Source
from linkage.fields.text import NO_DAY, NO_MONTH, NO_YEAR, as_text, has_texts, readable, whole_numbers
from linkage.schema import Field

_NAMED = {part: frozenset(WORDS[part + "s"]) for part in ("year", "month", "day")}
_NUMBER_OF = {
    "year": r"^\s*(1[5-9]|20)[0-9]{2}(\.0)?\s*$|^\s*[0-9]{2}\s*$",
    "month": r"^\s*(0?[1-9]|1[0-2])(\.0)?\s*$",
    "day": r"^\s*(0?[1-9]|[12][0-9]|3[01])(\.0)?\s*$",
}


_FEMALE = {"nam": "nu", "male": "female", "men": "women", "boys": "girls", "m": "f", "男": "女"}
LOOKED_AT = 2_000
"""Rows in which a birth stands in one of two columns."""
_YEAR = r"^\s*(1[89]|20)[0-9]{2}(\.0)?\s*$"
LEAST_YEARS, MOST_YEARS = 0.9, 0.5
"""Share of years alone in a column of years of birth, and in one of births."""
LEAST_ALONE = 0.02
"""Share of the records that have the year alone, from which the two columns are one."""
LEAST_SAME = 0.8
"""Share of the records with both of which the year is that of the birth: no year of death."""
LEAST_TOLD = 30
"""Records with both a birth and an age, from which they say when ages were told."""

_OF_BIRTH = {
    *("", "birth", "dob", "b", "born", "of birth", "date of birth", "birth date", "geburts", "nac"),
    *("nacimiento", "nasc", "nascimento", "naissance", "nascita"),
}


def find_split_dates(sample: Mapping[str, pa.Array]) -> list[Field]:
    """Date fields whose year, month and day stand in columns of their own.

    Parameters
    ----------
    sample : mapping of str to string array without nulls
        Column -> some of its values; they must be years, months and days.

    Returns
    -------
    list of Field
        Each with `columns` of one entry ``"year + month + day"``.
    """
    found = []
    groups: dict[str, dict[str, str]] = {}
    for column in sample:
        for part, rest in _parts_of(column):
            groups.setdefault(rest, {}).setdefault(part, column)
    for rest, parts in groups.items():
        if len(parts) < 3 or not all(_holds(sample[column], part) for part, column in parts.items()):
            continue
        joined = JOINED.join(parts[part] for part in ("year", "month", "day"))
        # Of a visit or an entry are those that say so; births mostly say nothing at all.
        if rest in _OF_BIRTH:
            name = "birth_date" if "birth_date" not in sample else joined
            found.append(Field(name, "date", columns=(joined,)))
    return found[:1]


def births_by_sex(source: Source, columns: Sequence[str]) -> str:
    """Two columns of births, the men's and the women's ("Nam", "Nữ"), as one; empty where there are none.

    Of each record one of the two is empty: joined as parts of a name are, they are the birth.
    """
    words = {column: fold_header(column).split() for column in columns}
    for men, at in words.items():
        for k, word in enumerate(at):  # "nam" is a man and a year: one of two
            if word not in _FEMALE:
                continue
            others = [*at[:k], _FEMALE[word], *at[k + 1 :]]
            women = next((c for c, w in words.items() if w == others), None)
            if women is not None and _are_births(source, men, women):
                return JOINED_NAME.join(sorted((men, women), key=columns.index))
    return ""


def birth_or_year(source: Source, columns: Sequence[str]) -> str:
    """A birth's column and that of the year of birth, which some records have alone, as one; else empty.

    Two tables, each with the day of some and the year of others, would else never be compared by either.
    """
    births = [c for c in columns if (f := field_of_header(c)) and f.kind == "date" and not f.shared]
    if len(births) != 2:
        return ""
    parts = source.first(births).columns
    if not all(has_texts(part.type) for part in parts):
        return ""
    texts = [readable(as_text(part.slice(0, LOOKED_AT))) for part in parts]
    years = [share(text.filter(_filled(text)), _YEAR) for text in texts]
    if min(years) > MOST_YEARS or max(years) < LEAST_YEARS:
        return ""
    whole, year = (texts[years.index(pick(years))] for pick in (min, max))
    alone = pc.sum(pc.and_(_filled(year), pc.invert(_filled(whole)))).as_py()
    same = years_of(whole) == years_of(year)
    n_both = pc.sum(pc.and_(_filled(year), _filled(whole))).as_py()
    if alone <= LEAST_ALONE * len(whole) or same.sum() < LEAST_SAME * n_both:
        return ""
    return ELSE.join(births[years.index(pick(years))] for pick in (min, max))


def birth_or_age(source: Source, columns: Sequence[str]) -> str:
    """A birth's column and that of the age, which some records have alone, as one; else empty.

    "About forty" is what many know of their birth. When ages were told is what the records with both say.
    """
    births = [c for c in columns if (f := field_of_header(c)) and f.kind == "date" and not f.shared]
    ages = [c for c in columns if is_age(c)]
    if len(births) != 1 or len(ages) != 1:
        return ""
    parts = source.first([*births, *ages]).columns
    if not all(has_texts(part.type) for part in parts):
        return ""
    birth, age = (readable(as_text(part.slice(0, LOOKED_AT))) for part in parts)
    years = whole_numbers(age)
    told = years_of(birth) + years
    told = told[~np.isnan(told)].astype(int)
    alone = np.sum(~np.isnan(years) & ~np.asarray(_filled(birth)))
    if len(told) < LEAST_TOLD or alone <= LEAST_ALONE * len(birth):
        return ""
    # Who was born late in the year is a year younger than the years say.
    n_told = np.bincount(np.clip(told, 0, 3000))
    two = n_told[:-1] + n_told[1:]
    first = int(np.argmax(two))
    if two[first] < LEAST_SAME * len(told):
        return ""
    year = first + int(n_told[first + 1] >= n_told[first])
    return ELSE.join((*births, f"{ages[0]}{AGED}{year}"))


def _filled(column: pa.Array) -> pa.Array:
    return pc.not_equal(pc.utf8_trim_whitespace(pc.fill_null(column, "")), "")


def _are_births(source: Source, men: str, women: str) -> bool:
    for batch in source.batches([men, women]):
        parts = [readable(as_text(column)) for column in batch.slice(0, LOOKED_AT).columns]
        filled = [_filled(part) for part in parts]
        alone = pc.xor(*filled).to_pylist()
        held = [part.filter(known) for part, known in zip(parts, filled, strict=True)]
        return sum(alone) > 0.7 * len(alone) and all(len(h) and date_share(h) > 0.8 for h in held)
    return False


def _parts_of(column: str) -> list[tuple[str, str]]:
    """What part of a date a header may name, and what else it says."""
    words = fold_header(column).split()
    result = []
    for part, known in _NAMED.items():
        for word in known.intersection(words):
            rest = " ".join(w for w in words if w != word)
            result.append(
                (part, "" if word[0] == "b" and rest == "" else rest.removesuffix(" of").removeprefix("of "))
            )
    return result


def _holds(values: pa.Array, part: str) -> bool:
    """Whether values that are known are years, months or days: many may be codes for unknown ones."""
    none = {"year": NO_YEAR, "month": NO_MONTH, "day": NO_DAY}[part]
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(values), none, "")
    known = bare.filter(pc.not_equal(bare, ""))
    if len(known) < ENOUGH:
        return len(values) < ENOUGH
    return share(known, _NUMBER_OF[part]) > 0.9 or (part == "month" and _are_month_names(known))


def _are_month_names(values: pa.Array) -> bool:
    """Whether nearly all values are months as they are called, in any language that dates are read in."""
    named = pc.binary_join_element_wise("1985-", values, "-05", "")
    return share(values, r"^\pL{3,}\.?$") > 0.9 and day_share(named) > 0.9
