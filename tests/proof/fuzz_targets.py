"""Bytes that a fuzzer draws -> damaged segments, catalogs, queries, JSON: answers or typed errors must come.

Each target turns any bytes into one damage of something valid, so that what lies behind the checksums and the
JSON parser is reached. ``python -m tests.proof.fuzz_targets TARGET N SEED FILE`` tries N random inputs
without a fuzzer; the one under way is in FILE.
"""

from __future__ import annotations

import contextlib
import copy
import faulthandler
import json
import math
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from linkage.cli.lookup import read_query
from linkage.comparison.program import comparisons_of
from linkage.errors import LinkageError
from linkage.index.operations import unpack_texts
from linkage.index.rows import State, check_rows, read_bitmap
from linkage.model.model import Model
from linkage.model.splink import convert_splink
from linkage.model.weights import weight_tables
from linkage.schema import Schema, citizen_schema
from linkage.search.filters import compile_filter
from linkage.search.get import get
from linkage.search.lookup import lookup
from linkage.search.verify import verify
from linkage.segment.container import Container
from linkage.segment.layout import aligned, pack_footer, pack_header, pack_table
from linkage.segment.segment import Segment
from tests.proof.damage import Patched, use
from tests.proof.fuzz_answers import answers, long_numbered
from tests.proof.fuzz_tables import tables
from tests.segment.registers import Part, generated, segment_bytes, trained

WILD = (
    None, True, -1, 0, 1, 2, 7, 255, 2**31, 2**32, 2**63, -(2**63), 0.0, -0.5, 1e308, math.inf, math.nan,
    "", "x", "Nguyễn", "x" * 300, [], {}, [[]], {"x": {}}, ["full_name"], [0, 1],
)  # fmt: skip
TEXTS = (
    "", "=", "full_name=Nguyễn Văn An", "id_number=001090012345", "date_of_birth=31/02/1990", "sex=",
    "record_id=5", "phone=84901234567", "phone=+", "full_name=" + "a" * 700, "full_name=\u0301\u0301",
    "x=\x00", "full_name=Nguyeenx Vawn Hungf", "birth_province=Hà Nội", "date_of_birth=1",
    "mother_name=\udcff",
)  # fmt: skip


class Draws:
    """Bytes, read one after the other; zeros follow the last."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def __bool__(self) -> bool:
        """Whether bytes are left."""
        return self.at < len(self.data)

    def take(self, n: int) -> bytes:
        """The next n bytes."""
        found = self.data[self.at : self.at + n]
        self.at += n
        return found.ljust(n, b"\0")

    def below(self, n: int) -> int:
        """A number from 0 to n - 1."""
        return int.from_bytes(self.take(1 if n <= 256 else 4), "little") % n if n else 0

    def choice(self, options: Any) -> Any:
        """One of several."""
        return options[self.below(len(options))]


# ------------------------------------------------------------------------------------ what is damaged
@cache
def small_segment() -> bytes:
    """Sixty people."""
    return segment_bytes(generated(600)[0].slice(0, 60), trained(600))


@cache
def opened_segment() -> Segment:
    return Segment.from_bytes(small_segment())


@cache
def opened_long_numbers() -> Segment:
    return Segment.from_bytes(long_numbered())


def edited(document: Any, draws: Draws) -> Any:
    """A JSON-like document with some of its values replaced, removed, repeated or exchanged."""
    document = copy.deepcopy(document)
    for _ in range(1 + draws.below(3)):
        parent, key = None, None
        here = document
        while isinstance(here, dict | list) and here and (parent is None or draws.below(4)):
            parent = here
            key = draws.choice(list(here)) if isinstance(here, dict) else draws.below(len(here))
            here = here[key]
        if parent is None:
            return draws.choice(WILD)
        action = draws.below(8)
        if action == 0:
            del parent[key]
        elif action == 1 and isinstance(parent, list):
            parent.append(copy.deepcopy(parent[key]))
        elif action == 2:
            other = draws.choice(list(parent)) if isinstance(parent, dict) else draws.below(len(parent))
            parent[key], parent[other] = parent[other], parent[key]
        elif action == 3 and isinstance(parent, dict):
            parent[str(draws.choice(WILD))] = parent.pop(key)
        else:
            parent[key] = copy.deepcopy(draws.choice(WILD))
    return document


# ------------------------------------------------------------------------------------ the targets
def container(draws: Draws) -> None:
    """A file with other bytes, cut off or longer."""
    data = bytearray(small_segment())
    for _ in range(1 + draws.below(4)):
        at = draws.choice((0, len(data) - 64, len(data) - 4096, 0)) + draws.below(4096)
        data[at % len(data)] = draws.below(256)
    length = draws.choice(
        (len(data), len(data), 64, 128, draws.below(len(data)), len(data) + draws.below(99))
    )
    found = Container.from_buffer(bytes(data[:length].ljust(length, b"\0")))
    for name in found.names:
        found.array(name)
    found.check()


def description(draws: Draws) -> None:
    """A segment whose description says otherwise, every checksum right."""
    data = small_segment()
    whole = Container.from_buffer(data)
    layout = whole._layout
    table = pack_table(layout.sections, edited(dict(layout.meta), draws))
    body = bytearray(data[: layout.footer.table_offset])
    body[: len(pack_header())] = pack_header()
    end = aligned(len(body) + len(table))
    footer = pack_footer(layout.sections, table, len(body))
    use(Segment.from_bytes(bytes((body + table).ljust(end, b"\0")) + footer))


def sections(draws: Draws) -> None:
    """A segment with other bytes in its sections, unchecked."""
    found = Patched.from_buffer(draws.choice((small_segment, long_numbered))())
    patches: dict[str, np.ndarray] = {}
    for _ in range(1 + draws.below(3)):
        name = draws.choice(found.names)
        array = patches.get(name, found.array(name)).copy()
        view = array.reshape(-1).view(np.uint8)
        if len(view):
            at = draws.below(len(view))
            new = np.frombuffer(draws.take(1 + draws.below(8)), np.uint8)[: len(view) - at]
            view[at : at + len(new)] = new
        if draws.below(5) == 0 and len(array):
            array = np.ascontiguousarray(array[: draws.below(len(array))])
        patches[name] = array
    found.patch(patches)
    use(Segment(found))


def catalog(draws: Draws) -> None:
    """Rows of an index's catalog: the state, a bitmap, a record's texts, a row's values."""
    which, data = draws.below(4), draws.data[1:]
    if which == 0:
        with contextlib.suppress(ValueError, TypeError):  # which `Catalog` turns into its own
            State.unpack(data)
    elif which == 1:
        read_bitmap("catalog", data, 1000)
    elif which == 2:
        unpack_texts(data, 3)
    else:
        row = [draws.choice((*WILD, data)) for _ in range(1 + draws.below(12))]
        check_rows("catalog", draws.choice(("segments", "tombstones", "journal", "identifiers")), [row])


