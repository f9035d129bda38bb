import numpy as np
import pyarrow as pa
import pytest

import linkage
from linkage.errors import InputError, TrainingError

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


# --------------------------------------------------------------------- what nobody can be told apart by


def some_people(n, seed=0):
    random = np.random.default_rng(seed)
    words = ["".join(random.choice(list("abcdefghijklmnopqrst"), 7)) for _ in range(200)]
    return [
        {
            "record_id": str(i),
            "first_name": str(random.choice(words[:80])),
            "last_name": str(random.choice(words[80:])),
            "date_of_birth": f"{1940 + i * 7 % 65}-{random.integers(1, 13):02}-{random.integers(1, 29):02}",
            "city": str(random.choice(words[:30])),
            "sex": str(random.choice(["M", "F"])),
        }
        for i in range(n)
    ]


@pytest.mark.parametrize("columns", [("sex",), ("sex", "city"), ("date_of_birth",)])
def test_fields_that_tell_nobody_apart_are_refused(columns):
    rows = [{k: row[k] for k in ("record_id", *columns)} for row in some_people(2000)]
    with pytest.raises(TrainingError, match=r"hold too little .* add fields that tell people apart"):
        linkage.train(rows)


def test_damaged_records_of_one_person_alone_are_refused():
    random, rows = np.random.default_rng(0), []
    for i in range(300):
        row = {"record_id": str(i), "first_name": "matthew", "last_name": "robinson", "city": "liverpool"}
        field = str(random.choice(["first_name", "last_name", "city"]))
        at = int(random.integers(0, len(row[field])))
        row[field] = row[field][:at] + str(random.choice(list("qxyz"))) + row[field][at + 1 :]
        rows.append(row)
    with pytest.raises(TrainingError, match="hold too little"):
        linkage.train(rows)


@pytest.mark.parametrize("n", [50, 500, 3000])
def test_strangers_have_no_duplicates(n):
    result = linkage.dedupe(some_people(n))
    assert not (result.pairs["match_probability"].to_numpy() >= 0.95).any()
    assert "few_matches" in [warning["code"] for warning in result.resolution.model.training["warnings"]]


def test_families_without_duplicates_have_none():
    random, rows = np.random.default_rng(1), some_people(3000)
    for begin in range(0, 2997, 3):
        for other in (1, 2)[: int(random.integers(0, 3))]:
            for field in ("last_name", "city"):
                rows[begin + other][field] = rows[begin][field]
    result = linkage.dedupe(rows)
    assert (result.pairs["match_probability"].to_numpy() >= 0.95).sum() <= 1


def test_noise_has_no_duplicates():
    random = np.random.default_rng(0)

    def word():
        return "".join(random.choice(list("abcdefghijklmnopqrstuvwxyz"), random.integers(3, 12)))

    rows = [
        {"record_id": str(i), "first_name": word(), "last_name": word(), "city": word()} for i in range(1500)
    ]
    assert not (linkage.dedupe(rows).pairs["match_probability"].to_numpy() >= 0.95).any()
