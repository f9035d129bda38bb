"""Queries of a foreign index under other names of its fields; queries that say nothing, and what is none."""

from pathlib import Path

import pyarrow as pa
import pytest

import linkage
from benchmarks.foreign.tables import make_table
from linkage.errors import InputError


@pytest.fixture(scope="module")
def spain(tmp_path_factory: pytest.TempPathFactory) -> linkage.Index:
    table = make_table("spain", records=600)[0].drop_columns(["entity"])
    return linkage.build_index(tmp_path_factory.mktemp("spain") / "index", table)


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> linkage.Index:
    """Names in one column, dates in three, no number."""
    table = make_table("spain", records=600)[0]
    rows = table.to_pylist()
    parts = [(r["fecha_nac"] or "//").split("/") for r in rows]
    columns = {
        "record_id": table["record_id"],
        "Nombre completo": [" ".join(r[c] for c in ("nombre", "apellido1") if r[c]) for r in rows],
        **{name: [p[k] or None for p in parts] for k, name in enumerate(("dia", "mes", "anio"))},
        "municipio": table["municipio"],
    }
    return linkage.build_index(tmp_path_factory.mktemp("split") / "index", pa.table(columns))


def first(index: linkage.Index) -> tuple[str, dict[str, str]]:
    """A record with all that is asked for below."""
    wanted = [f.name for f in index.schema.fields]
    for batch in index.records():
        for row in batch.to_pylist():
            if all(row[name] for name in wanted):
                return row["record_id"], {name: row[name] for name in wanted}
    raise AssertionError


def weight(index: linkage.Index, query: dict[str, object], record_id: str) -> float:
    return next(m.match_weight for m in index.lookup(query) if m.record_id == record_id)


def test_names_in_another_language_are_the_fields_own(spain: linkage.Index) -> None:
    record_id, row = first(spain)
    own = {name: row[name] for name in ("fecha_nac", "telefono", "sexo", "direccion", "dni")}
    other = {
        "Geburtsdatum": row["fecha_nac"], "telephone": row["telefono"], "sex": row["sexo"],
        "street_address": row["direccion"], "DNI": row["dni"],
    }  # fmt: skip
    assert weight(spain, other, record_id) == weight(spain, own, record_id)


def test_a_name_that_may_mean_several_fields_or_none_is_refused(spain: linkage.Index) -> None:
    for name in ("passport", "height", "nme", "Full name", 1):
        with pytest.raises(InputError, match=rf"expected fields of nombre.*got {name!r}"):
            spain.lookup({"dni": "1", name: "x"})


def test_parts_of_names_and_dates(split: linkage.Index) -> None:
    assert [f.name for f in split.schema.fields] == ["Nombre completo", "municipio", "birth_date"]
    record_id, row = first(split)
    given, _, family = row["Nombre completo"].partition(" ")
    year, month, day = row["birth_date"].split("-")
    whole = weight(split, row, record_id)
    town = {"municipio": row["municipio"]}
    parts = {"anio": int(year), "mes": month, "dia": int(day)}
    assert weight(split, {**town, "Nombre completo": row["Nombre completo"], **parts}, record_id) == whole
    written = {"given_name": given, "surname": family, "dob": f"{day}.{month}.{year}"}
    assert weight(split, {**town, **written}, record_id) == whole
    with pytest.raises(InputError, match="got list"):
        split.lookup({"anio": [1980], "mes": 1, "dia": 1})


def test_tables_of_queries_have_headers_of_their_own(split: linkage.Index) -> None:
    _, row = first(split)
    given, _, family = row["Nombre completo"].partition(" ")
    year, month, day = row["birth_date"].split("-")
    table = pa.table({"vorname": [given], "nachname": [family], "geburtsdatum": [f"{day}.{month}.{year}"]})
    (answer,) = split.lookup_many(table).to_pylist()
    query = {"Nombre completo": row["Nombre completo"], "birth_date": row["birth_date"]}
    assert answer["match_weight"] == split.lookup(query)[0].match_weight


def test_a_query_that_says_nothing_has_no_answer(spain: linkage.Index) -> None:
    for query in ({}, {"nombre": ""}, {"nombre": None, "dni": None}, {"fecha_nac": float("nan")}):
        assert not spain.lookup(query)
        assert not spain.lookup(query, exhaustive=True)
    blank = pa.table({"nombre": pa.array([None, ""], pa.string())})
    assert spain.lookup_many(blank).num_rows == 0


def test_what_is_no_query(spain: linkage.Index) -> None:
    for query in ("nombre", ["nombre"], None, 3):
        for ask in (spain.lookup, spain.verify):
            with pytest.raises(InputError, match="expected a mapping"):
                ask(query)  # type: ignore[operator]
    for limit in (0, -1):
        with pytest.raises(InputError, match="expected a limit of 1 to"):
            spain.lookup({"nombre": "ana"}, limit=limit)
    for value in (None, 1.5, True, b"1"):
        with pytest.raises(InputError, match="text or a whole number"):
            spain.get("dni", value)  # type: ignore[arg-type]


def test_any_one_field_and_any_length(spain: linkage.Index) -> None:
    record_id, row = first(spain)
    for name, value in row.items():
        found = spain.lookup({name: value}, limit=600)
        assert found and found[0].match_weight == weight(spain, {name: value}, found[0].record_id)
        spain.lookup({name: "x" * 100_000})
        assert all(m.match_weight < -15 for m in spain.lookup({"dni": "no such number"}))
    assert spain.lookup({name: f"\0{value}\0" for name, value in row.items()})
    assert record_id in {m.record_id for m in spain.lookup(row)}


def test_verify_of_another_country(spain: linkage.Index, split: linkage.Index, tmp_path: Path) -> None:
    _, row = first(spain)
    assert spain.verify(row).code == "KHOP"
    assert spain.verify({"DNI": row["dni"], "date of birth": row["fecha_nac"]}).code == "KHOP"
    assert spain.verify({**row, "apellido1": "Zzyzx"}).code == "LECH_APELLIDO1"
    assert spain.verify({**row, "dni": "00012345X"}).code == "SO_KHONG_TON_TAI"
    assert spain.verify({"nombre": row["nombre"]}).code == "THIEU_SO"
    table = pa.Table.from_pylist([row, {**row, "fecha_nac": "01/01/1901"}])
    assert spain.verify_many(table)["code"].to_pylist() == ["KHOP", "LECH_FECHA_NAC"]
    for ask in (split.verify, split.verify_many):
        with pytest.raises(InputError, match="expected an index with a number of each person"):
            ask({"municipio": "x"} if ask == split.verify else pa.table({"municipio": ["x"]}))
