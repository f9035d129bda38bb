"""A column's header, in any of some twenty-five languages -> the field that it names by itself."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from linkage.fields.meaning.citizen_headers import Meaning, is_joined, meaning_of
from linkage.fields.meaning.fold import fold_header
from linkage.schema import Field, citizen_schema

RECORD_IDS = (
    "record_id",
    "unique_id",
    "rec_id",
    "row_id",
    "id",
    "uid",
    "person_id",
    "ma_ho_so",
    "stt",
    "rec",
    "recid",
    "record",
    "record_no",
    "record_number",
    "row",
    "row_number",
    "index",
    "unnamed_0",
    "pk",
    "key",
    "uuid",
    "guid",
    "lfd_nr",
    "seq",
)
SERIALS = ("stt", "row", "row_number", "index", "unnamed_0", "lfd_nr", "seq")
"""Those of them that count rows: where they repeat, they name no record."""
TRUTH = (
    "entity",
    "cluster",
    "cluster_id",
    "entity_id",
    "true_id",
    "label",
    "source_dataset",
    "truth",
    "ground_truth",
    "true_cluster",
    "true_entity",
    "match_id",
    "simulant_id",
)
"""Headers that tell the answer or the origin; never evidence."""

WORDS: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))
"""Headers and the words in them, in some twenty-five languages: data, to be added to."""
_RELATIVES, _INSTITUTIONS = frozenset(WORDS["relatives"]), frozenset(WORDS["institutions"])
_NOISE, _NOTHING = frozenset(WORDS["noise"]), frozenset(WORDS["nothing"])
"""What a header may carry around its meaning; what makes of it a remark about a field, not its value."""
_PEOPLE = frozenset(WORDS["people"])
"""Words for whom a table lists: alone they head names, in front of others (donor type) they say whose."""
_LISTED = _PEOPLE | {"baby", "child", "infant", "newborn", "owner", "voter"}
"""Of whom "first" and "last" behind them are parts of the name: child first, guest last."""
_ORDINALS = frozenset(("first", "last"))
"""A given and a family name at a header's end or alone; in front of other words a time: last update."""
_ABBREVIATED = frozenset(("fn", "ln", "mi", "sx"))
"""Abbreviations that mean the same behind a table's name, CL_FN, where nothing else tells."""
_NUMBERED = frozenset(("id", "no", "nr", "nro", "num", "number", "nbr", "code", "cd", "clave", "codigo"))
"""Noise that is none behind such a word: an author id is no author."""


_NO_NUMBERS = frozenset((*WORDS["years"], "form", "period", "class", "bracket", "rate", "expiry"))
"""Last words of a header, "tax year", that make of the number in front of them something else."""


LONG = 7
"""Letters of a header without spaces (fullname) that hardly mean anything but the same words with them."""


def _entries() -> dict[str, tuple[str, dict[str, Any]]]:
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for entry in WORDS["headers"]:
        settings = dict(entry["field"])
        meaning = settings.pop("kind"), settings
        for phrase in entry["headers"]:
            found.setdefault(fold_header(phrase), meaning)
    found |= {word: found["name"] for word in _PEOPLE if word not in found}
    joined = {phrase.replace(" ", ""): entry for phrase, entry in found.items() if phrase.isascii()}
    return {word: entry for word, entry in joined.items() if len(word) >= LONG} | found


_ENTRIES = _entries()
_OF_NAMES = {w for w, (kind, _) in _ENTRIES.items() if kind == "person_name" and w.isascii() and len(w) > 2}
_LONGEST = max(phrase.count(" ") for phrase in _ENTRIES) + 1


def is_reserved(column: str) -> bool:
    """Whether a header names the records themselves, or the answer."""
    folded = fold_header(column)
    return not folded or folded.replace(" ", "_") in (*RECORD_IDS, *TRUTH)


def field_of_header(column: str) -> Field | None:
    """The field that a header names by itself; None for record ids, truth, and what says nothing."""
    if is_reserved(column):
        return None
    meaning = _vietnamese(column)
    if meaning is not None:
        found = _entry_of_meaning(meaning)
        return Field(column, kind=found[0], **found[1]) if found else None  # type: ignore[arg-type]
    words = words_of_header(column)
    entry = _of_two_languages(column) or _entry_of(words)
    if entry is None:
        return None
    kind, settings = entry
    of_relative = _RELATIVES.intersection(words)
    if of_relative and kind in ("person_name", "date", "identifier"):
        settings = {"shared": True}
    if kind == "date" and " ".join(words) not in _ENTRIES and _is_of_an_event(words):
        return None
    return Field(column, kind=kind, **settings)  # type: ignore[arg-type]


def entry_of_header(column: str) -> tuple[str, dict[str, Any]] | None:
    """The lexicon's entry that a header belongs to, one object for all headers of one meaning."""
    meaning = _vietnamese(column)
    if meaning is not None:
        return _entry_of_meaning(meaning)
    return _of_two_languages(column) or _entry_of(words_of_header(column))


