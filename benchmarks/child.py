"""A command -> its wall seconds, CPU seconds and peak memory, written to a file as JSON.

    python -I -S child.py OUT.json COMMAND...

A process's peak memory, as the kernel counts it, begins at that of the process that started it. So what is
measured is started from here: an interpreter that has imported next to nothing. Exits as the command did.
"""

import json
import os
import sys
import time

if __name__ == "__main__":
    out, command = sys.argv[1], sys.argv[2:]
    begin = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ)
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
