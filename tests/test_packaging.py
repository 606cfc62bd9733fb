"""The wheel and the source archive, built as for a release and used outside of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmtext import __version__, layout

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
#: A machine without the network cannot fetch what the wheel needs.
_OFFLINE = ("Temporary failure", "Failed to establish", "No matching distribution", "ConnectionError", "Read timed out")


def run(*command: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command outside of the checkout, which no variable leads back to."""
    left = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=folder, env=left | environment, capture_output=True, encoding="utf-8", check=False)


def tracked() -> list[str]:
    said = run("git", "ls-files", "-cozX", ".gitignore", folder=ROOT).stdout
    return [path for path in said.split("\0") if path]


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The wheel and the source archive of a copy of what git tracks."""
    pytest.importorskip("build", reason="build is not installed")
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    copy = tmp_path_factory.mktemp("source")
    for path in tracked():
        if (ROOT / path).is_file():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_bytes((ROOT / path).read_bytes())
    done = run(sys.executable, "-m", "build", "--no-isolation", "-o", copy / "dist", copy, folder=copy)
    assert done.returncode == 0, done.stderr
    built = {each.suffix: each for each in (copy / "dist").iterdir()}
    return {"wheel": built[".whl"], "source": built[".gz"]}


def shipped() -> set[str]:
    """What of the checkout the program reads when it runs, by its name in the wheel."""
    files = ("crmtext.toml", "PRIVACY.md", "privacy/pipia.md")
    data = {path for path in tracked() if path.startswith(("schema/", "hooks/", "records/")) or path in files}
    code = {path for path in tracked() if path.startswith("crmtext/")}
    return code | {f"crmtext/data/{path}" for path in data}


def test_the_wheel_holds_what_the_program_reads_and_nothing_else(archives: Mapping[str, Path]) -> None:
    with zipfile.ZipFile(archives["wheel"]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == shipped()


def test_the_source_archive_holds_what_git_tracks(archives: Mapping[str, Path]) -> None:
    with tarfile.open(archives["source"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names - {"PKG-INFO"} == set(tracked())


def test_the_wheel_asks_for_no_more_than_the_program_imports(archives: Mapping[str, Path]) -> None:
    with zipfile.ZipFile(archives["wheel"]) as wheel:
        (path,) = [name for name in wheel.namelist() if name.endswith("/METADATA")]
        told = wheel.read(path).decode().splitlines()
    asked = {
        line.partition(": ")[2].partition(">")[0]
        for line in told
        if line.startswith("Requires-Dist") and "extra ==" not in line
    }
    assert asked == {
        "click",
        "gitpython",
        "jinja2",
        "jsonschema",
        "jsonschema-rs",
        "phonenumbers",
        "pypinyin",
        "python-calamine",
        "python-stdnum",
        "pyyaml",
        "rapidfuzz",
        "tzdata",
        "wcwidth",
        "xlsxwriter",
    }
    assert f"Version: {__version__}" in told


@pytest.fixture(scope="module")
def installed(archives: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of a fresh virtual environment that the wheel was installed in."""
    folder = tmp_path_factory.mktemp("venv")
    assert run(sys.executable, "-m", "venv", "--without-pip", folder, folder=folder).returncode == 0
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    install = ("-m", "pip", "--python", programs / "python", "install", "-q", "--no-compile", archives["wheel"])
    done = run(sys.executable, *install, folder=folder)
    if done.returncode and any(sign in done.stderr for sign in _OFFLINE):
        pytest.skip("the packages that the wheel needs cannot be fetched here")
    assert done.returncode == 0, done.stderr
    return programs


#: Takes away what is quick: the validator in Rust, and libyaml.
_SLOW = """
import sys, yaml
sys.modules["jsonschema_rs"] = None
for name in [name for name in vars(yaml) if name.startswith("C") and name.endswith(("Loader", "Dumper"))]:
    delattr(yaml, name)
"""


@pytest.mark.parametrize("kind", ["quick", "slow"])
def test_the_installed_program_makes_checks_and_reports_a_store(installed: Path, tmp_path: Path, kind: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name.startswith(("GIT_", "CRMTEXT_"))}
    if kind == "slow":
        (tmp_path / "sitecustomize.py").write_text(_SLOW)
        kept["PYTHONPATH"] = str(tmp_path)

    def crmtext(*words: str, folder: Path) -> str:
        done = run(installed / "crmtext", *words, folder=folder, **kept)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout

    store = tmp_path / "store"
    assert "38 customers" in crmtext("init", "store", "--sample", folder=tmp_path)
    assert "38" in crmtext("check", folder=store)
    assert crmtext("--lang", "zh", "explain", "unique-id", folder=store).startswith("unique-id\n  两条记录")
    assert "Wrote 116 pages" in crmtext("report", folder=store)
    assert (store / "reports/index.html").stat().st_size > 50_000
    asked = "import crmtext.layout as r; print(r.shipped('schema'))"
    where = run(installed / "python", "-c", asked, folder=store).stdout.strip()
    assert Path(where).is_relative_to(installed.parent)


def test_a_wrong_record_is_refused_by_the_installed_hook(installed: Path, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name.startswith(("GIT_", "CRMTEXT_"))}
    assert run(installed / "crmtext", "init", folder=tmp_path, **kept).returncode == 0
    (tmp_path / "records/C20240501001.yaml").write_text("id: C20240501001\nname: x\n")
    run("git", "add", ".", folder=tmp_path, **kept)
    done = run("git", "commit", "-m", "x", folder=tmp_path, **kept)
    assert done.returncode == 1
    assert "[missing-key]" in done.stderr


def test_in_a_checkout_the_same_files_are_found_beside_the_package() -> None:
    assert {name: layout.shipped(name) for name in ("schema", "hooks", "records")} == {
        name: ROOT / name for name in ("schema", "hooks", "records")
    }
