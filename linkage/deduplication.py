"""One table -> its duplicates: pairs, clusters, summary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linkage.model.model import Model
from linkage.options import Options, Progress, Steps, expect_kind, expect_names
from linkage.resolve import check_threshold, resolve
from linkage.results.result import Result
from linkage.results.summary import summarise
from linkage.schema import Schema


def dedupe(
    source: Any,
    model: Model | None = None,
    *,
    schema: Schema | None = None,
    threshold_match_probability: float = 0.95,
    threads: int | None = None,
    memory_limit: int | None = None,
    scratch: Path | None = None,
    checkpoint: Path | None = None,
    seed: int = 0,
    exclude: Sequence[str] = (),
    truth: str | None = None,
    sheet: str | None = None,
    hide_values: bool = False,
    progress: Progress | None = None,
    waits: bool = True,
) -> Result:
    """Find the records of one table that belong to the same person.

    Parameters
    ----------
    source : path, Arrow table or stream, DataFrame, or iterable of mappings
    model : Model or None
        None trains on the table itself, without labels.
    schema : Schema or None
        None chooses by the headers.
    threshold_match_probability : float
        From here on pairs count as matches in clusters and summary.
    threads : int or None
        None uses all processors; the answer does not depend on it.
    memory_limit : int or None
        Bytes that the process may use, by default four fifths of the machine's. Where the fastest way needs
        more, fewer rules are built at a time and their blocks lie in files; where even that does not fit,
        the job is refused at once, with what it would take. The answer does not depend on it.
    scratch : Path or None
        A folder for these files, by default the system's for temporary files; removed at the end.
    checkpoint : Path or None
        A folder for what is finished of a large table (5 million records), the model and each rule's pairs:
        after a kill, the same call takes it up there, with the same answer to the last byte. A changed file,
        schema, model or seed begins anew. The caller removes the folder.
    seed : int
        Of the random pairs that train u.
    exclude : sequence of str
        Columns that are not to be compared.
    truth : str or None
        A column with the true entity: never compared, only for the evaluation in the summary.
    sheet : str or None
        The sheet of an Excel file.
    hide_values : bool
        Keep values out of summary and examples.
    progress : callable or None
        Called as ``progress(step, done, total)``.
    waits : bool
        False returns while threads still read the table again for `summary` and `examples`: whoever asks for
        these waits then.

    Returns
    -------
    Result
        Equal bytes for equal input, seed and model, on any number of threads.

    Raises
    ------
    InputError
        The table cannot be read or holds no record or no value, an argument does not fit, or memory would
        not do.
    SchemaError, ModelError
        No column is recognised, or not those of the schema or model.
    TrainingError
        The fields cannot tell people apart.

    Examples
    --------
    >>> import linkage
    >>> result = linkage.dedupe("register.parquet")          # doctest: +SKIP
    >>> result.pairs.num_rows, result.clusters().num_rows    # doctest: +SKIP
    """
    check_threshold(threshold_match_probability)
    expect_kind("model", model, Model)
    expect_kind("schema", schema, Schema)
    columns = [truth] if truth else []
    options = Options(
        threads, seed, [*columns, *expect_names("exclude", exclude)], sheet, memory_limit, scratch, checkpoint
    )
    resolution = resolve([source], model, schema, options, Steps(progress))
    result = Result(resolution, threshold_match_probability)
    summarise(result, kind="dedupe", truth=columns, hide_values=hide_values, waits=waits)
    return result
