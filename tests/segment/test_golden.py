"""Segments written when a version of the sections was new must open, read and answer as they did then.

``python -m tests.segment.test_golden`` writes the files anew: only when the version goes up.
"""

import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from linkage.errors import SegmentError
from linkage.search.lookup import lookup
from linkage.segment.segment import Segment
from tests.segment.registers import Part, generated, segment_bytes, trained

FOLDER = Path(__file__).parent / "golden"
NEWEST = 10
ASKED = ("full_name", "date_of_birth", "sex", "birth_province")


def answers_of(data):
    """All records, and what each record's name, birth, sex and province find."""
    segment = Segment.from_bytes(data)
    segment.check()
    records = segment.records(np.arange(len(segment), dtype=np.uint32))
    found = [lookup([Part(segment)], {k: r[k] for k in ASKED}, limit=3) for r in records[:5]]
    answers = [[[m.record_id, m.match_weight, m.levels] for m in matches] for matches in found]
    return {"records": records, "answers": answers}


@pytest.mark.parametrize("version", range(1, NEWEST + 1))
def test_the_golden_segment(version):
    expected = json.loads((FOLDER / f"segment-v{version}.json").read_text())
    data = lzma.decompress((FOLDER / f"segment-v{version}.segment.xz").read_bytes())
    assert Segment.from_bytes(data).container.meta["version"] == version
    assert answers_of(data) == expected
    assert len(expected["records"]) == 30 and all(expected["answers"])


def test_another_version_is_refused():
    data = lzma.decompress((FOLDER / "segment-v1.segment.xz").read_bytes())
    segment = Segment.from_bytes(data)
    segment.container.meta["version"] = NEWEST + 1
    with pytest.raises(
        SegmentError, match=f"expected sections of version 1 or .* or 9 or 10, got {NEWEST + 1}"
    ):
        Segment(segment.container)


if __name__ == "__main__":
    made = segment_bytes(generated()[0].slice(0, 30), trained())
    (FOLDER / f"segment-v{NEWEST}.segment.xz").write_bytes(lzma.compress(made))
    (FOLDER / f"segment-v{NEWEST}.json").write_text(
        json.dumps(answers_of(made), ensure_ascii=False, indent=1) + "\n"
    )
