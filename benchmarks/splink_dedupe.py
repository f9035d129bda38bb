"""A register of citizens -> Splink's pairs and clusters with settings tuned by hand for it.

    python -m benchmarks.splink_dedupe register.parquet OUT [--without id_number,...] [--threads 2]

Run with the interpreter that has Splink. Folding the names and parsing the dates happens in DuckDB
and is counted; so are training, prediction and clustering. With --count-candidates the blocked
pairs are compared with the column `entity` after the clock has stopped.
"""

import argparse
from pathlib import Path

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import SettingsCreator, block_on

from benchmarks.measure import Stopwatch
from benchmarks.splink_run import Recipe, connect, run

NAMES = ("full_name", "mother_name", "father_name", "spouse_name")
PLACES = ("birth_province", "street", "commune", "district", "province")
IDENTIFIERS = ("id_number", "old_id_number", "health_insurance_number", "tax_code")

# What a rule needs is what its columns are called before derivation: see DERIVED_FROM.
BLOCKING_RULES = (
    ("id_number",),
    ("old_id_number",),
    ("health_insurance_number",),
    ("tax_code",),
    ("dob", "given"),
    ("dob", "family"),
    ("name", "birth_year"),
    ("name", "birth_month_day"),
    ("name", "birth_province"),
    ("name", "commune"),
    ("name", "mother"),
    ("phone", "given"),
    ("phone", "birth_year"),
    ("mother", "given", "birth_year"),
    ("mother", "dob"),
    ("father", "given", "birth_year"),
    ("dob", "commune"),
    ("household_id", "given"),
)
DERIVED_FROM = {
    "name": "full_name",
    "given": "full_name",
    "family": "full_name",
    "dob": "date_of_birth",
    "birth_year": "date_of_birth",
    "birth_month_day": "date_of_birth",
    "mother": "mother_name",
    "father": "father_name",
    "spouse": "spouse_name",
}


def prepare(connection: duckdb.DuckDBPyConnection, path: Path, without: list[str]) -> set[str]:
    """Read the file and derive the columns that rules and comparisons use; which columns came."""
    present = {row[0] for row in connection.execute(f"DESCRIBE FROM '{path}'").fetchall()}
    present -= {*without, "entity"}
    select = ["CAST(record_id AS VARCHAR) AS record_id"]
    if "full_name" in present:
        folded = _folded("full_name")
        select += [
            "nullif(nfc_normalize(lower(trim(full_name))), '') AS name_raw",
            f"{folded} AS name",
            f"regexp_extract({folded}, '([^ ]+)$', 1) AS given",
            f"regexp_extract({folded}, '^([^ ]+)', 1) AS family",
        ]
    if "date_of_birth" in present:
        iso = _iso_date("date_of_birth")
        select += [
            f"CASE WHEN length({iso}) = 10 THEN {iso} END AS dob",
            f"nullif(left({iso}, 4), '') AS birth_year",
            f"CASE WHEN length({iso}) = 10 THEN right({iso}, 5) END AS birth_month_day",
        ]
    for column, short in (
        ("mother_name", "mother"),
        ("father_name", "father"),
        ("spouse_name", "spouse"),
    ):
        if column in present:
            select.append(f"{_folded(column)} AS {short}")
    select += [f"{_folded(c)} AS {c}" for c in PLACES if c in present]
    for column in (*IDENTIFIERS, "household_id"):
        if column in present:
            text = f"CAST({column} AS VARCHAR)"
            select.append(
                f"nullif(upper(regexp_replace({text}, '[^0-9A-Za-z]', '', 'g')), '') AS {column}"
            )
    if "phone" in present:
        digits = "regexp_replace(CAST(phone AS VARCHAR), '[^0-9]', '', 'g')"
        select.append(f"nullif(regexp_replace({digits}, '^(84|0084)', '0'), '') AS phone")
    if "sex" in present:
        select.append("nullif(lower(trim(CAST(sex AS VARCHAR))), '') AS sex")
    connection.execute(f"CREATE TABLE register AS SELECT {', '.join(select)} FROM '{path}'")
    return present


def recipe(present: set[str]) -> Recipe:
    """Comparisons and rules for the columns that came."""
    comparisons = []
    if "full_name" in present:
        comparisons.append(_name_comparison())
    if "date_of_birth" in present:
        comparisons.append(_date_comparison())
    if "sex" in present:
        comparisons.append(cl.ExactMatch("sex"))
    for column in IDENTIFIERS:
        if column in present:
            comparisons.append(cl.DamerauLevenshteinAtThresholds(column, [1, 2]))
    if "phone" in present:
        comparisons.append(cl.DamerauLevenshteinAtThresholds("phone", [1]))
    for column in ("mother", "father", "spouse"):
        if f"{column}_name" in present:
            comparison = cl.JaroWinklerAtThresholds(column, [0.95, 0.85])
            comparisons.append(comparison.configure(term_frequency_adjustments=True))
    if "birth_province" in present:
        comparison = cl.ExactMatch("birth_province")
        comparisons.append(comparison.configure(term_frequency_adjustments=True))
    if {"commune", "district", "province"} <= present:
        comparisons.append(_address_comparison())
    if "street" in present:
        comparisons.append(cl.JaroWinklerAtThresholds("street", [0.92]))
    needed = {rule: {DERIVED_FROM.get(c, c) for c in rule} for rule in BLOCKING_RULES}
    rules = [block_on(*rule) for rule in BLOCKING_RULES if needed[rule] <= present]
    deterministic = [
        block_on(*rule)
        for rule in (
            ("id_number", "birth_year"),
            ("name", "dob", "mother"),
            ("name", "dob", "commune"),
            ("phone", "name"),
            ("old_id_number", "dob"),
        )
        if {DERIVED_FROM.get(c, c) for c in rule} <= present
    ]
    return Recipe(
        settings=SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="record_id",
            comparisons=comparisons,
            blocking_rules_to_generate_predictions=rules,
            retain_matching_columns=False,
            em_convergence=0.001,
        ),
        deterministic_rules=deterministic,
        deterministic_recall=0.85,
        em_rules=[block_on("dob", "given"), block_on("name", "birth_province")]
        + ([block_on("phone")] if "phone" in present else []),
        em_options={"max_pairs": 2e6, "record_sample_proportion": 0.1},
        u_max_pairs=2e6,
        predict_above_weight=-5.0,
    )


