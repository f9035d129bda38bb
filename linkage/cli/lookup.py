"""The command lookup: what is known of one person -> the people of an index who fit."""

from typing import Annotated, Any

import typer

from linkage.cli.index import IndexPath, print_json
from linkage.cli.options import Json
from linkage.cli.run import exit_codes

Fields = Annotated[
    list[str],
    typer.Argument(
        metavar="FIELD=VALUE...", help='For example full_name="Nguyễn Văn Hùng".', show_default=False
    ),
]


def lookup(
    index: IndexPath,
    fields: Fields,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Answers at most.")] = 5,
    exhaustive: Annotated[bool, typer.Option("--exhaustive", help="Look at every record.")] = False,
    as_json: Json = False,
) -> None:
    """Find the people who fit what is known of one."""
    with exit_codes():
        from linkage import open_index

        query = read_query(fields)
        opened = open_index(index)
        matches = opened.lookup(query, limit=limit, exhaustive=exhaustive)
        from linkage.search.naming import under_field_names
        from linkage.search.readable import silent_fields

        parts = opened.snapshot.parts
        silent = silent_fields(parts, query)
        if as_json:
            print_json(
                {
                    "ambiguous": matches.ambiguous,
                    "truncated": matches.truncated,
                    "unreadable": silent,
                    "one_word": _one_word(matches.one_word),
                    "matches": [
                        {
                            "record_id": m.record_id,
                            "match_weight": m.match_weight,
                            "match_probability": m.match_probability,
                            "person": m.person,
                            "levels": m.levels,
                            "record": m.record,
                        }
                        for m in matches
                    ],
                }
            )
            return
        asked = under_field_names(parts[0].segment, query) if parts else query
        _show_matches(matches, list(asked), silent)


def _show_matches(matches: Any, asked: list[str], silent: list[str]) -> None:
    from linkage.cli.tables import Table, probability, show

    names = [name for name in asked if any(m.record.get(name) for m in matches)]
    table = Table(("record", "bits", "probability", *names), left=(0, *range(3, 3 + len(names))))
    for match in matches:
        shown = (match.record.get(name) or "" for name in names)
        bits, likely = f"{match.match_weight:+.1f}", probability(match.match_probability)
        table.rows.append((match.record_id, bits, likely, *shown))
    notes, warnings = [], []
    if not matches:
        notes.append("nobody fits well enough to be named")
    if silent:
        warnings.append(f"{', '.join(silent)}: nothing that can be read; the search went without")
    if matches.one_word:
        warnings += [matches.one_word.text(), matches.one_word.text("vi")]
    if matches.ambiguous:
        warnings.append("several people fit about as well: none of these is sure")
    # Of several who fit alike, together: that each of two has less than half says nothing against both.
    alike = [m.match_probability for m in matches][: None if matches.ambiguous else 1]
    if matches and sum(alike) < 0.5:
        warnings.append("the best of these is more likely somebody else")
    if matches.truncated:
        warnings.append("cut short before everything that could matter was seen; say more, or --exhaustive")
    show("Look-up", [table], notes, warnings)


def _one_word(one_word: Any) -> dict[str, Any] | None:
    """What is told of a name of one word, in JSON."""
    if one_word is None:
        return None
    return {
        "field": one_word.field,
        "n_bearers": one_word.n_bearers,
        "narrowed_by": list(one_word.narrowed_by),
    }


def read_query(fields: list[str]) -> dict[str, str]:
    """``field=value`` arguments -> a query."""
    from linkage.errors import InputError

    query = {}
    for text in fields:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise InputError("expected FIELD=VALUE, got an argument without '='")
        if name.strip() in query:
            raise InputError(f"expected each field once, got {name.strip()!r} twice")
        query[name.strip()] = value
    return query
