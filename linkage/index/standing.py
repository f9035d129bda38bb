"""A catalog's identifiers, as of a generation -> who had a number, what became of it, and who has died."""

from __future__ import annotations

from linkage.fields.reconcile.old_numbers import fields_of_numbers
from linkage.index.catalog import Catalog
from linkage.index.identifiers import code_of, find_by_record, find_by_value, find_rows
from linkage.schema import Schema
from linkage.search.verdicts import DECEASED


class CatalogStanding:
    """What the catalog knows of numbers beyond records' own fields; see `linkage.search.verify.Standing`."""

    def __init__(self, catalog: Catalog, schema: Schema, generation: int) -> None:
        self._catalog = catalog
        self._schema = schema
        self._generation = generation

    def of_number(self, field: str, text: str) -> list[tuple[str, str]]:
        """Record ids that have, or had, this number, each with its status; an old number in either place."""
        names = [field]
        code = code_of(self._schema[field], text)
        pair = fields_of_numbers(self._schema)
        if field in pair and code >> 36 == 0 and code >> 32:
            names += [name for name in pair if name is not None and name != field]
        found = []
        for name in names:
            found += find_by_value(self._catalog, self._schema[name], text, self._generation)
        return [(item.record_id, item.status) for item in found]

    def is_dead(self, record_id: str) -> bool:
        """Whether one of the record's numbers says that the person has died."""
        held = find_by_record(self._catalog, record_id, self._generation)
        return any(item.status == DECEASED for item in held)

    def rows(self) -> list[tuple[str, str, int, str]]:
        """All of it: record id, field, code (signed) and status."""
        return find_rows(self._catalog, self._generation)
