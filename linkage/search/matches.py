"""What a look-up answers: a sequence of matches, the best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, overload

import numpy as np

if TYPE_CHECKING:
    from linkage.segment.segment import Segment

FIXED = 256
"""Weights are integers of 1/256 bit."""


@dataclass(frozen=True, init=False)
class Match:
    """One record that may be the person asked for.

    Attributes
    ----------
    match_weight : float
        Bits: log2 odds that query and record are one person, as in a dedupe or link of the two, but for a
        name of one word that is read as part of a longer one (`Matches.one_word`).
    match_probability : float
        Given the other answers as well: of several people who fit, each has its share; records of one
        person share theirs.
    person : int
        Answers with the same number are records of one person, as far as their own fields tell.
    """

    segment: Segment = field(repr=False)
    row: int = field(repr=False)
    match_weight: float
    match_probability: float
    person: int
    gamma: int = field(repr=False)

    def __init__(
        self, segment: Segment, row: int, weight: float, probability: float, person: int, gamma: int
    ) -> None:
        # What a frozen class would write for itself takes three times as long, a look-up's twentieth.
        self.__dict__.update(
            segment=segment, row=row, match_weight=weight, match_probability=probability,
            person=person, gamma=gamma,
        )  # fmt: skip

    @cached_property
    def record_id(self) -> str:
        """The record's id, as it was given."""
        return self.segment.record_ids(np.array([self.row], np.uint32))[0]

    @cached_property
    def record(self) -> dict[str, str | None]:
        """The stored texts by field, as they were given; decoded on first use."""
        return self.segment.records(np.array([self.row], np.uint32))[0]

    @cached_property
    def levels(self) -> dict[str, str]:
        """Per field that both sides hold, the level of agreement."""
        found = {}
        for comparison in self.segment.scorer:
            code = self.gamma >> comparison["shift"] & ((1 << comparison["bits"]) - 1)
            if code:
                found[comparison["name"]] = comparison["levels"][code - 1]
        return found


@dataclass(frozen=True)
class OneWord:
    """That a query's name was one word, and read as part of longer names.

    Attributes
    ----------
    field : str
        The field of the name.
    n_bearers : int
        Records whose name has this word.
    narrowed_by : tuple of str
        Fields that the query lacks and that would tell these people apart, the most telling first.
    """

    field: str
    n_bearers: int
    narrowed_by: tuple[str, ...]

    def text(self, language: Literal["en", "vi"] = "en") -> str:
        """The same as a sentence for whoever asked; no value of the query is in it.

        Parameters
        ----------
        language : {"en", "vi"}
            English or Vietnamese; fields keep their names.
        """
        further = ", ".join(self.narrowed_by)
        if language == "vi":
            more = f" hoặc {further}" if further else ""
            return (
                f"{self.field} chỉ có một chữ, {self.n_bearers} hồ sơ có chữ này trong tên;"
                f" thêm chữ khác của tên{more} để thu hẹp"
            )
        bear = "1 record bears" if self.n_bearers == 1 else f"{self.n_bearers:,} records bear"
        more = f", or {further}" if further else ""
        return f"{self.field} is one word, which {bear}; a second word of the name would narrow it{more}"


@dataclass(frozen=True)
class Matches(Sequence[Match]):
    """The answers of one look-up, by weight, then as they stand in the index.

    Attributes
    ----------
    gap : float
        Bits between the best person and the next one; infinity without a second.
    ambiguous : bool
        A second person fits as well, or nearly: none of the answers may be taken for sure.
    truncated : bool
        The search was cut short before everything that could matter was seen.
    one_word : OneWord or None
        Where the query's name is one word that was read as part of longer names.
    """

    answers: tuple[Match, ...]
    gap: float
    ambiguous: bool
    truncated: bool
    one_word: OneWord | None = None

    @overload
    def __getitem__(self, index: int) -> Match: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Match, ...]: ...
    def __getitem__(self, index: int | slice) -> Match | tuple[Match, ...]:
        return self.answers[index]

    def __len__(self) -> int:
        return len(self.answers)

    def __iter__(self) -> Iterator[Match]:
        return iter(self.answers)
