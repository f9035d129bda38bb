"""What an index is asked, of one person or of a table -> answers from its snapshot."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from linkage.index.identifiers import Identifier, find_by_record, find_by_value, identifier_field
from linkage.index.snapshot import Snapshot, View
from linkage.schema import Schema
from linkage.search.get import get
from linkage.search.lookup import lookup
from linkage.search.matches import Matches

if TYPE_CHECKING:  # for annotations alone: pyarrow is not imported to open an index and look somebody up
    import pyarrow as pa

    from linkage.index.standing import CatalogStanding
    from linkage.search.explain import Explanation
    from linkage.search.get import Record
    from linkage.search.verify import Verification
    from linkage.search.verify_many import FormTable

RECORD_ID = "record_id"


class Questions(ABC):
    """The questions of `Index`, which says what they are answered from."""

    _view: View

    @property
    @abstractmethod
    def snapshot(self) -> Snapshot:
        """What is answered from."""

    @property
    @abstractmethod
    def generation(self) -> int:
        """The commit that is answered from."""

    @property
    @abstractmethod
    def schema(self) -> Schema:
        """The fields of the records."""

    def lookup(
        self,
        query: Mapping[str, Any],
        *,
        limit: int = 5,
        filters: Mapping[str, Any] | None = None,
        exhaustive: bool = False,
    ) -> Matches:
        """Who is this? The records that fit a query best.

        Parameters
        ----------
        query : mapping
            Field names to raw values, any subset, exact or damaged; what is missing is no evidence.
        limit : int
            Answers at most, 1 to 2**20.
        filters : mapping or None
            Conditions that answers must meet; see `linkage.search.filters.compile_filter`.
        exhaustive : bool
            Decode and score every record, by no bound: the oracle, about half a second a million.

        Returns
        -------
        Matches
            By falling match weight, ties as the records stand in the index; empty where nobody fits, or
            where nothing that the query says can be read.

        Raises
        ------
        InputError
            A name that is no field of the index, or a value that is no text, number or date.
        SegmentError
            Bytes that the search has read are damaged.

        Examples
        --------
        >>> found = index.lookup({"full_name": "nguyen thi mai", "date_of_birth": 1986})  # doctest: +SKIP
        >>> found[0].record_id, found[0].match_probability, found.ambiguous            # doctest: +SKIP
        """
        parts = self.snapshot.parts
        allowed = None
        if filters:
            from linkage.search.filters import compile_filters

            allowed = compile_filters(parts, **filters)
        return lookup(parts, query, limit=limit, allowed=allowed, exhaustive=exhaustive)

    def lookup_many(self, table: Any, *, limit: int = 1, threads: int | None = None) -> pa.Table:
        """Look up every row of a table, as `lookup` does one query.

        Parameters
        ----------
        table : path, Arrow table, DataFrame or iterable of mappings
            Headers are recognised as in `dedupe`; columns that are no field of the index are left out.
        limit : int
            Answers a query at most.
        threads : int or None
            None uses all processors; the answer does not depend on it.

        Returns
        -------
        pa.Table
            A row an answer, by query (int64, row of the table from 0) and rank (int32, from 1): record_id
            (string), match_weight (float64, bits), match_probability, gap (float64), ambiguous, truncated
            (bool). A query that nobody fits has no row.

        Raises
        ------
        InputError
            No column of the table is a field of the index.
        """
        from linkage.search.bulk import lookup_many

        return lookup_many(self.snapshot.parts, table, limit=limit, threads=threads)

    def get(self, field: str, value: str | int) -> list[Record]:
        """The records that hold exactly this identifier, phone, e-mail or record id, however it is written.

        An identifier that was added to a record beside its own fields counts, cancelled ones too:
        `find_identifier` tells their status. About a microsecond.

        Parameters
        ----------
        field : str
            A field of kind identifier, phone or e-mail, or ``record_id``.
        value : str or int
            Nine digits are looked for as the old and as the new identity number.

        Returns
        -------
        list of Record
            With `record_id` and `record`, as they stand in the index; empty where nobody holds it.

        Raises
        ------
        InputError
            The index cannot be searched by this field, or the value is no text and no whole number.
        """
        snapshot = self.snapshot
        found = get(snapshot.parts, field, value)
        if snapshot.has_identifiers and field != RECORD_ID:
            known = {record.record_id for record in found}
            further = dict.fromkeys(row.record_id for row in self.find_identifier(field, str(value)))
            for record_id in further.keys() - known:
                found += get(snapshot.parts, RECORD_ID, record_id)
        return found

    def get_many(self, field: str, values: Any) -> pa.Table:
        """As `get`, for a column of values at once; ten million a second.

        Parameters
        ----------
        field : str
        values : Arrow array or sequence of str or int
            None is nobody's.

        Returns
        -------
        pa.Table
            A row a record found: query, the value's place from 0; part and row, where the record lies.

        Raises
        ------
        InputError
            The index cannot be searched by this field.
        """
        from linkage.search.get import get_many

        return get_many(self.snapshot.parts, field, values)

    def verify(self, query: Mapping[str, Any]) -> Verification:
        """Whether each field of a form agrees with the record of its number; never a stored value.

        A number that has ended, and one of a person who has died, is found and said to be so.

        Parameters
        ----------
        query : mapping
            At least one identifier, and the fields to compare; what is missing is not compared.

        Returns
        -------
        Verification
            `code` of the whole form, `fields` with a verdict each, `agrees`; docs/verify.md has them all.

        Raises
        ------
        InputError
            A name that is no field of the index, or an index without a number of each person.
        """
        from linkage.search.verify import verify

        return verify(self.snapshot.parts, query, self._standing())

    def verify_many(self, table: Any, *, threads: int | None = None) -> pa.Table:
        """As `verify`, for every row of a table.

        Parameters
        ----------
        table : path, Arrow table, DataFrame or iterable of mappings
            Headers are recognised as in `dedupe`; columns that are no field of the index are left out.
        threads : int or None
            None uses all processors; the answer does not depend on it.

        Returns
        -------
        pa.Table
            A row a form, in their order: query (int64, from 0), the form's record id where it has one, code,
            agrees, and ``verdict_<field>``, null where the form has no such value or no record was found.

        Raises
        ------
        InputError
            No column is a field of the index, or the index has no number of each person.
        """
        from linkage.search.verify_many import verify_many

        return verify_many(self.snapshot.parts, table, standing=self._standing(), threads=threads)

    def verify_batches(self, table: Any, *, threads: int | None = None) -> FormTable:
        """As `verify_many`, batch by batch: tables of any length in little memory.

        Parameters
        ----------
        table, threads
            As of `verify_many`.

        Returns
        -------
        FormTable
            Its `batches()` are Arrow batches of its `schema`, in the forms' order.

        Raises
        ------
        InputError
            As of `verify_many`; of a damaged table when the batch is asked for.
        """
        from linkage.search.verify_many import FormTable

        return FormTable(self.snapshot.parts, table, self._standing(), threads)

    def _standing(self) -> CatalogStanding | None:
        """What the catalog knows of numbers; None when records have none beyond their fields."""
        if not self.snapshot.has_identifiers:
            return None
        from linkage.index.standing import CatalogStanding

        return CatalogStanding(self._view.catalog, self.schema, self.generation)

    def explain(self, query: Mapping[str, Any], record_id: str) -> Explanation:
        """Why a record has its weight against a query.

        Parameters
        ----------
        query : mapping
        record_id : str

        Returns
        -------
        Explanation
            The prior and each field's bits of evidence, which add up to the match weight; printed, a table.

        Raises
        ------
        InputError
            No record of this id, or a name that is no field.
        """
        from linkage.search.explain import explain

        return explain(self.snapshot.parts, query, record_id)

    def identifiers(self, record_id: str) -> list[Identifier]:
        """Identifiers of a record beyond those in its fields.

        Parameters
        ----------
        record_id : str

        Returns
        -------
        list of Identifier
            With status and dates, oldest first; empty for a record that has none, or is not there.

        Raises
        ------
        IndexStateError
            The catalog is damaged, or the index is closed.
        """
        if not self.snapshot.has_identifiers:
            return []
        return find_by_record(self._view.catalog, record_id, self.generation)

    def find_identifier(self, field: str, value: str) -> list[Identifier]:
        """Records that have, or had, this identifier beyond those in their fields.

        Parameters
        ----------
        field : str
            A field of kind identifier or phone.
        value : str
            However it is written.

        Returns
        -------
        list of Identifier

        Raises
        ------
        InputError, SchemaError
            The field is no identifier and no phone; or there is no such field.
        """
        item = identifier_field(self.schema, field)
        if not self.snapshot.has_identifiers:
            return []
        return find_by_value(self._view.catalog, item, value, self.generation)
