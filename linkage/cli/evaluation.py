"""Files of pairs, clusters and truth -> the measures of an evaluation."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import typer

from linkage.cli.options import parse_truth
from linkage.cli.reading import read_columns
from linkage.errors import InputError
from linkage.fields.source import Source
from linkage.tables.opening import check_sheet, open_source


def evaluate_files(
    pairs: Path,
    truth: str,
    *,
    truth_right: str | None,
    record_id: str | None,
    sheet: str | None,
) -> dict[str, Any]:
    """Evaluate the pairs of a run, and its clusters when they lie beside the pairs.

    Parameters
    ----------
    pairs : Path
        A folder that `dedupe` or `link` wrote, or a file of pairs.
    truth, truth_right : str
        ``REGISTER:COLUMN``; the right one for links.
    record_id : str, optional
        The registers' column of record ids; by default ``record_id``, or the rows, counted from 0, where
        there is no such column.
    sheet : str, optional
        Of Excel files.

    Returns
    -------
    dict
        ``evaluation`` as `Evaluation.to_dict` says it, under the key that a summary has it.

    Raises
    ------
    InputError
        A file or a column is absent, the pairs do not belong to the registers, or are links of one truth.
    """
    from linkage.evaluation import evaluate

    file = pairs / "pairs.parquet" if pairs.is_dir() else pairs
    scored = read_columns(file, ["record_id_l", "record_id_r", "match_weight", "match_probability"])
    _check_sides(file.with_name("summary.json"), truth_right)
    beside = file.with_name("clusters.parquet")
    clusters = None
    if beside.is_file() and truth_right is None:
        clusters = read_columns(beside, ["record_id", "cluster_id"])
    told = [_truth(truth, "--truth", sheet)]
    if truth_right is not None:
        told.append(_truth(truth_right, "--truth-right", sheet))
    check_sheet([source for source, _ in told], sheet)
    left, *others = (_entities(source, record_id, column) for source, column in told)
    measured = evaluate(scored, left, truth_right=others[0] if others else None, clusters=clusters)
    return {"evaluation": measured.to_dict()}


def _entities(source: Source, record_id: str | None, column: str) -> pa.Table:
    """The records' ids and the true entities; rows are numbered as a run numbers them."""
    if record_id is None and "record_id" not in source.columns:
        entities = read_columns(source, [column])[column]
        return pa.table({"record_id": np.arange(len(entities)), "entity": entities})
    return read_columns(source, [record_id or "record_id", column]).rename_columns(["record_id", "entity"])


def _check_sides(summary: Path, truth_right: str | None) -> None:
    """Refuse one truth of links, or two of duplicates, where the summary beside the pairs tells.

    Ids that both tables of a link count from 1 would fit either truth.
    """
    try:
        kind = json.loads(summary.read_text("utf-8")).get("kind")
    except (OSError, ValueError, AttributeError):
        return
    if kind == "link" and truth_right is None:
        raise InputError(f"{summary.parent}: these are links; expected --truth-right too")
    if kind == "dedupe" and truth_right is not None:
        raise InputError(
            f"{summary.parent}: these are duplicates within one table; --truth-right is for links"
        )


def _truth(text: str, option: str, sheet: str | None) -> tuple[Source, str]:
    try:
        path, column = parse_truth(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
    return open_source(path, sheet=sheet), column
