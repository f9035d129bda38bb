PYTHON ?= python3
BIN := .venv/bin
PEOPLE ?= 1000000
CYCLES ?= 10000
RESULTS ?= bench-results
FUZZ ?= container description sections catalog query schema model splink
FUZZ_SECONDS ?= 60
CORPUS ?= build/corpus
SANITIZED := build/sanitized
SANITIZED_TESTS ?= tests/kernels tests/segment tests/search tests/index tests/fields tests/blocking tests/proof/test_fuzz.py

.PHONY: install demo test lint bench bench-country bench-page proof proof-long proof-fuzz proof-sanitized clean
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

# The long proofs: every byte flipped, CYCLES writers killed at random moments, FUZZ_SECONDS of coverage-guided
# fuzzing a target, and the kernels' tests on a build with ASan, UBSan and bounds checks.
proof: proof-long proof-fuzz proof-sanitized

proof-long: install
	$(BIN)/python -m pytest -m long
	$(BIN)/python tests/proof/kill_loop.py --cycles $(CYCLES)

proof-fuzz: .venv/proof
	for target in $(FUZZ); do \
	  $(BIN)/python -m tests.proof.fuzz $$target $(FUZZ_SECONDS) $(CORPUS)/$$target || exit 1; done

# LeakSanitizer is off: Python itself never frees all it has.
proof-sanitized: install
	rm -rf $(SANITIZED) && mkdir -p $(SANITIZED)
	cp -r linkage ext tests setup.py pyproject.toml $(SANITIZED)
	rm -f $(SANITIZED)/linkage/_kernels/*.so
	cd $(SANITIZED) && LINKAGE_DEBUG=1 $(CURDIR)/$(BIN)/python setup.py build_ext --inplace
	cd $(SANITIZED) && PYTHONPATH=. ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1 \
	  LD_PRELOAD="$$(gcc -print-file-name=libasan.so) $$(gcc -print-file-name=libubsan.so)" \
	  $(CURDIR)/$(BIN)/python -m pytest $(SANITIZED_TESTS)

.venv/proof: .venv/installed
	$(BIN)/pip install --quiet --editable '.[dev,proof]'
	touch $@

# All tables and plots: about 10 minutes at PEOPLE=1000000, its data generated before. What is in RESULTS is not measured again.
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
	$(BIN)/pip install --quiet --editable '.[dev,bench]'
	touch $@

clean:
	rm -rf build demo linkage/_kernels/*.so