def _name_comparison() -> cl.CustomComparison:
    """With diacritics, folded, close, same given and family name, same given name."""
    both = "given_l = given_r AND family_l = family_r"
    return cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            cll.NullLevel("name"),
            cll.ExactMatchLevel("name_raw").configure(tf_adjustment_column="name"),
            cll.ExactMatchLevel("name").configure(tf_adjustment_column="name"),
            cll.JaroWinklerLevel("name", 0.95),
            cll.CustomLevel(both, label_for_charts="given and family name"),
            cll.JaroWinklerLevel("name", 0.88),
            cll.CustomLevel("given_l = given_r", label_for_charts="given name").configure(
                tf_adjustment_column="given"
            ),
            cll.ElseLevel(),
        ],
    )


def _date_comparison() -> cl.CustomComparison:
    """Whole date, day and month swapped, one digit, same day of another year, same year."""
    swapped = "dob_l = left(dob_r, 4) || '-' || right(dob_r, 2) || '-' || substr(dob_r, 6, 2)"
    partial = "(dob_l IS NULL OR dob_r IS NULL) AND birth_year_l = birth_year_r"
    return cl.CustomComparison(
        output_column_name="date_of_birth",
        comparison_levels=[
            cll.NullLevel("birth_year"),
            cll.ExactMatchLevel("dob"),
            cll.CustomLevel(partial, label_for_charts="same year, one date is partial"),
            cll.CustomLevel(swapped, label_for_charts="day and month swapped"),
            cll.DamerauLevenshteinLevel("dob", 1),
            cll.ExactMatchLevel("birth_month_day"),
            cll.ExactMatchLevel("birth_year"),
            cll.DamerauLevenshteinLevel("dob", 2),
            cll.ElseLevel(),
        ],
    )


def _address_comparison() -> cl.CustomComparison:
    return cl.CustomComparison(
        output_column_name="address",
        comparison_levels=[
            cll.And(cll.NullLevel("commune"), cll.NullLevel("district"), cll.NullLevel("province")),
            cll.And(cll.ExactMatchLevel("commune"), cll.ExactMatchLevel("province")),
            cll.ExactMatchLevel("commune"),
            cll.And(cll.ExactMatchLevel("district"), cll.ExactMatchLevel("province")),
            cll.ExactMatchLevel("province"),
            cll.ElseLevel(),
        ],
    )


def _folded(column: str) -> str:
    """Small letters without diacritics, single spaces; đ has no decomposition."""
    plain = f"strip_accents(nfc_normalize(replace(lower(CAST({column} AS VARCHAR)), 'đ', 'd')))"
    return f"nullif(trim(regexp_replace({plain}, '[^a-z0-9]+', ' ', 'g')), '')"


def _iso_date(column: str) -> str:
    """The usual spellings of a date -> 1990-05-12, 1990-05 or 1990; otherwise null."""
    text = f"trim(CAST({column} AS VARCHAR))"
    day_first = r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$"
    return f"""CASE
        WHEN regexp_full_match({text}, '\\d{{4}}(-\\d{{2}}){{0,2}}') THEN {text}
        WHEN regexp_full_match({text}, '{day_first}') THEN
            regexp_extract({text}, '{day_first}', 3)
            || '-' || lpad(regexp_extract({text}, '{day_first}', 2), 2, '0')
            || '-' || lpad(regexp_extract({text}, '{day_first}', 1), 2, '0')
        WHEN regexp_full_match({text}, '\\d{{1,2}}[-/.]\\d{{4}}') THEN
            right({text}, 4) || '-' || lpad(regexp_extract({text}, '^(\\d+)', 1), 2, '0')
        WHEN regexp_full_match({text}, '\\d{{8}}') THEN
            left({text}, 4) || '-' || substr({text}, 5, 2) || '-' || right({text}, 2)
    END"""


def main() -> None:
    """Run and write pairs.parquet, clusters.parquet, model.json, timing.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("register", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--without", default="", help="columns to leave out, comma-separated")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--count-candidates", action="store_true")
    options = parser.parse_args()
    dropped = [column for column in options.without.split(",") if column]
    watch = Stopwatch()
    with watch.step("prepare"):
        connection = connect(threads=options.threads)
        present = prepare(connection, options.register, dropped)
    truth = options.register if options.count_candidates else None
    print(run(connection, ["register"], recipe(present), options.out, watch, truth=truth))


if __name__ == "__main__":
    main()
