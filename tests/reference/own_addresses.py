"""Naive twin of ext/own_addresses.pyx: a folded address and names -> whether it is made of these."""

import re

from tests.reference.levels import osa

LONGEST = 64


def _take(words, used, text):
    """The longest word that the text begins with, or else an initial: (its number, length, sign)."""
    best = None
    for k, word in enumerate(words):
        fits = k not in used and len(word) > 1 and text.startswith(word)
        if fits and (best is None or len(word) > len(words[best])):
            best = k
    if best is not None:
        return best, len(words[best]), b"n"
    for k, word in enumerate(words):
        if k not in used and word[:1] == text[:1]:
            return k, 1, b"i"
    return None


def _strictly(words, used, text, then=None):
    """(signs, words used) of a text that is words and initials, one after the other, else None.

    At each place `then` may say how it goes on instead.
    """
    signs, used = b"", set(used)
    while text:
        rest = then(used, text) if then else None
        if rest is not None:
            return signs + rest[0], rest[1]
        taken = _take(words, used, text)
        if taken is None:
            return None
        k, n, sign = taken
        used.add(k)
        signs, text = signs + sign, text[n:]
    return None if then else (signs, used)


def _nearly(words, used, text):
    """The same with a slip in one word."""

    def with_a_slip(used, text):
        for k, word in enumerate(words):
            for n in (len(word), len(word) + 1, len(word) - 1):
                fits = k not in used and len(word) >= 4 and n <= min(len(text), LONGEST)
                if fits and osa(word, text[:n]) <= 1:
                    rest = _strictly(words, used | {k}, text[n:])
                    if rest is not None:
                        return b"n" + rest[0], rest[1]
        return None

    return _strictly(words, used, text, with_a_slip)


def form_of(local, host, names):
    """(0 no, 1 yes, 2 but for a slip; what is not the name) of folded texts."""
    words = [w for name in names for w in name.split() if len(w) <= LONGEST][:12]
    whole = local + (b" " + host if host else b"")
    if len(whole) > LONGEST:
        return 0, None
    made, form, used, at = 0, b"", set(), 0
    while at < len(local):
        if chr(local[at]) in " 0123456789":
            form += local[at : at + 1]
            at += 1
            continue
        end = at
        while end < len(local) and chr(local[end]) not in " 0123456789":
            end += 1
        found = _strictly(words, used, local[at:end])
        made = max(made, 1)
        if found is None:
            found, made = _nearly(words, used, local[at:end]), 2
        if found is None:
            return 0, None
        form += found[0]
        used, at = found[1], end
    return made, form + whole[len(local) :]


def has_word(local, names):
    """Whether a run of letters of a short address begins or ends with a word of the name."""
    words = [w for name in names for w in name.split() if len(w) >= 3]
    runs = re.split(rb"[ 0-9]+", local)
    return any(run.startswith(w) or run.endswith(w) for run in runs for w in words)
