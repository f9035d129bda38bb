import pyarrow as pa
import pytest

import linkage
from linkage.errors import InputError

NAMES = ["record_id_l", "record_id_r", "clerical_match_score"]


def people():
    names = ["Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Cường", "Phạm Minh Dũng"]
    return [
        {
            "record_id": f"r{i}{copy}",
            "full_name": f"{names[i % 4]} {chr(97 + i % 23)}{chr(97 + i // 23)}",
            "date_of_birth": f"{1 + i % 28:02d}/{1 + i % 12:02d}/{1950 + i % 60 + wrong}",
        }
        for i in range(60)
        for copy, wrong in (("a", 0), ("b", i % 2))
    ]


def m_of_equal_dates(model):
    return next(c for c in model.comparisons if c.name == "date_of_birth").m[-1, -1]


def test_labels_enter_m():
    rows = people()
    wrong_dates = [(f"r{i}a", f"r{i}b", 1.0) for i in range(1, 60, 2)] * 20
    labels = pa.table([list(column) for column in zip(*wrong_dates, strict=True)], names=NAMES)
    assert m_of_equal_dates(linkage.train(rows, labels=labels)) < m_of_equal_dates(linkage.train(rows))


@pytest.mark.parametrize("label", [("nobody", "r1b", 1.0), ("r1a", "r1b", 2.0)])
def test_labels_that_do_not_fit_are_refused(label):
    with pytest.raises(InputError, match="row 1"):
        linkage.train(people(), labels=pa.table([[value] for value in label], names=NAMES))
