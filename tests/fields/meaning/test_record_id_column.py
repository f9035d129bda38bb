"""Columns that name records without a usual header, and numbers of people that two tables have in common."""

import numpy as np
import pyarrow as pa
import pytest

import linkage
from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.record_id_column import record_id_of
from linkage.fields.reconcile.matching import match_schemas
from linkage.tables.opening import open_source
from tests.fields.people import people

N = 300
NUMBERS = [str(n) for n in np.random.default_rng(1).choice(10**9, 2 * N, replace=False) + 10**9]


def tables(left, right, ids, ids_right):
    """Two tables of the same people in another order, their ids under these headers first."""
    rows = people(N)[:N]
    names, born = ([row[field] for row in rows] for field in ("full_name", "date_of_birth"))
    held = {"full name": names, "birth date": born}
    order = np.random.default_rng(2).permutation(N)
    return pa.table({left: ids, **held}), pa.table({right: ids_right, **held}).take(order)


def test_each_table_of_a_link_has_its_own_column_of_ids():
    ours, theirs = [f"C{k}" for k in range(N)], [f"S{k}" for k in range(N)]
    pairs = linkage.link(*tables("census_person_id", "survey_person_id", ours, theirs)).pairs
    assert len(pairs) > N / 2
    left, right = pairs["record_id_l"].to_pylist(), pairs["record_id_r"].to_pylist()
    assert set(left) <= set(ours) and set(right) <= set(theirs)
    assert np.mean([a[1:] == b[1:] for a, b in zip(left, right, strict=True)]) > 0.9


@pytest.mark.parametrize("header", ["national_id", "nhs_number", "patient_id"])
def test_a_number_that_both_tables_hold_names_records_and_tells_people(header):
    first, second = tables(header, header, NUMBERS[:N], NUMBERS[:N])
    found = match_schemas(open_source(first), open_source(second))
    assert found.record_id == header and found[header].kind == "identifier"
    pairs = linkage.link(first, second).pairs
    sure = pairs.filter(pa.compute.greater(pairs["match_probability"], 0.95))
    assert sure["record_id_l"].to_pylist() == sure["record_id_r"].to_pylist() and len(sure) == N


@pytest.mark.parametrize(
    ("ids", "ids_right"),
    [
        ([str(k) for k in range(N)], [str(k) for k in range(N)]),  # both count their records
        (NUMBERS[:N], NUMBERS[N:]),  # nobody has the other's number
    ],
)
def test_numbers_of_each_table_alone_tell_nobody(ids, ids_right):
    first, second = tables("patient_id", "patient_id", ids, ids_right)
    found = match_schemas(open_source(first), open_source(second))
    assert found.record_id == "patient_id" and "patient_id" not in found


def test_a_table_with_few_records_shares_too_few():
    first, second = tables("patient_id", "patient_id", NUMBERS[:N], NUMBERS[:N])
    assert "patient_id" not in match_schemas(open_source(first), open_source(second.slice(0, 3)))
    assert "patient_id" not in match_schemas(open_source(first.slice(0, 3)), open_source(second))


def test_inside_one_table_a_number_that_names_each_record_tells_nothing():
    first, _ = tables("national_id", "national_id", NUMBERS[:N], NUMBERS[:N])
    found = detect_schema(open_source(first))
    assert found.record_id == "national_id" and "national_id" not in found


@pytest.mark.parametrize(
    ("header", "is_id"),
    [
        *((header, True) for header in ("客户号", "客户编号", "고객번호", "รหัสลูกค้า", "cif", "Kundennummer")),
        *((header, True) for header in ("Contact ID", "ContactID", "contact_id")),
        *((header, False) for header in ("手机号", "身份证号", "id card", "full name", "town")),
    ],
)
def test_first_columns_of_other_countries(header, is_id):
    table = pa.table({header: NUMBERS[:9], "born": ["1/2/1980"] * 9})
    assert record_id_of(open_source(table), table.column_names) == (header if is_id else None)


COUNTED = [str(k) for k in range(1000, 1100)]
SHUFFLED = COUNTED[::3] + COUNTED[1::3] + COUNTED[2::3]


@pytest.mark.parametrize("header", ["№", "ref", "nu_registro", "DOCNO", "folio", "customer", "cod_cliente"])
@pytest.mark.parametrize("values", [COUNTED, SHUFFLED, [f"R{k:05d}" for k in range(60)]])
def test_a_first_column_that_counts_its_records_names_them_whatever_its_header(header, values):
    table = pa.table({header: values, "born": ["1/2/1980"] * len(values)})
    assert record_id_of(open_source(table), table.column_names) == header


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("ref", [*COUNTED, COUNTED[0]]),  # one twice
        ("ref", [*COUNTED, None]),
        ("ref", COUNTED[:9]),  # too few to show
        ("ref", [str(int(k) ** 3) for k in COUNTED]),  # no count
        ("ref", [f"{'AB'[int(k) % 2]}{k}" for k in COUNTED]),
        ("zip", COUNTED),
        ("phone", COUNTED),
        ("born in", COUNTED),
        ("surname", [f"K{k}" for k in COUNTED]),
        ("mrn", COUNTED),  # may tell people of another table
    ],
)
def test_what_is_no_count_or_means_something_names_no_record(header, values):
    table = pa.table({header: values, "born": ["1/2/1980"] * len(values)})
    assert record_id_of(open_source(table), table.column_names) is None


@pytest.mark.parametrize("is_known", [True, False])
def test_a_table_that_is_too_large_is_not_looked_through(monkeypatch, is_known):
    source = open_source(pa.table({"customer_no": NUMBERS}))
    source.n_records = len(NUMBERS) if is_known else None
    assert record_id_of(source, ["customer_no"]) == "customer_no"
    monkeypatch.setattr("linkage.fields.meaning.record_id_column.LARGEST", len(NUMBERS) - 1)
    assert record_id_of(source, ["customer_no"]) is None
