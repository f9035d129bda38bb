"""A segment -> searchers over it, each lent to one thread at a time."""

from __future__ import annotations

from collections import deque
from itertools import count
from typing import TYPE_CHECKING

from linkage._kernels.lookup import HeldValues, Searcher
from linkage.segment.residence import ASKED, map_in_background
from linkage.segment.scratch import make_searcher

if TYPE_CHECKING:
    from linkage.segment.segment import Segment

MOST_HELD = 1 << 17
"""Records of an index whose values are held open once it is asked again and again."""


class Lending:
    """The searchers of one segment; from the eighth look-up on, what makes further ones faster."""

    def __init__(self) -> None:
        self._idle: deque[Searcher] = deque()
        self._borrowed = count(1)
        self._held: HeldValues | None = None

    def borrow(self, segment: Segment) -> Searcher:
        """A searcher for one thread, to be given back."""
        if next(self._borrowed) == ASKED:
            map_in_background(segment)
            if segment.n_records <= MOST_HELD:
                self.hold_values(segment)
        try:
            searcher = self._idle.pop()
        except IndexError:
            searcher = make_searcher(segment)
        if self._held is not None:
            searcher.hold(self._held)
        return searcher

    def hold_values(self, segment: Segment) -> None:
        """Read all records, so that look-ups to come compare distinct values (ext/by_values.pxd).

        What look-ups answer stays the same. Records that cannot be read, and fields compared by functions of
        the user's, leave them as they are.
        """
        searcher = make_searcher(segment)
        try:
            held = HeldValues(searcher)
        except ValueError:
            return
        self._held = held
        self._idle.append(searcher)

    def give_back(self, searcher: Searcher) -> None:
        """Keep a searcher for the next look-up."""
        self._idle.append(searcher)

    def close(self) -> None:
        """Let idle searchers go; those in use keep the file mapped until they end."""
        self._idle.clear()
