"""Look up a file's rows in several processes: python pool.py people.idx claims.parquet answers.parquet.

An index is pickled as its path, and each process maps the same files: nothing is copied. One process with
threads is as good for `lookup_many`; a pool pays when other Python work surrounds the look-ups.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from linkage import Index, open_index

ROWS = 10_000


def answer(index: Index, piece: tuple[int, pa.Table]) -> pa.Table:
    """Answers to some rows, with the rows' numbers in the file."""
    start, rows = piece
    found = index.lookup_many(rows, threads=1)
    numbers = pc.add(found["query"], start)
    return found.set_column(0, "query", numbers)


def main(index_path: str, queries_path: str, answers_path: str, processes: int = 2) -> None:
    """Answer all rows, in their order."""
    queries = pq.read_table(queries_path)
    pieces = [(start, queries.slice(start, ROWS)) for start in range(0, len(queries), ROWS)]
    index = open_index(index_path)
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        answers = list(pool.map(partial(answer, index), pieces))
    pq.write_table(pa.concat_tables(answers), answers_path)


if __name__ == "__main__":
    main(*sys.argv[1:4])
