"""Tables of many countries as plain columns -> a peer's answers to the same queries, by one recipe for all.

    python -m benchmarks.peer_foreign tantivy FOLDER... [--limit 200]
    python -m benchmarks.peer_foreign postgres FOLDER...

Reads register.parquet, queries.parquet and fields.json of each folder (`compare_foreign_lookup`) and writes
answers-PEER.json there. What a careful user of either would do with columns whose kinds they know: names are
words that may be misspelt, dates count by their parts, numbers whole. Runs in the peers' interpreter.
"""

import argparse
import json
import tempfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.peer_postgres import SIMILARITY, Server
from benchmarks.peer_run import LIMIT, Date
from benchmarks.peer_tantivy import DATE_BOOST, MISSPELT_SCORE, date_terms

Row = dict[str, str]
Fields = list[dict[str, Any]]
_WORDED = ("person_name", "text", "address")


class ForeignPeer(ABC):
    """A search system that takes one table after the other."""

    @abstractmethod
    def load(self, fields: Fields, rows: list[Row]) -> None:
        """Index a register."""

    @abstractmethod
    def ask(self, query: Row) -> list[str]:
        """Ids of the best records, best first."""

    def close(self) -> None:
        """Stop whatever was started."""
        return


def words_of(text: str) -> list[str]:
    """Words; each character of a script that writes none."""
    spaced = "".join(f" {c} " if c >= "\u3040" else c for c in text)
    return "".join(c if c.isalnum() or ord(c) > 0x2FF else " " for c in spaced).split()


def as_date(text: str) -> Date:
    """Year, month and day of a date as linkage read it; 0 where unknown."""
    return Date(*(int(part) for part in text.split("-")))


class Tantivy(ForeignPeer):
    """Every column a field of an index in memory; any clause that agrees counts by BM25."""

    def load(self, fields: Fields, rows: list[Row]) -> None:
        """One document a record, in one segment."""
        import tantivy

        self.tantivy, self.kinds = tantivy, {f["column"]: f["kind"] for f in fields}
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("record_id", stored=True, tokenizer_name="raw", index_option="basic")
        for column, kind in self.kinds.items():
            builder.add_text_field(column, tokenizer_name="raw", index_option="basic")
            if kind in _WORDED:
                builder.add_text_field(f"{column}w", tokenizer_name="whitespace", index_option="basic")
        self.schema = builder.build()
        index = tantivy.Index(self.schema)
        writer = index.writer(1 << 27, num_threads=1)
        for row in rows:
            document = tantivy.Document(record_id=row["record_id"])
            for column, kind in self.kinds.items():
                if not (value := row.get(column)):
                    continue
                for term in date_terms(as_date(value)) if kind == "date" else [value]:
                    document.add_text(column, term)
                if kind in _WORDED:
                    document.add_text(f"{column}w", " ".join(words_of(value)))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self.searcher = index.searcher()

    def ask(self, query: Row) -> list[str]:
        """The best five of one search."""
        clauses = [c for column, value in query.items() for c in self._clauses(column, value)]
        if not clauses:
            return []
        whole = self.tantivy.Query.boolean_query([(self.tantivy.Occur.Should, c) for c in clauses])
        hits = self.searcher.search(whole, LIMIT, count=False).hits
        return [self.searcher.doc(address)["record_id"][0] for _, address in hits]

    def _clauses(self, column: str, value: str) -> list[Any]:
        kind, query = self.kinds[column], self.tantivy.Query
        if kind == "date":
            terms = [self._term(column, term) for term in date_terms(as_date(value))]
            return [query.boost_query(term, DATE_BOOST) for term in terms]
        found = [self._term(column, value)]
        for word in words_of(value) if kind in _WORDED else []:
            found.append(self._term(f"{column}w", word))
            if len(word) > 1:
                found.append(self._near(f"{column}w", word))
        if kind in ("identifier", "phone", "email"):
            found.append(self._near(column, value))
        return found

    def _term(self, field: str, value: str) -> Any:
        return self.tantivy.Query.term_query(self.schema, field, value, "basic")

    def _near(self, field: str, value: str) -> Any:
        near = self.tantivy.Query.fuzzy_term_query(self.schema, field, value, distance=1)
        return self.tantivy.Query.const_score_query(near, MISSPELT_SCORE)


