"""Naive twin of ext/similarity.pxd and of the levels of names, texts and numbers: two values -> level code.

Texts are taken as the normaliser leaves them (its own twin is normalise.py).
"""

from dataclasses import dataclass

from linkage._kernels.normalise import ACCENTED, normalise_one, phonetic_one


def osa(a, b):
    """Optimal string alignment distance by its definition."""
    d = [[max(i, j) for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1)
    return d[-1][-1]


def signature(text):
    """What is there: each letter, each digit, letters there twice, other bytes by parity."""
    found = set()
    for byte in text:
        char = chr(byte) if byte < 0x80 else chr(ord("a") + byte % 26)
        if char.isascii() and char.isalpha() and char in found:
            found.add(char * 2)
        elif char.isascii() and char.isalnum():
            found.add(char)
        elif char != " ":
            found.add(f"other {byte % 2}")
    return found


def n_differing_marks(a, b):
    return len(signature(a) ^ signature(b))


def compact(folded):
    """A letter of an alphabet is one byte, a Hangul syllable its letters, another character two."""
    out = []
    for char in folded.decode("utf-8", "replace"):
        code = ord(char)
        if code < 0x80:
            out.append(code)
        elif code < 0x2000:
            out.append(0x80 | code & 0x7F)
        elif 0xAC00 <= code <= 0xD7A3:
            vowel, last = divmod((code - 0xAC00) % 588, 28)
            out += [0x80 + (code - 0xAC00) // 588, 0x98 + vowel] + [0xB0 + last] * (last > 0)
        else:
            mixed = code * 0x9E3779B1 & 0xFFFFFFFF
            out += [0x80 | mixed >> 24, 0x80 | mixed >> 16 & 0x7F]
    return bytes(out)


@dataclass
class Text:
    exact: bytes
    spelling: bytes
    folded: bytes
    accented: bool

    @property
    def tokens(self):
        return self.folded.split()


def read(raw, kind):
    exact, spelling, folded, _, flags = normalise_one(raw.encode(), kind)
    return Text(exact, spelling, compact(folded), bool(flags & ACCENTED))


def likeness(a, b):
    """Of two tokens: near, initial, similar or None."""
    if len(a) == 1 or len(b) == 1:
        return "initial" if a[0] == b[0] else None
    distance, shortest, longest = osa(a, b), min(len(a), len(b)), max(len(a), len(b))
    if phonetic_one(a) == phonetic_one(b) or distance <= 1 or (distance == 2 and shortest >= 6):
        return "near"
    return "similar" if distance <= longest / 4 else None


def pair_up(a, b):
    """Tokens of a -> the token of b each stands for: equal ones first, then near ones, initials."""
    taken = {}
    for fits in (lambda x, y: x == y, lambda x, y: likeness(x, y) in ("near", "initial")):
        for i, x in enumerate(a):
            if i not in taken:
                for j, y in enumerate(b):
                    if j not in taken.values() and fits(x, y):
                        taken[i] = j
                        break
    return taken


def name_level(raw_a, raw_b):
    p, q = read(raw_a, "name"), read(raw_b, "name")
    if not p.folded or not q.folded:
        return 0
    if p.exact == q.exact:
        return 10
    if p.spelling == q.spelling:
        return 9
    if p.folded == q.folded:
        return 7 if p.accented and q.accented else 8
    if len(p.tokens) > len(q.tokens):
        p, q = q, p
    a, b = p.tokens[:8], q.tokens[:8]
    first, last = a[0] == b[0], a[-1] == b[-1]
    marks = n_differing_marks(p.folded, q.folded)
    if not first and not last and marks > 8:
        return 1
    found = pair_up(a, b)
    kinds = [None if a[i] == b[j] else likeness(a[i], b[j]) for i, j in found.items()]
    first = first or (found.get(0) == 0)
    last = last or (found.get(len(a) - 1) == len(b) - 1)
    aligned = all(i == j for i, j in found.items())
    if len(found) == len(a) >= 2:
        if "near" not in kinds:
            return 5
        one_slip = kinds.count("near") == 1 and "initial" not in kinds
        return 6 if one_slip and len(a) == len(b) and aligned else 4
    if p.folded.replace(b" ", b"") == q.folded.replace(b" ", b""):
        return 6
    if len(a) == len(b) == 1:
        return 6 if "near" in kinds else 1
    if first and last and len(a) >= 2:
        return 4
    if marks <= 4 and min(len(p.folded), len(q.folded)) >= 8 and osa(p.folded, q.folded) <= 2:
        return 4
    return 3 if last else 2 if first else 1


def part_level(raw_a, raw_b, partner_a="", partner_b="", others=()):
    p, q = read(raw_a, "name"), read(raw_b, "name")
    if not p.folded or not q.folded:
        return 0
    if p.exact == q.exact:
        return 7
    level = alike_part(p, q)
    if level >= 5:
        return level
    other_names = [(read(a, "name"), read(b, "name")) for a, b in others]
    if any(is_within(p, b) or is_within(q, a) for a, b in other_names):
        return 4
    return 4 if are_swapped(p, q, read(partner_a, "name"), read(partner_b, "name")) else level


def is_within(name, other):
    """Whether a name is another one, or a word of it; a letter is an initial."""
    return len(name.folded) > 1 and name.folded in (other.folded, *other.folded.split())


def are_swapped(p, q, partner_p, partner_q):
    first = p.folded == partner_q.folded
    second = q.folded == partner_p.folded
    if first and second:
        return True
    if first:
        return not partner_p.folded or slip_apart(q.folded, partner_p.folded)
    return second and (not partner_q.folded or slip_apart(p.folded, partner_q.folded))


def slip_apart(a, b):
    distance = osa(a, b)
    return distance <= 1 or (distance == 2 and min(len(a), len(b)) >= 6)


def is_begin_of(p, q):
    """Whether the first words are one, and all others as far as both go, or initials of each other."""
    behind = zip(p[1:], q[1:], strict=False)
    return p[0] == q[0] and len(p[0]) > 2 and all(x == y or likeness(x, y) == "initial" for x, y in behind)


def alike_part(p, q):
    a, b = p.folded, q.folded
    shortest, longest = min(len(a), len(b)), max(len(a), len(b))
    if a == b:
        return 6
    if shortest == 1:
        return 2 if a[0] == b[0] else 1
    single = len(p.tokens) == len(q.tokens) == 1
    if single and likeness(a, b) == "near":
        return 5
    if not single and a.replace(b" ", b"") == b.replace(b" ", b""):
        return 5
    if not single and is_begin_of(p.tokens[:8], q.tokens[:8]):
        return 5
    distance = osa(a, b)
    if distance <= 1 or (distance == 2 and shortest >= 6):
        return 5
    if distance <= longest * 2 / 5 or (shortest >= 3 and a[:3] == b[:3]):
        return 3
    common = set(p.tokens[:8]) & set(q.tokens[:8])
    return 3 if not single and any(len(t) > 1 for t in common) else 1


def text_level(raw_a, raw_b):
    p, q = read(raw_a, "place"), read(raw_b, "place")
    if not p.folded or not q.folded:
        return 0
    if p.exact == q.exact:
        return 6
    if p.folded == q.folded:
        return 5
    distance, longest = osa(p.folded, q.folded), max(len(p.folded), len(q.folded))
    if longest <= 64:
        if distance <= 1 or distance <= longest / 10:
            return 4
        if distance <= longest / 4:
            return 3
    a, b = p.tokens[:8], q.tokens[:8]
    n_common = sum(min(a.count(t), b.count(t)) for t in set(a))
    if len(a) == len(b) == 1:
        return 1
    if n_common == len(a) == len(b):
        return 4
    return 2 if n_common >= max(len(a), len(b)) / 2 else 1


def email_level(raw_a, raw_b):
    p, q = read(raw_a, "text"), read(raw_b, "text")
    if not p.folded or not q.folded:
        return 0
    if p.folded == q.folded:
        return 6
    local = [raw.strip().partition("@")[0] for raw in (raw_a, raw_b)]
    if "@" in raw_a and "@" in raw_b and read(local[0], "text").folded == read(local[1], "text").folded:
        return 4
    distance, longest = osa(p.folded, q.folded), max(len(p.folded), len(q.folded))
    digits = [[c for c in text if c in b"0123456789"] for text in (p.folded, q.folded)]
    if longest <= 64 and digits[0] == digits[1]:
        if distance <= 2:
            return 3
        if distance <= longest / 4:
            return 2
    return 1


def identifier_level(a, b):
    """Of two strings of one alphabet: equal, one edit, two characters differ, else."""
    if a == b:
        return 4
    if osa(a, b) == 1:
        return 3
    width = max(len(a), len(b))
    differing = sum(x != y for x, y in zip(a.rjust(width), b.rjust(width), strict=True))
    return 2 if differing == 2 else 1


def date_level(a, b):
    """Of two dates (year, month, day), unknown parts 0."""
    if not any(a) or not any(b):
        return 0
    (ya, ma, da), (yb, mb, db) = a, b
    if not all(a) or not all(b):
        if ya and yb:
            if ya != yb:
                vague = all(not month or not day or (month, day) == (1, 1) for _, month, day in (a, b))
                if vague and abs(ya - yb) == 1:
                    return 3
                if vague and sum(p != q for p, q in zip(f"{ya:04}", f"{yb:04}", strict=True)) == 1:
                    return 4
                return 2 if abs(ya - yb) == 1 else 1
            if ma and mb and ma != mb and (1, 1) in ((ma, da), (mb, db)):
                return 6
            return (7 if ma == mb else 3) if ma and mb else 6
        return 2 if ma and ma == mb and (da == db or not da or not db) else 1
    if a == b:
        return 11
    if ya == yb and (ma, da) == (db, mb):
        return 10
    x, y = (f"{year:04}{month:02}{day:02}" for year, month, day in (a, b))
    if osa(x, y) == 1:
        return 9
    if (ma, da) == (mb, db):
        return 8 if abs(ya - yb) <= 3 else 2
    if ya == yb:
        if (1, 1) in ((ma, da), (mb, db)):
            return 6
        return 5 if ma == mb or da == db else 3
    if (ma, da) == (db, mb) and sum(p != q for p, q in zip(x[:4], y[:4], strict=True)) == 1:
        return 4
    if sum(p != q for p, q in zip(x, y, strict=True)) == 2:
        return 4
    return 3 if abs((ya - yb) * 372 + (ma - mb) * 31 + da - db) <= 62 else 1


def category_level(a, b):
    """Of two (group, value), value 0 = only the group is known."""
    if a == (0, 0) or b == (0, 0):
        return 0
    if a == b:
        return 3
    return 2 if a[0] and a[0] == b[0] else 1


def number_level(a, b):
    if a == b:
        return 4
    gap, size = abs(a - b), max(abs(a), abs(b))
    return 3 if gap <= size * 0.01 else 2 if gap <= size * 0.1 else 1
