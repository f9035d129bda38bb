"""Words of a field in two tables' rows -> values, their texts; the right table's words in exchange."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linkage.fields.batch import CodesRead, EncodedRecords
from linkage.fields.categories import fold_category
from linkage.fields.columns import CategoryColumn, Column, TextColumn
from linkage.schema import Field

Values = npt.NDArray[np.uint64]


def values_of_words(column: Column, words: npt.NDArray[np.uint32]) -> Values:
    """What is the same value: a text but for accents, a category's group, a word as it is; 0 = missing."""
    if isinstance(column, TextColumn):
        values = column.values["folded"][words]
        values[words == 0] = 0
        return values
    return (words >> np.uint32(16) if isinstance(column, CategoryColumn) else words).astype(np.uint64)


def spellings(records: EncodedRecords, item: Field, side: int) -> list[tuple[str, int, int, int]]:
    """A table's folded texts: text, word in the rows, value, how many records; most frequent first."""
    column, at = records.columns[item.name], records.words[item.name]
    words, counts = np.unique(_of_side(records, side)[:, at], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    order = order[words[order] != 0]
    words, counts = words[order], counts[order]
    texts: dict[int, list[str]] = {}
    if isinstance(column, CategoryColumn):
        for raw, word in column.words.items():
            texts.setdefault(word, []).append(fold_category(raw))
    elif isinstance(column, TextColumn):
        texts = {word: [column.text_of(word)] for word in words.tolist()}
    values = values_of_words(column, words)
    return [
        (text, word, value, n)
        for word, value, n in zip(words.tolist(), values.tolist(), counts.tolist(), strict=True)
        for text in dict.fromkeys(texts[word])
    ]


def exchange(records: EncodedRecords, item: Field, n_sure: int) -> CodesRead:
    """Exchange the right table's words, in place."""
    codes = dict(item.read_as)
    ours = {text: word for text, word, _, _ in reversed(spellings(records, item, 0))}
    exchanged, examples, n_records = {0: 0}, [], 0
    for text, word, _, n in spellings(records, item, 1):
        meant = codes.get(text)
        if meant is None or (meant and meant not in ours) or word in exchanged:
            continue
        exchanged[word] = ours[meant] if meant else 0
        n_records += n if meant else 0
        examples += [(text, meant)] if meant else []
    old = np.array(sorted(exchanged), np.uint32)
    new = np.array([exchanged[word] for word in old.tolist()], np.uint32)
    words = _of_side(records, 1)[:, records.words[item.name]]
    place = np.minimum(np.searchsorted(old, words), len(old) - 1)
    words[:] = np.where(old[place] == words, new[place], words)
    return CodesRead(n_records, n_sure, examples)


def _of_side(records: EncodedRecords, side: int) -> npt.NDArray[np.uint32]:
    """The rows of the left or of the right table."""
    return records.rows[records.n_left :] if side else records.rows[: records.n_left]
