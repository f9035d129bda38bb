"""Command line arguments -> a run of the library, its files, an exit code."""

import signal
import sys
from types import FrameType

INTERRUPTED = 130
TERMINATED = 143


def main() -> None:
    """Run the command `linkage` and leave with its exit code.

    0 done; 1 a defect of linkage itself; 2 bad input or arguments; 130 interrupted (Ctrl-C), 143
    terminated. However a run ends, no half-written output stays.
    """
    from linkage.cli.process import prepare_process

    prepare_process()
    # SIGTERM must unwind like any error, so that staged files are removed
    signal.signal(signal.SIGTERM, _terminate)
    try:
        from linkage.cli.app import app

        app(prog_name="linkage")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # the reader of our output left (`linkage ... | head`): nothing more to say, nothing wrong
        sys.stdout = None
        sys.exit(0)


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(TERMINATED)
