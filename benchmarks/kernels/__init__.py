"""Each step of the data under pytest-benchmark, beside what this machine cannot do faster (its floor)."""
