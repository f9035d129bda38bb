"""A segment file -> its records: by row, by id, as batches; and searchers over it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import numpy.typing as npt

from linkage._kernels.exact import ExactSearch
from linkage._kernels.identifiers import HASHED
from linkage._kernels.lookup import Searcher
from linkage._kernels.store import RecordStore
from linkage.errors import SegmentError
from linkage.segment.categories import SegmentCategories
from linkage.segment.container import Container
from linkage.segment.description import check_description
from linkage.segment.hashing import posting_keys
from linkage.segment.lending import Lending
from linkage.segment.older_levels import with_todays_levels

if TYPE_CHECKING:
    import pyarrow as pa

RECORD_ID = "record_id"
VERSIONS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
"""Of the sections (docs/format.md): those that are read; the last one is written."""
LONG_CODES = 4
"""The first version whose postings hold codes of long identifiers by which slips can be told."""
PERSONAL_NUMBER, OLD_NUMBER = 1, 2
"""Kinds of identifiers (`ext/id_texts.pxd`)."""
Rows = npt.NDArray[np.uint32]


class Segment:
    """One immutable file of records, sorted by day of birth and given name; shared by threads and processes.

    Parameters
    ----------
    container : Container
    like : Segment or None
        Where a small segment takes its weights and frequencies from.

    Attributes
    ----------
    read_by : Segment
        Whose reading of a query is this one's as well: `like`, if its fields are the same.
    """

    def __init__(self, container: Container, like: Segment | None = None) -> None:
        self.container = container
        self.like = like
        meta = container.meta
        if meta.get("version") not in VERSIONS:
            raise SegmentError(
                f"{container.name}: expected sections of version {' or '.join(map(str, VERSIONS))}, "
                f"got {meta.get('version')!r}"
            )
        try:
            check_description(meta)
            self.n_records = int(meta["n_records"])
            self.fields: list[dict[str, Any]] = [_as_read(f, meta["version"]) for f in meta["fields"]]
            self.families: list[str] = list(meta["families"])
            self.field_names: list[str] = [str(f["name"]) for f in self.fields]
            self.positions: dict[str, int] = {name: i for i, name in enumerate(self.field_names)}
            # The field of whole names that hot rows hold; "" where they hold parts of names, or none.
            self.whole_name: str = _whole_name(self.fields, int(meta["hot_field"]))
            # The fields of personal and of old numbers, where there are both: each may hold the other's.
            self.number_pair = _number_pair(self.fields)
            own, self._entries = with_todays_levels(meta["scorer"])
            self.scorer: list[dict[str, Any]] = own or (like.scorer if like else [])
            self.store = self._open_store()
            if self.n_records != len(self.store):
                raise ValueError(f"expected {len(self.store)} records, as in its blobs, got {self.n_records}")
        except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
            raise SegmentError(
                f"{container.name}: its description does not fit its sections: {error}"
            ) from None
        shares = like is not None and _kinds(like.fields) == _kinds(self.fields)
        self.read_by: Segment = like if like is not None and shares else self
        shared = None if like is None else like.categories
        self.categories: SegmentCategories = SegmentCategories(container, self.fields, shared)
        self._lending = Lending()
        # Made by linkage/search/get.py on first use; here, so that they live as long as the segment.
        self.exact_searches: dict[str, ExactSearch] = {}
        # Ways to name a query's fields (linkage/search/naming.py).
        self.plans: dict[tuple[Any, ...], dict[str, str]] = {}

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        load: Literal["mmap", "ram"] = "mmap",
        like: Segment | None = None,
    ) -> Self:
        """Open a segment file; nothing but its table is read.

        Raises
        ------
        InputError
            The file cannot be read.
        SegmentError
            It is no segment, or damaged.
        """
        return cls(Container.open(path, load=load), like)

    @classmethod
    def from_bytes(cls, data: Any, *, like: Segment | None = None) -> Self:
        """A segment in memory, as `build_segment` returns it without a target."""
        return cls(Container.from_buffer(data), like)

    def __len__(self) -> int:
        return self.n_records

    def __repr__(self) -> str:
        return f"Segment({self.container.name!r}, {self.n_records:,} records)"

    def __reduce__(self) -> tuple[Any, ...]:
        return _reopen, (self.container.name, self.container.load, self.like)

    def check(self) -> None:
        """Verify every checksum; SegmentError names the section that is damaged."""
        self.container.check()

    def close(self) -> None:
        """Let the file go; searchers in use keep it mapped until they end."""
        self._lending.close()

    def array(self, name: str) -> npt.NDArray[Any]:
        """A section as an array."""
        return self.container.array(name)

    def weights(self) -> npt.NDArray[np.int32]:
        """The comparisons' weights, by the levels of `scorer`.

        Raises
        ------
        IndexError
            A comparison's weights lie beyond those there are.
        """
        table = self.array("scorer/weights")
        return table if self._entries is None else np.ascontiguousarray(table[self._entries])

    def _open_store(self) -> RecordStore:
        names = ("blobs", "groups", "lengths", "long_rows", "long_lengths", "shapes",
                 "hot_words", "hot_categories", "word_offsets", "word_texts")  # fmt: skip
        sections = {name: self.array(name) for name in names}
        categories = [
            (self.array(f"category/{i}/offsets"), self.array(f"category/{i}/texts"))
            if f["kind"] == "category" and f"category/{i}/offsets" in self.container.names
            else None
            for i, f in enumerate(self.fields)
        ]
        meta = self.container.meta
        return RecordStore(
            list(meta["codings"]),
            sections,
            [*categories, None],
            int(meta["hot_field"]),
            list(meta["hot_categories"]),
        )

    # ------------------------------------------------------------------------------------- records
    def record_ids(self, rows: Rows) -> list[str]:
        """The ids of rows, as given."""
        return [_text(t) or "" for t in self._texts(rows, [len(self.fields)])[0]]

    def rows_of_record_id(self, record_id: str) -> Rows:
        """Rows of one id; uint32[0 or 1] where ids are unique."""
        raw = str(record_id).encode("utf-8", "replace")
        rows = self.candidates(len(self.families) - 1, _content_hash(raw))
        found = self._texts(rows, [len(self.fields)])[0]
        return rows[[text == raw for text in found]] if len(rows) else rows

    def rows_of_record_ids(self, record_ids: Sequence[str]) -> tuple[npt.NDArray[np.intp], Rows]:
        """Rows of many ids: positions in `record_ids`, ascending, and the row of each."""
        from linkage._kernels.words import hash_texts

        raw = [record_id.encode("utf-8", "replace") for record_id in record_ids]
        offsets = np.zeros(len(raw) + 1, np.int32)
        np.cumsum([len(text) for text in raw], out=offsets[1:])
        hashes = hash_texts(offsets, np.frombuffer(b"".join(raw) or b"\0", np.uint8), None)
        family = len(self.families) - 1
        keys = posting_keys(hashes, family).astype(np.int64)
        buckets, entries = (self.array(f"postings/{family}/{part}") for part in ("buckets", "entries"))
        at = keys * (len(buckets) - 1) >> 32
        begin, end = buckets[at].astype(np.int64), buckets[at + 1].astype(np.int64)
        counts = np.maximum(end - begin, 0)
        places = np.repeat(np.arange(len(raw)), counts)
        found = entries[np.repeat(end - np.cumsum(counts), counts) + np.arange(len(places))]
        bits = self.row_bits
        rows = found & np.uint32((1 << bits) - 1)
        near = (found >> np.uint32(bits) == keys[places] & ((1 << (32 - bits)) - 1)) & (rows < self.n_records)
        places, rows = places[near], rows[near]
        texts = self._texts(rows, [len(self.fields)])[0] if len(rows) else []
        same = [text == raw[place] for text, place in zip(texts, places.tolist(), strict=True)]
        return places[same], rows[same]

    def records(self, rows: Rows) -> list[dict[str, str | None]]:
        """Stored texts by field, as given, and the id."""
        columns = self._texts(rows, list(range(len(self.fields) + 1)))
        names = [*self.field_names, RECORD_ID]
        return [
            {name: _text(text) for name, text in zip(names, row, strict=True)}
            for row in zip(*columns, strict=True)
        ]

    def batches(
        self, rows: Rows | None = None, size: int = 1 << 16, *, coded: bool = False
    ) -> Iterator[pa.RecordBatch]:
        """All records, or these rows, as Arrow: every field as text, and the id.

        Parameters
        ----------
        rows : uint32[n] or None
        size : int
            Records a batch at most.
        coded : bool
            Categories as dictionaries, where the segment holds them so.
        """
        from linkage.segment.columns import read_batch

        chosen = np.arange(self.n_records, dtype=np.uint32) if rows is None else rows
        for start in range(0, len(chosen), size):
            yield read_batch(self, chosen[start : start + size], coded=coded)

    def _texts(self, rows: Rows, fields: list[int]) -> list[list[bytes | None]]:
        try:
            return self.store.texts(np.ascontiguousarray(rows, np.uint32), fields)
        except ValueError as error:
            raise SegmentError(f"{self.container.name}, section 'blobs': {error}") from None

    def candidates(self, family: int, content: int) -> Rows:
        """Rows that may hold a value of this content hash; uint32, ascending."""
        key = int(posting_keys(np.array([content], np.uint64), family)[0])
        buckets = self.array(f"postings/{family}/buckets")
        entries = self.array(f"postings/{family}/entries")
        if len(buckets) < 2:
            raise SegmentError(
                f"{self.container.name}, section 'postings/{family}/buckets': expected a bucket"
            )
        at = key * (len(buckets) - 1) >> 32
        found = entries[int(buckets[at]) : int(buckets[at + 1])]
        bits = self.row_bits
        rows = found[found >> np.uint32(bits) == key & ((1 << (32 - bits)) - 1)] & np.uint32((1 << bits) - 1)
        return np.sort(rows[rows < self.n_records])

    # -------------------------------------------------------------------------------------- search
    @cached_property
    def alternatives(self) -> list[str]:
        """Classes of different people who look alike, in the order of the scorer's lanes after strangers."""
        return list(self.of_model("relatives"))

    def of_model(self, name: str) -> Any:
        """An entry of the model, as JSON has it.

        Raises
        ------
        SegmentError
            The section holds no model.
        """
        import json

        try:
            return json.loads(self.array("model").tobytes())[name]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise SegmentError(f"{self.container.name}, section 'model': expected a model's JSON") from None

    @cached_property
    def prior(self) -> float:
        """The weight that any two records have before they are compared (1/256 bit)."""
        return float((self.like or self).array("scorer/prior")[0])

    @cached_property
    def row_bits(self) -> int:
        """Bits of a row number in the postings."""
        return max((self.n_records - 1).bit_length(), 1)

    def based_on(self, like: Segment | None) -> Segment:
        """The same records, weighed with another segment's frequencies."""
        return self if self.like is like else Segment(self.container, like)

    def borrow(self) -> Searcher:
        """A searcher for one thread, to be given back."""
        return self._lending.borrow(self)

    def hold_values(self) -> None:
        """Read all records, so that look-ups to come compare distinct values."""
        self._lending.hold_values(self)

    def give_back(self, searcher: Searcher) -> None:
        """Keep a searcher for the next look-up."""
        self._lending.give_back(searcher)


