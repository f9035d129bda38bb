"""Command line arguments -> a run of the library, its files, an exit code."""

import atexit
import os
import signal
import sys
import threading
from types import FrameType

INTERRUPTED = 130
TERMINATED = 143


def main() -> None:
    """Run the command `linkage` and leave with its exit code.

    0 done; 1 a defect of linkage itself; 2 bad input or arguments; 130 interrupted (Ctrl-C), 143
    terminated. However a run ends, no half-written output stays.
    """
    from linkage.cli.process import begin_ahead, prepare_process

    prepare_process()
    begin_ahead(sys.argv[1:])
    # SIGTERM must unwind like any error, so that staged files are removed
    signal.signal(signal.SIGTERM, _terminate)
    try:
        from linkage.cli.app import app

        app(prog_name="linkage")
    except SystemExit as ending:
        if ending.code is not None and not isinstance(ending.code, int):
            raise
        _leave(ending.code or 0)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # the reader of our output left (`linkage ... | head`): nothing more to say, nothing wrong
        sys.stdout = None
        sys.exit(0)


def _leave(code: int) -> None:
    """End the process as `sys.exit` does, but leave the memory to the system instead of taking it apart.

    The interpreter looks through and frees every object it has made: a tenth of a second of a short run. What
    is owed to others is done: threads are waited for, exit handlers called, output is written.
    """
    if any(not t.daemon and t is not threading.main_thread() for t in threading.enumerate()):
        sys.exit(code)
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except BrokenPipeError:
        pass
    os._exit(code)


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(TERMINATED)
