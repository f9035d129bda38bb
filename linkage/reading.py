"""Tables as they are given -> what their columns mean, and their encoded records."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from linkage.comparison.program import fits_pattern, within_pattern
from linkage.errors import InputError, SchemaError
from linkage.fields.batch import EncodedRecords, encode_records
from linkage.fields.empty import check_values
from linkage.fields.fillers import drop_fillers
from linkage.fields.meaning.derived import without_derived
from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.headers import is_former_name
from linkage.fields.meaning.held import find_headers, shares_held
from linkage.fields.meaning.own_words import with_own_words
from linkage.fields.meaning.record_id_column import record_id_of
from linkage.fields.own_addresses import mark_own_addresses
from linkage.fields.reconcile.ages import with_years_of_birth
from linkage.fields.reconcile.born_in_numbers import with_births_of_numbers
from linkage.fields.reconcile.calendars import mixed_in_one_calendar
from linkage.fields.reconcile.code_systems import with_one_code_system
from linkage.fields.reconcile.cut_numbers import with_births_of_cut_numbers
from linkage.fields.reconcile.matching import match_schemas
from linkage.fields.reconcile.old_numbers import share_column, with_old_numbers
from linkage.fields.reconcile.one_script import mixed_in_one_script
from linkage.fields.source import Source, absent, parts_of
from linkage.memory import check_memory, held_bytes, is_short, row_file
from linkage.options import Options, Steps
from linkage.schema import Schema
from linkage.tables.opening import check_sheet, open_source


def find_schema(
    sources: list[Source], schema: Schema | None, exclude: list[str], *, for_index: bool = False
) -> tuple[Schema, list[dict[str, str]]]:
    """The schema's fields that every table holds, and their headers in each, without those of `exclude`.

    Raises
    ------
    SchemaError
        No field of the schema has a column; the message lists both.
    """
    if schema is None:
        detect = match_schemas if len(sources) == 2 else partial(detect_schema, is_alone=True)
        schema = with_old_numbers(detect(*sources, exclude=exclude), sources, exclude)
        if not for_index:  # which is asked for an age, and for names in any letters
            schema = with_births_of_numbers(schema, sources, exclude)
            schema = with_births_of_cut_numbers(schema, sources)
            schema = with_years_of_birth(schema, sources, exclude)
            schema = with_own_words(schema, sources, exclude)
            if not schema.blocking_rules:
                schema = without_derived(schema, sources)
            if len(sources) == 1:
                schema = mixed_in_one_calendar(mixed_in_one_script(schema, sources[0]), sources[0])
        if not fits_pattern(schema):
            schema = within_pattern(schema, shares_held(sources, schema))
        for source in sources:
            source.forget()
    chosen = schema
    headers = [
        {f: c for f, c in find_headers(source, chosen, side=side).items() if c not in exclude}
        for side, source in enumerate(sources)
    ]
    for source, header in zip(sources, headers, strict=True):
        share_column(chosen, header)
        if "" not in header and not for_index and (column := _named_by(source, header, exclude)):
            header[""] = column
    held = set.intersection(*({f for f in h if f} for h in headers))
    if held:  # a family name may be a former one that only the other table has
        held |= {f.name for f in chosen.fields if is_former_name(f) and any(f.name in h for h in headers)}
    if not held:
        names = ", ".join(f.name for f in chosen.fields)
        raise SchemaError(
            f"{sources[-1].name}: none of the fields {names} has a column"
            f" among {', '.join(sources[-1].columns)}"
        )
    return chosen.only(held), [{f: c for f, c in h.items() if f in held or not f} for h in headers]


def _named_by(source: Source, header: dict[str, str], exclude: list[str]) -> str | None:
    """The column that names a table's records though the schema does not say so, and that holds no field."""
    column = record_id_of(source, [c for c in source.columns if c not in exclude])
    source.forget()
    taken = {part for held in header.values() for part in parts_of(held)}
    return None if column in taken else column


def read_records(
    sources: Sequence[Any],
    schema: Schema | None,
    options: Options,
    steps: Steps,
    *,
    for_index: bool = False,
    learns_codes: bool = True,
    marks_addresses: bool = False,
) -> tuple[list[Source], list[dict[str, str]], EncodedRecords]:
    """Open and encode the tables, within the memory there is; their headers by field.

    Raises
    ------
    InputError
        A table cannot be read, holds no value to compare or does not fit, or has no column that is excluded.
    SchemaError
        No column is recognised, or none of the schema's.
    """
    opened = [open_source(s, sheet=options.sheet) for s in sources]
    check_sheet(opened, options.sheet)
    for column in options.exclude:
        if not any(column in source.columns for source in opened):
            raise InputError(f"{opened[0].name}: {absent(column, opened[0].columns)}")
    wanted, headers = find_schema(opened, schema, list(options.exclude), for_index=for_index)
    n_expected = sum(s.n_records or 0 for s in opened)
    check_memory(n_expected, wanted, options.memory_limit)
    short = is_short(n_expected, wanted, options.memory_limit)
    records = encode_records(
        opened,
        headers,
        wanted,
        threads=options.n_threads,
        progress=steps.progress,
        folder=options.folder if short else None,
        row_file=row_file(n_expected, wanted, options.memory_limit, options.folder),
        keeps_pages=not short,
    )
    held = held_bytes(records)
    if records.row_map is None and (
        to := row_file(records.n_records, wanted, options.memory_limit, options.folder, held)
    ):
        records.move_rows(to)
        held = held_bytes(records)
    check_memory(records.n_records, wanted, options.memory_limit, held)
    with ThreadPoolExecutor(1) as beside:
        checked = beside.submit(_check_ids, opened, headers, records)
        records.n_fillers = drop_fillers(records)
        if records.n_left:
            records.codes_read = with_one_code_system(records, learns=learns_codes)
        if marks_addresses:
            records.own_addresses = mark_own_addresses(records)
        checked.result()
    check_values(records, [source.name for source in opened])
    return opened, headers, records


def _check_ids(opened: list[Source], headers: list[dict[str, str]], records: EncodedRecords) -> None:
    """Refuse record ids that a table has given and that are missing or not each record's own."""
    for source, header, ids in zip(opened, headers, records.record_ids, strict=True):
        if header.get(""):
            ids.check(f"{source.name}, column {header['']!r}")