def _reopen(name: str, load: Literal["mmap", "ram"], like: Segment | None) -> Segment:
    return Segment.open(Path(name), load=load, like=like)


def _whole_name(fields: Sequence[Mapping[str, Any]], hot_field: int) -> str:
    is_whole = 0 <= hot_field < len(fields) and fields[hot_field]["kind"] == "person_name"
    return str(fields[hot_field]["name"]) if is_whole else ""


def _number_pair(fields: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The names of the first field of personal numbers and of old ones; none where one of them is missing."""
    kinds = {
        int(f["identifier"]) % HASHED: str(f["name"]) for f in reversed(fields) if f["kind"] == "identifier"
    }
    pair = tuple(kinds[k] for k in (PERSONAL_NUMBER, OLD_NUMBER) if k in kinds)
    return pair if len(pair) == 2 else ()


def _as_read(field: dict[str, Any], version: int) -> dict[str, Any]:
    """A field, whose identifiers are read as they were when the segment was written."""
    if "identifier" not in field or version >= LONG_CODES:
        return field
    return field | {"identifier": int(field["identifier"]) | HASHED}


def _kinds(fields: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(str(f["name"]), str(f["kind"])) for f in fields]


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode("utf-8", "replace")


def _content_hash(raw: bytes) -> int:
    from linkage._kernels.words import hash_texts

    data = np.frombuffer(raw, np.uint8)
    return int(hash_texts(np.array([0, len(raw)], np.int32), data, None)[0])
