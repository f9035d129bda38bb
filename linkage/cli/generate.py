"""The command generate: a number of people -> a register and claims about people who do not exist."""

from pathlib import Path
from typing import Annotated

import typer

from linkage.cli.options import Json, Seed
from linkage.cli.progress import ProgressLine
from linkage.cli.run import exit_codes


def generate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for the two files.")],
    people: Annotated[int, typer.Option(metavar="N", min=1, help="How many people there are.")] = 1_000_000,
    seed: Seed = 0,
    profile: Annotated[
        str,
        typer.Option(
            metavar="P",
            help="How records are damaged: P0 population, P1 insurance, P2 bank, "
            "P3 field campaign, P4 paper.",
        ),
    ] = "P3",
    duplicates: Annotated[
        float, typer.Option(metavar="SHARE", help="Second records of the register, per person.")
    ] = 0.10,
    claims: Annotated[
        int | None, typer.Option(metavar="N", help="Records in the claims, by default 3 for 10 people.")
    ] = None,
    strangers: Annotated[
        float, typer.Option(metavar="SHARE", help="Claims about people not in the register.")
    ] = 0.034,
    as_json: Json = False,
) -> None:
    """Make up a register and a file of claims of people who do not exist, with the truth."""
    with exit_codes():
        from linkage.cli.run import check_out_dir, to_json

        check_out_dir(out)
        from linkage.population import generate as run

        with ProgressLine() as line:
            made = run(
                out,
                people=people,
                seed=seed,
                profile=profile,
                duplicates=duplicates,
                claims=claims,
                strangers=strangers,
                progress=lambda done, total: line("generate", done, total),
            )
        if as_json:
            print(to_json(made), end="")
        else:
            from linkage.cli.ending import show_generated

            show_generated(made)
