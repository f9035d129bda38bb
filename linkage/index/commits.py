"""What a commit has done, and how the likely duplicates of its records are found when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from linkage.index.duplicates import LikelyDuplicate
from linkage.index.snapshot import Snapshot

FindDuplicates = Callable[[Snapshot, Sequence[dict[str, str | None]]], Iterable[LikelyDuplicate]]


@dataclass(frozen=True)
class CommitResult:
    """What a commit has done.

    Attributes
    ----------
    generation : int
        The index as it is now; unchanged when there was nothing to commit.
    n_upserted, n_deleted : int
        Records written; records removed that were there.
    affected : tuple of str
        Their record ids.
    ignored_columns : tuple of str
        Columns of upserted tables that are no field of the index: nothing of them is stored.
    """

    generation: int
    n_upserted: int = 0
    n_deleted: int = 0
    affected: tuple[str, ...] = field(default=(), repr=False)
    ignored_columns: tuple[str, ...] = field(default=(), repr=False)
    find: Callable[[], tuple[LikelyDuplicate, ...]] = field(default=tuple, repr=False, compare=False)

    @cached_property
    def duplicates(self) -> tuple[LikelyDuplicate, ...]:
        """Records that the upserted ones are likely the same person as, among all that are committed.

        Looked for when first asked for, one look-up a record, so that loading millions does not wait for it;
        the writer must still be open then.
        """
        return self.find()
