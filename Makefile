PYTHON ?= python3
BIN := .venv/bin
PEOPLE ?= 1000000
CYCLES ?= 10000

.PHONY: install demo test lint bench proof clean
install: .venv/installed
.venv/installed: pyproject.toml setup.py $(wildcard ext/*.pyx ext/*.pxd)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

demo: install
	$(BIN)/linkage generate demo --people $(PEOPLE) --seed 1
	$(BIN)/linkage dedupe demo/register.parquet --truth entity --output demo/result

test: install
	$(BIN)/python -m pytest

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" cython-lint ext
	$(BIN)/lint-imports
	$(BIN)/codespell linkage ext docs tests README.md

# The long tests: every byte flipped, and CYCLES writers killed at random moments.
proof: install
	$(BIN)/python -m pytest -m long
	$(BIN)/python tests/proof/kill_loop.py --cycles $(CYCLES)

bench: install
	$(BIN)/pip install --quiet --editable '.[dev,bench]'
	$(BIN)/python -m benchmarks

clean:
	rm -rf build demo linkage/_kernels/*.so