_SOME_DIGITS = re.compile(r"\b(first|last) ?[3-6]\b")
"""How many characters of a value are there, as in "SSN last 4": neither a given nor a family name."""


def words_of_header(column: str) -> list[str]:
    """A header's words, folded: those of BirthDate, fathername, addr1."""
    folded = fold_header(column)
    joined = folded.replace(" ", "")
    # Capitals inside a word divide some that belong together: DoB, ForeName.
    if column.isalpha() and folded not in _ENTRIES and joined in _ENTRIES:
        return [joined]
    apart = re.sub(r"(?<=[^\W\d_])(?=\d)", " ", folded)
    words = (apart if apart in _ENTRIES else _SOME_DIGITS.sub(" ", apart)).split()
    return _name_of_relative(words[0]) or words if len(words) == 1 else words


def _name_of_relative(word: str) -> list[str]:
    """The two words of fathername, nomepadre; empty for others."""
    if len(word) < LONG:
        return []
    parts = [(word[:k], word[k:]) for k in range(3, len(word) - 2)]
    return next(
        (
            [a, b]
            for a, b in parts
            if (a in _RELATIVES and b in _OF_NAMES) or (b in _RELATIVES and a in _OF_NAMES)
        ),
        [],
    )


def _of_two_languages(column: str) -> tuple[str, dict[str, Any]] | None:
    """The entry of a header that says one thing twice, "Аты / Имя": the one that says which part of a name.

    "Nachname / Vorname" is no such header: its halves are different parts.
    """
    halves = [half for half in re.split(r"[/|\n]", column) if half.strip()]
    if len(halves) < 2 or " ".join(words_of_header(column)) in _ENTRIES:
        return None
    found = [entry for half in halves if (entry := _entry_of(words_of_header(half)))]
    parts = {settings.get("part") for _, settings in found} - {None}
    if len({kind for kind, _ in found}) != 1 or len(parts) > 1:
        return None
    return next((entry for entry in found if entry[1].get("part") in parts), found[0])


def is_of_own_name(column: str) -> bool:
    """Whether a column holds what brothers share of their own names: patronymics, second family names."""
    return entry_of_header(column) is _ENTRIES["patronymic"] or is_second_family_name(column)


def is_second_family_name(column: str) -> bool:
    """Whether a column holds the family name that stands behind another one, mostly the mother's."""
    return entry_of_header(column) is _ENTRIES["segundo apellido"]


def is_other_family_name(column: str) -> bool:
    """Whether a column holds a person's family name before or beside the one in use: a maiden name."""
    return entry_of_header(column) is _ENTRIES["maiden name"]


def is_middle_name(column: str) -> bool:
    """Whether a column holds the names behind the given one: the second of two that a person may go by."""
    return entry_of_header(column) is _ENTRIES["middle name"]


def is_former_name(item: Field) -> bool:
    """Whether a field is there only for family names to be found in it: one table of two may lack it."""
    return not item.compare and item.kind == "person_name" and is_other_family_name(item.name)


def may_hold_family_name(column: str) -> bool:
    """Whether a column beside the family name may hold the one that a person had: also as a middle name."""
    entry = entry_of_header(column)
    return any(entry is _ENTRIES[phrase] for phrase in ("maiden name", "middle name", "surname"))


def is_of_institution(column: str) -> bool:
    """Whether a column tells of an employer, a school, a hospital: its name, its number, its address."""
    return not _INSTITUTIONS.isdisjoint(words_of_header(column))


def field_of_listed(column: str) -> Field | None:
    """The part of a name under a header that mostly means somebody else, a patient's physician, an agent."""
    words = words_of_header(column)
    rest = [w for w in words if w not in _INSTITUTIONS]
    if is_reserved(column) or len(rest) == len(words) or not rest or not _RELATIVES.isdisjoint(rest):
        return None
    entry = _entry_of(rest)
    if entry is None or entry[0] != "person_name" or entry[1].get("part") not in ("given", "family"):
        return None
    return Field(column, kind="person_name", **entry[1])


def relative_of_header(column: str) -> tuple[frozenset[str], Field] | None:
    """Whose relative a column is of ("mother", "dob"), and the field as that relative's own; else None."""
    words = words_of_header(column)
    who = _RELATIVES.intersection(words)
    rest = " ".join(w for w in words if w not in _RELATIVES)
    if is_reserved(column) or not who or not rest or is_other_family_name(rest):
        return None
    item = field_of_header(rest)
    return None if item is None else (frozenset(who), replace(item, name=column))


def is_of_head(column: str) -> bool:
    """Whether a column names the heads of the records' households: chủ hộ, kepala keluarga, 世帯主."""
    return "chu ho" in fold_header(column) or entry_of_header(column) is _ENTRIES["head of household"]


def is_age(column: str) -> bool:
    """Whether a column holds ages, in years."""
    return not is_reserved(column) and entry_of_header(column) is _ENTRIES["age"]


