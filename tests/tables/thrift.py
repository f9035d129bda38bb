"""The footer of a Parquet file <-> a tree that tests change: structs as dicts number -> (type, value)."""

from typing import Any

TRUE, FALSE, BYTE, I32, I64, BINARY, LIST, STRUCT = 1, 2, 3, 5, 6, 8, 9, 12


def footer_of(data: bytes) -> dict[int, Any]:
    """The footer of a file's bytes; a list is a pair of its values' type and these."""
    n = int.from_bytes(data[-8:-4], "little")
    return _Reader(data[-8 - n : -8]).value(STRUCT)


def with_footer(data: bytes, footer: dict[int, Any]) -> bytes:
    """A file's bytes with another footer."""
    n, new = int.from_bytes(data[-8:-4], "little"), _written(STRUCT, footer)
    return data[: -8 - n] + new + len(new).to_bytes(4, "little") + data[-4:]


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def bytes(self, n: int) -> bytes:
        self.at += n
        return self.data[self.at - n : self.at]

    def varint(self) -> int:
        byte = self.bytes(1)[0]
        return byte if byte < 128 else byte - 128 + 128 * self.varint()

    def zigzag(self) -> int:
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def value(self, kind: int) -> Any:
        if kind in (TRUE, FALSE):
            return kind
        if kind == BYTE:
            return self.bytes(1)
        if kind in (I32, I64):
            return self.zigzag()
        if kind == BINARY:
            return self.bytes(self.varint())
        if kind == LIST:
            head = self.bytes(1)[0]
            n = head >> 4 if head >> 4 < 15 else self.varint()
            return head & 15, [self.value(head & 15) for _ in range(n)]
        fields: dict[int, Any] = {}
        number = 0
        while head := self.bytes(1)[0]:
            number = number + (head >> 4) if head >> 4 else self.zigzag()
            fields[number] = head & 15, self.value(head & 15)
        return fields


def _varint(value: int) -> bytes:
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + _varint(value >> 7)


def _zigzag(value: int) -> bytes:
    return _varint(2 * value if value >= 0 else -2 * value - 1)


def _written(kind: int, value: Any) -> bytes:
    if kind in (TRUE, FALSE):
        return b""
    if kind == BYTE:
        return value
    if kind in (I32, I64):
        return _zigzag(value)
    if kind == BINARY:
        return _varint(len(value)) + value
    if kind == LIST:
        of, values = value
        n = len(values)
        head = bytes([n << 4 | of]) if n < 15 else bytes([240 | of]) + _varint(n)
        return head + b"".join(_written(of, v) for v in values)
    out, last = b"", 0
    for number, (of, held) in sorted(value.items()):
        gap = number - last
        out += bytes([gap << 4 | of]) if gap < 16 else bytes([of]) + _zigzag(number)
        out, last = out + _written(of, held), number
    return out + b"\0"
