"""The errors that linkage raises: one base, one class per kind of thing that can be wrong."""

from collections.abc import Iterable


def why(error: Exception) -> str:
    """What an exception says, on one line; the operating system's without its number and the path again."""
    told = error.strerror if isinstance(error, OSError) else None
    text = told.lower() if told else str(error)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """The end of an error about a name that is not there: which one may have been meant, or nothing."""
    from difflib import get_close_matches

    by_fold = {other.casefold(): other for other in reversed(list(known))}
    near = get_close_matches(str(name).casefold(), by_fold, n=1, cutoff=0.85)
    return f"; did you mean {by_fold[near[0]]!r}?" if near else ""


class LinkageError(Exception):
    """Base of all errors raised by linkage."""


class InputError(LinkageError, ValueError):
    """A table, file, column or value does not fit; the message says which, what was expected, what came."""


class SchemaError(LinkageError, ValueError):
    """A schema contradicts itself or does not fit the table."""


class ModelError(LinkageError, ValueError):
    """A model's parameters are missing, malformed or do not fit the schema."""


class SegmentError(LinkageError):
    """A segment's bytes are damaged, or of a version this linkage does not read; names path and section."""


class IndexStateError(LinkageError):
    """An index cannot do what is asked: not an index, damaged, closed, or not made for it; says which."""


class IndexLockedError(IndexStateError):
    """Another writer holds the index; the message names its process and host."""


class TrainingError(ModelError):
    """Training cannot be trusted on this data; the message says why and what would help."""
