"""A number -> as Vietnamese sentences write it: points between thousands, a comma before decimals."""

_EXCHANGED = str.maketrans(",.", ".,")


def written(number: float, form: str = ",") -> str:
    """The number by a format specification.

    Examples
    --------
    >>> written(12345.6, ",.1f")
    '12.345,6'
    """
    return format(number, form).translate(_EXCHANGED)
