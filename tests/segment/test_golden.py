"""A segment written when format version 1 was new must open, read and answer as it did then.

``python -m tests.segment.test_golden`` writes the files anew: only when the version goes up.
"""

import json
import lzma
from pathlib import Path

import numpy as np

from linkage.search.lookup import lookup
from linkage.segment.segment import Segment
from tests.segment.registers import Part, generated, segment_bytes, trained

FOLDER = Path(__file__).parent / "golden"
SEGMENT, ANSWERS = FOLDER / "segment-v1.segment.xz", FOLDER / "segment-v1.json"
ASKED = ("full_name", "date_of_birth", "sex", "birth_province")


def answers_of(data):
    """All records, and what each record's name, birth, sex and province find."""
    segment = Segment.from_bytes(data)
    segment.check()
    records = segment.records(np.arange(len(segment), dtype=np.uint32))
    found = [lookup([Part(segment)], {k: r[k] for k in ASKED}, limit=3) for r in records[:5]]
    answers = [[[m.record_id, m.match_weight, m.levels] for m in matches] for matches in found]
    return {"records": records, "answers": answers}


def test_the_golden_segment():
    expected = json.loads(ANSWERS.read_text())
    assert answers_of(lzma.decompress(SEGMENT.read_bytes())) == expected
    assert len(expected["records"]) == 30 and all(expected["answers"])


if __name__ == "__main__":
    made = segment_bytes(generated()[0].slice(0, 30), trained())
    SEGMENT.write_bytes(lzma.compress(made))
    ANSWERS.write_text(json.dumps(answers_of(made), ensure_ascii=False, indent=1) + "\n")
