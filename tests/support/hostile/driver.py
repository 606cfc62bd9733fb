"""The program warmed up once: for each case a child of it runs the commands under limits of memory and time."""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import signal
import sys
import time
from typing import Any

from crmtext.__main__ import main

#: No case takes a tenth of it; what waits for ever is ended by it.
SECONDS = 30


def loaded(folder: str) -> None:
    """Import and read what the commands do in a store without a fault, so that no child has to."""
    for command in (["check", "--format", "json"], ["list", "--format", "ids"]):
        with contextlib.redirect_stdout(io.StringIO()):
            assert main(["-C", folder, *command]) == 0


def child(job: dict[str, Any]) -> int:
    """Run one command, its output into files."""
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["cpu"], job["cpu"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(SECONDS)
    for name, target in (("out", 1), ("err", 2)):
        os.dup2(os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), target)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    # The driver has read from its own, and the encoding of a stream that was read can't be set.
    sys.stdin = os.fdopen(0, closefd=False)
    os.environ.update(job["environment"])
    os.chdir(job["folder"])
    code = int(main(job["arguments"]))
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def run(job: dict[str, Any]) -> dict[str, Any]:
    """How a command ended: its code or the signal that killed it, and what it took."""
    start = time.monotonic()
    number = os.fork()
    if not number:
        code = 99
        try:
            code = child(job)
        finally:
            os._exit(code)
    _number, status, used = os.wait4(number, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss * 1024,
        "seconds": time.monotonic() - start,
    }


def serve(folder: str, answers: Any) -> None:
    """Take jobs, a line of JSON each, and answer them the same way."""
    loaded(folder)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    # The children have an output of their own.
    serve(sys.argv[1], os.fdopen(os.dup(1), "w", encoding="utf-8"))
