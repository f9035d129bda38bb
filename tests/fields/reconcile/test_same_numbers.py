"""Of several numbers in one table that one meets the other table's which holds its values."""

import pyarrow as pa

from linkage.fields.reconcile.matching import match_schemas
from linkage.fields.reconcile.same_numbers import same_numbers
from linkage.tables.opening import open_source

NAMES = [f"{'ABCDEFGH'[k % 8]}nna {'KLMNP'[k % 5]}ern{'xyz'[k % 3]}" for k in range(300)]
BOOKED = [f"{'QRSTVWXZ'[k % 8]}{k * 7919 % 100_000:05d}" for k in range(300)]
PASSPORTS = [f"{k * 7_654_321 % 900_000_000 + 100_000_000}" for k in range(300)]
PASSENGERS = pa.table({"pnr": BOOKED, "name": NAMES, "doc_no": PASSPORTS})


def met(passports):
    people = pa.table({"full_name": NAMES, "passport_number": passports})
    fields = match_schemas(open_source(PASSENGERS), open_source(people)).fields
    return {f.name for f in fields if "passport_number" in f.columns}


def test_a_passport_meets_the_document_not_the_booking():
    assert met(PASSPORTS) == {"doc_no"}


def test_headers_decide_where_no_values_are_shared():
    assert met([f"{int(p) + 1}" for p in PASSPORTS]) == {"pnr"}


def test_one_number_each_is_not_looked_at():
    source = open_source(pa.table({"a": PASSPORTS}))
    assert same_numbers(source, ["a"], source, ["a"]) == {}


def test_numbers_that_two_columns_hold_tell_nothing():
    both = open_source(pa.table({"a": PASSPORTS, "b": PASSPORTS}))
    assert same_numbers(both, ["a", "b"], open_source(pa.table({"c": PASSPORTS})), ["c"]) == {}
