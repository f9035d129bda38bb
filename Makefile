PYTHON ?= python3
BIN := .venv/bin
PEOPLE ?= 1000000
WORKERS ?= 2
CYCLES ?= 2000
RESULTS ?= bench-results
FUZZ_SECONDS ?= 60
PROOFS ?=

.PHONY: install demo test lint bench bench-country bench-page proof proof-kill proof-damage proof-fuzz proof-sanitized clean
install: .venv/installed
.venv/installed: pyproject.toml setup.py $(wildcard ext/*.pyx ext/*.pxd)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --config-settings editable_mode=compat --editable '.[dev]'
	$(BIN)/python -m compileall -q linkage
	touch $@

demo: install
	$(BIN)/linkage generate demo --people $(PEOPLE) --seed 1
	$(BIN)/linkage dedupe demo/register.parquet --truth entity --output demo/result

# A file's tests stay together and in order, since they share what is made once; WORKERS files at a time.
test: install
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m 'not long and not alone'
	$(BIN)/python -m pytest -m alone

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" cython-lint ext
	$(BIN)/lint-imports
	$(BIN)/codespell linkage ext docs tests README.md

# The long proofs, and a table of what passed: CYCLES writers killed at random moments, bytes flipped, FUZZ_SECONDS of
# coverage-guided fuzzing a target, the kernels' tests under ASan, UBSan and bounds checks. PROOFS="kill fuzz" runs some;
# what has passed on this commit is not tried again. proof-kill is the longest: 10,000 killed writers.
proof: .venv/proof
	$(BIN)/python -m tests.proof --cycles $(CYCLES) --fuzz-seconds $(FUZZ_SECONDS) $(PROOFS)

proof-kill: CYCLES = 10000
proof-kill: PROOFS = kill
proof-damage: PROOFS = damage
proof-fuzz: PROOFS = fuzz
proof-sanitized: PROOFS = sanitizers
proof-kill proof-damage proof-fuzz proof-sanitized: proof

.venv/proof: .venv/installed
	$(BIN)/pip install --quiet --config-settings editable_mode=compat --editable '.[dev,proof]'
	touch $@

# All tables and plots: some twelve minutes at PEOPLE=1000000, its data generated before, and the time to install. What
# is in RESULTS is not measured again.
bench: .venv/bench
	$(BIN)/python -m benchmarks $(RESULTS) --people $(PEOPLE) $(BENCH)
	$(BIN)/python -m benchmarks.render $(RESULTS)

# A whole country, step by step; an interrupted run goes on. Hours at 100 million, some 100 GB.
bench-country: PEOPLE = 100000000
bench-country: .venv/bench
	$(BIN)/python -m benchmarks.country $(RESULTS) --people $(PEOPLE) $(BENCH)
	$(BIN)/python -m benchmarks.render $(RESULTS)

bench-page: .venv/bench
	$(BIN)/python -m benchmarks.render $(RESULTS)

.venv/bench: .venv/installed
	$(BIN)/pip install --quiet --config-settings editable_mode=compat --editable '.[dev,bench]'
	touch $@

clean:
	rm -rf build demo linkage/_kernels/*.so
