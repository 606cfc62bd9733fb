"""The pictures of the READMEs, made from what the program prints: `python docs/pictures/make.py` in a dev environment.

A sample store is made for a fixed day, the commands below run in it, and chromium takes the pictures of their output
and of the report that the last one wrote, in both languages, light and dark.
"""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
DAY = "2026-11-20"
WHO = "李雷"
RECORD = "records/华东/C20240501K7QM-shanghai-shili-dianzi.yaml"
#: What is typed, by language.
COMMANDS = {
    "en": (
        "crmtext list --owner me --status prospect --columns id,short_name,priority,last_contact,next_due",
        'crmtext log 示例电子 phone "Quote sent, decision by Friday" --next "Call back" --due +3d',
        "sed -i 's/^status: .*/status: signed/' records/*/C20240501K7QM*",
        'git commit -am "they signed"',
    ),
    "zh": (
        "crmtext list --owner me --status 意向客户 --columns id,short_name,priority,last_contact,next_due",
        'crmtext log 示例电子 电话 "报价已发，周五前答复" --next 回访 --due +3d',
        "sed -i 's/^status: .*/status: 已签约/' records/*/C20240501K7QM*",
        'git commit -am "签约了"',
    ),
}
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--force-color-profile=srgb")
#: The sixteen colours that are used, by their number in a terminal's code; light and dark.
COLOURS = {"31": ("#c4232b", "#ff7b72"), "32": ("#1a7f37", "#56d364"), "33": ("#9a6700", "#e3b341")}
PAPER = {"light": ("#ffffff", "#1f2328", "#d0d7de", "#0550ae"), "dark": ("#0d1117", "#e6edf3", "#30363d", "#79c0ff")}
_COMMIT = re.compile("(?<=Committed )[0-9a-f]{8}(?=: )|(?<=已提交 )[0-9a-f]{8}(?=：)")
_CODE = re.compile(r"\x1b\[([0-9;]*)m")


def environment(home: Path, language: str) -> dict[str, str]:
    """The same person, day and language whatever the machine."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "CRMTEXT_", "LC_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{own['PATH']}"
    return own | {
        "PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8",
        "GIT_AUTHOR_NAME": WHO, "GIT_AUTHOR_EMAIL": "lilei@example.com", "GIT_COMMITTER_NAME": WHO,
        "GIT_COMMITTER_EMAIL": "lilei@example.com", "CRMTEXT_TODAY": DAY, "CRMTEXT_LANG": language,
        "FORCE_COLOR": "1", "COLUMNS": "100",
    }  # fmt: skip


def session(home: Path, language: str) -> Iterator[tuple[str, str]]:
    """What is typed, and what comes out, in a sample store in this folder."""
    given = environment(home, language)
    subprocess.run(["crmtext", "init", "mycrm", "--sample"], cwd=home, env=given, check=True, capture_output=True)
    for command in COMMANDS[language]:
        done = subprocess.run(
            ["bash", "-c", command], cwd=home / "mycrm", env=given, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        # A commit's name holds the moment at which it is made.
        yield command, _COMMIT.sub("1a2b3c4d", done.stdout.decode()).rstrip("\n")
    subprocess.run(["git", "checkout", "-q", "."], cwd=home / "mycrm", env=given, check=True)
    report = ["crmtext", "report", "--format", "html"]
    subprocess.run(report, cwd=home / "mycrm", env=given, check=True, capture_output=True)


def transcript(language: str) -> str:
    """What the picture shows, as plain text."""
    with tempfile.TemporaryDirectory() as home:
        return (
            "\n".join(f"$ {typed}\n{_CODE.sub('', out)}".rstrip("\n") for typed, out in session(Path(home), language))
            + "\n"
        )


def terminal(lines: list[tuple[str, str]], theme: str) -> str:
    """A page that looks like a terminal."""
    paper, ink, edge, accent = PAPER[theme]
    shown = "".join(
        f'<b style="color:{accent}">$</b> <b>{html.escape(typed)}</b>\n' + (f"{painted(out, theme)}\n\n" if out else "")
        for typed, out in lines
    ).rstrip()
    dots = "".join(f'<i style="background:{each}"></i>' for each in ("#ff5f57", "#febc2e", "#28c840"))
    return f"""<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: transparent; }}
main {{ display: inline-block; border: 1px solid {edge}; border-radius: 10px; background: {paper}; color: {ink}; }}
header {{ border-bottom: 1px solid {edge}; padding: 9px 14px; height: 12px; }}
i {{ float: left; width: 12px; height: 12px; border-radius: 6px; margin-right: 8px; }}
pre {{ margin: 0; padding: 14px 18px 18px; font: 14px/1.5 "Noto Sans Mono CJK SC", "DejaVu Sans Mono", monospace; }}
</style><main><header>{dots}</header><pre>{shown}</pre></main>"""


def painted(text: str, theme: str) -> str:
    """Output with its colours as spans."""
    out, style = [], ""
    for number, part in enumerate(_CODE.split(text)):
        if number % 2:
            style = "" if part in ("", "0") else style + _style(part, theme)
        elif part:
            out.append(f'<span style="{style}">{html.escape(part)}</span>' if style else html.escape(part))
    return "".join(out)


def _style(codes: str, theme: str) -> str:
    known = {"1": "font-weight:bold;", "2": "opacity:.6;"}
    found = (COLOURS[code][theme == "dark"] if code in COLOURS else "" for code in codes.split(";"))
    return "".join(f"color:{each};" for each in found if each) + "".join(known.get(c, "") for c in codes.split(";"))


def take(language: str) -> None:
    """Take the four pictures of a language."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as home, sync_playwright() as driver:
        lines = list(session(Path(home), language))
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for theme in PAPER:
            context = browser.new_context(
                color_scheme=theme, viewport={"width": 1180, "height": 760}, device_scale_factor=1.5
            )
            page = context.new_page()
            page.set_content(terminal(lines, theme))
            page.locator("main").screenshot(path=FOLDER / f"terminal.{language}.{theme}.png", omit_background=True)
            page.goto((Path(home) / "mycrm/reports/index.html").as_uri())
            page.screenshot(path=FOLDER / f"report.{language}.{theme}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    for each in COMMANDS:
        take(each)
        (FOLDER / f"terminal.{each}.txt").write_text(transcript(each), encoding="utf-8")
