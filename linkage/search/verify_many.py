"""A table of forms and the parts of an index -> a table of codes and verdicts, a row a form."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.source import Source
from linkage.fields.text import as_text
from linkage.search.find import Part
from linkage.search.form_answers import CODES, FormAnswers
from linkage.search.holders import HolderTable
from linkage.search.queries import Queries, fields_in, sliced
from linkage.search.verdicts import AGREEING, VERDICTS, differs
from linkage.search.verify import Standing, number_fields
from linkage.tables.opening import open_source

BATCH = 1 << 15
"""Forms that a thread verifies at a time."""


def verify_many(
    parts: Sequence[Part], table: Any, *, standing: Standing | None = None, threads: int | None = None
) -> pa.Table:
    """Verify every row of a table, as `verify` does one form.

    Parameters
    ----------
    parts : sequence of Part
    table : path, Arrow table, DataFrame or list of dicts
        Headers are recognised as in `dedupe`; columns that are no field of the index are left out.
    standing : Standing or None
        Numbers with a status.
    threads : int or None
        Default all cores.

    Returns
    -------
    pa.Table
        A row a form, in their order: query (row of the table), its record id where the table has one, code,
        agrees, and per field of the table ``verdict_<field>``, null where the form has no such value or
        no one record was found. No stored value.

    Raises
    ------
    InputError
        No column is a field of the index, or the index has no number of a person.
    """
    forms = FormTable(parts, table, standing, threads)
    return pa.Table.from_batches(forms.batches(), forms.schema)


class FormTable:
    """A table of forms on its way to verdicts, batch by batch.

    Parameters
    ----------
    parts, table, standing, threads
        As of `verify_many`.

    Attributes
    ----------
    schema : pa.Schema
        Of the batches.
    n_forms : int or None
        How many there are, where the source knows.
    """

    def __init__(
        self, parts: Sequence[Part], table: Any, standing: Standing | None = None, threads: int | None = None
    ) -> None:
        if not parts:
            raise InputError("verify_many: expected an index with records, got none")
        self._parts = parts
        self._threads = threads or os.cpu_count() or 1
        self._source: Source = open_source(table)
        self.n_forms = self._source.n_records
        segment = parts[0].segment
        number_fields(segment)  # refused here, not with the first batch
        self._headers = fields_in(segment, self._source)
        self._id = self._headers.pop("", None)
        self._holders = HolderTable(parts, standing)
        self._compared = [c for c in segment.scorer if c["name"] in self._headers]
        # The first that contradicts gives the code: in the order of the schema's fields.
        self._compared.sort(key=lambda c: list(self._headers).index(c["name"]))
        self._codes = pa.array([*CODES, *(differs(c["name"]) for c in self._compared)])
        verdict = pa.dictionary(pa.int8(), pa.string())
        self.schema = pa.schema(
            [
                ("query", pa.int64()),
                *([("record_id", pa.string())] if self._id else []),
                ("code", pa.dictionary(pa.int16(), pa.string())),
                ("agrees", pa.bool_()),
                *((f"verdict_{c['name']}", verdict) for c in self._compared),
            ]
        )

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Verdicts in the forms' order; a few batches are on their way at a time."""
        columns = [*self._headers.values(), *([self._id] if self._id else [])]
        start = 0
        waiting: deque[Future[pa.RecordBatch]] = deque()
        with ThreadPoolExecutor(self._threads) as pool:
            for batch in sliced(self._source, columns, BATCH):
                waiting.append(pool.submit(self._verify, batch, start))
                start += len(batch)
                if len(waiting) > 2 * self._threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _verify(self, batch: pa.RecordBatch, start: int) -> pa.RecordBatch:
        texts = {name: as_text(batch.column(i)) for i, name in enumerate(self._headers)}
        answer = FormAnswers(self._parts, Queries(texts, len(batch), start), self._holders, self._compared)
        arrays = [pa.array(np.arange(start, start + len(batch)))]
        if self._id:
            arrays.append(as_text(batch.column(len(self._headers))))
        codes = answer.codes
        arrays.append(pa.DictionaryArray.from_arrays(codes, self._codes))
        agrees = np.array([code in AGREEING for code in (*CODES, *(["LECH"] * len(self._compared)))])
        arrays.append(pa.array(agrees[codes]))
        for verdicts in answer.verdicts:
            indices = pa.array(verdicts, mask=verdicts < 0)
            arrays.append(pa.DictionaryArray.from_arrays(indices, pa.array(VERDICTS)))
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)
