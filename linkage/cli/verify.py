"""The command verify: a form, or a table of forms, and an index -> verdicts, in Vietnamese and English."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.cli.index import IndexPath, print_json
from linkage.cli.lookup import read_query
from linkage.cli.options import Json, Threads
from linkage.cli.progress import ProgressLine
from linkage.cli.run import check_out_file, exit_codes


def verify(
    index: IndexPath,
    fields: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FIELD=VALUE...]", help="A form; at least a number.", show_default=False),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option("--table", metavar="FILE", help="Forms: a Parquet, CSV, JSON lines or Excel file."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="The table's verdicts: .parquet or .csv."),
    ] = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Compare a form, or each row of a table, with the record of its number; shows no stored value."""
    with exit_codes():
        from linkage import open_index
        from linkage.errors import InputError

        query = read_query(fields or [])
        if (table is None) == (not query) or (table is None) != (out is None):
            raise InputError("expected a form as FIELD=VALUE..., or --table FILE and -o FILE")
        if table is None or out is None:
            _show_form(open_index(index).verify(query), as_json)
            return
        check_out_file(out, table)
        with ProgressLine() as progress:
            counts = _write(open_index(index).verify_batches(table, threads=threads), out, progress)
        _show_counts(counts, out, as_json)


def _show_form(found: Any, as_json: bool) -> None:
    from linkage.cli.tables import Table, show
    from linkage.search.verdicts import in_words

    vietnamese, english = in_words(found.code)
    if as_json:
        print_json(
            {
                "code": found.code,
                "vi": vietnamese,
                "en": english,
                "agrees": found.agrees,
                "fields": found.fields,
                "unreadable": list(found.unreadable),
            }
        )
        return
    table = Table(("field", "", "verdict"), left=(0, 1, 2))
    for name, verdict in found.fields.items():
        unreadable = name in found.unreadable
        table.rows.append(
            (name, *(("không đọc được", "cannot be read") if unreadable else in_words(verdict)))
        )
    show(f"{found.code}: {vietnamese} / {english}", [table], [], [])


def _write(forms: Any, out: Path, progress: ProgressLine) -> Counter[str]:
    """Write a table's verdicts batch by batch, whole or not at all; how often each code came."""
    import os

    import pyarrow.csv
    import pyarrow.parquet

    from linkage.errors import InputError

    writers = {".parquet": pyarrow.parquet.ParquetWriter, ".csv": pyarrow.csv.CSVWriter}
    if out.suffix not in writers:
        raise InputError(f"cannot write {out}: expected a name that ends with .parquet or .csv")
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    counts: Counter[str] = Counter()
    done = 0
    plain = pyarrow.schema([(f.name, _plain_type(f.type)) for f in forms.schema])
    try:
        with _naming(out):
            writer = writers[out.suffix](partial, forms.schema if out.suffix == ".parquet" else plain)
        try:
            for batch in forms.batches():
                with _naming(out):
                    writer.write_batch(batch if out.suffix == ".parquet" else batch.cast(plain))
                for item in batch.column("code").value_counts().to_pylist():
                    counts[item["values"]] += item["counts"]
                done += len(batch)
                progress("verify", done, forms.n_forms)
        finally:
            with _naming(out):
                writer.close()
        with _naming(out):
            partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return counts


@contextmanager
def _naming(out: Path) -> Iterator[None]:
    """Failures of writing name the file; those of reading the forms and the index pass by."""
    from linkage.errors import InputError, why

    try:
        yield
    except OSError as error:
        raise InputError(f"cannot write {out}: {why(error)}") from error


def _plain_type(kind: Any) -> Any:
    import pyarrow

    return kind.value_type if pyarrow.types.is_dictionary(kind) else kind


def _show_counts(counts: Counter[str], out: Path, as_json: bool) -> None:
    from linkage.cli.tables import Table, counted, share, show
    from linkage.search.verdicts import NO_NUMBER, in_words

    n = counts.total()
    if as_json:
        print_json({"n_forms": n, "codes": dict(counts.most_common())})
        return
    table = Table(("code", "forms", "share", "", ""), left=(0, 3, 4))
    for code, count in counts.most_common():
        table.rows.append((code, f"{count:,}", share(count / n), *in_words(code)))
    nothing = "no form has a number: none was compared with a record"
    show(f"{out}: {counted(n, 'form', 'forms')}", [table], [], [nothing] if counts[NO_NUMBER] == n else [])
