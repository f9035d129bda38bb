"""SQLite with an FTS5 trigram index as a peer of the look-up: register -> file, person -> the best five.

FTS5 has no similarity: a name is asked as its rarer trigrams joined by OR, each holder is a candidate
as is everyone born on one of the date's parts, and a SQL function orders candidates by the share of
trigrams that agree and by date, sex and province, weighed as for PostgreSQL.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import Stopwatch
from benchmarks.peer_run import AGREEMENT, LIMIT, Peer, Person, folder_bytes, main

TABLES = """
CREATE TABLE person (
    id TEXT NOT NULL, name TEXT NOT NULL, year INT, month INT, day INT, sex TEXT, province TEXT);
CREATE VIRTUAL TABLE grams USING fts5(
    name, content='person', tokenize='trigram', detail='none', columnsize=0);
"""
INDEXES = """
INSERT INTO grams(grams) VALUES ('rebuild');
INSERT INTO grams(grams) VALUES ('optimize');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab('grams', 'row');
CREATE INDEX person_year_month ON person (year, month, day);
CREATE INDEX person_month_day ON person (month, day);
ANALYZE;
"""
RARE_SHARE = 0.003
"""A trigram of more than this share of all names finds too many people to be a way in."""

QUERY = """
WITH found(row) AS (
    SELECT rowid FROM grams WHERE grams MATCH :trigrams
    UNION SELECT rowid FROM person WHERE year = :year AND month = :month
    UNION SELECT rowid FROM person WHERE month = :month AND day = :day)
SELECT id FROM found JOIN person ON person.rowid = found.row
ORDER BY {agreement} DESC
LIMIT :limit
""".replace("{agreement}", AGREEMENT).format(
    similarity="similarity(name)", year=":year", month=":month", day=":day", sex=":sex", province=":province"
)


class Sqlite(Peer):
    """One file: a table, its trigram index, b-trees on the parts of the date of birth."""

    name = "sqlite"

    def build(self, people: Iterator[tuple[str, Person]], folder: Path, watch: Stopwatch) -> dict[str, Any]:
        """Load and index in one file; durable when this returns."""
        connection = sqlite3.connect(folder / "people.db")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA cache_size = -1000000")
        with watch.step("load"):
            connection.executescript(TABLES)
            connection.executemany(
                "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (record_id, p.name, *(part or None for part in p.date), p.sex, p.province)
                    for record_id, p in people
                ),
            )
            connection.commit()
        with watch.step("index"):
            connection.executescript(INDEXES)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return {"index_bytes": folder_bytes(folder), "server_version": sqlite3.sqlite_version}

    def open(self, folder: Path) -> None:
        """Open read-only, map the file, read how common each trigram is."""
        self.connection = sqlite3.connect(f"file:{folder / 'people.db'}?mode=ro", uri=True)
        self.connection.execute("PRAGMA cache_size = -1000000")
        self.connection.execute(f"PRAGMA mmap_size = {1 << 34}")
        self.connection.create_function("similarity", 1, self.similarity, deterministic=True)
        n_people = self.connection.execute("SELECT max(rowid) FROM person").fetchone()[0]
        self.most = max(RARE_SHARE * n_people, 100)
        self.counts = dict(self.connection.execute("SELECT term, doc FROM vocabulary"))
        self.asked: frozenset[str] = frozenset()

    def similarity(self, name: str) -> float:
        """Share of the trigrams of both names that they have in common, as pg_trgm counts it."""
        held = padded_trigrams(name)
        both = len(held & self.asked)
        return both / (len(held) + len(self.asked) - both or 1)

    def ask(self, person: Person) -> Sequence[str]:
        """The best five of one statement."""
        self.asked = padded_trigrams(person.name)
        year, month, day = (part or None for part in person.date)
        parameters = {
            "trigrams": self.rare_trigrams(person.name),
            "year": year,
            "month": month,
            "day": day,
            "sex": person.sex,
            "province": person.province,
            "limit": LIMIT,
        }
        return [row[0] for row in self.connection.execute(QUERY, parameters)]

    def rare_trigrams(self, name: str) -> str:
        """An FTS5 expression of the trigrams that are rare enough, or of the rarest one."""
        grams = {name[i : i + 3] for i in range(len(name) - 2)}
        held = sorted((self.counts[gram], gram) for gram in grams if gram in self.counts)
        rare = [gram for count, gram in held if count <= self.most] or [gram for _, gram in held[:1]]
        return " OR ".join(f'"{gram}"' for gram in rare) or '"   "'

    def close(self) -> dict[str, Any]:
        """Close the file."""
        self.connection.close()
        return {}


def padded_trigrams(name: str) -> frozenset[str]:
    """Trigrams of each word with two blanks before it and one after, as pg_trgm makes them."""
    words = (f"  {word} " for word in name.split())
    return frozenset(word[i : i + 3] for word in words for i in range(len(word) - 2))


if __name__ == "__main__":
    main(Sqlite())
