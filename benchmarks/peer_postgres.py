"""PostgreSQL with pg_trgm as a peer of the look-up: a register -> a table; a person -> the best five.

The server is started by this process in the given folder, listens on a socket only and is stopped
again. Its programs are found in LINKAGE_POSTGRES_BIN, or in the newest folder where distributions put
them; the server refuses root, so root starts it as the user `postgres`, who must be able
to reach the folder. One psycopg connection.

Candidates are people with a similar name (trigram GIN) or the same day of birth (b-tree), or in the
variant `parts` with the same name or two parts of the date; one statement finds and orders them.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.measure import Stopwatch
from benchmarks.peer_run import AGREEMENT, LIMIT, Peer, Person, folder_bytes, main

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "4GB",
    "effective_cache_size": "12GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "2GB",
    "max_wal_size": "8GB",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "200",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "2",
    "jit": "off",
}
"""As its documentation advises for a machine of its own with fast disks. No parallel workers for queries
of milliseconds, where starting them costs more than they save."""

TABLE = """CREATE TABLE person (
    id text NOT NULL, name text NOT NULL, birth date, year smallint, month smallint, day smallint,
    sex text, province text)"""
RELATIONS = """SELECT oid, relname FROM pg_class WHERE relname = 'person'
    OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'person'::regclass)"""
SIZES = f"SELECT relname, pg_table_size(oid) FROM ({RELATIONS}) AS relation"
SIMILARITY = 0.6
"""pg_trgm.similarity_threshold: lower finds hardly more of the right people and takes far longer."""

ROUTES = {
    "trigram": "name % {name} OR birth = {birth}",
    "parts": """name = {name} OR birth = {birth} OR (year = {year} AND month = {month})
        OR (month = {month} AND day = {day}) OR (year = {year} AND day = {day})
        OR (year = {year} AND {month} IS NULL AND name % {name})""",
}
"""Ways to candidates. `parts` asks b-trees for the whole name and for two parts of the date, and leaves
trigrams to the order of what is found: faster, blind to a name and a date that are both damaged."""

PLANS = {"trigram": "auto", "parts": "force_custom_plan"}
"""Whether plans are made anew for the values asked: each way with what was faster for it."""

PARAMETERS = ("name", "birth", "year", "month", "day", "sex", "province", "limit")


def statement(variant: str) -> str:
    """The look-up as SQL with psycopg's named parameters."""
    route, order = ROUTES[variant], AGREEMENT.replace("{similarity}", "similarity(name, {name})")
    sql = f"SELECT id FROM person WHERE {route} ORDER BY {order} DESC, id LIMIT {{limit}}"
    return sql.replace("%", "%%").format(**{name: f"%({name})s" for name in PARAMETERS})


def programs() -> Path:
    """The folder of initdb, pg_ctl and postgres."""
    given = os.environ.get("LINKAGE_POSTGRES_BIN")
    if given:
        return Path(given)
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: [int(part) for part in path.parent.name.split(".")],
    )
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise FileNotFoundError("PostgreSQL's initdb was not found; name its folder in LINKAGE_POSTGRES_BIN")
    return found[-1] if found else Path(str(on_path)).parent


class Server:
    """A PostgreSQL server on a socket in a temporary folder, and the most memory it held."""

    def __init__(self, data: Path, locale: str = "C") -> None:
        self.data = data.absolute()  # the server runs in another folder
        self.locale = locale
        self.owner = "postgres" if os.geteuid() == 0 else None
        self.socket = tempfile.mkdtemp(prefix="linkage-pg-")
        self.peak_bytes = 0
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None
        if self.owner:
            shutil.chown(self.socket, self.owner)

    def initialise(self) -> None:
        """Make the data folder; the server's user must own it."""
        self.data.mkdir(parents=True, exist_ok=True)
        if self.owner:
            shutil.chown(self.data, self.owner)
        options = ("--encoding=UTF8", f"--locale={self.locale}", "--auth=trust", "--username=postgres")
        self._run("initdb", *options)

    def start(self, *, watch: bool = False) -> psycopg.Connection[Any]:
        """Start the server and connect to it; `watch` samples its memory, which costs queries time."""
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in SETTINGS.items())
        options += f" -c unix_socket_directories={self.socket}"
        self._run("pg_ctl", "start", "--wait", "--silent", "--log", f"{self.socket}/log", "-o", options)
        if watch:
            self._watcher = threading.Thread(target=self._watch, daemon=True)
            self._watcher.start()
        return psycopg.connect(host=self.socket, user="postgres", dbname="postgres", autocommit=True)

    def stop(self) -> None:
        """Stop the server and remove its socket."""
        self._stop.set()
        if self._watcher:
            self._watcher.join()
        self._run("pg_ctl", "stop", "--mode=fast", "--wait", "--silent")
        shutil.rmtree(self.socket)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(programs() / program), "--pgdata", str(self.data), *arguments]
        subprocess.run(
            command, check=True, user=self.owner, group=self._group(), cwd="/", stdout=subprocess.DEVNULL
        )

    def _group(self) -> int | None:
        return pwd.getpwnam(self.owner).pw_gid if self.owner else None

    def _watch(self) -> None:
        while not self._stop.wait(1.0):
            self.sample()

    def sample(self) -> None:
        """Look at the memory once; while a connection is open, so that its backend counts."""
        main_process = int((self.data / "postmaster.pid").read_text().split()[0])
        self.peak_bytes = max(self.peak_bytes, tree_bytes(main_process))


