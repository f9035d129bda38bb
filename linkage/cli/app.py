"""The commands generate, train, dedupe, link, evaluate, index, lookup and verify: arguments in, calls out.

The engine is imported inside the commands: `--help` and a mistyped option answer without it.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

import linkage
from linkage.cli.generate import generate
from linkage.cli.index import index_app
from linkage.cli.lookup import lookup
from linkage.cli.options import (
    Exclude,
    Json,
    Out,
    SchemaPath,
    Seed,
    Sheet,
    Threads,
    parse_memory,
    with_run_options,
)
from linkage.cli.process import are_large, end_ahead, return_large_pieces
from linkage.cli.progress import ProgressLine
from linkage.cli.run import exit_codes
from linkage.cli.verify import verify

app = typer.Typer(
    name="linkage",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        print(f"linkage {linkage.__version__}")
        raise typer.Exit


@app.callback()
def linkage_command(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Find which records are the same person."""


class RecordsFormat(StrEnum):
    """What the register's rows are written as."""

    CSV = "csv"
    PARQUET = "parquet"


TABLE = "A file (Parquet, CSV, JSON lines, Excel), a folder of them, or an index."
Register = Annotated[Path, typer.Argument(metavar="REGISTER", help=TABLE, show_default=False)]


@app.command()
@with_run_options
def dedupe(
    register: Register,
    out: Out,
    records: Annotated[
        RecordsFormat | None,
        typer.Option(
            "--records",
            metavar="csv|parquet",
            help="Write the register's rows too, each with its cluster_id.",
        ),
    ] = None,
    **options: Any,
) -> None:
    """Find the records of one register that are the same person."""
    _run("dedupe", [register], out, records=records and records.value, **options)


@app.command()
@with_run_options
def link(
    left: Annotated[Path, typer.Argument(metavar="LEFT", help=TABLE)],
    right: Annotated[Path, typer.Argument(metavar="RIGHT", help="The other register, likewise.")],
    out: Out,
    one_to_one: Annotated[
        bool | None,
        typer.Option(
            "--one-to-one/--no-one-to-one",
            help="At most one partner a record; by default when neither side holds duplicates.",
            show_default=False,
        ),
    ] = None,
    **options: Any,
) -> None:
    """Find the records of two registers that are the same person."""
    _run("link", [left, right], out, {"one_to_one": one_to_one}, **options)


def _run(
    command: str,
    tables: list[Path],
    out: Path,
    more: dict[str, Any] | None = None,
    *,
    model: Path | None,
    schema: str | None,
    threshold: float,
    memory_limit: str | None,
    resume: bool,
    hide_values: bool,
    as_json: bool,
    exclude: list[str] | None = None,
    records: str | None = None,
    **options: Any,
) -> None:
    """Call the engine's function of a command, and write what it found."""
    unfinished = out.absolute().with_name(f".{out.absolute().name}.unfinished")
    with exit_codes(unfinished):
        from linkage.cli.run import (
            check_out_dir,
            nearest_folder,
            remove_folder,
            since_process_start,
            with_imports,
        )

        check_out_dir(out, tables)
        limit = _memory(memory_limit)
        if limit is not None or are_large(tables):
            return_large_pieces()
        import linkage

        meaning = _schema(schema)
        trained = _model(model)
        find = getattr(linkage, command)
        started = since_process_start()
        end_ahead()
        with ProgressLine() as progress:
            result = find(
                *map(_table, tables),
                trained,
                schema=meaning,
                threshold_match_probability=threshold,
                memory_limit=limit,
                scratch=nearest_folder(out),
                checkpoint=unfinished if resume else None,
                hide_values=hide_values,
                progress=with_imports(progress),
                waits=False,
                exclude=exclude or (),
                **options,
                **(more or {}),
            )
        _finish(result, out, records, hide_values=hide_values, as_json=as_json, started=started)
        remove_folder(unfinished)


@app.command()
def train(
    register: Register,
    out: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The model's JSON.")],
    schema: SchemaPath = None,
    labels: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Judged pairs: record_id_l, record_id_r, clerical_match_score."),
    ] = None,
    exclude: Exclude = None,
    sheet: Sheet = None,
    threads: Threads = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Learn the weights of a register's comparisons, without labels or with them."""
    with exit_codes():
        from linkage.cli.run import check_out_file

        check_out_file(out, register)
        from linkage import train as run
        from linkage.cli.reading import read_columns
        from linkage.report import write_text

        end_ahead()
        model = run(
            _table(register),
            _schema(schema),
            exclude=exclude or (),
            sheet=sheet,
            seed=seed,
            threads=threads,
            labels=None if labels is None else read_columns(labels),
        )
        write_text(out, model.to_json())
        if as_json:
            print(model.to_json(), end="")
        else:
            from linkage.cli.ending import show_model

            show_model(model.to_dict(), register, out)


@app.command()
def evaluate(
    pairs: Annotated[Path, typer.Argument(metavar="PAIRS", help="Folder of a run, or its pairs.parquet.")],
    truth: Annotated[str, typer.Option(metavar="REGISTER:COLUMN", help="Who each record truly is.")],
    truth_right: Annotated[
        str | None,
        typer.Option(metavar="REGISTER:COLUMN", help="The same for the right side of links."),
    ] = None,
    record_id: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Column with the record ids; by default record_id, or the rows where there is none.",
            show_default=False,
        ),
    ] = None,
    sheet: Sheet = None,
    as_json: Json = False,
) -> None:
    """Compare the pairs, and the clusters beside them, with the truth."""
    with exit_codes():
        from linkage.cli.evaluation import evaluate_files
        from linkage.cli.run import to_json

        measured = evaluate_files(pairs, truth, truth_right=truth_right, record_id=record_id, sheet=sheet)
        if as_json:
            print(to_json(measured), end="")
        else:
            from linkage.cli.ending import evaluation_table
            from linkage.cli.tables import show

            show(f"{pairs} against {truth}", [evaluation_table(measured)], [], [])


def _schema(name: str | None) -> Any:
    if name is None:
        return None
    from linkage.schema import Schema, citizen_schema

    return citizen_schema() if name == "citizen" else Schema.load(name)


def _table(path: Path) -> Any:
    """An index where the path is one, otherwise the path."""
    if not (path / "catalog.sqlite").is_file():
        return path
    import linkage

    return linkage.open_index(path)


def _model(path: Path | None) -> Any:
    if path is None:
        return None
    from linkage import Model

    return Model.load(path)


def _memory(text: str | None) -> int | None:
    try:
        limit = None if text is None else parse_memory(text)
        if limit is not None and limit < 1 << 20:
            raise ValueError(f"expected a size such as 6GiB or 512MiB, got {limit:,} bytes")
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--memory-limit") from None
    return limit


def _finish(
    result: Any, out: Path, records: str | None, *, hide_values: bool, as_json: bool, started: float
) -> None:
    from linkage.cli.run import to_json, write_run

    summary = write_run(result, out, records, hide_values=hide_values, started=started)
    if as_json:
        print(to_json(summary), end="")
    else:
        from linkage.cli.ending import show_run

        show_run(summary, out, records)


app.command()(generate)
app.add_typer(index_app)
app.command()(lookup)
app.command()(verify)
