"""What a writer is told of numbers and deaths -> changes of identifiers in its next commit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

from linkage.errors import InputError
from linkage.index.identifiers import CANCELLED, CURRENT, DECEASED, Identifier, adding, numbers_in
from linkage.index.snapshot import View
from linkage.index.transaction import Pending, is_live, record_of
from linkage.schema import Schema


class Statuses(ABC):
    """The part of `Writer` that is told what became of numbers; `standing.py` reads what it wrote."""

    view: View
    _pending: Pending
    _schema: Schema

    @abstractmethod
    def locked(self) -> AbstractContextManager[None]:
        """One operation at a time, on a writer that may be used."""

    def add_identifier(
        self,
        record_id: str,
        field: str,
        value: str,
        *,
        status: str = CURRENT,
        valid_from: str | None = None,
        valid_to: str | None = None,
    ) -> None:
        """Give a record one more identifier, beside the one in its field, by which it is found as well.

        Parameters
        ----------
        record_id : str
            A record that is there, or is upserted in this commit.
        field : str
            A field of kind identifier or phone.
        value : str
            As it is written; given again, however written, it replaces what was known of it.
        status : str
            ``current``, ``cancelled``, or any other word.
        valid_from, valid_to : str or None
            Dates as text, kept as they are.

        Raises
        ------
        InputError
            No such record or field, or no identifier.
        """
        with self.locked():
            pending = self._pending.records
            there = pending[record_id] if record_id in pending else is_live(self.view, record_id) or None
            if there is None:
                raise InputError("add_identifier: expected the id of a record that is there")
            identifier = Identifier(record_id, field, value, status, valid_from, valid_to)
            self._pending.identifiers.append(adding(self._schema, identifier))

    def cancel_identifier(
        self, record_id: str, field: str, value: str, *, status: str = CANCELLED, valid_to: str | None = None
    ) -> None:
        """Mark an identifier of a record as no longer valid; the record is still found by it."""
        self.add_identifier(record_id, field, value, status=status, valid_to=valid_to)

    def mark_deceased(self, record_id: str, *, valid_to: str | None = None) -> None:
        """Say that a record's person has died: its numbers get the status ``deceased``; `verify` tells.

        Parameters
        ----------
        record_id : str
            A record that is there, or is upserted in this commit, and has an identifier.
        valid_to : str or None
            The day, as text.
        """
        with self.locked():
            record = record_of(self._pending, self.view, record_id)
            if record is None:
                raise InputError("mark_deceased: expected the id of a record that is there")
            held = numbers_in(record, self._schema)
            if not held:
                raise InputError("mark_deceased: expected a record with an identifier")
            for name, text in held:
                self.add_identifier(record_id, name, text, status=DECEASED, valid_to=valid_to)
