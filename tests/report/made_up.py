"""A made-up run with everything a report can show; no person in it is real."""

import math
import random
from typing import Any

FIELDS = [
    ("full_name", "person_name", 0.9991, 612_344, 31, 0),
    ("date_of_birth", "date", 0.986, 31_870, 412, 5_210),
    ("sex", "category", 0.994, 2, 0, 0),
    ("id_number", "identifier", 0.941, 981_204, 1_922, 12_033),
    ("old_id_number", "identifier", 0.552, 560_120, 844, 20_871),
    ("phone", "phone", 0.713, 702_113, 2_381, 98_020),
    ("birth_province", "category", 0.973, 63, 12, 3_100),
    ("commune", "category", 0.962, 10_598, 0, 0),
    ("mother_name", "person_name", 0.871, 401_255, 18, 0),
    ("ethnicity", "category", 0.988, 54, 3, 0),
]
LEVELS: list[tuple[str, str | None, list[tuple[str, float, float, bool]]]] = [
    (
        "full_name",
        None,
        [
            ("exact", 0.812, 0.000_21, True),
            ("equal modulo spelling", 0.052, 0.000_04, True),
            ("one side without diacritics", 0.061, 0.000_09, True),
            ("one neighbouring syllable", 0.044, 0.0011, True),
            ("given and family name", 0.018, 0.006, False),
            ("given name only", 0.004, 0.021, False),
            ("else", 0.009, 0.971, False),
        ],
    ),
    (
        "date_of_birth",
        None,
        [
            ("exact", 0.921, 0.000_033, False),
            ("compatible at lower precision", 0.031, 0.0009, False),
            ("day and month swapped", 0.006, 0.000_03, False),
            ("one digit", 0.025, 0.0007, False),
            ("near years", 0.011, 0.06, False),
            ("else", 0.006, 0.938, False),
        ],
    ),
    (
        "id_number",
        None,
        [
            ("exact", 0.941, 0.000_000_9, False),
            ("one digit", 0.031, 0.000_002, False),
            ("else", 0.028, 0.999, False),
        ],
    ),
    ("sex", None, [("exact", 0.993, 0.502, False), ("else", 0.007, 0.498, False)]),
    ("phone", None, [("exact", 0.71, 0.000_004, True), ("else", 0.29, 0.999, False)]),
    ("birth_province", None, [("exact", 0.964, 0.024, True), ("else", 0.036, 0.976, False)]),
    ("commune", "birth_province", [("exact", 0.81, 0.012, True), ("else", 0.19, 0.988, False)]),
    ("mother_name", None, [("exact", 0.84, 0.0003, True), ("else", 0.16, 0.9997, False)]),
]
RULES = [
    ("id_number", 68_211, 68_211, 67_802, 5, 0, 0, 0.021),
    ("date_of_birth & full_name.given", 2_114_000, 2_061_233, 880_120, 31, 0, 0, 0.061),
    ("full_name & date_of_birth.year", 181_400, 98_120, 602_000, 24, 0, 0, 0.058),
    ("phone", 74_300, 21_044, 701_000, 212, 3, 0, 0.017),
    ("mother_name & full_name.given", 1_212_301, 1_040_822, 390_111, 2_044, 12, 1_830, 0.092),
    ("full_name & birth_province", 902_111, 610_443, 700_023, 1_630, 4, 0, 0.071),
]


def _uncounted(column: dict[str, Any]) -> dict[str, Any]:
    """A column of a link's second table: its distinct values are counted with the first's."""
    return {key: value for key, value in column.items() if key != "n_distinct"}


