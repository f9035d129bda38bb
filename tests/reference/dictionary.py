"""Naive twin of ext/dictionary.pyx: a dict from normalised text to its number."""

from linkage._kernels.normalise import normalise_one


def encode(texts, kind):
    """Texts (bytes or None) -> ids, and the folded text of each id."""
    ids, folded_of, out = {}, [b""], []
    for text in texts:
        exact, _, folded, *_ = normalise_one(text or b"", kind if kind in ("name", "place") else "text")
        if not exact or not folded:
            out.append(0)
            continue
        if exact not in ids:
            ids[exact] = len(folded_of)
            folded_of.append(folded)
        out.append(ids[exact])
    return out, folded_of
