"""A target, seconds and a corpus -> inputs that reach new code, until one raises anything but a typed error.

``python -m tests.proof.fuzz TARGET SECONDS CORPUS``, with atheris (`pip install linkage[proof]`). The corpus
is a folder that is kept between runs; an input that fails is written beside it and tried again by
``python -m tests.proof.fuzz TARGET 0 FILE``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["linkage"]):
    from tests.proof import fuzz_targets

LONGEST = 256
"""Bytes of an input: a few edits of something valid."""
LONGEST_INPUT = 60
"""Seconds: one that takes longer counts as a failure."""


def main() -> None:
    """Fuzz; the process ends with the fuzzer's exit code."""
    name, seconds, corpus = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    if seconds:
        corpus.mkdir(parents=True, exist_ok=True)
        for k, data in enumerate(fuzz_targets.seeds(name)):
            (corpus / f"seed{k}").write_bytes(data)
    fuzz_targets.attempt(name, b"")  # makes what all inputs share
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={LONGEST_INPUT}"]
    options.append(f"-artifact_prefix={corpus}.")
    arguments = [sys.argv[0], *(options if seconds else []), str(corpus)]
    atheris.Setup(arguments, lambda data: fuzz_targets.attempt(name, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
