"""Column names and how to read them -> batches of records, or blocks whose columns are read apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from linkage.errors import InputError, did_you_mean
from linkage.fields.page_texts import Values
from linkage.fields.text import as_text, first_of, joined_date, joined_name, readable, year_of_birth

BATCH = 131_072
"""Records a batch: small enough for the caches that follow, large enough that Python does not count."""


JOINED = " + "
"""A column written ``year + month + day`` is the date of three columns."""
JOINED_NAME = " ~ "
"""A column written ``given ~ family`` is the name of two columns or more."""
ELSE = " else "
"""A column written ``born else year`` has the values of another one where the first says nothing, and
``born else age years before 2021`` the years of birth of ages."""
IN_LATIN = " in Latin letters"
"""A column written so is the names of another one, or of two, in Latin letters."""
IN_CONSONANTS = " in consonants"
"""The same by the consonants that Arabic and Latin letters both write."""
IN_KOREAN = " by Korean sounds"
"""The same as Korean and Latin letters both come to them."""
READ_AS = " read as "
"""A column written ``sex read as f=m,m=f`` has the values of another one, some of them exchanged."""
CALENDAR = " by the calendar "
"""A column written ``born by the calendar persian`` has the dates of another column as Gregorian."""
AGED = " years before "
"""A column written ``age years before visit``, or ``age years before 2021``, is a year of birth."""

BORN = " born by "
"""A column written ``nik born by ddmmyy at 6`` has the births in the numbers of another one."""
ENDING = " by its last digits: "
"""A column written ``ssn by its last digits: 4`` has the ends of the numbers of another one."""


def parts_of(column: str) -> list[str]:
    """The columns that a joined one is made of."""
    if len(ones := _without_script(column).split(ELSE)) > 1:
        return [part for one in ones for part in parts_of(one)]
    if AGED in column:
        age, _, told = column.partition(AGED)
        return [age] if told.isdigit() else [age, told]
    for mark in (READ_AS, ENDING, BORN):
        if mark in column:
            return [column.partition(mark)[0]]
    column = _without_script(column)
    return column.split(JOINED_NAME if JOINED_NAME in column else JOINED)


def written_alike(column: str, parts: list[str]) -> str:
    """A joined column with other parts in the place of its own."""
    if len(ones := _without_script(column).split(ELSE)) > 1:
        rest = iter(parts)
        written = [written_alike(one, [next(rest) for _ in parts_of(one)]) for one in ones]
        return ELSE.join(written) + column.removeprefix(_without_script(column))
    if AGED in column:
        return AGED.join(parts if len(parts) > 1 else [*parts, column.partition(AGED)[2]])
    for mark in (READ_AS, ENDING, BORN):
        if mark in column:
            return parts[0] + mark + column.partition(mark)[2]
    mark = JOINED_NAME if JOINED_NAME in column else JOINED
    return mark.join(parts) + column.removeprefix(_without_script(column))


def _without_script(column: str) -> str:
    for mark in (IN_LATIN, IN_CONSONANTS, IN_KOREAN):
        column = column.removesuffix(mark)
    return column.partition(CALENDAR)[0]


@dataclass(frozen=True)
class Block:
    """Some records that follow one another, their columns to be read one by one, each by a thread of its own.

    Attributes
    ----------
    n_records : int
    read : callable
        Column -> its values, one array or page after the other; may be called once for a column.
    """

    n_records: int
    read: Callable[[str], Iterable[Values]]


FIRST = 20_000
"""Records that tell what a table's columns are."""


@dataclass
class Source:
    """Column names and a way to read batches; reading again starts anew where the source allows it."""

    name: str
    columns: list[str]
    n_records: int | None
    _open: Any
    low_cardinality: frozenset[str] = frozenset()
    _open_blocks: Callable[[list[str]], Iterator[Block] | None] | None = None
    files: tuple[Path, ...] = ()
    """The files that it is read from; none where it is read from memory."""
    _first: dict[str, pa.Array] = field(default_factory=dict, repr=False)

    def first(self, columns: list[str]) -> pa.RecordBatch:
        """The first records, up to `FIRST`, of these columns: each column is read once, until `forget`."""
        if missing := [name for name in dict.fromkeys(columns) if name not in self._first]:
            empty = pa.nulls(0, pa.string())
            batch = next(iter(self.batches(missing)), None)
            self._first |= {
                name: empty if batch is None else batch.column(k).slice(0, FIRST)
                for k, name in enumerate(missing)
            }
        return pa.RecordBatch.from_arrays([self._first[name] for name in columns], names=columns)

    def seen(self, column: str) -> pa.Array | None:
        """The first records of a column that has been looked at, else None: headers told all of the table."""
        return self._first.get(column)

    def forget(self) -> None:
        """Let go of the first records, and of the batch that they are a part of."""
        self._first.clear()

    def batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """Batches with these columns, in the order of the source; joined ones are made of theirs."""
        if all(name in self.columns for name in columns):
            yield from self._open(columns)
            return
        for batch in self._open(list(dict.fromkeys(part for name in columns for part in self._parts(name)))):
            yield pa.RecordBatch.from_arrays(
                [
                    batch.column(name)
                    if name in self.columns
                    else self._join(name)([batch.column(p) for p in self._parts(name)])
                    for name in columns
                ],
                names=columns,
            )

    def _parts(self, name: str) -> list[str]:
        whole = name if name in self.columns else _without_script(name)
        return [whole] if whole in self.columns else parts_of(name)

    @staticmethod
    def _join(name: str) -> Callable[[list[pa.Array]], pa.Array]:
        if name.endswith(IN_LATIN):
            return _in_latin
        if name.endswith(IN_KOREAN):
            return _in_korean_sounds
        if name.endswith(IN_CONSONANTS):
            return _in_consonants
        if CALENDAR in name:
            whole, _, calendar = name.partition(CALENDAR)
            return partial(_in_gregorian, joined=Source._join(whole), calendar=calendar)
        if READ_AS in name:
            codes = dict(code.split("=") for code in name.partition(READ_AS)[2].split(","))
            return partial(_read_as, codes=codes)
        if ENDING in name:
            return partial(_ending, n=int(name.partition(ENDING)[2]))
        if BORN in name:
            return partial(_births_of, form=name.partition(BORN)[2])
        if ELSE in name:
            return partial(_first_told, ones=name.split(ELSE))
        if AGED in name:
            told = name.partition(AGED)[2]
            return partial(year_of_birth, told=int(told) if told.isdigit() else None)
        return joined_name if JOINED_NAME in name else joined_date

    def blocks(self, columns: list[str]) -> Iterator[Block]:
        """The same records, in blocks whose columns are read when they are asked for."""
        plain = all(name in self.columns for name in columns)
        blocks = self._open_blocks(columns) if self._open_blocks and plain else None
        if blocks is not None:
            yield from blocks
            return
        for batch in self.batches(columns):
            yield Block(len(batch), lambda name, batch=batch: [batch.column(name)])  # type: ignore[misc]


