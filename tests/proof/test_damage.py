"""A segment with damaged bytes, read unchecked in a process of its own: answers or typed errors, no crash."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

import linkage
from linkage.errors import SegmentError
from linkage.segment.segment import Segment
from tests.proof.damage import FLIP_PARTS
from tests.segment.registers import generated, segment_bytes, trained

ROOT = Path(__file__).parents[2]
LONGEST = 3600


@pytest.fixture(scope="module")
def segment(tmp_path_factory):
    path = tmp_path_factory.mktemp("damage") / "small.segment"
    path.write_bytes(segment_bytes(generated()[0].slice(0, 60), trained()))
    return path


@pytest.fixture(scope="module")
def segment_of_words(tmp_path_factory):
    """Of a table without whole names and numbers: every word has postings."""
    people = generated()[0].slice(0, 400).to_pylist()
    rows = []
    for i, person in enumerate(people):
        surname, _, given = (person["full_name"] or "").partition(" ")
        email = f"{given.replace(' ', '.').lower()}{i % 9}@mail.vn" if i % 3 else None
        place = {"town": person["commune"], "address": person["street"], "email": email}
        rows.append({"record_id": str(i), "surname": surname or None, "given_name": given or None, **place})
    table = pa.Table.from_pylist(rows)
    data = segment_bytes(table.slice(0, 60), linkage.train(table, seed=1))
    assert any(name.startswith("words/") for name in Segment.from_bytes(data).container.names)
    path = tmp_path_factory.mktemp("damage") / "words.segment"
    path.write_bytes(data)
    return path


def survives(path, *arguments):
    """How many damages could be opened and used, and how many were refused."""
    command = [sys.executable, "-m", "tests.proof.damage", str(path), *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST)
    at = path.with_suffix(".at").read_text()
    assert done.returncode == 0, f"{at}: {done.stderr[-3000:]}"
    return [int(n) for n in done.stdout.split()]


def test_some_flipped_bits(segment):
    answered, refused = survives(segment, "flips", 5, 1_201)
    assert answered > 20 and refused >= 0


def test_some_flipped_bits_of_words(segment_of_words):
    answered, refused = survives(segment_of_words, "flips", 3, 211, "words/", "spellings/")
    assert answered > 20 and refused >= 0


@pytest.mark.long
def test_wild_values_and_lengths(segment):
    answered, refused = survives(segment, "wild", 1)
    assert answered > 100 and refused > 50


@pytest.mark.long
def test_any_values_and_lengths_of_words(segment_of_words):
    answered, refused = survives(segment_of_words, "wild", 1)
    assert answered > 100 and refused > 20


@pytest.mark.long
def test_every_byte_flipped_of_words(segment_of_words):
    answered, refused = survives(segment_of_words, "flips", 0, 1, "words/", "spellings/")
    assert answered + refused > 4_000


@pytest.mark.long
@pytest.mark.parametrize("part", range(FLIP_PARTS))
def test_every_byte_flipped(segment, part):
    answered, refused = survives(segment, "flips", part, FLIP_PARTS)
    assert answered + refused > 40_000 / FLIP_PARTS


def test_a_check_finds_a_flipped_bit(segment):
    data = bytearray(segment.read_bytes())
    for at in range(0, len(data), 9973):
        data[at] ^= 4
        with pytest.raises(SegmentError):
            Segment.from_bytes(bytes(data)).check()
        data[at] ^= 4
    for size in (0, 1, 64, len(data) // 2, len(data) - 1):
        with pytest.raises(SegmentError):
            Segment.from_bytes(bytes(data[:size]))