def query(draws: Draws) -> None:
    """Arguments and mappings of any texts -> look-ups, verifying, exact search, filters."""
    segment = draws.choice((opened_segment, opened_long_numbers))()
    parts = [Part(segment)]
    names = [*segment.field_names, "record_id", "", "nickname"]
    which = draws.below(5)
    if which == 0:
        lookup(parts, read_query([draws.choice(TEXTS) for _ in range(draws.below(5))]))
        return
    texts = {}
    while draws and len(texts) < 6:
        length = draws.choice((3, 9, 12, 30, 700))
        raw = draws.take(draws.below(length))
        value = draws.choice((raw.decode("utf-8", "replace"), raw.decode("utf-8", "surrogateescape"),
                              raw.decode("latin-1"), *WILD))  # fmt: skip
        texts[draws.choice(names)] = value
    if which == 1:
        lookup(parts, texts, limit=draws.choice((1, 3)), exhaustive=draws.below(2) == 1)
    elif which == 2:
        verify(parts, texts)
    elif which == 3:
        for name, value in texts.items():
            get(parts, name, value if isinstance(value, str) else str(value))
    else:
        compile_filter(parts[0].segment, **texts)


def schema(draws: Draws) -> None:
    """A schema's JSON."""
    found = Schema.from_dict(edited(citizen_schema().to_dict(), draws))
    assert Schema.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def model(draws: Draws) -> None:
    """A model's JSON; what is taken for a model has weights."""
    found = Model.from_dict(edited(trained(600).to_dict(), draws))
    found.to_json()
    weight_tables(found, comparisons_of(found.schema), {})


def splink(draws: Draws) -> None:
    """A Splink model's JSON."""
    Model.from_dict(convert_splink(edited(splink_settings(), draws)))


def splink_settings() -> dict[str, Any]:
    """Two comparisons as Splink saves them."""
    levels = [
        {"sql_condition": '"surname_l" IS NULL OR "surname_r" IS NULL', "is_null_level": True},
        {"sql_condition": '"surname_l" = "surname_r"', "m_probability": 0.8, "u_probability": 0.01,
         "tf_adjustment_column": "surname", "tf_adjustment_weight": 1.0},
        {"sql_condition": "ELSE", "m_probability": 0.2, "u_probability": 0.99},
    ]  # fmt: skip
    return {
        "link_type": "dedupe_only",
        "probability_two_random_records_match": 0.001,
        "unique_id_column_name": "unique_id",
        "comparisons": [
            {
                "output_column_name": name,
                "comparison_levels": json.loads(json.dumps(levels).replace("surname", name)),
            }
            for name in ("surname", "first_name")
        ],
        "blocking_rules_to_generate_predictions": [{"blocking_rule": 'l."surname" = r."surname"'}],
    }


TARGETS: dict[str, Callable[[Draws], None]] = {
    f.__name__: f
    for f in (container, description, sections, catalog, query, answers, schema, model, splink, tables)
}


def attempt(name: str, data: bytes) -> None:
    """One input; whatever a target raises but a typed error goes on."""
    try:
        TARGETS[name](Draws(data))
    except LinkageError:
        return


def seeds(name: str, n: int = 24) -> list[bytes]:
    """Inputs to begin with, the same on every machine."""
    random = Random(name)
    return [random.randbytes(random.choice((4, 16, 64))) for _ in range(n)]


def main() -> None:
    """Try random inputs; the one under way is in a file, for crashes."""
    name, n, seed, at = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    faulthandler.enable()
    random = Random(f"{name} {seed}")
    for data in [*seeds(name), *(random.randbytes(random.choice((3, 8, 24, 80))) for _ in range(n))]:
        at.write_bytes(data)
        attempt(name, data)


if __name__ == "__main__":
    main()
