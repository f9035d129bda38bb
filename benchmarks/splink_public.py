"""FEBRL 3, FEBRL 4 (link) and fake_1000 -> Splink's pairs and clusters, hand-tuned per data set.

    python -m benchmarks.splink_public febrl3 OUT [--without soc_sec_id]
    python -m benchmarks.splink_public febrl4 OUT
    python -m benchmarks.splink_public fake_1000 OUT

The comparisons follow Splink's own worked examples of these sets, with more blocking rules and
levels added until the best F1 stopped rising. Run with the interpreter that has Splink.
"""

import argparse
from pathlib import Path

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import SettingsCreator, block_on

from benchmarks import datasets
from benchmarks.measure import Stopwatch
from benchmarks.splink_run import Recipe, connect, run


def febrl_recipe(link_type: str, without: list[str]) -> Recipe:
    """Names may be swapped between their columns; ids and dates carry one or two wrong digits."""
    comparisons = [
        cl.ForenameSurnameComparison("given_name", "surname").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("street_number", [1]),
        cl.JaroWinklerAtThresholds("address_1", [0.9, 0.75]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("address_2", [0.9, 0.75]),
        cl.JaroWinklerAtThresholds("suburb", [0.9, 0.75]).configure(term_frequency_adjustments=True),
        cl.ExactMatch("state"),
    ]
    rules = [
        ("soc_sec_id",),
        ("date_of_birth",),
        ("given_name", "surname"),
        ("given_name", "postcode"),
        ("surname", "postcode"),
        ("given_name", "street_number"),
        ("surname", "street_number"),
        ("address_1",),
        ("address_2", "postcode"),
        ("suburb", "street_number"),
        ("suburb", "given_name"),
        ("suburb", "surname"),
        ("postcode", "street_number"),
        ("substr(date_of_birth, 1, 6)", "state"),
        ("substr(surname, 1, 3)", "substr(given_name, 1, 3)"),
        ("substr(surname, 1, 3)", "substr(date_of_birth, 1, 4)"),
        ("substr(given_name, 1, 3)", "substr(date_of_birth, 1, 4)"),
        ("substr(date_of_birth, 5, 4)", "state"),
    ]
    if "soc_sec_id" not in without:
        comparisons.append(cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]))
    blocking = [block_on(*rule) for rule in rules if not set(rule) & set(without)]
    blocking += [  # names entered in each other's column
        _swapped("l.given_name = r.surname", "l.surname = r.given_name"),
        _swapped("l.given_name = r.surname", "l.postcode = r.postcode"),
    ]
    deterministic = [
        block_on("given_name", "surname", "date_of_birth"),
        block_on("date_of_birth", "address_1", "street_number"),
        block_on("surname", "date_of_birth", "postcode"),
    ] + ([] if "soc_sec_id" in without else [block_on("soc_sec_id")])
    return Recipe(
        settings=_settings(link_type, comparisons, blocking),
        deterministic_rules=deterministic,
        deterministic_recall=0.7 if "soc_sec_id" in without else 0.85,
        u_max_pairs=1e6,
        em_rules=[block_on("date_of_birth"), block_on("postcode"), block_on("address_1")],
        predict_above_weight=-20.0,
    )


def fake_1000_recipe() -> Recipe:
    """Few columns and much damage: everything rests on many blocking rules."""
    comparisons = [
        cl.ForenameSurnameComparison("first_name", "surname", jaro_winkler_thresholds=[0.92, 0.8]),
        cl.CustomComparison(
            output_column_name="dob",
            comparison_levels=[
                cll.NullLevel("dob"),
                cll.ExactMatchLevel("dob"),
                cll.DamerauLevenshteinLevel("dob", 1),
                cll.CustomLevel("substr(dob_l, 1, 4) = substr(dob_r, 1, 4)"),
                cll.CustomLevel("substr(dob_l, 6, 5) = substr(dob_r, 6, 5)"),
                cll.ElseLevel(),
            ],
        ),
        cl.DamerauLevenshteinAtThresholds("city", [1, 2]).configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ]
    rules = [
        ("email",),
        ("first_name", "surname"),
        ("first_name", "dob"),
        ("surname", "dob"),
        ("first_name", "city"),
        ("surname", "city"),
        ("dob",),
        ("first_name",),
        ("surname",),
        ("city", "substr(dob, 1, 4)"),
        ("substr(email, 1, 5)",),
    ]
    blocking = [block_on(*rule) for rule in rules]
    blocking.append(_swapped("l.first_name = r.surname", "l.city = r.city"))
    blocking.append(_swapped("l.first_name = r.surname", "l.surname = r.first_name"))
    return Recipe(
        settings=_settings("dedupe_only", comparisons, blocking),
        deterministic_rules=[
            block_on("first_name", "surname", "dob"),
            block_on("email"),
            "l.first_name = r.surname and l.surname = r.first_name and l.dob = r.dob",
        ],
        deterministic_recall=0.7,
        u_max_pairs=1e6,
        em_rules=[block_on("dob"), block_on("email"), block_on("first_name", "surname")],
        predict_above_weight=-20.0,
    )


def _swapped(*conditions: str) -> str:
    return " and ".join(conditions)


def _settings(link_type: str, comparisons: list, rules: list) -> SettingsCreator:
    return SettingsCreator(
        link_type=link_type,
        unique_id_column_name="record_id",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
        em_convergence=0.001,
    )


def main() -> None:
    """Run one data set and write pairs, clusters and timing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=["febrl3", "febrl4", "fake_1000"])
    parser.add_argument("out", type=Path)
    parser.add_argument("--without", default="", help="columns to leave out, comma-separated")
    options = parser.parse_args()
    dropped = [column for column in options.without.split(",") if column]
    paths = getattr(datasets, options.name)()
    paths = [paths] if isinstance(paths, Path) else list(paths)
    watch = Stopwatch()
    with watch.step("read"):
        connection = connect()
        tables = ["register"] if len(paths) == 1 else ["left_register", "right_register"]
        exclude = f"EXCLUDE ({', '.join(['entity', *dropped])})"
        for table, path in zip(tables, paths, strict=True):
            connection.execute(f"CREATE TABLE {table} AS SELECT * {exclude} FROM '{path}'")
    link_type = "link_only" if len(paths) > 1 else "dedupe_only"
    recipe = fake_1000_recipe() if options.name == "fake_1000" else febrl_recipe(link_type, dropped)
    print(run(connection, tables, recipe, options.out, watch))


if __name__ == "__main__":
    main()
