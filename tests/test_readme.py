"""What the README shows was run, and says what comes out."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import stores

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
#: Pages whose examples are run as well.
PAGES = (
    *READMES,
    *(
        f"docs/{name}{language}.md"
        for name in (
            "records",
            "where",
            "searching",
            "import",
            "export",
            "following-up",
            "figures",
            "classifying",
            "privacy",
        )
        for language in ("", ".zh-CN")
    ),
)
COMMIT = re.compile(r"(?<=Committed )[0-9a-f]{8}(?=: )|(?<=已提交 )[0-9a-f]{8}(?=：)|(?<=crmtext undo )[0-9a-f]{8}\b")
#: The end of the name of a disclosure is random.
DISCLOSURE = re.compile(r"(?<=-lilei-)[0-9a-f]{4}(?=\.yaml)")
#: Pages for those who work on crmtext.
OURS = {f"docs/{name}" for name in ("architecture", "decisions", "performance", "proof")}
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
    said = done.stdout.decode().replace(str(home), "~")
    # A commit's name holds the moment at which it is made.
    return DISCLOSURE.sub("3f2a", COMMIT.sub("1a2b3c4d", said)), Path(left.read_text(encoding="utf-8").strip())


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


@pytest.mark.parametrize("name", ["sales-sheet.md", "sales-sheet.zh-CN.md"])
def test_the_commands_of_the_sales_sheet_work(
    name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    program = stores.Program(capsys, stores.sample(tmp_path_factory, tmp_path / "sample"))
    rows = (line for line in (ROOT / "docs" / name).read_text("utf-8").splitlines() if line.startswith("|"))
    typed = [command for row in rows for command in re.findall(r"`crmtext (.*?)`", row)]
    # These two ask somebody, or a remote.
    given = [shlex.split(command) for command in typed if command not in ("sync", "add")]
    assert len(given) == 12
    assert [(words, said.err) for words in given if (said := program(*words)).code] == []


@pytest.mark.parametrize(
    "name",
    sorted({str(path.relative_to(ROOT)).partition(".")[0] for path in (ROOT / "docs").rglob("*.md")} - OURS),
)
def test_a_page_for_users_has_both_languages(name: str) -> None:
    twin, path = (ROOT / f"{name}{language}.md" for language in ("", ".zh-CN"))
    for page, link in ((path, f"[English]({twin.name})"), (twin, f"[中文]({path.name})")):
        assert link in page.read_text("utf-8").splitlines()[:3], page.name


def test_ci_runs_both_commands_that_each_readme_gives() -> None:
    source = (ROOT / ".ci/run").read_text(encoding="utf-8")
    (function,) = re.findall(r"^below\(\).*$", source, re.MULTILINE)
    asked = re.findall(r'^eval "\$\((below .*)\)"$', source, re.MULTILINE)
    done = subprocess.run(["bash", "-c", "\n".join((function, *asked))], cwd=ROOT, capture_output=True, check=True)
    for name in READMES:
        given = re.findall(r"```sh\n(.*?\n)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
        assert (len(given), "".join(given)) == (2, done.stdout.decode())