def _in_latin(parts: list[pa.Array]) -> pa.Array:
    from linkage.fields.scripts.latin_letters import in_latin_letters

    return in_latin_letters(_whole_names(parts))


def _in_korean_sounds(parts: list[pa.Array]) -> pa.Array:
    from linkage.fields.scripts.korean import in_korean_sounds

    return in_korean_sounds(_whole_names(parts), family_first=len(parts) > 1)


def _in_consonants(parts: list[pa.Array]) -> pa.Array:
    from linkage.fields.scripts.consonants import in_consonants

    return in_consonants(_whole_names(parts))


def _whole_names(parts: list[pa.Array]) -> pa.Array:
    from linkage.fields.dressed_names import undressed

    return joined_name(parts) if len(parts) > 1 else undressed(readable(as_text(parts[0])), turn=True)


def _first_told(parts: list[pa.Array], ones: list[str]) -> pa.Array:
    """What the first column says, or where it says nothing the next, which may be an age."""
    rest = iter(parts)
    of_each = [[next(rest) for _ in parts_of(one)] for one in ones]
    return first_of(
        [Source._join(one)(p) if AGED in one else p[0] for one, p in zip(ones, of_each, strict=True)]
    )


def _in_gregorian(
    parts: list[pa.Array], joined: Callable[[list[pa.Array]], pa.Array], calendar: str
) -> pa.Array:
    from linkage.fields.reconcile.calendars import in_gregorian

    whole = parts[0] if len(parts) == 1 else joined(parts)
    return in_gregorian(readable(as_text(whole)), calendar)


def _ending(parts: list[pa.Array], n: int) -> pa.Array:
    from linkage.fields.reconcile.last_digits import last_digits

    return last_digits(parts[0], n)


def _births_of(parts: list[pa.Array], form: str) -> pa.Array:
    from linkage.fields.reconcile.born_in_numbers import births_of

    return births_of(readable(as_text(parts[0])), form)


def _read_as(parts: list[pa.Array], codes: dict[str, str]) -> pa.Array:
    from linkage.fields.categories import fold_category

    values = as_text(parts[0]).to_pylist()
    return pa.array([v and codes.get(fold_category(v), v) for v in values], pa.string())


def from_table(name: str, table: pa.Table) -> Source:
    """A table in memory as a source; `name` stands in errors."""
    check_names(name, table.column_names)
    table = without_views(table)

    def read(columns: list[str]) -> Iterator[pa.RecordBatch]:
        yield from table.select(columns).combine_chunks().to_batches(max_chunksize=BATCH)

    return Source(name, table.column_names, table.num_rows, read)


Columns = TypeVar("Columns", pa.Table, pa.RecordBatch)


def without_views(held: Columns) -> Columns:
    """The same columns, none as views, which polars hands out: Arrow cannot take rows of them."""
    for i, column in enumerate(held.columns):
        plain = _plain_type(column.type)
        if plain != column.type:
            held = held.set_column(i, held.schema.names[i], column.cast(plain))
    return held


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        plain = _plain_type(kind.value_type)
        return kind if plain == kind.value_type else pa.dictionary(pa.int32(), plain)
    if pa.types.is_string_view(kind):
        return pa.large_string()
    return pa.large_binary() if pa.types.is_binary_view(kind) else kind


def absent(column: str, columns: list[str]) -> str:
    """What to say of a column that is not there, and which one may have been meant."""
    return f"no column {column!r}; it has {', '.join(columns)}{did_you_mean(column, columns)}"


def check_names(name: str, columns: list[str]) -> None:
    """Refuse a header that is there twice."""
    twice = [c for i, c in enumerate(columns) if c in columns[:i]]
    if twice:
        raise InputError(f"{name}: column {twice[0]!r} appears twice in the header")