def made_up_summary(*, kind: str = "dedupe", truth: bool = True) -> dict[str, Any]:
    """Every key of the contract, with numbers that could be those of a real run."""
    counts, matches, edges = _histogram()
    column = ("name", "field", "kind", "completeness", "n_distinct", "n_unparsed", "n_repaired")
    columns: list[dict[str, Any]] = [
        dict(zip(column, (name, name, *rest), strict=True)) for name, *rest in FIELDS
    ]
    columns[1]["examples_unparsed"] = ["31/02/1987", "không rõ", "00/00/0000", "1O/12/1990"]
    columns[3]["examples_unparsed"] = ["079203O01234", "12 số", "079-203-0012"]
    columns.insert(0, {"name": "record_id", "field": None, "kind": None, "completeness": 1.0})
    n_new = sum(rule[2] for rule in RULES)
    rule = (
        "rule",
        "n_pairs",
        "n_new_pairs",
        "n_blocks",
        "largest_block",
        "n_refined_blocks",
        "n_pairs_left_out",
        "seconds",
    )
    inputs = [{"path": "data/register.parquet", "n_records": 1_100_000, "columns": columns}]
    if kind == "link":
        inputs.append(
            {
                "path": "data/claims.parquet",
                "n_records": 200_000,
                "columns": [_uncounted(c) for c in columns[:6]],
            }
        )
    return {
        "kind": kind,
        "linkage_version": "0.1.0",
        "created": "2026-11-23T18:47:07+00:00",
        "inputs": inputs,
        "rules": [dict(zip(rule, values, strict=True)) for values in RULES],
        "n_candidate_pairs": n_new,
        "total_pairs": 1_100_000 * 1_099_999 // 2,
        "reduction_ratio": 1 - n_new / (1_100_000 * 1_099_999 / 2),
        "model": _model(),
        "weights_histogram": {"edges": edges, "counts": counts}
        | ({"counts_match": matches} if truth else {}),
        "threshold_match_weight": math.log2(0.95 / 0.05),
        "threshold_match_probability": 0.95,
        "n_matched_pairs": 98_312,
        "term_frequencies": _term_frequencies(),
        "clusters": {
            "n_clusters": 71_204,
            "n_records_in_clusters": 151_877,
            "sizes": [
                {"size": size, "count": n}
                for size, n in [
                    (2, 64_020),
                    (3, 5_903),
                    (4, 988),
                    (5, 231),
                    (6, 44),
                    (7, 12),
                    (9, 1),
                ]
            ],
        },
        "evaluation": _evaluation() if truth else None,
        "steps": [
            {"name": name, "seconds": s, "peak_rss_mib": m}
            for name, s, m in [
                ("read", 0.16, 210.0),
                ("encode", 0.41, 322.4),
                ("block", 0.29, 401.0),
                ("train", 0.14, 410.2),
                ("score", 0.17, 444.1),
                ("cluster", 0.05, 446.0),
                ("write", 0.07, 450.9),
            ]
        ],
        "seconds": 1.31,
        "peak_rss_mib": 450.9,
        "warnings": [
            {
                "code": "block_left_out",
                "message": "rule mother_name, full_name.given: 12 blocks above 2,000 records were "
                "refined by birth_province; 1,830 pairs were left out",
            },
            {
                "code": "level_rare",
                "message": "date_of_birth: 'day and month swapped' was seen in 41 pairs only",
            },
        ],
    }


def made_up_examples() -> list[dict[str, Any]]:
    """Pairs on both sides of the threshold."""
    draw = random.Random(7)
    names = [
        ("Nguyễn Văn Hùng", "NGUYEN VAN HUNG"),
        ("Trần Thị Thúy Hằng", "Trần Thị Thuý Hằng"),
        ("Lê Quý Đôn", "Lê Qúy Đôn"),
        ("Phạm Hoàng Oanh", "Phạm Hoàng Anh"),
        ("H'Hen Niê", "H Hen Nie"),
        ("Võ Minh Khôi", "Vũ Minh Khôi"),
        ("Đặng Thị Lan", "Đặng Thị Lan"),
        ("Bùi Xuân Trường", "Bùi Trường"),
    ]
    pairs = []
    for i in range(24):
        left, right = names[i % len(names)]
        day, year = draw.randint(1, 28), draw.randint(1950, 2008)
        target = 14.0 - i * 1.1
        parts = [
            ("prior", "", -22.4),
            ("full_name", "exact" if i < 6 else "one neighbouring syllable", draw.uniform(5, 13)),
            ("date_of_birth", "one digit" if i % 3 else "exact", draw.uniform(4, 14)),
            ("sex", "exact", 0.98),
            ("birth_province", "exact", draw.uniform(3, 6)),
            ("phone", "else", -1.8),
        ]
        rest = target - sum(part[2] for part in parts)
        parts.append(("mother_name", "exact" if rest > 0 else "else", rest))
        pairs.append(
            {
                "record_id_l": f"R{draw.randint(0, 1_100_000):07d}",
                "record_id_r": f"R{draw.randint(0, 1_100_000):07d}",
                "match_weight": target,
                "match_probability": 2**target / (1 + 2**target),
                "match_key": i % len(RULES),
                "fields": [
                    {"name": "full_name", "left": left, "right": right},
                    {
                        "name": "date_of_birth",
                        "left": f"{day:02d}/03/{year}",
                        "right": f"{day:02d}/0{3 if i % 3 == 0 else 8}/{year}",
                    },
                    {"name": "sex", "left": "Nam", "right": "Nam"},
                    {"name": "id_number", "left": f"079203{i:06d}", "right": None},
                    {"name": "phone", "left": "0903123456", "right": "0913987654"},
                    {"name": "birth_province", "left": "Hà Nội", "right": "Hà Nội"},
                    {"name": "mother_name", "left": "Lý Thị Mai", "right": "Lý T. Mai"},
                ],
                "waterfall": [{"label": a, "level": b, "bits": c} for a, b, c in parts],
            }
        )
    return pairs


