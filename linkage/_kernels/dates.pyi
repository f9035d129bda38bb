"""Types of the date kernel."""

from collections.abc import Iterable

IMPOSSIBLE: int
GUESSED_CENTURY: int

def parse_one(text: bytes, order: int = 0, *, length: int | None = None) -> int: ...
def detect_order(texts: Iterable[bytes | str]) -> tuple[int, int, int]: ...
def time_one(text: bytes, *, repeat: int = 1_000_000) -> int: ...
