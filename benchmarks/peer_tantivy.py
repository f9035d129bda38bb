"""tantivy as a peer of the look-up: a register -> an index on disk; a person -> the best five records.

Names are words; dates, sex and province are terms, so that BM25 weighs rare words, days and
provinces higher, which is what the task asks of a search engine. The variant `words` asks without
the fuzzy clauses: faster, and a misspelt word counts for nothing.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Document, Index, Occur, Query, SchemaBuilder

from benchmarks.measure import Stopwatch
from benchmarks.peer_run import LIMIT, Date, Peer, Person, folder_bytes, main

WRITER_BYTES = 1 << 30
DATE_BOOST = 0.5
"""A full date counts as up to five terms, which would outweigh any name."""
MISSPELT_SCORE = 2.0
"""tantivy scores every fuzzy match alike; this is the BM25 score of a word of middling frequency."""


def schema() -> tantivy.Schema:
    """Words without positions; the id is the only stored field."""
    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("name", tokenizer_name="whitespace", index_option="basic")
    for field in ("whole_name", "date", "sex", "province"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    return builder.build()


def date_terms(date: Date) -> list[str]:
    """The whole date and what stays of it when one part is wrong or missing."""
    year, month, day = date
    terms = [f"{year}"] if year else []
    terms += [f"{year}-{month}"] if year and month else []
    terms += [f"--{month}-{day}"] if month and day else []
    terms += [f"{year}--{day}"] if year and day else []
    terms += [f"{year}-{month}-{day}"] if date.is_full else []
    return terms


class Tantivy(Peer):
    """One index of one merged segment; a query of words, misspelt words, date parts, sex, province."""

    name = "tantivy"
    packages = ("tantivy",)
    variants = ("fuzzy", "words")

    def build(self, people: Iterator[tuple[str, Person]], folder: Path, watch: Stopwatch) -> dict[str, Any]:
        """Index every person as a document; one writer thread leaves one segment, which is fastest to ask."""
        with watch.step("index"):
            (folder / "index").mkdir()
            index = Index(schema(), path=str(folder / "index"))
            writer = index.writer(WRITER_BYTES, num_threads=1)
            for record_id, person in people:
                writer.add_document(as_document(record_id, person))
        with watch.step("commit and merge"):
            writer.commit()
            writer.wait_merging_threads()
        index.reload()
        return {"index_bytes": folder_bytes(folder), "n_segments": index.searcher().num_segments}

    def open(self, folder: Path) -> None:
        """Map the index."""
        self.index = Index.open(str(folder / "index"))
        self.schema = self.index.schema
        self.searcher = self.index.searcher()

    def ask(self, person: Person) -> Sequence[str]:
        """The best five of one search; counting all hits is left out."""
        hits = self.searcher.search(self.query(person), LIMIT, count=False).hits
        return [self.searcher.doc(address)["id"][0] for _, address in hits]

    def query(self, person: Person) -> Query:
        """Whoever shares two parts of the date or the whole name, in the order of all that agrees."""
        dates = date_terms(person.date)
        strong = [term for term in dates if len(term) > len("1980")] or dates
        routes = [self.term("date", term) for term in strong] + [self.term("whole_name", person.name)]
        clauses = [clause for word in person.name.split() for clause in self.word(word)]
        clauses += [Query.boost_query(self.term("date", term), DATE_BOOST) for term in dates]
        clauses += [self.term("whole_name", person.name)]
        clauses += [self.term("sex", person.sex)] if person.sex else []
        clauses += [self.term("province", person.province)] if person.province else []
        candidates = Query.boolean_query(
            [(Occur.Should, Query.const_score_query(route, 0.0)) for route in routes]
        )
        return Query.boolean_query(
            [(Occur.Must, candidates), *((Occur.Should, clause) for clause in clauses)]
        )

    def word(self, word: str) -> list[Query]:
        """The word itself, weighed by its rarity, and any word one edit away."""
        exact = self.term("name", word)
        if len(word) < 2 or self.variant == "words":
            return [exact]
        near = Query.fuzzy_term_query(self.schema, "name", word, distance=1)
        return [exact, Query.const_score_query(near, MISSPELT_SCORE)]

    def term(self, field: str, value: str) -> Query:
        """A term, scored by BM25."""
        return Query.term_query(self.schema, field, value, "basic")


def as_document(record_id: str, person: Person) -> Document:
    """A person as tantivy indexes it."""
    document = Document(
        id=record_id,
        name=person.name,
        whole_name=person.name,
        sex=person.sex,
        province=person.province,
    )
    for term in date_terms(person.date):
        document.add_text("date", term)
    return document


if __name__ == "__main__":
    main(Tantivy())
