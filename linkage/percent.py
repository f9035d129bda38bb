"""A share -> whole per cent, in words: 100% and 0% of 1 and 0 alone, as in the report (`report_dom.js`)."""


def percent(share: float) -> str:
    """The share in per cent.

    Examples
    --------
    >>> percent(0.254), percent(0.999), percent(0.001), percent(1.0)
    ('25%', '> 99%', '< 1%', '100%')
    """
    if 0.995 <= share < 1:
        return "> 99%"
    return "< 1%" if 0 < share <= 0.005 else f"{share:.0%}"
