"""A register's file -> a table of DuckDB with folded names, ISO dates and tidy numbers, for Splink."""

from pathlib import Path

import duckdb

PLACES = ("birth_province", "street", "commune", "district", "province")
IDENTIFIERS = ("id_number", "old_id_number", "health_insurance_number", "tax_code")


def prepare(
    connection: duckdb.DuckDBPyConnection, path: Path, without: list[str], *, table: str = "register"
) -> set[str]:
    """Read the file and derive the columns that rules and comparisons use; which columns came."""
    present = {row[0] for row in connection.execute(f"DESCRIBE FROM '{path}'").fetchall()}
    present -= {*without, "entity"}
    clean = ["CAST(record_id AS VARCHAR) AS record_id"]
    derived = ["*"]
    for column, short in (
        ("full_name", "name"),
        ("mother_name", "mother"),
        ("father_name", "father"),
        ("spouse_name", "spouse"),
    ):
        if column in present:
            clean.append(f"{_folded(column)} AS {short}")
    if "full_name" in present:
        clean.append("nullif(nfc_normalize(lower(trim(full_name))), '') AS name_raw")
        derived.append("regexp_extract(name, '([^ ]+)$', 1) AS given")
        derived.append("regexp_extract(name, '^([^ ]+)', 1) AS family")
    if "date_of_birth" in present:
        clean.append(f"{_iso_date('date_of_birth')} AS iso")
        derived += [
            "CASE WHEN length(iso) = 10 THEN iso END AS dob",
            "nullif(left(iso, 4), '') AS birth_year",
            "nullif(left(iso, 3), '') AS birth_decade",
            "CASE WHEN length(iso) = 10 THEN right(iso, 5) END AS birth_month_day",
        ]
    clean += [f"{_place(c)} AS {c}" for c in PLACES if c in present]
    lengths = {"id_number": 12, "old_id_number": 9, "health_insurance_number": 10}
    for column in (*IDENTIFIERS, "household_id"):
        if column in present:
            clean.append(f"{_identifier(column, lengths.get(column))} AS {column}")
    if "phone" in present:
        digits = f"regexp_replace({_identifier('phone', None)}, '^(84|0084)', '0')"
        clean.append(f"{_padded(digits, 10)} AS phone")
    if "sex" in present:
        clean.append("nullif(lower(trim(CAST(sex AS VARCHAR))), '') AS sex")
    # A file of one row group is read by one thread; the table that it becomes, by all.
    connection.execute(f"CREATE TABLE source AS SELECT * FROM '{path}'").fetchall()
    connection.execute(
        f"CREATE TABLE {table} AS SELECT {', '.join(derived)} FROM (SELECT {', '.join(clean)} FROM source)"
    ).fetchall()
    connection.execute("DROP TABLE source").fetchall()
    return present


def _folded(column: str) -> str:
    """Small letters without diacritics, single spaces; đ has no decomposition."""
    plain = f"strip_accents(replace(lower(CAST({column} AS VARCHAR)), 'đ', 'd'))"
    return f"nullif(trim(regexp_replace({plain}, '[^a-z0-9]+', ' ', 'g')), '')"


def _place(column: str) -> str:
    """Folded, without the word for the kind of unit, which is often left out or shortened."""
    kinds = "thanh pho|thi tran|thi xa|quan|huyen|phuong|tinh|tp|tt|tx|xa|q|h|p|x|t"
    return f"nullif(regexp_replace({_folded(column)}, '^({kinds}) ', ''), '')"


def _identifier(column: str, length: int | None) -> str:
    """Letters and digits; a spreadsheet's trailing .0 goes, a lost leading zero comes back."""
    text = f"regexp_replace(upper(trim(CAST({column} AS VARCHAR))), '\\.0$', '')"
    plain = f"nullif(regexp_replace({text}, '[^0-9A-Z]', '', 'g'), '')"
    return plain if length is None else _padded(plain, length)


def _padded(text: str, length: int) -> str:
    return f"CASE WHEN length({text}) = {length - 1} THEN '0' || {text} ELSE {text} END"


def _iso_date(column: str) -> str:
    """The usual spellings of a date -> 1990-05-12, 1990-05 or 1990; otherwise null."""
    text = f"trim(CAST({column} AS VARCHAR))"
    short_year = r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{2})$"
    century = f"CASE WHEN right({text}, 2) > '26' THEN '19' ELSE '20' END"
    day_first = r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$"
    return f"""CASE
        WHEN {text}[3] = '/' AND {text}[6] = '/' AND length({text}) = 10 THEN
            right({text}, 4) || '-' || substr({text}, 4, 2) || '-' || left({text}, 2)
        WHEN regexp_full_match({text}, '\\d{{4}}(-\\d{{2}}){{0,2}}') THEN {text}
        WHEN regexp_full_match({text}, '{day_first}') THEN
            regexp_extract({text}, '{day_first}', 3)
            || '-' || lpad(regexp_extract({text}, '{day_first}', 2), 2, '0')
            || '-' || lpad(regexp_extract({text}, '{day_first}', 1), 2, '0')
        WHEN regexp_full_match({text}, '{short_year}') THEN
            {century} || right({text}, 2)
            || '-' || lpad(regexp_extract({text}, '{short_year}', 2), 2, '0')
            || '-' || lpad(regexp_extract({text}, '{short_year}', 1), 2, '0')
        WHEN regexp_full_match({text}, '\\d{{1,2}}[-/.]\\d{{4}}') THEN
            right({text}, 4) || '-' || lpad(regexp_extract({text}, '^(\\d+)', 1), 2, '0')
        WHEN regexp_full_match({text}, '\\d{{8}}') THEN
            left({text}, 4) || '-' || substr({text}, 5, 2) || '-' || right({text}, 2)
    END"""
