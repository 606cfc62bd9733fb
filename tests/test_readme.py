"""What the README shows was run, and says what comes out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
#: Pages whose examples are run as well.
PAGES = (*READMES, "docs/records.md", "docs/where.md")
CONSOLE = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)


def run(command: str, folder: Path, home: Path, language: str) -> tuple[str, Path]:
    """What a command prints, and the folder it leaves the shell in."""
    environment = {**os.environ, "HOME": str(home), "CRMTEXT_LANG": language, "LC_ALL": "C.UTF-8"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    left = home / ".left"
    done = subprocess.run(
        ["bash", "-c", f"{command}\nstatus=$?; pwd > '{left}'; exit $status"],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return done.stdout.decode().replace(str(home), "~"), Path(left.read_text(encoding="utf-8").strip())


def transcript(text: str, home: Path, language: str) -> str:
    """The text with every console block's output as it is now; a command shown without output keeps none."""
    folder = home

    def block(match: re.Match[str]) -> str:
        nonlocal folder
        lines: list[str] = []
        for part in re.split(r"(?m)^(?=\$ )", match[0])[1:]:
            command, _newline, shown = part.partition("\n")
            output, folder = run(command.removeprefix("$ "), folder, home, language)
            lines.append(command)
            lines += output.rstrip("\n").split("\n") if shown.strip() else []
        return "\n".join(line.rstrip() for line in lines) + "\n"

    return CONSOLE.sub(block, text)


@pytest.mark.skipif(sys.platform == "win32", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize("name", PAGES)
def test_the_examples_say_what_comes_out(name: str, tmp_path: Path, golden_update: bool) -> None:
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    now = transcript(text, tmp_path, "zh" if "zh" in name else "en")
    if golden_update:
        path.write_text(now, encoding="utf-8")
    assert now == path.read_text(encoding="utf-8")


def test_ci_runs_both_commands_that_each_readme_gives() -> None:
    source = (ROOT / ".ci/run").read_text(encoding="utf-8")
    (function,) = re.findall(r"^below\(\).*$", source, re.MULTILINE)
    asked = re.findall(r'^eval "\$\((below .*)\)"$', source, re.MULTILINE)
    done = subprocess.run(["bash", "-c", "\n".join((function, *asked))], cwd=ROOT, capture_output=True, check=True)
    for name in READMES:
        given = re.findall(r"```sh\n(.*?\n)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
        assert (len(given), "".join(given)) == (2, done.stdout.decode())
