"""A command -> its wall seconds, CPU seconds and peak memory, written to a file as JSON.

    python -I -S child.py OUT.json PARENT COMMAND...

A process's peak memory, as the kernel counts it, begins at that of the process that started it. So what is
measured is started from here: an interpreter that has imported next to nothing. Exits as the command did.
On Linux the command is killed when this process ends, and this one when whoever started it does: a run that
was killed leaves nothing at work, which the next one would meet.
"""

import ctypes
import json
import os
import signal
import sys
import time

SET_DEATH_SIGNAL = 1


def end_with(parent: int) -> None:
    """Have this process killed when its parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:  # it has ended already
            sys.exit(1)


if __name__ == "__main__":
    out, parent, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    end_with(parent)
    begin = time.perf_counter()
    own = os.getpid()
    child = os.fork()
    if not child:
        end_with(own)
        try:
            os.execvp(command[0], command)
        except OSError as error:
            sys.exit(f"{command[0]}: {error.strerror}")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to answer
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - begin
    with open(out, "w") as file:  # noqa: PTH123 - importing pathlib would be part of what is measured
        json.dump(
            {
                "wall_seconds": round(seconds, 3),
                "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
                "peak_rss_bytes": usage.ru_maxrss * 1024,
            },
            file,
        )
    sys.exit(max(os.waitstatus_to_exitcode(status), 0) or (1 if status else 0))