def _vietnamese(column: str) -> Meaning | None:
    """What a header means as a Vietnamese one; one short ASCII word ("to", "ban") may be of any language."""
    folded = fold_header(column)
    return meaning_of(column) if " " in folded or not column.isascii() or is_joined(folded) else None


_ELSEWHERE = {
    "full_name": "full name",
    "date_of_birth": "date of birth",
    "sex": "sex",
    "phone": "phone",
    "street": "address",
}
"""Fields of the preset that tables of other countries hold as well, and the entry that names them."""


def _entry_of_meaning(meaning: Meaning) -> tuple[str, dict[str, Any]] | None:
    if meaning.preset is None:  # "Tuổi" is the entry of "age" itself
        return _ENTRIES["age"] if meaning.field == _ENTRIES["age"] else meaning.field
    return _ENTRIES[_ELSEWHERE[meaning.preset]] if meaning.preset in _ELSEWHERE else PRESET[meaning.preset]


PRESET: dict[str, tuple[str, dict[str, Any]]] = {
    f.name: (f.kind, {"format": f.format, "shared": f.shared}) for f in citizen_schema().fields
}
"""An entry for each field of the preset."""


def _entry_of(words: list[str]) -> tuple[str, dict[str, Any]] | None:
    """The lexicon's entry for a header: whole, without numbers and noise, its end, or its beginning."""
    plain = [w for w in words if not w.isdigit()]
    bare = [w for w in plain if w not in _NOISE] or plain
    numbered = not _NUMBERED.isdisjoint(plain[1:] if plain[:1] == ["no"] else plain)  # NO_PACIENTE: nome
    for version in (words, plain, bare):
        phrase = " ".join(version)
        if phrase in _ENTRIES and not (numbered and phrase in _PEOPLE):
            return _ENTRIES[phrase]
        if version[:1] in (["name"], ["nm"]) and (turned := " ".join([*version[1:], "name"])) in _ENTRIES:
            return _ENTRIES[turned]  # name_last, "Name (First)"
    if _RELATIVES.intersection(bare):
        rest = [w for w in bare if w not in _RELATIVES]
        return _entry_of(rest) if rest else ("person_name", {})
    if (_INSTITUTIONS | _NOTHING).intersection(bare):
        return None
    unnamed = " ".join(w for w in bare if _ENTRIES.get(w) not in (_ENTRIES["name"], _ENTRIES["ten"]))
    if unnamed != " ".join(bare) and _is_of_a_place(_ENTRIES.get(unnamed)):
        return _ENTRIES[unnamed]
    for n in range(min(len(plain), _LONGEST), 0, -1):
        for part in (plain[-n:], bare[-n:], plain[:n], bare[:n]):
            phrase = " ".join(part)
            beside = [w for w in bare if len(w) > 1 and w not in (*part, "initial", "init")]
            if phrase in _ORDINALS and beside and not (plain[-1] == phrase and _LISTED.issuperset(beside)):
                continue
            if phrase in _ENTRIES and (n > 1 or len(part[0]) > 2) and phrase not in _PEOPLE:
                entry = _ENTRIES[phrase]
                if entry[0] != "identifier" or bare[-1] in part or bare[-1] not in _NO_NUMBERS:
                    return entry
    if plain and plain[-1] in _PEOPLE and not numbered:  # "former student"
        return _ENTRIES[plain[-1]]
    if "nm" in plain:  # cust_nm: an abbreviation of name, where it is not noise beside a word that tells
        return _entry_of(["name" if w == "nm" else w for w in plain])
    if len(plain) > 1 and plain == words and plain[-1] in _ABBREVIATED:  # CL_FN, PT_LN
        return _ENTRIES[plain[-1]]
    return _entry_within("".join(words))


def _is_of_a_place(entry: tuple[str, dict[str, Any]] | None) -> bool:
    """Whether an entry means a place or its part: what "district name" and "ten xa" name."""
    return entry is not None and entry[0] in ("text", "address") and bool(entry[1].get("shared"))


def _entry_within(text: str) -> tuple[str, dict[str, Any]] | None:
    """The longest entry inside a header of a script that writes no spaces."""
    if not text or text.isascii() or min(text) < "\u3040":
        return None
    inside = [
        p for p in _ENTRIES if p and min(p) >= "\u3040" and len(p) > 1 and p in text and p not in _PEOPLE
    ]
    return _ENTRIES[max(inside, key=len)] if inside else None


_BIRTH = re.compile(
    "birth|born|dob|^b[dym]|dod|death|geb|nac|nasc|naiss|^ne$|fod|syn|urod|naro|szul|nast|rod|roj|рож|нар|др|dogum|γενν|"
    "出生|生|誕|생|ميلاد|לידה|जन्म|เกิด|lahir|sinh|ddn|yob|^d$"
)


def _is_of_an_event(words: list[str]) -> bool:
    """Whether a date is that of a visit, an entry, a change: "date" alone, or with birth or death, is not."""
    return len(words) > 1 and not any(_BIRTH.search(word) for word in words)
