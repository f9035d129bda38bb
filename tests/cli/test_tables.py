"""The final tables: aligned whatever the letters, and without a word that a terminal would obey."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.cli.tables import (
    LONGEST,
    Table,
    as_shown,
    counted,
    probability,
    seconds,
    share,
    show,
    size,
    times,
    width_of,
)


def shown(capsys: pytest.CaptureFixture[str], *cells: str, header: str = "name") -> list[str]:
    show("Title", [Table((header, "n"), [(cell, "1") for cell in cells])], [], [])
    return capsys.readouterr().out.split("\n")[2:-1]


@given(st.text(st.characters(exclude_categories=[])))
def test_nothing_is_left_that_a_terminal_obeys(text: str) -> None:
    left = as_shown(text)
    left.encode()
    assert len(left) == len(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in left)
    assert not any(
        unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
        for c in left
    )
    if text.isprintable():
        assert left == text


def test_values_headers_notes_and_warnings_are_shown_without_commands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    evil = "a\x1b[31mb"
    show(evil, [Table((evil, "n"), [(evil, evil)])], [evil], [evil])
    out = capsys.readouterr().out
    assert "\x1b" not in out and out.count("a\ufffd[31mb") == 6


def test_columns_are_aligned_whatever_the_letters(capsys: pytest.CaptureFixture[str]) -> None:
    names = ("Lê Thị Mới", unicodedata.normalize("NFD", "Lê Thị Mới"), "王小明", "Ana")
    lines = shown(capsys, *names)
    assert len({width_of(line) for line in lines}) == 1


def test_a_long_value_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    (_, line) = shown(capsys, "x" * 10_000)
    assert len(line) < LONGEST + 5 and "…" in line


def test_numbers_are_told_as_people_do() -> None:
    assert [counted(n, "record", "records") for n in (0, 1, 2000)] == [
        "0 records",
        "1 record",
        "2,000 records",
    ]
    assert [probability(p) for p in (0, 1e-6, 0.5, 1)] == ["< 0.0001", "< 0.0001", "0.5000", "> 0.9999"]
    assert [seconds(s) for s in (0.0002, 0.5, 2, 200, None)] == ["0.2 ms", "0.500 s", "2.00 s", "200 s", "–"]
    assert [size(n) for n in (12, 2048, 3 << 20, 5 << 30)] == ["12 bytes", "2.00 KiB", "3.00 MiB", "5.00 GiB"]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([0.0004, 0.012, None], ["0.4 ms", "12.0 ms", "–"]),
        ([0.0004, 0.5], ["0.4 ms", "500.0 ms"]),
        ([0.0004, 0.012, 3.14159], ["0.00 s", "0.01 s", "3.14 s"]),
        ([4.0, 1234.56], ["4.0 s", "1,234.6 s"]),
        ([], []),
    ],
)
def test_the_times_of_a_column_have_one_unit(values, told):
    assert times(values) == told


def test_almost_all_is_not_all() -> None:
    values = [1, 0.99999, 0.5, 0.00001, 0, None]
    assert [share(v) for v in values] == ["1.0000", "> 0.9999", "0.5000", "< 0.0001", "0.0000", "–"]
