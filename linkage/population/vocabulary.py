"""Syllable, variant and form -> token number; token numbers -> Arrow text, made on first use."""

from collections.abc import Callable
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage.population import spelling

Codes = npt.NDArray[np.int32]

N_VARIANTS: Final = 64
CLEAN, TONE_MOVED, I_Y, DOUBLET, TELEX, VNI, INITIAL, APOSTROPHE = range(8)
REGIONAL, N_REGIONAL = 8, 4
WRONG_MARK, N_WRONG_MARK = 12, 8
OCR, N_OCR = 20, 8
TYPO, N_TYPO = 28, 36

N_FORMS: Final = 16
TITLE, UPPER, LOWER = 0, 1, 2
"""Forms come in threes (title, upper, lower case); add one of the next to change the encoding."""
NFD, FOLDED, HYBRID = 3, 6, 9
MOJIBAKE, TCVN3, VNI_WIN = 12, 13, 14

_ENCODE: Final[dict[int, spelling.Transform]] = {
    NFD: spelling.nfd,
    FOLDED: spelling.fold,
    HYBRID: spelling.hybrid,
}
_BYTES: Final[dict[int, spelling.Transform]] = {
    MOJIBAKE: spelling.mojibake,
    TCVN3: spelling.tcvn3,
    VNI_WIN: spelling.vni_win,
}


class Vocabulary:
    """Numbered texts that are made when first met: `spell(number) -> text`, number < `size`."""

    def __init__(self, size: int, spell: Callable[[int], str]) -> None:
        self._spell = spell
        self._place = np.full(size, -1, dtype=np.int32)
        # no text twice: pyarrow 26 writes uninitialised memory after a dictionary with duplicates
        self._texts: dict[str, int] = {}
        self._array = pa.array([], type=pa.string())

    def take(self, numbers: Codes) -> pa.Array:
        """Numbers (negative = null) -> dictionary array of text, same order."""
        present = numbers >= 0
        complete = bool(present.all())
        known = numbers if complete else numbers[present]
        places = self._place[known]
        if (places < 0).any():
            n_before = len(self._texts)
            for number in np.unique(known[places < 0]).tolist():
                self._place[number] = self._texts.setdefault(self._spell(number), len(self._texts))
            new = pa.array(islice(self._texts, n_before, None), type=pa.string())
            self._array = pa.concat_arrays([self._array, new])
            places = self._place[known]
        if complete:
            indices = pa.array(places)
        else:
            full = np.zeros(len(numbers), dtype=np.int32)
            full[present] = places
            indices = pa.array(full, mask=~present)
        return pa.DictionaryArray.from_arrays(indices, self._array)


class NameVocabulary:
    """The texts of all name syllables in every variant and form.

    Parameters
    ----------
    syllables : title-case NFC texts, number = position; number 0 is the empty text.

    Attributes
    ----------
    exposed : bool[n_variants, n_syllables], whether a variant changes the syllable.
    """

    def __init__(self, syllables: list[str]) -> None:
        self.syllables = syllables
        self._variants = [_variants(text) for text in syllables]
        self.exposed = np.array([[v is not None for v in row] for row in self._variants]).T.copy()
        self._vocabulary = Vocabulary(len(syllables) * N_VARIANTS * N_FORMS, self._spell)

    def _spell(self, number: int) -> str:
        rest, form = divmod(number, N_FORMS)
        syllable, variant = divmod(rest, N_VARIANTS)
        text = self._variants[syllable][variant] or self.syllables[syllable]
        if form >= MOJIBAKE:
            return _BYTES[form](text)
        encoding, case = form - form % 3, form % 3
        text = text.upper() if case == UPPER else text.lower() if case == LOWER else text
        return _ENCODE[encoding](text) if encoding else text

    def join(self, slots: Codes, variants: Codes | None, forms: npt.NDArray[np.int8]) -> pa.Array:
        """Syllables -> names, words joined by one space; a row without syllables is null.

        Parameters
        ----------
        slots : int32[n, width], -1 = absent.
        variants : int32[n, width] or None for clean.
        forms : int8[n].
        """
        tokens = slots * np.int32(N_VARIANTS)
        if variants is not None:
            tokens += variants
        tokens *= np.int32(N_FORMS)
        tokens += forms[:, None]
        tokens[slots < 0] = -1
        present = slots >= 0
        empty = ~present.any(axis=1)
        if empty.all():
            return pa.nulls(len(slots), type=pa.string())
        used = np.flatnonzero(present.any(axis=0)).tolist()
        # pyarrow 26 loses rows whose words are all null: they get the empty word 0 first
        tokens[empty, used[0]] = 0
        columns = [self._vocabulary.take(np.ascontiguousarray(tokens[:, column])) for column in used]
        columns = [column.cast(pa.string()) for column in columns]
        joined = pc.binary_join_element_wise(*columns, " ", null_handling="skip")
        return pc.if_else(pa.array(~empty), joined, pa.scalar(None, pa.string())) if empty.any() else joined


def _title(word: str) -> str:
    return word[:1].upper() + word[1:]


def _variants(text: str) -> list[str | None]:
    """All variants of a syllable in title case; None where the variant does not apply."""
    row: list[str | None] = [None] * N_VARIANTS
    if not text:
        return row
    lower = text.lower()
    row[CLEAN] = text
    row[INITIAL] = text[0] + "."
    if text.startswith("H'"):
        row[APOSTROPHE] = "H’" + text[2:]
        return row
    if not lower.isalpha():
        return row
    for variant, changed in (
        (TONE_MOVED, spelling.move_tone(lower)),
        (I_Y, spelling.swap_i_y(lower)),
        (DOUBLET, spelling.doublets().get(lower)),
        (TELEX, spelling.telex(lower)),
        (VNI, spelling.vni(lower)),
    ):
        if changed and changed != lower:
            row[variant] = _title(changed)
    for begin, number, words in (
        (REGIONAL, N_REGIONAL, spelling.regional(lower)),
        (WRONG_MARK, N_WRONG_MARK, spelling.wrong_marks(lower)),
        (OCR, N_OCR, spelling.ocr(lower)),
        (TYPO, N_TYPO, spelling.typos(lower, N_TYPO)),
    ):
        for position in range(number if words else 0):
            row[begin + position] = _title(words[(position * 7) % len(words)])
    return row
