"""Twins of `ext/parquet.pyx`: levels and indices of a Parquet page bit by bit, texts one by one."""

from __future__ import annotations


def numbers(data: bytes, width: int, n: int) -> list[int]:
    """The first n numbers of runs of one value and of runs packed bit by bit."""
    found: list[int] = []
    at = 0
    while len(found) < n:
        header = shift = 0
        while True:
            byte = data[at]
            at += 1
            header |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        if header & 1:
            size = (header >> 1) * width
            bits = int.from_bytes(data[at : at + size], "little")
            found += [bits >> i * width & (1 << width) - 1 for i in range((header >> 1) * 8)]
        else:
            size = (width + 7) // 8
            found += [int.from_bytes(data[at : at + size], "little")] * (header >> 1)
        at += size
    return found[:n]


def runs(values: list[int], width: int, packed: list[bool]) -> bytes:
    """Numbers as runs: eight at a time packed where `packed` says so, of one value each where it does not."""
    out, at, k = b"", 0, 0
    while at < len(values):
        if packed[k % len(packed)]:
            part = (values[at : at + 8] + [0] * 8)[:8]
            out += b"\x03" + sum(v << i * width for i, v in enumerate(part)).to_bytes(width, "little")
            at += 8
        else:
            n = 1
            while at + n < len(values) and values[at + n] == values[at]:
                n += 1
            header = n << 1
            while header > 127:
                out += bytes([header & 127 | 128])
                header >>= 7
            out += bytes([header]) + values[at].to_bytes((width + 7) // 8, "little")
            at += n
        k += 1
    return out


def texts(levels: list[int], values: bytes) -> list[bytes | None]:
    """The texts of a page, each behind its length; None where the level is 0."""
    found: list[bytes | None] = []
    at = 0
    for level in levels:
        if level:
            size = int.from_bytes(values[at : at + 4], "little")
            found.append(values[at + 4 : at + 4 + size])
            at += 4 + size
        else:
            found.append(None)
    return found