def _model() -> dict[str, Any]:
    comparisons = [
        {
            "name": name,
            "parent": parent,
            "levels": [
                {
                    "label": label,
                    "m_probability": m,
                    "u_probability": u,
                    "match_weight": math.log2(m / u),
                    "tf_adjusted": tf,
                    "n_pairs": int(3e6 * u + 8e4 * m),
                }
                for label, m, u, tf in levels
            ],
        }
        for name, parent, levels in LEVELS
    ]
    return {
        "probability_two_random_records_match": 1.8e-7,
        "prior_weight": math.log2(1.8e-7),
        "comparisons": comparisons,
        "em": {"iterations": 18, "converged": True, "history": [0.2, 0.01]},
        "warnings": [],
    }


def _histogram() -> tuple[list[int], list[int], list[float]]:
    edges = [-40.0 + i for i in range(91)]
    counts, matches = [], []
    for edge in edges[:-1]:
        n_false = int(600_000 * math.exp(-(((edge + 21) / 6.5) ** 2)))
        n_true = int(7_400 * math.exp(-(((edge - 21) / 7.5) ** 2)))
        counts.append(n_false + n_true)
        matches.append(n_true)
    return counts, matches, edges


def _term_frequencies() -> list[dict[str, Any]]:
    def field(name: str, values: list[tuple[str, int]], rare: float) -> dict[str, Any]:
        top = [{"value": value, "count": n, "adjustment": -math.log2(n / 900)} for value, n in values]
        return {"field": name, "top": top, "rare_adjustment": rare}

    return [
        field(
            "full_name.given",
            [
                ("anh", 31_200),
                ("hương", 24_103),
                ("hùng", 22_871),
                ("linh", 21_000),
                ("hoa", 18_220),
            ],
            9.4,
        ),
        field(
            "full_name.family",
            [
                ("nguyễn", 341_000),
                ("trần", 121_000),
                ("lê", 92_000),
                ("phạm", 71_000),
                ("vũ", 42_000),
            ],
            7.1,
        ),
        field(
            "birth_province",
            [("Hà Nội", 88_120), ("Thanh Hóa", 71_044), ("Nghệ An", 60_201), ("Nam Định", 41_202)],
            2.2,
        ),
        field("commune", [("Tân Phú", 2_104), ("Long Bình", 1_922), ("Tân Lập", 1_244)], 3.8),
    ]


def _evaluation() -> dict[str, Any]:
    tenths = [0.02, 0.16, 0.24, 0.37, 0.45, 0.56, 0.66, 0.74, 0.86, 0.998]
    shares = [0.004, 0.12, 0.26, 0.33, 0.49, 0.52, 0.7, 0.71, 0.9, 0.999]
    sizes = [3_800_000, 900, 610, 480, 420, 400, 380, 512, 1_044, 96_200]
    one: dict[str, Any] = {
        "threshold_match_weight": 4.25,
        "n_pairs": 98_552,
        "n_true": 98_424,
        "precision": 0.9987,
        "recall": 0.9951,
        "f1": 0.9969,
    }
    return {
        "n_records": 1_100_000,
        "n_entities": 1_000_000,
        "n_true_pairs": 98_911,
        "n_pairs": 101_200,
        "n_pairs_true": 98_720,
        "n_candidate_pairs": 3_900_000,
        "pairs_completeness": 0.9989,
        "pairs_completeness_of": "candidate pairs",
        "best": {**one, "threshold_match_weight": 2.1, "f1": 0.9973},
        "at_probability": {"0.5": one, "0.95": one, "0.99": one},
        "calibration": [
            {
                "begin": i / 10,
                "end": (i + 1) / 10,
                "n_pairs": sizes[i],
                "mean_match_probability": tenths[i],
                "true_share": shares[i],
            }
            for i in range(10)
        ],
        "clusters": {
            "n_clusters": 999_300,
            "n_mixed_clusters": 31,
            "n_split_entities": 402,
            "bcubed_precision": 0.9996,
            "bcubed_recall": 0.9982,
            "bcubed_f1": 0.9989,
            "pairwise_precision": 0.9985,
            "pairwise_recall": 0.9961,
            "pairwise_f1": 0.9973,
        },
    }
