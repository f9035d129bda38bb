"""What every foreign table's columns are made with: fixed draws from a person, time stamps, addresses of mail."""

from typing import Any

import numpy as np

from benchmarks.foreign.people import Person

Row = dict[str, Any]
Random = np.random.Generator
TODAY = 2024


def part_of(person: Person, salt: int, n: int) -> int:
    """A number below n that a person keeps."""
    return (int(person["number_of_person"]) * (2 * salt + 1) // 7) % n


def stamp(random: Random) -> str:
    """A second of the year 2023."""
    day, second = int(random.integers(1, 29)), int(random.integers(0, 86_400))
    return f"2023-{1 + second % 12:02}-{day:02} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def mail(person: Person) -> str | None:
    """An address of mail made of the name; one person in ten has none."""
    if part_of(person, 3, 10) == 0:
        return None
    first = person["given"].split()[0]
    return f"{first}.{person['family'].split()[-1]}{part_of(person, 5, 90)}@{('mail.com', 'post.org', 'web.net')[part_of(person, 7, 3)]}"