def tree_bytes(process: int) -> int:
    """Memory of a process and its children, shared pages counted once (PSS); 0 for what has ended."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except (OSError, ProcessLookupError):
        return 0
    own = sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return own + sum(tree_bytes(int(child)) for child in children)


class Postgres(Peer):
    """A table with a trigram index on the folded name and a b-tree on the date of birth."""

    name = "postgres"
    packages = ("psycopg",)
    variants = tuple(ROUTES)

    def build(self, people: Iterator[tuple[str, Person]], folder: Path, watch: Stopwatch) -> dict[str, Any]:
        """COPY the people, index, analyse; the size is that of the table with its indexes."""
        server = Server(folder / "data")
        with watch.step("initdb"):
            server.initialise()
            connection = server.start(watch=True)
        try:
            with watch.step("load"):
                connection.execute("CREATE EXTENSION pg_trgm")
                connection.execute("CREATE EXTENSION pg_prewarm")
                load(connection, people)
            with watch.step("index"):
                connection.execute("CREATE INDEX ON person USING gin (name gin_trgm_ops)")
                for columns in ("birth", "year, month", "month, day", "year, day", "name"):
                    connection.execute(f"CREATE INDEX ON person ({columns})")
            with watch.step("vacuum analyse"):
                connection.execute("VACUUM (ANALYZE) person")
            sizes = dict(connection.execute(SIZES).fetchall())
            version = connection.execute("SHOW server_version").fetchall()[0][0]
        finally:
            server.sample()
            connection.close()
            server.stop()
        return {
            "index_bytes": sum(sizes.values()),
            "bytes_of_relations": sizes,
            "folder_bytes": folder_bytes(folder),
            "server_peak_bytes": server.peak_bytes,
            "server_version": version,
        }

    def open(self, folder: Path) -> None:
        """Start the server and read table and indexes into its buffers."""
        self.server = Server(folder / "data")
        self.connection = self.server.start()
        self.connection.execute(f"SET pg_trgm.similarity_threshold = {SIMILARITY}")
        self.connection.execute(f"SELECT pg_prewarm(oid) FROM ({RELATIONS}) AS relation")
        self.connection.execute(f"SET plan_cache_mode = {PLANS[self.variant]}")
        self.sql = statement(self.variant)

    def ask(self, person: Person) -> Sequence[str]:
        """The best five of one statement."""
        year, month, day = person.date
        parameters = {
            "name": person.name,
            "birth": as_date(person),
            "year": year or None,
            "month": month or None,
            "day": day or None,
            "sex": person.sex or None,
            "province": person.province or None,
            "limit": LIMIT,
        }
        return [row[0] for row in self.connection.execute(self.sql, parameters)]

    def close(self) -> dict[str, Any]:
        """Stop the server."""
        self.server.sample()
        self.connection.close()
        self.server.stop()
        return {"server_peak_bytes": self.server.peak_bytes}


def load(connection: psycopg.Connection[Any], people: Iterator[tuple[str, Person]]) -> None:
    """Create and fill the table in one transaction, which spares the write-ahead log."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(TABLE)
        with cursor.copy("COPY person FROM STDIN") as copy:
            for record_id, person in people:
                year, month, day = (part or None for part in person.date)
                row = (record_id, person.name, as_date(person), year, month, day)
                copy.write_row((*row, person.sex or None, person.province or None))


def as_date(person: Person) -> str | None:
    """The date of birth as PostgreSQL reads it, when it is whole and exists."""
    year, month, day = person.date
    return f"{year:04d}-{month:02d}-{day:02d}" if is_real(year, month, day) else None


def is_real(year: int, month: int, day: int) -> bool:
    """Whether the calendar has this day; 31 November is written, and a date column refuses it."""
    if not (year and 1 <= month <= 12):
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= (31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


if __name__ == "__main__":
    main(Postgres())
