"""How often each kind of damage occurs: five profiles of databases, in per cent of records.

P0 population register, P1 insurance and tax, P2 bank and telecom, P3 field campaign, P4 digitised
paper. Starting values are proposals from published reconciliations; FITTED scales them so that a
strict comparison reproduces the published totals (see acceptance.py).
"""

from typing import Final

PROFILES: Final = ("P0", "P1", "P2", "P3", "P4")

RATES: Final[dict[str, tuple[float, ...]]] = {
    # identity number
    "id missing": (0, 3, 0.5, 2.5, 35),
    "id malformed": (0, 1, 0.3, 2.1, 3),
    "id old card": (0, 12, 5, 20, 55),
    "id digit": (0.01, 0.3, 0.2, 1.0, 1.5),
    "id transposed": (0, 0.15, 0.1, 0.5, 0.5),
    "id of another": (0.01, 0.2, 0.3, 1.0, 0.5),
    "id superseded": (0.1, 0.1, 0.1, 0.1, 0),
    # name
    "name case": (0, 60, 70, 50, 80),
    "name spacing": (0.1, 1, 1, 3, 3),
    "name unicode": (0, 2, 5, 5, 0),
    "name tone placement": (25, 40, 40, 40, 40),  # of names that carry such a syllable
    "name i y": (3, 8, 8, 10, 10),  # likewise
    "name folded": (0, 1, 6, 8, 2),
    "name mark": (0.1, 0.8, 0.5, 3, 4),
    "name regional": (0.03, 0.3, 0.2, 1.5, 1.5),
    "name telex": (0, 0.05, 0.05, 0.4, 0),
    "name encoding": (0, 0.3, 0.1, 0.1, 3),
    "name typo": (0.02, 0.4, 0.3, 1.5, 1),
    "name doublet": (0, 0.02, 0.02, 0.1, 0.1),
    "name middle": (0.05, 0.3, 0.5, 1.5, 1.5),
    "name order": (0, 0.05, 0.4, 0.2, 0),
    "name other": (0.2, 0.3, 0.3, 0.5, 0.5),
    "name ocr": (0, 0, 0.2, 0, 8),
    # date of birth
    "birth vague": (0, 0.3, 0, 0.5, 2),  # times the cohort's share of unknown dates
    "birth swapped": (0.02, 0.3, 0.3, 0.8, 0.3),
    "birth digit": (0.03, 0.3, 0.2, 1.2, 1.0),
    "birth year": (0.05, 0.5, 0.2, 0.8, 1.5),
    "birth lunar": (0.01, 0.1, 0.05, 0.2, 0.5),
    "birth impossible": (0.001, 0.02, 0, 0.05, 0.2),
    "birth format": (0, 0.2, 0.1, 0.5, 1),
    # sex
    "sex missing": (0, 0.2, 0.5, 1, 1),
    "sex flipped": (0.01, 0.1, 0.1, 0.3, 0.3),
    # address; the register writes old three-level addresses here, 15 % the two levels of July 2025
    "address new": (15, 10, 6, 0, 0),
    "address stale": (3, 15, 25, 12, 50),
    "address abbreviated": (1, 20, 25, 30, 20),
    "address level missing": (0.5, 5, 15, 25, 10),
    "address commune": (0.2, 1, 1, 2, 2),
    # telephone
    "phone missing": (40, 40, 1, 20, 90),
    "phone old": (0, 3, 1, 1, 5),
    "phone shared": (5, 5, 6, 12, 2),
    "phone changed": (2, 12, 6, 8, 20),
    "phone written": (0, 1, 1, 3, 3),
    # other columns that are empty
    "card missing": (12, 55, 60, 80, 60),
    "insurance missing": (8, 3, 95, 45, 60),
    "tax missing": (35, 40, 70, 92, 85),
    "parents missing": (6, 35, 60, 45, 25),
    "spouse missing": (8, 50, 60, 70, 40),
    "birth place missing": (1, 15, 30, 35, 10),
    "ethnicity missing": (1, 20, 70, 35, 20),
    "household missing": (1, 70, 100, 100, 40),
    "relative spelt": (0.2, 2, 2, 6, 8),
    "relative other": (0.1, 0.5, 0.5, 1.5, 1),
}

FITTED: Final[dict[str, dict[str, float]]] = {
    "P2": {"id old card": 0.3, "name": 0.33, "birth": 0.6},
    "P3": {"id old card": 0.4, "id digit": 0.25, "id transposed": 0.25, "name": 0.9, "birth": 0.9},
}
"""Factors on RATES, by the whole name of a rate or its first word."""


def read_rate(profile: str, name: str) -> float:
    """The fitted share (0 to 1) of records with a kind of damage in a profile."""
    fitted = FITTED.get(profile, {})
    factor = fitted.get(name)
    if factor is None:
        factor = 1.0 if name in UNSCALED else fitted.get(name.split()[0], 1.0)
    return RATES[name][PROFILES.index(profile)] / 100 * factor


UNSCALED: Final = frozenset({"name case", "name tone placement", "name i y", "birth place missing"})
"""Rates that no factor on a first word changes: habits, not errors, or shares of the exposed."""
