"""Forms in tables: as one by one; numbers that have ended; no stored value; false alarms."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linkage
from linkage.errors import InputError
from linkage.population.acceptance import strict_mismatches
from linkage.search.verify import verify
from linkage.search.verify_many import FormTable, verify_many
from tests.search.register import Register

FIELDS = ("full_name", "date_of_birth", "sex", "id_number", "old_id_number", "birth_province", "phone")
Rows = list[tuple[str, dict[str, Any]]]


def one_by_one(parts: Any, forms: list[dict[str, Any]], standing: Any = None) -> Rows:
    found = [verify(parts, form, standing) for form in forms]
    return [(item.code, item.fields) for item in found]


def rows_of(table: pa.Table) -> Rows:
    rows = []
    for row in table.to_pylist():
        verdicts = {k.removeprefix("verdict_"): v for k, v in row.items() if k.startswith("verdict_")}
        rows.append((row["code"], {k: v for k, v in verdicts.items() if v is not None}))
        assert row["agrees"] == row["code"].startswith("KHOP")
    return rows


@pytest.mark.parametrize("threads", [1, 3])
def test_many_are_one_by_one(register: Register, threads: int) -> None:
    forms = [{name: claim[name] for name in FIELDS} for claim in register.claims]
    forms += [{name: record[name] for name in FIELDS} for record in register.records[::3]]
    forms[3] = dict.fromkeys(FIELDS)
    forms[5] |= {"full_name": "Nguyeenx Vawn Hungf", "date_of_birth": "hôm qua"}
    forms[6] |= {"id_number": "12345", "old_id_number": None}
    table = pa.Table.from_pylist(forms)
    expected = one_by_one(register.parts, forms)
    assert rows_of(verify_many(register.parts, table, threads=threads)) == expected
    codes = {code for code, _ in expected}
    assert {"KHOP", "KHOP_CHUAN_HOA", "KHOP_MOT_PHAN", "LECH_HO_TEN", "SO_KHONG_TON_TAI", "THIEU_SO"} <= codes


TEXTS = st.text(alphabet="Nguyễn Hoà 0123-/.'à|", max_size=12)
VALUES = st.none() | TEXTS | st.tuples(st.integers(0, 99), st.sampled_from(FIELDS))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUES)), max_size=6))
def test_forms_of_any_texts(register: Register, drawn: list[dict[str, Any]]) -> None:
    """Records of one number, mended numbers, the other number's place, texts that say nothing."""
    live = register.live()[:100]
    forms = [{k: live[v[0]][v[1]] if isinstance(v, tuple) else v for k, v in form.items()} for form in drawn]
    table = pa.Table.from_pylist(forms, schema=pa.schema([(k, pa.string()) for k in FIELDS]))
    assert rows_of(verify_many(register.parts, table, threads=2)) == one_by_one(register.parts, forms)


