"""Two tables that code the sexes each in its own way -> how the one is to be read as the other.

1 and 0 are men and women here, women and men there; M is a man in English, a woman (mujer) in Spanish. People
of one given name are mostly of one sex: the names say which code is which.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from linkage.fields.categories import SEXES, fold_category
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.held import find_headers
from linkage.fields.source import READ_AS, Source
from linkage.fields.text import as_text, readable
from linkage.schema import Field, Schema

LEAST_SEEN = 200
"""Records with names that both tables know, from which they are believed."""
FEW, MOSTLY = 3, 0.8
"""Records of a word in each table, and the share of them of one sex, that make it a name of that sex."""
LEAST_AGREEING = 0.9
"""Share of these records whose sex must agree when one table is read as the other."""
Sexes = dict[str, Counter[str]]


def with_sexes_alike(schema: Schema, left: Source, right: Source) -> Schema:
    """The schema, with the right table's sexes read as the left one's where its codes mean others.

    Where both have one header, it could not say which of the two is meant, and nothing changes.
    """
    ours, theirs = find_headers(left, schema), find_headers(right, schema)
    names = [
        f.name
        for f in schema.fields
        if f.kind == "person_name" and not f.shared and f.name in ours and f.name in theirs
    ]
    fields: list[Field] = []
    for item in schema.fields:
        if (
            item.format == "sex" and item.name in ours and item.name in theirs and names
            and fold_header(ours[item.name]) != fold_header(theirs[item.name])
            and not (_are_words(left, ours[item.name]) and _are_words(right, theirs[item.name]))
        ):  # fmt: skip
            one = _sexes_by_word(left, ours[item.name], [ours[n] for n in names])
            other = _sexes_by_word(right, theirs[item.name], [theirs[n] for n in names])
            codes = _codes(one, other)
            if codes:
                read = theirs[item.name] + READ_AS + ",".join(f"{a}={b}" for a, b in sorted(codes.items()))
                item = replace(item, columns=(read, *item.columns))
        fields.append(item)
    return replace(schema, fields=tuple(fields)) if tuple(fields) != schema.fields else schema


def _are_words(source: Source, column: str) -> bool:
    """Whether the first values are words, not letters and digits."""
    values = readable(as_text(source.first([column]).column(0).slice(0, LEAST_SEEN))).to_pylist()
    return all(len(value) > 1 for value in values if value)


def _codes(one: Sexes, other: Sexes) -> dict[str, str]:
    """The other table's two codes as the one table's; empty where they are alike, or nothing is certain."""
    a, b = _two_values(one), _two_values(other)
    if len(a) < 2 or len(b) < 2:
        return {}
    seen = same = 0
    for word in one.keys() & other.keys():
        n, m = one[word].total(), other[word].total()
        first, second = one[word][a[0]] / n, other[word][b[0]] / m
        if min(n, m) >= FEW and min(max(first, 1 - first), max(second, 1 - second)) >= MOSTLY:
            seen += min(n, m)
            same += min(n, m) * ((first > 0.5) == (second > 0.5))
    if seen < LEAST_SEEN or max(same, seen - same) < LEAST_AGREEING * seen:
        return {}
    codes = dict(zip(b, a if same > seen - same else a[::-1], strict=True))
    return {} if all(_meaning(x) == _meaning(y) for x, y in codes.items()) else codes


def _meaning(code: str) -> object:
    return SEXES.get(code, code)


def _two_values(sexes: Sexes) -> list[str]:
    """The two values that nearly all records have; fewer where there are others."""
    counts = sum(sexes.values(), Counter[str]())
    two = [value for value, _ in counts.most_common(2)]
    return two if sum(counts[v] for v in two) > 0.95 * counts.total() else []


def _sexes_by_word(source: Source, sex: str, names: Sequence[str]) -> Sexes:
    """The words of names -> how often their records have which sex, folded."""
    found: Sexes = defaultdict(Counter)
    columns = [readable(as_text(c)).to_pylist() for c in source.first([sex, *names]).columns]
    folded = {value: fold_category(value) for value in set(columns[0]) if value}
    for value, *parts in zip(*columns, strict=True):
        if value and folded[value]:
            for word in fold_header(" ".join(p for p in parts if p)).split():
                found[word][folded[value]] += 1
    return found
