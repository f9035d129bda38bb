"""A column's batches -> words of the rows, one class per kind of field, and what was seen on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage._kernels.dates import detect_order
from linkage._kernels.dictionary import ValueDictionary
from linkage._kernels.rows import encode_dates, encode_identifiers
from linkage._kernels.used_pages import UsedPages
from linkage.fields import compute as pc
from linkage.fields.categories import category_word
from linkage.fields.coded import Words as Words
from linkage.fields.coded import buffers_of, encode_distinct, encode_with_status, is_dictionary, part_of
from linkage.fields.dressed_names import LOOKED_AT, are_dressed, are_uncles, undressed
from linkage.fields.page_texts import CodedTexts, PageTexts, Values, as_array
from linkage.fields.text import as_text, python_text
from linkage.schema import Field
from linkage.vietnam.spelling import repair_name

IDENTIFIER_KINDS = {None: 0, "personal_number": 1, "old_number": 2, "health_insurance": 3, "tax_code": 4}
PHONE = 5
KEPT_EXAMPLES = 5


@dataclass
class ColumnReport:
    """What came in through one column of one table: counts of records, for texts of distinct raw texts."""

    n_unparsed: int = 0
    n_repaired: int = 0
    examples_unparsed: list[str] = field(default_factory=list)

    def keep_examples(self, values: Values, rows: npt.NDArray[np.intp]) -> None:
        """Keep a few different raw texts that could not be parsed, for the report."""
        for row in rows[: 4 * KEPT_EXAMPLES]:
            text = str(python_text(as_text(as_array(part_of(values, int(row), int(row) + 1))), 0))[:60]
            if text not in self.examples_unparsed and len(self.examples_unparsed) < KEPT_EXAMPLES:
                self.examples_unparsed.append(text)


class _Column:
    """What all have in common: `report` is of the table that was begun last, `n_distinct` of all together."""

    n_distinct: int | None = None

    def __init__(self, item: Field) -> None:
        self.field = item
        self.report = ColumnReport()

    def begin(self, *, is_second: bool = False) -> None:
        """A table begins, the second of two or not."""
        self.report = ColumnReport()

    def finish(self, used: UsedPages | None = None) -> None:
        """All tables are encoded."""


class TextColumn(_Column):
    """person_name, text, address, email -> value ids of a dictionary of distinct values.

    With `keeps`, `repairs` holds what suspect texts were taken to mean, `exact` each value's content hash.
    """

    n_words = 1

    def __init__(self, item: Field) -> None:
        super().__init__(item)
        kind = {"person_name": "name", "email": "email"}.get(item.kind, "place")
        self.dictionary = ValueDictionary(kind)
        self.keeps = False
        self.repairs: dict[str, str] = {}
        self.is_dressed: bool | None = None
        self.has_uncles = False
        self.exact: npt.NDArray[np.uint64] = np.zeros(1, np.uint64)

    def begin(self, *, is_second: bool = False) -> None:
        """A table begins, whose names may be written in a way of its own."""
        super().begin()
        self.is_dressed = None
        self.dictionary.begin()

    def encode(self, values: Values, out: Words) -> None:
        """Fill out (uint32[n, 1]) with value ids."""
        if self.is_dressed is None and len(values):
            few = as_text(as_array(part_of(values, 0, LOOKED_AT)))
            self.is_dressed = self.field.kind == "person_name" and not self.keeps and are_dressed(few)
            self.has_uncles = self.is_dressed and are_uncles(few)
        if isinstance(values, CodedTexts) or is_dictionary(values):
            encode_distinct(values, out[:, 0], self._encode_text)
        else:
            self._encode_text(values if isinstance(values, PageTexts) else as_text(values), out[:, 0])

    def _encode_text(self, texts: PageTexts | pa.Array, out: npt.NDArray[np.uint32]) -> None:
        repair = self._repair if self.field.kind == "person_name" else None
        if self.is_dressed:
            texts = undressed(as_array(texts), turn=self.field.part == "full", uncles=self.has_uncles)
        offsets, data, valid, gap = buffers_of(texts)
        self.report.n_repaired += self.dictionary.encode(offsets, data, valid, out, repair, gap)

    def _repair(self, text: str) -> str:
        repaired = repair_name(text)
        if self.keeps and repaired and repaired != text:
            self.repairs[text] = repaired
        return repaired

    def finish(self, used: UsedPages | None = None) -> None:
        """Take the tables of distinct values out, and drop what only encoding needs, or leave its memory."""
        self.n_distinct = len(self.dictionary) - 1
        if self.keeps:
            self.exact = self.dictionary.exact_hashes()
        self.values, self.tokens, self.texts = self.dictionary.take(used)

    def text_of(self, value_id: int) -> str:
        """A value's text without diacritics."""
        value = self.values[value_id]
        begin = int(value["text"])
        return bytes(self.texts[begin : begin + int(value["length"])]).decode("utf-8", "replace")