def test_pieces_other_headers_and_the_forms_own_ids(register: Register) -> None:
    forms = [{"record_id": c["record_id"], **{k: c[k] for k in FIELDS[:4]}} for c in register.claims[:90]]
    table = pa.Table.from_pylist(forms)
    renamed = table.rename_columns(["record_id", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD"])
    pieces = pa.concat_tables([renamed.slice(0, 40), renamed.slice(40)]).append_column(
        "x", pa.array(np.arange(90))
    )
    found = verify_many(register.parts, pieces)
    assert rows_of(found) == one_by_one(register.parts, [{k: f[k] for k in FIELDS[:4]} for f in forms])
    assert found["record_id"].to_pylist() == [f["record_id"] for f in forms]
    assert found["query"].to_pylist() == list(range(90))


def test_tables_that_do_not_fit(register: Register) -> None:
    with pytest.raises(InputError, match="expected a column of full_name"):
        verify_many(register.parts, pa.table({"nothing": ["x"]}))
    empty = verify_many(register.parts, pa.table({"id_number": pa.array([], pa.string())}))
    assert empty.num_rows == 0 and "verdict_id_number" in empty.column_names
    with pytest.raises(InputError, match="expected an index with records"):
        FormTable((), empty)


def test_no_stored_value_is_in_the_answer(register: Register) -> None:
    live = [r for r in register.live() if r["id_number"]][:200]
    forms = [{"id_number": r["id_number"], "full_name": "x y", "date_of_birth": "1901"} for r in live]
    found = verify_many(register.parts, pa.Table.from_pylist(forms))
    shown = {value for column in found.drop(["query", "agrees"]).columns for value in column.to_pylist()}
    assert len(shown) < 12 and not shown & {r[k] for r in live for k in r}


# ------------------------------------------------------------------------------ numbers that have ended


@pytest.fixture(scope="module")
def index(register: Register, tmp_path_factory: pytest.TempPathFactory) -> linkage.Index:
    """People of whom some have died, some have a new number, and some an old one beside their own."""
    path = tmp_path_factory.mktemp("standing") / "people.idx"
    people = [r for r in register.records if r["id_number"] and r["full_name"]][:600]
    base = register.parts[0].segment
    model = linkage.Model.from_dict(json.loads(base.array("model").tobytes()))
    fields = [f.name for f in model.schema.fields]
    table = pa.Table.from_pylist([{k: r.get(k) for k in ("record_id", *fields)} for r in people])
    linkage.build_index(path, table, model)
    with linkage.open_index(path, mode="w") as writer:
        for k, record in enumerate(people[:60]):
            held = (record["record_id"], "id_number")
            if k % 5 == 0:
                writer.mark_deceased(record["record_id"], valid_to="2024-05-02")
            elif k % 5 == 1:
                writer.cancel_identifier(*held, record["id_number"])
            elif k % 5 == 2:
                writer.add_identifier(*held, f"07919900{k:04}", status="cancelled")
            elif k % 5 == 3:
                writer.add_identifier(*held, f"07919900{k:04}")
            else:
                writer.add_identifier(record["record_id"], "old_id_number", f"27145{k:04}", status="replaced")
    return linkage.open_index(path)


@pytest.mark.parametrize(
    ("k", "number", "code"),
    [
        (0, None, "DA_CHET"),
        (1, None, "SO_DA_HUY"),
        (2, "079199000002", "SO_DA_HUY"),
        (2, None, "KHOP"),
        (3, "079199000003", "KHOP_CHUAN_HOA"),
        (4, "271450004", "SO_DA_HUY"),
        (70, None, "KHOP"),
    ],
)
def test_numbers_with_a_status(
    index: linkage.Index, register: Register, k: int, number: str | None, code: str
) -> None:
    record = [r for r in register.records if r["id_number"] and r["full_name"]][k]
    form = {"full_name": record["full_name"], "id_number": number or record["id_number"]}
    found = index.verify(form)
    assert found.code == code and found.agrees == code.startswith("KHOP")
    assert found.fields["full_name"] == "match"
    assert found.fields["id_number"] == ("variant" if number else "match")
    wrong = index.verify({**form, "full_name": "Lê Văn Tám"})
    assert wrong.code == (code if code in ("DA_CHET", "SO_DA_HUY") else "LECH_HO_TEN")


def test_tables_know_the_status_too(index: linkage.Index, register: Register) -> None:
    people = [r for r in register.records if r["id_number"] and r["full_name"]][:80]
    forms = [{k: r[k] for k in FIELDS[:4]} for r in people]
    forms += [{**form, "id_number": f"07919900{k:04}"} for k, form in enumerate(forms)]
    forms += [{**form, "id_number": f"27145{k:04}"} for k, form in enumerate(forms[:80])]
    found = rows_of(index.verify_many(pa.Table.from_pylist(forms)))
    expected = [index.verify(form) for form in forms]
    assert found == [(item.code, item.fields) for item in expected]
    assert sum(code == "DA_CHET" for code, _ in found) == 12
    assert sum(code == "SO_DA_HUY" for code, _ in found) == 36
    with pytest.raises(StopIteration):
        next(index.verify_batches(pa.table({"id_number": pa.array([], pa.string())})).batches())


def test_the_dead_must_have_a_number(index: linkage.Index, tmp_path: Path) -> None:
    with linkage.open_index(index.path, mode="w") as writer:
        with pytest.raises(InputError, match="expected the id of a record that is there"):
            writer.mark_deceased("nobody")
        writer.upsert({"record_id": "nameless", "full_name": "Nguyễn Văn Không"})
        with pytest.raises(InputError, match="expected a record with an identifier"):
            writer.mark_deceased("nameless")
        writer.upsert({"record_id": "new", "full_name": "Nguyễn Văn Mới", "id_number": "001099123456"})
        writer.mark_deceased("new")
    with linkage.open_index(index.path) as reader:
        assert reader.verify({"id_number": "001099123456"}).code == "DA_CHET"


# ---------------------------------------------------------------------------------------- false alarms


def test_false_alarms_of_a_field_campaign_are_variants(tmp_path: Path) -> None:
    """Of claims that a careless program calls wrong, most are their own record, written otherwise."""
    linkage.generate(tmp_path, people=6_000, seed=5, profile="P3")
    register, claims = (pq.read_table(tmp_path / f"{n}.parquet") for n in ("register", "claims"))
    index = linkage.build_index(tmp_path / "people.idx", register)
    found = index.verify_many(claims.select(["id_number", "full_name", "date_of_birth", "sex"]))
    strict = strict_mismatches(register, claims)
    people = dict(zip(register["id_number"].to_pylist(), register["entity"].to_pylist(), strict=True))
    people |= dict(zip(register["old_id_number"].to_pylist(), register["entity"].to_pylist(), strict=True))
    numbers, truth = claims["id_number"].to_pylist(), claims["entity"].to_pylist()
    own = np.array([people.get((n or "").strip()) == e for n, e in zip(numbers, truth, strict=True)])
    agrees = found["agrees"].to_numpy()
    assert strict.mean() > 0.15
    assert agrees[strict & own].mean() > 0.75
    assert agrees[strict & ~own].mean() < 0.02
