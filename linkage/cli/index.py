"""The commands of an index: build, info, check, add, delete, status, compact."""

from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.cli.options import Json, ModelPath, SchemaPath, Sheet, Threads
from linkage.cli.process import end_ahead
from linkage.cli.progress import ProgressLine
from linkage.cli.run import exit_codes

index_app = typer.Typer(
    name="index", help="Build an index of a register, and keep it up to date.", no_args_is_help=True
)
IndexPath = Annotated[Path, typer.Argument(metavar="INDEX", help="The index, a folder.", show_default=False)]
STATUSES = ("record_id", "field", "value", "status", "valid_from", "valid_to")


@index_app.command()
def build(
    register: Annotated[
        Path,
        typer.Argument(
            metavar="REGISTER", help="A file (Parquet, CSV, JSON lines, Excel) or a folder of them."
        ),
    ],
    index: IndexPath,
    model: ModelPath = None,
    schema: SchemaPath = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an index that is there.")] = False,
    sheet: Sheet = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Build an index of a register's records."""
    with exit_codes():
        from linkage import Model, Schema, build_index, citizen_schema
        from linkage.cli.run import since_process_start

        chosen = citizen_schema() if schema == "citizen" else Schema.load(schema) if schema else None
        end_ahead()
        with ProgressLine() as progress:
            built = build_index(
                index,
                register,
                None if model is None else Model.load(model),
                schema=chosen,
                sheet=sheet,
                overwrite=overwrite,
                threads=threads,
                progress=progress,
            )
        _show_info(built, as_json, f"Built {index}", {"seconds": round(since_process_start(), 2)})


@index_app.command()
def info(index: IndexPath, as_json: Json = False) -> None:
    """Say what an index holds."""
    with exit_codes():
        from linkage import open_index

        _show_info(open_index(index), as_json, str(index), {})


@index_app.command()
def check(index: IndexPath) -> None:
    """Verify every byte of an index."""
    with exit_codes():
        from linkage import open_index
        from linkage.cli.tables import counted

        opened = open_index(index)
        opened.check()
        print(f"{index}: {counted(len(opened), 'record', 'records')}, every byte as it was written")


@index_app.command()
def add(
    index: IndexPath,
    records: Annotated[
        Path,
        typer.Argument(
            metavar="RECORDS", help="A file (Parquet, CSV, JSON lines, Excel) or a folder of them."
        ),
    ],
    as_json: Json = False,
) -> None:
    """Add records, each replacing an earlier one of its id, in one commit."""
    with exit_codes():
        from linkage import open_index

        writer = open_index(index, "w")
        try:
            writer.upsert(records)
            # While the writer is open: it looks for likely duplicates when it is asked for them.
            _show_commit(writer.commit(), as_json)
        finally:
            writer.close()


@index_app.command()
def delete(
    index: IndexPath,
    record_ids: Annotated[list[str], typer.Argument(metavar="RECORD_ID...", help="Ids of the records.")],
    as_json: Json = False,
) -> None:
    """Delete records by their ids, in one commit."""
    with exit_codes():
        from linkage import open_index

        writer = open_index(index, "w")
        try:
            writer.delete(record_ids)
            done = writer.commit()
            _show_commit(done, as_json, n_unknown=len(set(record_ids)) - done.n_deleted)
        finally:
            writer.close()


@index_app.command()
def status(
    index: IndexPath,
    table: Annotated[Path, typer.Argument(metavar="TABLE", help=f"Columns {', '.join(STATUSES)}.")],
    as_json: Json = False,
) -> None:
    """Say what became of numbers, in one commit: a new one, one cancelled, one of a person who has died.

    Each row names a record; without a field it is the person who has died.

    Status is current, cancelled, deceased, or any word for a number that is no more.
    """
    with exit_codes():
        from linkage import open_index
        from linkage.cli.reading import read_statuses
        from linkage.errors import InputError

        writer = open_index(index, "w")
        n_statuses = 0
        try:
            for named, field, value, word, valid_from, valid_to in read_statuses(table, STATUSES):
                n_statuses += 1
                record_id = named or ""
                if field is None and word not in (None, "deceased"):
                    raise InputError(f"{table}: expected a field for each status but deceased, got none")
                if field is None:
                    writer.mark_deceased(record_id, valid_to=valid_to)
                    continue
                known = {"valid_from": valid_from, "valid_to": valid_to}
                writer.add_identifier(record_id, field, value or "", status=word or "current", **known)
            _show_commit(writer.commit(), as_json, n_statuses=n_statuses)
        finally:
            writer.close()


@index_app.command()
def compact(index: IndexPath, as_json: Json = False) -> None:
    """Write all records into one segment, without what was deleted and replaced."""
    with exit_codes():
        from linkage import open_index

        writer = open_index(index, "w")
        try:
            writer.compact()
        finally:
            writer.close()
        _show_info(open_index(index), as_json, f"Compacted {index}", {})


def _show_commit(result: Any, as_json: bool, n_unknown: int = 0, n_statuses: int | None = None) -> None:
    from linkage.cli.tables import as_shown, counted

    summary = {
        "generation": result.generation,
        "n_upserted": result.n_upserted,
        "n_deleted": result.n_deleted,
        "n_unknown": n_unknown,
        **({} if n_statuses is None else {"n_statuses": n_statuses}),
        "ignored_columns": list(result.ignored_columns),
        "duplicates": [list(pair) for pair in result.duplicates],
    }
    if as_json:
        print_json(summary)
        return
    done = f"{result.n_upserted:,} written, {result.n_deleted:,} deleted"
    if n_statuses is not None:
        done = counted(n_statuses, "status taken", "statuses taken")
    print(f"commit {result.generation}: {done}")
    if result.ignored_columns:
        names = as_shown(", ".join(result.ignored_columns))
        print(f"warning: no field of the index, nothing is stored of: {names}")
    if n_unknown:
        print(f"warning: {counted(n_unknown, 'id to delete is', 'ids to delete are')} of no record")
    if result.duplicates:
        alike = counted(len(result.duplicates), "likely duplicate", "likely duplicates")
        print(f"{alike} of records already there (--json lists them)")


_LABELS = {
    "n_records": "records",
    "n_ended": "deleted or replaced",
    "n_in_journal": "not yet in a segment",
    "n_bytes": "size",
    "seconds": "time",
}


def _show_info(index: Any, as_json: bool, title: str, more: dict[str, Any]) -> None:
    from linkage.cli.tables import Table, seconds, show, size

    found = {**index.info(), **more}
    if as_json:
        print_json(found)
        return
    table = Table(("", ""), left=(0,))
    warnings = found.pop("warnings")
    for name, value in found.items():
        number = len(value) if isinstance(value, list) else value
        told = {"n_bytes": size, "seconds": seconds}.get(name, "{:,}".format)(number)
        table.rows.append((_LABELS.get(name, name.replace("_", " ")), told))
    show(title, [table], [f"Fields: {', '.join(found['fields'])}"], warnings)


def print_json(found: dict[str, Any]) -> None:
    """One JSON object on stdout."""
    from linkage.cli.run import to_json

    print(to_json(found), end="")
