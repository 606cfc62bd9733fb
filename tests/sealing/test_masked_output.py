"""No output of the commands that compare and report holds a personal value, whatever the format and language."""

from __future__ import annotations

import io
import zipfile
from random import Random
from typing import TYPE_CHECKING

import personal
import pytest
from stores import Program

from crmtext.reports.named import NAMED

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

#: Words differ, and what is masked is the same.
LANGUAGES = ("zh", pytest.param("en", marks=pytest.mark.long))


@pytest.fixture(params=[pytest.param(1, id="one"), *(pytest.param(n, marks=pytest.mark.long) for n in range(2, 12))])
def secrets(request: pytest.FixtureRequest, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> personal.Secrets:
    return personal.history(repo, monkeypatch, Random(request.param))


@pytest.fixture
def program(repo: Repo, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(capsys, repo.path)


def leaked(secrets: personal.Secrets, text: str) -> set[str]:
    return {secret for secret in secrets.all if secret in text}


def contents(folder: Path) -> str:
    """The names and texts of all files, of workbooks the texts of their parts."""
    parts = []
    for file in sorted(folder.rglob("*")):
        parts.append(file.relative_to(folder).as_posix())
        if file.suffix == ".xlsx":
            book = zipfile.ZipFile(io.BytesIO(file.read_bytes()))
            parts += [book.read(name).decode() for name in book.namelist()]
        elif file.is_file():
            parts.append(file.read_text("utf-8"))
    return "\n".join(parts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_differences_history_and_digest(secrets: personal.Secrets, repo: Repo, program: Program, language: str) -> None:
    first = repo.git("rev-list", "--max-parents=0", "HEAD")
    commits = repo.git("rev-list", "HEAD").split()
    asked = [("diff", first), *(("diff", f"{one}^..{one}") for one in commits if one != first)]
    asked += [("changes", "--since", first), ("changes", "--since", "2026-11-02", "--for", "me")]
    asked += [("history", f"C20240501{number:04}") for number in range(6)]
    for words in asked:
        for form in ("markdown", "json", "text" if words[0] == "diff" else "table"):
            done = program("--lang", language, *words, "--mask", "--format", form)
            assert (done.code, leaked(secrets, done.out + done.err)) == (0, set()), words
    # Without the option, the same commands show them.
    assert leaked(secrets, program("diff", first).out)


@pytest.mark.parametrize("language", LANGUAGES)
def test_reports_in_every_format(secrets: personal.Secrets, program: Program, tmp_path: Path, language: str) -> None:
    every = [word for form in ("html", "markdown", "csv", "json", "xlsx") for word in ("--format", form)]
    runs = (
        ("-o", str(tmp_path / "masked-site")),
        (*NAMED, *every, "-o", str(tmp_path / "masked-named")),
        (*NAMED, *every, "--compare", "2026-11-10", "-o", str(tmp_path / "masked-compared")),
    )
    for words in runs:
        done = program("--lang", language, "report", "--mask", *words)
        assert (done.code, leaked(secrets, done.out + done.err)) == (0, set())
        assert leaked(secrets, contents(tmp_path / words[-1])) == set()
    for form in ("markdown", "json"):
        done = program("--lang", language, "report", "weekly", "--since", "2026-11-02", "--mask", "--format", form)
        assert (done.code, leaked(secrets, done.out + done.err)) == (0, set())
    program("--lang", language, "report", "-o", str(tmp_path / "full"))
    assert leaked(secrets, contents(tmp_path / "full"))
