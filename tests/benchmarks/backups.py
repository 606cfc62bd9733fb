"""What a backup, its verification and its restoring take, beside git, tar and age by hand.

Run: python tests/benchmarks/backups.py [CUSTOMERS] (10,000 if none is given), or with the path of a store made by
`crmtext demo`. A table is printed: the job, its time and the most memory of one process. By hand, nothing is compared.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CRM = (sys.executable, "-m", "crmtext")


def say(*cells: str) -> None:
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()


def timed(job: str, *command: str, limit: str = "", env: dict[str, str] | None = None) -> str:
    """Run a command, print its time and memory, and return what it printed."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **(env or {})}, text=True) as process:
        output = process.stdout.read() if process.stdout else ""
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{job}: exit {process.returncode}")
    say(job, f"{time.perf_counter() - start:.1f} s", f"{used.ru_maxrss / 1024:.0f} MB", limit)
    return output


def measure(store: Path, folder: Path) -> None:
    own = {"CRMTEXT_KEY": str(folder / "own.key")}
    made = (*CRM, "key", "init", "--offline", "-o", own["CRMTEXT_KEY"])
    quiet = subprocess.DEVNULL
    public = subprocess.run(made, check=True, stdout=subprocess.PIPE, stderr=quiet, text=True).stdout.strip()
    say("job", "time", "memory", "limit")
    say("---", "---", "---", "---")
    timed(
        "backup, with its verification", *CRM, "-C", str(store), "backup", "-o", str(folder), "-r", public, limit="10 s"
    )
    (file,) = folder.glob("*.age")
    timed("restore", *CRM, "restore", str(file), str(folder / "again"), limit="10 s", env=own)
    timed("backup --verify, with fsck and check", *CRM, "backup", "--verify", str(file), env=own)
    if shutil.which("age"):
        script = f'cd "{folder}" && git -C "{store}" bundle create -q "{folder}/hand.bundle" --all HEAD'
        timed("git bundle and age by hand", "sh", "-c", f"{script} && tar c hand.bundle | age -r {public} -o hand.age")
        script = f'cd "{folder}" && age -d -i own.key hand.age | tar x && git clone -q hand.bundle by-hand'
        timed("age and git clone by hand", "sh", "-c", script)


def main(what: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(what).absolute()
        if what.isdecimal():
            store = Path(folder) / "store"
            subprocess.run([*CRM, "demo", str(store), "--customers", what], check=True, stdout=subprocess.DEVNULL)
        (Path(folder) / "out").mkdir()
        measure(store, Path(folder) / "out")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "10000")
