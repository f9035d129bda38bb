"""Hostile tables under right checksums: refused, or consistent; never anything else."""

from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.errors import SegmentError
from linkage.segment.container import Container
from linkage.segment.layout import BLOCK, FOOTER, MAX_DEPTH, TABLE_LIMIT, Section
from tests.segment.containers import assert_consistent, opened_table, resummed, sealed, written

SOUND = written(
    {"rows": np.arange(48, dtype=np.uint32).reshape(2, 24), "text": np.arange(70, dtype=np.uint8)}
)
TABLE = opened_table(SOUND)
ROWS, TEXT = TABLE["sections"]

edges = st.sampled_from(
    [0, 1, 4, 63, 64, 65, 70, 128, 192, 256, 4096, len(SOUND) - 64, len(SOUND), BLOCK]
    + [(1 << k) + d for k in (31, 32, 62, 63, 64) for d in (-1, 0, 1) if (1 << k) + d < 1 << 64]
    + [-1, -64, -(1 << 63)]
)
numbers = edges | st.integers(-(1 << 63), (1 << 64) - 1)
anything = st.recursive(
    st.none() | st.booleans() | numbers | st.floats() | st.text(max_size=9) | st.binary(max_size=24),
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=12,
)
likely = {
    "name": st.sampled_from(["rows", "text", "", "a b", "é", "x" * 129, "x\n", "../../a"]),
    "offset": edges,
    "size": edges,
    "dtype": st.sampled_from(
        ["|u1", "<u4", "<u8", "<f4", ">u4", "u1", "|O", "|b1", "<U4", "|V8", "<M8[s]", ""]
    ),
    "shape": st.lists(edges, max_size=9),
    "checksum": numbers,
    "blocks": st.binary(max_size=24),
}


@st.composite
def tables(draw: st.DrawFn) -> Any:
    """The sound table, but for some parts of some entries, as an attacker would try."""
    sections = [list(ROWS), list(TEXT)]
    for k, part in draw(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(Section._fields)), max_size=4)):
        sections[k][Section._fields.index(part)] = draw(likely[part] if draw(st.booleans()) else anything)
    if draw(st.booleans()):
        sections = [resummed(entry) if isinstance(entry[-1], bytes) else entry for entry in sections]
    order = draw(st.sampled_from([[0, 1], [0, 1], [0, 1], [1, 0], [0], [0, 1, 1], []]))
    meta = draw(st.just({}) | st.dictionaries(st.text(max_size=3), anything, max_size=2))
    return {"meta": meta, "sections": [sections[k] for k in order]}


def assert_refused_or_consistent(data: bytes) -> bool:
    """Whether it was opened."""
    try:
        container = Container.from_buffer(data, "hostile")
    except SegmentError as error:
        assert str(error).startswith("hostile: ")
        return False
    assert_consistent(data)
    try:
        container.check()
    except SegmentError as error:
        assert str(error).startswith("hostile: ")
    return True


def test_sealing_is_right() -> None:
    """Else the tests below would all be refused for their checksums."""
    assert sealed(SOUND, msgpack.packb(TABLE)) == SOUND
    other = msgpack.packb({"meta": {"a": 1}, "sections": TABLE["sections"]})
    assert Container.from_buffer(sealed(SOUND, other)).meta == {"a": 1}
    assert resummed(ROWS) == ROWS


def test_hostile_tables() -> None:
    opened = []

    @given(tables())
    @settings(max_examples=400)
    def draw(table: Any) -> None:
        opened.append(assert_refused_or_consistent(sealed(SOUND, msgpack.packb(table))))

    draw()
    assert 0 < sum(opened) < len(opened)


@given(anything, anything)
@settings(max_examples=100)
def test_tables_of_any_content(meta: Any, sections: Any) -> None:
    assert_refused_or_consistent(sealed(SOUND, msgpack.packb({"meta": meta, "sections": sections})))


@given(st.binary(max_size=60) | st.builds(msgpack.packb, anything))
@settings(max_examples=100)
def test_tables_of_any_bytes(table: bytes) -> None:
    assert not assert_refused_or_consistent(sealed(SOUND, table))


@given(st.integers(0, len(msgpack.packb(TABLE)) - 1), st.binary(max_size=4), st.integers(0, 4))
@settings(max_examples=300)
def test_sound_tables_with_other_bytes(at: int, other: bytes, gone: int) -> None:
    table = msgpack.packb(TABLE)
    assert_refused_or_consistent(sealed(SOUND, table[:at] + other + table[at + gone :]))


