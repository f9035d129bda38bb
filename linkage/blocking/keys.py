"""Encoded rows and a rule's keys -> one 32-bit key a record (the upper half of its 64-bit key)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from linkage._kernels.keys import encode_keys, value_keys
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import TextColumn

_DATE_MASKS = {
    "full": (0xFFFFFFFF, 0x000000FF),
    "year": (0xFFFF0000, 0xFFFF0000),
    "year_month": (0xFFFFFF00, 0x0000FF00),
    "month_day": (0x0000FFFF, 0x000000FF),
    "decade": (0xFFF00000, 0xFFFF0000),
}
_GROUP, _VALUE = 0xFFFF0000, 0x0000FFFF
ROWS_AT_ONCE = 1 << 15
ROWS_OF_A_READ = 20
"""So many rows of a file are looked at in order in the time that one is read by itself."""
_ROW = np.uint64(0xFFFFFFFF)


class KeyMaker:
    """Keys of any rule over one set of encoded rows; tables of distinct values are built once each."""

    def __init__(self, records: EncodedRecords) -> None:
        self.records = records
        self._tables: dict[tuple[str, str], npt.NDArray[np.uint64]] = {}

    def prepare(self, keys: Sequence[str], pool: Executor | None = None) -> None:
        """Build the value tables that these keys need, so that `encode` may run in threads.

        What keys compare of one field's value lies side by side: of many millions of values each would be
        waited for apart.
        """
        parts: dict[str, list[str]] = {}
        for item, part in (self.records.schema.split_key(key) for key in dict.fromkeys(keys)):
            column = self.records.columns[item.name]
            if isinstance(column, TextColumn) and (item.name, part) not in self._tables:
                parts.setdefault(item.name, []).append(part)
        for name, own in parts.items():
            column = self.records.columns[name]
            assert isinstance(column, TextColumn)
            table = np.empty((len(column.values), len(own)), np.uint64)
            self._tables |= {(name, part): table[:, k] for k, part in enumerate(own)}

        def fill(named: tuple[str, str]) -> None:
            column = self.records.columns[named[0]]
            assert isinstance(column, TextColumn)
            values, tokens = column.values.view(np.uint8), column.tokens.view(np.uint8)
            self._tables[named][:] = value_keys(values, tokens, column.texts, named[1])

        list((pool.map if pool else map)(fill, ((name, part) for name, own in parts.items() for part in own)))

    def encode(
        self, keys: Sequence[str], out: npt.NDArray[np.uint32], entries: npt.NDArray[np.uint64] | None = None
    ) -> None:
        """Fill out with the key of each row, or of each row that entries name; 0 where a part is missing.

        The salt is the content of the rule, so equal rules give equal keys in every run.
        """
        parts = [self._part(key) for key in keys]
        plan = [(_salt(keys), list(range(len(keys))))]
        pages = self.records.row_map
        rows_file = 0 if pages is None or entries is None else pages.handle + 1
        encode_keys(self.records.rows, parts, plan, out[None, :], entries=entries, rows_file=rows_file)

    def encode_rules(
        self, rules: Sequence[Sequence[str]], out: npt.NDArray[np.uint32], begin: int, end: int
    ) -> None:
        """The keys of several rules for the rows begin to end; what the rules share is looked up once.

        Parameters
        ----------
        rules : sequence of the keys of each rule
        out : uint32[n_rules, n_records]
        """
        distinct = list(dict.fromkeys(key for keys in rules for key in keys))
        plans = [(_salt(keys), [distinct.index(key) for key in keys]) for keys in rules]
        parts = [self._part(key) for key in distinct]
        encode_keys(self.records.rows, parts, plans, out, begin, end)

    def finer(
        self, key: str, packed: npt.NDArray[np.uint64], pool: ThreadPoolExecutor | None
    ) -> npt.NDArray[np.uint32]:
        """A further key of the entries' rows, uint32[n]; without a pool this thread makes all of it."""
        finer = np.empty(len(packed), np.uint32)
        spread: Callable[..., Iterator[None]] = map if pool is None else pool.map

        def encode(at: int) -> None:
            part = slice(at, at + ROWS_AT_ONCE)
            self.encode([key], finer[part], packed[part])

        if self.records.row_map is not None and len(packed) > self.records.n_records // ROWS_OF_A_READ:
            self._finer_in_order(key, packed, finer, spread)
        else:
            list(spread(encode, range(0, len(packed), ROWS_AT_ONCE)))
        return finer

    def _finer_in_order(
        self,
        key: str,
        packed: npt.NDArray[np.uint64],
        finer: npt.NDArray[np.uint32],
        spread: Callable[..., Iterator[None]],
    ) -> None:
        """Fill finer from the keys of all rows: of a file most would come into memory anyway, many times."""
        n = self.records.n_records
        whole = np.empty((1, n), np.uint32)

        def encode(begin: int) -> None:
            end = min(begin + ROWS_AT_ONCE, n)
            self.encode_rules([[key]], whole, begin, end)
            self.records.let_go(begin, end)

        def take(at: int) -> None:
            part = slice(at, at + ROWS_AT_ONCE)
            finer[part] = whole[0, packed[part] & _ROW]

        list(spread(encode, range(0, n, ROWS_AT_ONCE)))
        list(spread(take, range(0, len(packed), ROWS_AT_ONCE)))

    def _part(self, key: str) -> tuple[int, int, int, int, npt.NDArray[np.uint64] | None]:
        item, part = self.records.schema.split_key(key)
        word = self.records.words[item.name]
        column = self.records.columns[item.name]
        if isinstance(column, TextColumn):
            if (item.name, part) not in self._tables:
                self.prepare([key])
            return 3, word, 0, 0, self._tables[item.name, part]
        if column.n_words == 2:
            return 1, word, 0, 0, None
        if item.kind == "date":
            return 2, word, *_DATE_MASKS[part], None
        if item.kind == "category":
            mask = _GROUP if part == "group" else _VALUE
            return 2, word, mask, mask, None
        return 0, word, 0, 0, None


def _salt(keys: Sequence[str]) -> int:
    salt = 0
    for key in keys:
        salt = hash_text(key, salt)
    return salt


def hash_text(text: str, seed: int) -> int:
    """FNV-1a of a short text; int below 2**64, equal on every machine."""
    value = seed ^ 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value
