"""One table -> the Model that is trained on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linkage.fields.empty import warn_empty
from linkage.model.model import Model
from linkage.options import Options, Progress, Steps, expect_kind
from linkage.resolve import Resolution, resolve
from linkage.schema import Schema


def train(
    source: Any,
    schema: Schema | None = None,
    *,
    sheet: str | None = None,
    seed: int = 0,
    threads: int | None = None,
    exclude: Sequence[str] = (),
    labels: Any = None,
    progress: Progress | None = None,
) -> Model:
    """Train a model on one table, without labels or with them.

    Parameters
    ----------
    source : path, Arrow table or stream, DataFrame, or iterable of mappings
    schema : Schema or None
        None chooses by the headers.
    sheet : str or None
        The sheet of an Excel file.
    seed : int
        Of the random pairs that estimate u.
    threads : int or None
        None uses all processors; the model does not depend on it.
    exclude : sequence of str
        Columns that are not to be compared.
    labels : table with record_id_l, record_id_r, clerical_match_score, or None
        Pairs that people decided (score 0 to 1): m is counted on them, on top of what EM finds.
    progress : callable or None
        Called as ``progress(step, done, total)``.

    Returns
    -------
    Model
        Equal bytes for equal input and seed, on any number of threads.

    Raises
    ------
    InputError
        The table cannot be read or holds no record or no value, or a label names no pair of its records.
    SchemaError
        No column is recognised, or none of the schema's.
    TrainingError
        There are not two records, or the fields cannot tell people apart: the message has the bits.

    Examples
    --------
    >>> import linkage
    >>> linkage.train("register.parquet").save("model.json")     # doctest: +SKIP
    """
    expect_kind("schema", schema, Schema)
    options = Options(threads=threads, seed=seed, exclude=exclude, sheet=sheet)
    found = resolve([source], None, schema, options, Steps(progress), train_only=True, labels=labels)
    return learnt(found)


def learnt(resolution: Resolution) -> Model:
    """The model that was trained on one table, with a warning of fields in which it learned nothing."""
    name = resolution.sources[0].name
    so = ("training learned nothing there", "việc huấn luyện không học được gì từ đó")
    if warning := warn_empty(resolution.records, 0, name, "untrained_fields", so):
        resolution.model.training["warnings"].append(warning)
    return resolution.model