class IdentifierColumn(_Column):
    """identifier, phone -> packed digits in two words."""

    n_words = 2

    def __init__(self, item: Field) -> None:
        super().__init__(item)
        self.kind = PHONE if item.kind == "phone" else IDENTIFIER_KINDS[item.format]
        self.old_numbers: npt.NDArray[np.intp] = np.empty(0, np.intp)

    def encode(self, values: Values, out: Words) -> None:
        """Fill out (uint32[n, 2]); `old_numbers` afterwards: rows with an old number for a personal one."""
        report = self.report
        status = encode_with_status(values, out, 1, self._encode_numbers)
        unusual = np.flatnonzero(status > 1)
        status = status[unusual]
        self.old_numbers = unusual[status == 3]
        report.n_repaired += int(np.count_nonzero(status == 2))
        malformed = unusual[status >= 4]
        report.n_unparsed += len(malformed)
        if len(malformed) and len(report.examples_unparsed) < KEPT_EXAMPLES:
            report.keep_examples(values, malformed)

    def _encode_numbers(self, texts: PageTexts | pa.Array, out: Words, status: npt.NDArray[np.uint8]) -> None:
        offsets, data, valid, gap = buffers_of(texts)
        encode_identifiers(offsets, data, valid, self.kind, out, status, gap)


class DateColumn(_Column):
    """date -> decimal digits 0xYYYYMMDD in one word."""

    n_words = 1

    def __init__(self, item: Field) -> None:
        super().__init__(item)
        self.order = {"day_first": 0, "month_first": 1, "year_first": 2}.get(item.date_order, -1)
        self.is_another = False

    def begin(self, *, is_second: bool = False) -> None:
        """A table begins; dates of a second one may be written in another order, if they show one."""
        super().begin()
        self.is_another = is_second and self.field.date_order == "auto"

    def encode(self, values: Values, out: Words) -> None:
        """Fill out (uint32[n, 1])."""
        if self.order < 0 or self.is_another:
            first = as_text(as_array(part_of(values, 0, 20_000)))
            sample = pc.drop_null(pc.unique(first)).slice(0, 5_000)
            found = detect_order([python_text(sample, i) or "" for i in range(len(sample))])
            self.order = found[0] if any(found) else max(self.order, 0)
            self.is_another = False
        report = self.report
        status = encode_with_status(values, out, 1, self._encode_days)
        unusual = np.flatnonzero(status > 1)
        unparsed = unusual[status[unusual] != 3]
        report.n_unparsed += len(unparsed)
        if len(unparsed) and len(report.examples_unparsed) < KEPT_EXAMPLES:
            report.keep_examples(values, unparsed)

    def _encode_days(self, texts: PageTexts | pa.Array, out: Words, status: npt.NDArray[np.uint8]) -> None:
        offsets, data, valid, gap = buffers_of(texts)
        encode_dates(offsets, data, valid, self.order, out[:, 0], status, gap)


class CategoryColumn(_Column):
    """category -> group and value id in one word; few distinct values, each looked at once."""

    n_words = 1

    def __init__(self, item: Field) -> None:
        super().__init__(item)
        self.words: dict[str, int] = {}
        self.ids: dict[object, int] = {}

    @property
    def is_grouped(self) -> bool:
        """Whether values that differ may be of one group; elsewhere each is a group of its own."""
        return self.field.format == "province"

    def encode(self, values: Values, out: Words) -> None:
        """Fill out (uint32[n, 1])."""
        is_coded = isinstance(values, CodedTexts) or is_dictionary(values)
        coded = values if is_coded else pc.dictionary_encode(as_text(as_array(values)))
        encode_distinct(coded, out[:, 0], self._fill_words)

    def _fill_words(self, texts: pa.Array, words: npt.NDArray[np.uint32]) -> None:
        for i in range(len(texts)):
            text = python_text(texts, i)
            words[i] = 0 if text is None else self._word(text)

    def _word(self, text: str) -> int:
        if text not in self.words:
            self.words[text] = category_word(text, self.field.format, self.ids)
        return self.words[text]

    def finish(self, used: UsedPages | None = None) -> None:
        """Count distinct values."""
        self.n_distinct = len(set(self.words.values()) - {0})


class NumberColumn(_Column):
    """number -> float32 in one word; 0 stays apart from missing."""

    n_words = 1

    def encode(self, values: Values, out: Words) -> None:
        """Fill out (uint32[n, 1])."""
        array = as_array(values)
        if pa.types.is_dictionary(array.type):
            array = array.cast(array.type.value_type)
        if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
            # As `number_of` in ext/numbers.pxd reads it.
            text = pc.ascii_trim_whitespace(array)
            is_number = pc.match_substring_regex(text, r"\A[+-]?[0-9]{1,38}([.,][0-9]{1,38})?\z")
            values = pc.replace_substring(pc.if_else(is_number, text, None), ",", ".")
            bad = len(array) - array.null_count - (len(values) - values.null_count)
            self.report.n_unparsed += bad
            array = values.cast(pa.float64())
        numbers = array.cast(pa.float32(), safe=False).fill_null(np.nan)
        words = numbers.to_numpy(zero_copy_only=False).astype(np.float32).view(np.uint32).copy()
        words[words == 0] = np.float32(1e-38).view(np.uint32)
        words[np.isnan(words.view(np.float32))] = 0
        out[:, 0] = words


Column = TextColumn | IdentifierColumn | DateColumn | CategoryColumn | NumberColumn
COLUMNS: dict[str, Callable[[Field], Any]] = {
    "person_name": TextColumn,
    "text": TextColumn,
    "address": TextColumn,
    "email": TextColumn,
    "identifier": IdentifierColumn,
    "phone": IdentifierColumn,
    "date": DateColumn,
    "category": CategoryColumn,
    "number": NumberColumn,
}
