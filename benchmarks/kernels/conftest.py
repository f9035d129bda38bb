"""What the steps share: a generated register, taken as far along its path as each step needs; the clock.

    python -m pytest benchmarks/kernels -o python_files='bench_*.py' -o python_functions='bench_*'
        --people 1000000 [--register FILE] [--benchmark-json FILE] [-k encode]

Without pytest-benchmark every step runs once and nothing is timed: that is how the tests call it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import linkage
from benchmarks import datasets
from benchmarks.floors import Machine, Work, measure_machine
from benchmarks.queries import draw_queries
from linkage.fields.batch import EncodedRecords
from linkage.fields.source import Source
from linkage.resolve import Resolution
from linkage.tables.opening import open_source

Step = Callable[..., Any]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Sizes."""
    group = parser.getgroup("linkage")
    group.addoption("--people", type=int, default=100_000, help="people of the generated register")
    group.addoption("--register", type=Path, help="a register instead; claims.parquet lies beside it")


@pytest.fixture(scope="session")
def is_timed(pytestconfig: pytest.Config) -> bool:
    """Whether pytest-benchmark is here."""
    return pytestconfig.pluginmanager.hasplugin("benchmark")


@pytest.fixture(scope="session")
def machine(is_timed: bool) -> Machine:
    """The constants that floors rest on."""
    return measure_machine() if is_timed else Machine(2e10, 2e10, ((1, 1e-8),), ((1, 1e-7),), 1e10, 2e-4)


@pytest.fixture
def step(request: pytest.FixtureRequest, is_timed: bool, machine: Machine) -> Step:
    """Time a function that handles `n` items of a kind, and note what its floor is."""

    def run(
        name: str,
        function: Callable[..., Any],
        *,
        n: int,
        item: str,
        work: Work,
        setup: Callable[[], Any] | None = None,
        rounds: int | None = None,
    ) -> Any:
        if not is_timed:
            given = setup() if setup else None
            return function(*(given[0] if given else ()))
        benchmark = request.getfixturevalue("benchmark")
        floor = work.seconds(machine)
        benchmark.extra_info.update(
            step=name, n=n, item=item, floor_seconds=floor, counts=work.counts, work=asdict(work)
        )
        if setup or rounds:
            return benchmark.pedantic(function, setup=setup, rounds=rounds or 5)
        return benchmark(function)

    return run


@pytest.fixture(scope="session")
def register(pytestconfig: pytest.Config) -> Path:
    """The register, with claims.parquet beside it."""
    given: Path | None = pytestconfig.getoption("--register")
    return given or datasets.register(people=pytestconfig.getoption("--people"), seed=1)


@pytest.fixture(scope="session")
def resolution(register: Path) -> Resolution:
    """The register deduplicated once: records, blocks, model, scorer and pairs."""
    return linkage.dedupe(register, truth="entity").resolution


@pytest.fixture(scope="session")
def records(resolution: Resolution) -> EncodedRecords:
    """The encoded register."""
    return resolution.records


@pytest.fixture(scope="session")
def source(register: Path) -> Source:
    """The register, read in batches."""
    return open_source(register)


@pytest.fixture(scope="session")
def index(
    register: Path, resolution: Resolution, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[linkage.Index]:
    """An index of the register with the model of its dedupe."""
    path = tmp_path_factory.mktemp("index") / "people.idx"
    with linkage.build_index(path, register, resolution.model) as built:
        yield built


@pytest.fixture(scope="session")
def queries(register: Path) -> list[dict[str, str]]:
    """Claims on people of the register, of which name, date, sex and province of birth are left."""
    from benchmarks.queries import as_mapping

    claims = register.with_name("claims.parquet")
    known = 1000
    while known > 1:
        try:
            drawn = draw_queries(register, claims, known=known, strangers=0, warmup=0)
            return [as_mapping(row) for row in drawn.to_pylist()]
        except ValueError:  # a small register: fewer claims on its people
            known //= 2
    raise ValueError(f"{claims}: expected claims on people of {register.name}")
