import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.errors import InputError
from linkage.population import generate
from linkage.population.acceptance import rescued_share, same_date, same_name, strict_comparison
from linkage.population.damage import Damage
from linkage.population.draws import Draws
from linkage.population.records import COLUMNS


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    summary = generate(folder, people=20_000, seed=4)
    return (
        summary,
        pq.read_table(folder / "register.parquet"),
        pq.read_table(folder / "claims.parquet"),
    )


def test_columns_and_counts(small):
    summary, register, claims = small
    assert register.num_rows == summary["register_records"] == 22_000
    assert claims.num_rows == summary["claims_records"] == 6_000
    for table in (register, claims):
        assert table.column_names == list(COLUMNS)
        assert table.schema.field("entity").type == pa.int64()
        for name in COLUMNS[:-1]:
            assert table.schema.field(name).type == pa.string(), name
        ids = table["record_id"].to_pylist()
        assert len(set(ids)) == len(ids)
        assert table["full_name"].null_count == 0
    strangers = np.asarray(claims["entity"]) >= 20_000
    assert strangers.sum() == summary["strangers"] == 204


def test_everybody_is_in_the_register_and_some_twice(small):
    _, register, claims = small
    copies = Counter(register["entity"].to_pylist())
    assert set(copies) == set(range(20_000))
    assert sum(count - 1 for count in copies.values()) == 2_000
    assert sum(count > 2 for count in copies.values()) > 100
    known = [entity for entity in claims["entity"].to_pylist() if entity < 20_000]
    assert len(set(known)) == len(known)


def test_duplicates_lie_anywhere(small):
    _, register, _ = small
    entity = np.asarray(register["entity"])
    order = np.argsort(entity, kind="stable")
    gaps = np.diff(order)[np.diff(entity[order]) == 0]
    assert np.median(gaps) > len(entity) / 8


def test_same_arguments_same_bytes_other_seed_others(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate(tmp_path / name, people=3_000, seed=seed)
    for file in ("register.parquet", "claims.parquet"):
        assert digest(tmp_path / "a" / file) == digest(tmp_path / "b" / file)
        assert digest(tmp_path / "a" / file) != digest(tmp_path / "c" / file)
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        "claims.parquet",
        "register.parquet",
    ]


def test_batches_do_not_show(tmp_path, monkeypatch):
    generate(tmp_path / "a", people=3_000, seed=1)
    monkeypatch.setattr("linkage.population.BATCH", 1_000)
    generate(tmp_path / "b", people=3_000, seed=1)
    for file in ("register.parquet", "claims.parquet"):
        left, right = pq.read_table(tmp_path / "a" / file), pq.read_table(tmp_path / "b" / file)
        differ = sum(a != b for a, b in zip(left.to_pylist(), right.to_pylist(), strict=True))
        assert differ <= left.num_rows * 0.001  # whose agent's number it was may depend on company


@pytest.mark.parametrize(("people", "claims"), [(1, 0), (1, 5), (15, 40)])
def test_tiny_sizes(tmp_path, people, claims):
    calls = []
    summary = generate(
        tmp_path,
        people=people,
        claims=claims,
        progress=lambda done, all_: calls.append((done, all_)),
    )
    register = pq.read_table(tmp_path / "register.parquet")
    assert register.num_rows == summary["register_records"] >= people
    assert pq.read_table(tmp_path / "claims.parquet").num_rows == claims
    assert calls[-1][0] == calls[-1][1]


@pytest.mark.parametrize(
    "wrong",
    [{"people": 0}, {"profile": "P9"}, {"duplicates": -1}, {"claims": -1}, {"strangers": 2}],
)
def test_bad_arguments(tmp_path, wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        generate(tmp_path, **wrong)
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_named_and_leaves_nothing(tmp_path):
    (tmp_path / "register.parquet").mkdir()
    with pytest.raises(InputError, match=r"cannot write .*register\.parquet: Is a directory"):
        generate(tmp_path, people=10)
    assert [path.name for path in tmp_path.iterdir()] == ["register.parquet"]


def test_families_live_together(small):
    _, register, _ = small
    rows = register.select(["household_id", "full_name", "mother_name", "date_of_birth"]).to_pylist()
    names = {}
    for row in rows:
        names.setdefault(row["household_id"], set()).add(row["full_name"])
    young = [r for r in rows if r["date_of_birth"][-4:] > "2012" and r["household_id"]]
    young = [r for r in young if r["mother_name"] and r["mother_name"] == r["mother_name"].title()]
    found = np.mean([row["mother_name"] in names[row["household_id"]] for row in young])
    assert found > 0.93


def compare(folder, profile):
    generate(folder, people=50_000, seed=3, profile=profile, duplicates=0, claims=25_000)
    register = pq.read_table(folder / "register.parquet")
    claims = pq.read_table(folder / "claims.parquet")
    shares = strict_comparison(register, claims)
    return {name: 100 * share for name, share in shares.items()}, register, claims


def test_field_campaign_repeats_the_published_totals(tmp_path):
    shares, _, _ = compare(tmp_path, "P3")
    assert sum(shares.values()) == pytest.approx(100)
    assert shares["no_number"] == pytest.approx(4.6, abs=1)
    assert shares["match"] == pytest.approx(67.2, abs=1.3)
    assert shares["mismatch"] == pytest.approx(24.8, abs=1.3)
    assert shares["unverifiable"] == pytest.approx(3.4, abs=1)


def test_telecom_repeats_the_published_totals(tmp_path):
    shares, register, claims = compare(tmp_path, "P2")
    assert shares["mismatch"] == pytest.approx(8, abs=1)
    assert 0.30 <= rescued_share(register, claims) <= 0.78


def test_errors_cluster_by_site_and_record():
    n = 200_000
    record = np.arange(n, dtype=np.uint64)
    site = np.arange(n) % 500
    damage = Damage(Draws(0), record, site, np.ones(n, dtype=np.bool_), "P3")
    hits = np.zeros((2, n), dtype=np.bool_)
    for row, name in enumerate(("name typo", "birth digit")):
        hits[row, damage.hit(name)] = True
    per_site = np.sort(np.bincount(site[hits.any(axis=0)], minlength=500))[::-1]
    assert per_site[:100].sum() / per_site.sum() == pytest.approx(0.6, abs=0.06)
    both = np.mean(hits[0] & hits[1])
    assert both > 2 * np.mean(hits[0]) * np.mean(hits[1])


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("NGUYỄN VĂN HOÀ", "Nguyễn Văn Hòa", True),
        ("nguyen van hoa", "Nguyễn Văn Hòa", True),
        ("Lê Thị Mĩ", "Lê Thị Mỹ", True),
        ("Ông Lê  Văn A. (Tí)", "Lê Văn A", True),
        ("Lê Văn An", "Lê Văn Ân", False),
        ("Lê An", "Lê Văn An", False),
    ],
)
def test_same_name(a, b, same):
    assert same_name(a, b) is same


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("01/01/1950", "1950", True),
        ("05/1950", "17/05/1950", True),
        ("1950-05-17", "17/05/1950", True),
        ("17/05/1950", "05/17/1950", False),
        ("1951", "17/05/1950", False),
    ],
)
def test_same_date(a, b, same):
    assert same_date(a, b) is same
