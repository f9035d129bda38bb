"""Damaged bytes of a segment -> read and searched without checks; only typed errors or answers may come.

Run as a program in a process of its own: ``python -m tests.proof.damage SEGMENT flips FIRST STEP``, perhaps
with beginnings of sections' names, or ``SEGMENT wild SEED``; it prints how many damaged segments opened and
how many did not. The case under way is named in SEGMENT with the ending ``.at``.
"""

from __future__ import annotations

import faulthandler
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np

from linkage.errors import InputError, SegmentError
from linkage.search.lookup import lookup
from linkage.segment.container import Container
from linkage.segment.segment import Segment
from tests.segment.registers import Part

QUERIES = (
    {"full_name": "Nguyễn Văn An", "date_of_birth": "01/02/1990", "sex": "Nam", "birth_province": "Hà Nội"},
    {
        "id_number": "001090012345",
        "phone": "0901234567",
        "full_name": "Trần Thị B",
        "mother_name": "Lê Thị Lan",
    },
    {"full_name": "H'Yến Niê", "commune": "An Bình", "date_of_birth": "1980", "ethnicity": "Ê Đê"},
    # Of a table without whole names: its words have postings.
    {"surname": "Nguyễn", "given_name": "Thj Lan", "town": "An Bình", "email": "lan.nguyen@mail.vn"},
    {"surname": "Trần", "email": "tran@mail.vn"},
    {"given_name": "Vân Hùng", "address": "Ngõ 12, Phố Huế", "town": "Ân Bình"},
    # Of a table with long numbers.
    {"national_id": "0013065410013065"},
    {"full_name": "Nguyễn Văn An", "national_id": "RSSMRA00T449979Z"},
)

LARGE, OF_LARGE = 1 << 14, 1 << 12
"""Of a section of more bytes, so many evenly spaced ones are flipped, not every one: a case takes some 5 ms,
and large sections are tables of one kind of value."""
FLIP_PARTS = 4
"""Runs that share the flipped bytes in `make proof`."""


class Patched(Container):
    """A container some of whose sections have other bytes or lengths, as if their checksums were right."""

    def patch(self, arrays: dict[str, np.ndarray]) -> None:
        self.patches = arrays

    def array(self, name):
        return self.patches[name] if name in getattr(self, "patches", {}) else super().array(name)


def opened(data: bytes, arrays: dict[str, np.ndarray]) -> Segment:
    container = Patched.from_buffer(data)
    container.patch(arrays)
    return Segment(container)


def use(segment: Segment) -> None:
    """Read everything and ask; whatever comes must be an answer or a typed error."""
    attempts = [
        lambda: segment.records(np.arange(segment.n_records, dtype=np.uint32)),
        lambda: [segment.rows_of_record_id(f"{i}") for i in range(3)],
        lambda: list(segment.batches()),
        *(lambda q=q, e=e: lookup([Part(segment)], q, exhaustive=e) for q in QUERIES for e in (False, True)),
        segment.hold_values,
        *(lambda q=q: lookup([Part(segment)], q) for q in QUERIES),
    ]
    for attempt in attempts:
        try:
            attempt()
        except (SegmentError, InputError):
            continue


def damages(data: bytes, random: Random) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """Sections with wild values, cut short, or of more values than there are; each as one damage."""
    container = Container.from_buffer(data)
    for name in container.names:
        whole = container.array(name)
        if whole.size == 0:
            continue
        info = np.iinfo(whole.dtype)
        for value in (0, info.max, info.min, info.max // 2, 1):
            changed = whole.copy()
            changed.reshape(-1)[:] = value
            yield f"{name} all {value}", {name: changed}
            for _ in range(2):
                changed = whole.copy()
                changed.reshape(-1)[random.randrange(whole.size)] = value
                yield f"{name} one {value}", {name: changed}
        noise = np.frombuffer(random.randbytes(whole.nbytes), whole.dtype).reshape(whole.shape)
        yield f"{name} noise", {name: noise}
        for n in {0, 1, len(whole) // 2, len(whole) - 1}:
            if n < len(whole):
                yield f"{name} cut to {n}", {name: np.ascontiguousarray(whole[:n])}
        yield f"{name} doubled", {name: np.concatenate([whole, whole])}


def flips(data: bytes, first: int, step: int, *begins: str) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """One section with one bit flipped: each byte of a small one, `OF_LARGE` spread ones of a large one.

    Sections are those whose names begin with one of `begins`, or all. Of all cases only every `step`-th, from
    the `first` on: `step` runs share them.
    """
    container = Container.from_buffer(data)
    random = Random(first)
    begin = 0
    for name in container.names:
        if not name.startswith(begins or ("",)):
            continue
        whole = container.array(name)
        stride = 1 if whole.nbytes <= LARGE else whole.nbytes // OF_LARGE
        places = range(0, whole.nbytes, stride)
        for at in places[(first - begin) % step :: step]:
            changed = whole.copy()
            changed.reshape(-1).view(np.uint8)[at] ^= 1 << random.randrange(8)
            yield f"{name}[{at}]", {name: changed}
        begin += len(places)


def run(
    data: bytes, cases: Iterator[tuple[str, dict[str, np.ndarray]]], name: Path | None = None
) -> tuple[int, int]:
    """Use a segment under each damage; how many could be opened, and how many not."""
    answered = refused = 0
    for label, arrays in cases:
        if name is not None:
            name.write_text(label)
        try:
            segment = opened(data, arrays)
        except SegmentError:
            refused += 1
            continue
        use(segment)
        answered += 1
    return answered, refused


def main() -> None:
    path, mode, *rest = sys.argv[1:]
    faulthandler.enable()
    data = Path(path).read_bytes()
    where = Path(path).with_suffix(".at")
    if mode == "wild":
        print(*run(data, damages(data, Random(int(rest[0]))), where))
    else:
        print(*run(data, flips(data, int(rest[0]), int(rest[1]), *rest[2:]), where))


if __name__ == "__main__":
    main()
