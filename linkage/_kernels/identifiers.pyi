"""Types of the identifier kernel."""

OK: int
MISSING: int
REPAIRED: int
OLD_NUMBER: int
MALFORMED: int
UNRECOVERABLE: int
HASHED: int
KINDS: dict[str, int]

def pack_one(
    text: bytes, kind: str = "generic", *, length: int | None = None, hashed: bool = False
) -> tuple[int, int]: ...
def unpack_one(code: int) -> str | None: ...
def time_one(text: bytes, kind: str = "personal", *, repeat: int = 1_000_000) -> int: ...