@given(st.dictionaries(st.sampled_from(["table_offset", "table_size", "length", "n_sections"]), numbers))
@settings(max_examples=200)
def test_hostile_footers(changed: dict[str, int]) -> None:
    changed = {name: number % (1 << 64) for name, number in changed.items()}
    data = sealed(SOUND, msgpack.packb(TABLE), **changed)
    assert assert_refused_or_consistent(data) == (data == SOUND)


def entry(base: list[Any] = ROWS, **changed: Any) -> list[Any]:
    return resummed([changed.get(part, base[k]) for k, part in enumerate(Section._fields)])


@pytest.mark.parametrize(
    ("sections", "problem"),
    [
        ([entry(), entry(TEXT, name="rows")], "two sections have the same name"),
        ([entry(TEXT), entry()], "section 'text': expected offset 64, got"),
        ([entry(), entry(offset=64, name="b")], "section 'b': expected offset 256, got 64"),
        ([entry(offset=128)], "expected offset 64, got 128"),
        ([entry()], "not where it must be, behind the sections"),
        ([entry(size=-192)], "not a count"),
        ([entry(offset=-64)], "not a count"),
        ([entry(offset=True)], "not a count"),
        ([entry(offset=64.0)], "not a count"),
        ([entry(shape=[2, -24])], "shape is not a short list of counts"),
        ([entry(shape=[1] * 9)], "shape is not a short list of counts"),
        ([entry(shape=[1 << 63, 1 << 63])], "do not fit dtype <u4"),
        ([entry(size=0, shape=[0, 1 << 62], blocks=b"")], "do not fit dtype <u4"),
        ([entry(size=1 << 62, shape=[1 << 60])], "one checksum for each MiB"),
        ([entry(blocks=ROWS[-1] * 2)], "one checksum for each MiB"),
        ([entry(dtype="|O")], "section 'rows': its dtype is none of"),
        ([entry(name="a\x1b[2J")], "name is not one"),
        ([entry(name=b"rows")], "name is not one"),
        ([[*ROWS[:5], 7, ROWS[-1]]], "checksum is not that of its blocks"),
        ([7], "does not have 7 parts"),
        ({}, "sections are not a list"),
    ],
)
def test_what_is_wrong_is_named(sections: Any, problem: str) -> None:
    data = sealed(SOUND, msgpack.packb({"meta": {}, "sections": sections}))
    with pytest.raises(SegmentError, match=problem):
        Container.from_buffer(data)


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"meta": [], "sections": []}, "not a dict"),
        ({"meta": {"a": msgpack.ExtType(5, b"x")}, "sections": []}, "not msgpack"),
        ({"meta": {"a": msgpack.Timestamp(5)}, "sections": []}, "a Timestamp"),
        ({"meta": {"a": {b"b": 1}}, "sections": []}, "a key that is not a str"),
        ({"meta": {}}, "does not consist of meta and sections"),
        ({"meta": {}, "sections": [], "more": 0}, "does not consist of meta and sections"),
    ],
)
def test_what_is_wrong_with_a_table_is_named(table: Any, problem: str) -> None:
    with pytest.raises(SegmentError, match=problem):
        Container.from_buffer(sealed(SOUND, msgpack.packb(table)))


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 900, 5_000, 1_000_000])
def test_deep_tables(depth: int) -> None:
    nested = b"\x82\xa4meta\x81\xa1a" + b"\x91" * depth + b"\xc0" + b"\xa8sections\x90"
    with pytest.raises(SegmentError, match=r"nested more than 32|is not msgpack"):
        Container.from_buffer(sealed(SOUND, nested))


def test_giant_tables_are_not_decoded() -> None:
    with pytest.raises(SegmentError, match=f"has {TABLE_LIMIT + 1} bytes, the most is {TABLE_LIMIT}"):
        Container.from_buffer(sealed(SOUND, b"\x91" * (TABLE_LIMIT + 1)))
    announced = b"\x82\xa4meta\xdf\xff\xff\xff\xff"  # a map of 2^32 - 1 pairs in ten bytes
    with pytest.raises(SegmentError, match="not msgpack"):
        Container.from_buffer(sealed(SOUND, announced))


def test_number_of_sections_and_file_checksum() -> None:
    table = msgpack.packb(TABLE)
    with pytest.raises(SegmentError, match="has 2 sections, the footer says 3"):
        Container.from_buffer(sealed(SOUND, table, n_sections=3))
    right = FOOTER.unpack(SOUND[-FOOTER.size :])[4]
    with pytest.raises(SegmentError, match="file's checksum"):
        Container.from_buffer(sealed(SOUND, table, checksum=right ^ 1))