AGREEMENT = {
    "person_name": "24.0 / {n} * coalesce(similarity({c}, %({c})s), 0)",
    "date": "CASE WHEN {c} = %({c})s THEN 14 WHEN substr({c}, 6) = substr(%({c})s, 6) THEN 8.5"
    " WHEN substr({c}, 1, 7) = substr(%({c})s, 1, 7) THEN 9.5"
    " WHEN substr({c}, 1, 4) = substr(%({c})s, 1, 4) THEN 6 ELSE 0 END",
    "identifier": "16 * coalesce(similarity({c}, %({c})s), 0)",
    "phone": "12 * coalesce(similarity({c}, %({c})s), 0)",
    "email": "12 * coalesce(similarity({c}, %({c})s), 0)",
    "text": "8 * coalesce(similarity({c}, %({c})s), 0)",
    "address": "10 * coalesce(similarity({c}, %({c})s), 0)",
    "category": "CASE WHEN {c} = %({c})s THEN 2 ELSE 0 END",
    "number": "CASE WHEN {c} = %({c})s THEN 5 ELSE 0 END",
}
"""About as many bits as chance agreement is rare, as the comparison of citizens has it."""


class Postgres(ForeignPeer):
    """A table of texts with trigram and b-tree indexes; one statement finds and orders candidates."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="linkage-pg-foreign-")
        Path(self.folder.name).chmod(0o755)
        self.server = Server(Path(self.folder.name) / "data", "C.UTF-8")  # letters of all scripts count
        self.server.initialise()
        self.connection = self.server.start()
        self.connection.execute("CREATE EXTENSION pg_trgm")

    def load(self, fields: Fields, rows: list[Row]) -> None:
        """COPY, index, analyse."""
        self.kinds = {f["column"]: f["kind"] for f in fields}
        run = self.connection.execute
        run("DROP TABLE IF EXISTS person")
        run(f"CREATE TABLE person (record_id text, {', '.join(f'{c} text' for c in self.kinds)})")
        with self.connection.cursor() as cursor, cursor.copy("COPY person FROM STDIN") as copy:
            for row in rows:
                copy.write_row([row["record_id"], *(row.get(c) for c in self.kinds)])
        for column, kind in self.kinds.items():
            how = f"USING gin ({column} gin_trgm_ops)" if kind in _WORDED else f"({column})"
            run(f"CREATE INDEX ON person {how}")
        run("VACUUM (ANALYZE) person")
        run(f"SET pg_trgm.similarity_threshold = {SIMILARITY}")

    def ask(self, query: Row) -> list[str]:
        """The best five of one statement."""
        if not query:
            return []
        n = sum(self.kinds[c] == "person_name" for c in query) or 1
        order = " + ".join(AGREEMENT[self.kinds[c]].format(c=c, n=n) for c in query)
        routes = [
            f"{c} %% %({c})s" if self.kinds[c] in _WORDED else f"{c} = %({c})s"
            for c in query
            if self.kinds[c] not in ("category", "number") or len(query) < 3
        ]
        sql = f"SELECT record_id FROM person WHERE {' OR '.join(routes) or 'true'}"
        sql += f" ORDER BY {order} DESC, record_id LIMIT {LIMIT}"
        return [row[0] for row in self.connection.execute(sql, query)]

    def close(self) -> None:
        """Stop the server."""
        self.connection.close()
        self.server.stop()
        self.folder.cleanup()


PEERS = {"tantivy": Tantivy, "postgres": Postgres}


def ask_folder(peer: ForeignPeer, name: str, folder: Path, limit: int) -> None:
    """One table: index it, ask the first known people of each kind."""
    about = json.loads((folder / "fields.json").read_text())
    peer.load(about["fields"], pq.read_table(folder / "register.parquet").to_pylist())
    queries = pq.read_table(folder / "queries.parquet").slice(0, limit).to_pylist()
    answers = {}
    for kind, columns in about["kinds"].items():
        rows = [{c: row[c] for c in columns if row[c]} for row in queries]
        for row in rows[:20]:
            peer.ask(row)
        answers[kind] = [timed(peer, i, row) for i, row in enumerate(rows)]
    (folder / f"answers-{name}.json").write_text(json.dumps(answers))


def timed(peer: ForeignPeer, number: int, query: Row) -> dict[str, Any]:
    """One answer, as `measure_answers` takes it."""
    begin = time.perf_counter()
    found = peer.ask(query)
    seconds = time.perf_counter() - begin
    return {"query_id": number, "record_ids": found, "probabilities": [], "seconds": seconds}


def main() -> None:
    """One peer on all folders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, default=200)
    options = parser.parse_args()
    peer: ForeignPeer = PEERS[options.peer]()
    try:
        for folder in options.folders:
            ask_folder(peer, options.peer, folder, options.limit)
    finally:
        peer.close()


if __name__ == "__main__":
    main()
