"""A register of citizens -> Splink's pairs and clusters with settings tuned by hand for it.

    python -m benchmarks.splink_dedupe register.parquet OUT [--without id_number,...] [--threads 2]
        [--loosened]

Run with the interpreter that has Splink. Folding the names and parsing the dates happens in DuckDB
and is counted; so are training, prediction and clustering. With --count-candidates the blocked
pairs are compared with the column `entity` after the clock has stopped. --loosened adds rules that
bring together what the hand-tuned ones leave apart, whatever it costs.
"""

import argparse
from pathlib import Path

from splink import SettingsCreator, block_on

from benchmarks.measure import Stopwatch
from benchmarks.splink_columns import prepare
from benchmarks.splink_comparisons import comparisons_for
from benchmarks.splink_run import Recipe, connect, run

# What a rule needs is what its columns are called before derivation: see DERIVED_FROM.
BLOCKING_RULES = (
    ("id_number",),
    ("old_id_number",),
    ("health_insurance_number",),
    ("tax_code",),
    ("dob", "given"),
    ("dob", "family", "birth_province"),
    ("name", "birth_year"),
    ("name", "birth_month_day"),
    ("name", "birth_province", "birth_decade"),
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
LOOSENED_RULES = (
    ("dob",),
    ("name",),
    ("birth_month_day", "given"),
    ("birth_month_day", "family", "birth_province"),
    ("given", "birth_year", "birth_province"),
    ("given", "birth_year", "commune"),
    ("family", "birth_year", "commune"),
    ("given", "street"),
    ("birth_year", "street"),
    ("mother", "given"),
    ("mother", "birth_year"),
    ("father", "given"),
    ("father", "birth_year"),
    ("spouse", "given"),
    ("spouse", "birth_year"),
)
DERIVED_FROM = {
    "name": "full_name",
    "given": "full_name",
    "family": "full_name",
    "dob": "date_of_birth",
    "birth_year": "date_of_birth",
    "birth_decade": "date_of_birth",
    "birth_month_day": "date_of_birth",
    "mother": "mother_name",
    "father": "father_name",
    "spouse": "spouse_name",
}


def recipe(present: set[str], *, link_type: str = "dedupe_only", loosened: bool = False) -> Recipe:
    """Comparisons and rules for the columns that came."""
    every_rule = (*BLOCKING_RULES, *LOOSENED_RULES) if loosened else BLOCKING_RULES

    def needs(rule: tuple[str, ...]) -> set[str]:
        return {DERIVED_FROM.get(column, column) for column in rule}

    rules = [block_on(*rule) for rule in every_rule if needs(rule) <= present]
    train_names = ("id_number",) if "id_number" in present else ("dob", "birth_province")
    em_rules = (("dob", "given"), ("name", "mother"), train_names)
    if {"id_number", "old_id_number"} <= present:
        rules += ["l.id_number = r.old_id_number", "l.old_id_number = r.id_number"]
    deterministic = [
        block_on(*rule)
        for rule in (
            ("id_number", "birth_year"),
            ("name", "dob", "mother"),
            ("name", "dob", "commune"),
            ("phone", "name"),
            ("old_id_number", "dob"),
        )
        if needs(rule) <= present
    ]
    return Recipe(
        settings=SettingsCreator(
            link_type=link_type,
            unique_id_column_name="record_id",
            comparisons=comparisons_for(present),
            blocking_rules_to_generate_predictions=rules,
            retain_matching_columns=False,
            em_convergence=0.001,
        ),
        deterministic_rules=deterministic,
        deterministic_recall=0.85,
        # Not the phone or the mother: families share them, and EM would learn siblings.
        em_rules=[block_on(*rule) for rule in em_rules if needs(rule) <= present],
        em_options={
            "max_pairs": 5e5,
            "record_sample_proportion": 0.1,
            "estimate_without_term_frequencies": True,
        },
        u_max_pairs=1e6,
        u_options={"num_chunks": 1},
        predict_above_weight=-5.0,
    )


def main() -> None:
    """Run and write pairs.parquet, clusters.parquet, model.json, timing.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("register", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--without", default="", help="columns to leave out, comma-separated")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--count-candidates", action="store_true")
    parser.add_argument("--loosened", action="store_true")
    options = parser.parse_args()
    dropped = [column for column in options.without.split(",") if column]
    watch = Stopwatch()
    with watch.step("prepare"):
        connection = connect(threads=options.threads)
        present = prepare(connection, options.register, dropped)
    truth = options.register if options.count_candidates else None
    print(
        run(
            connection,
            ["register"],
            recipe(present, loosened=options.loosened),
            options.out,
            watch,
            truth=truth,
        )
    )


if __name__ == "__main__":
    main()
