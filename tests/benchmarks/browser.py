"""How quickly chromium opens, filters and sorts an index page: `browser.py reports/index.html` prints medians."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
OPENED = """() => [
  performance.getEntriesByName('first-contentful-paint')[0].startTime,
  performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd,
]"""
#: Milliseconds until the script is through, and until the page is laid out.
TIMED = """([id, value]) => {
  const element = document.querySelector(id), start = performance.now();
  if (value === null) element.click();
  else { element.value = value; element.dispatchEvent(new Event('input')); }
  const script = performance.now() - start;
  document.body.offsetHeight;
  return [script, performance.now() - start];
}"""
JOBS = {
    "search": [("#query", word) for word in ("机", "机械", "電子", "10", "wang", "szst", "8000", "到货 时间", "")],
    "filter": [("#status", status) for status in ("active", "lead", "lost", "prospect", "")],
    "sort by name": [("th[data-key=name] button", None)] * 6,
    "sort by day": [("th[data-key=last] button", None)] * 6,
    "sort by value": [("th[data-key=value] button", None)] * 6,
}


def opened(browser: Browser, url: str) -> tuple[Page, list[float]]:
    """The page, and its times until something is painted and until it can be used."""
    page = browser.new_page()
    page.goto(url)
    page.wait_for_timeout(200)
    return page, page.evaluate(OPENED)


def main(path: str) -> None:
    """Print the medians."""
    url = Path(path).absolute().as_uri()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        times = [opened(browser, url)[1] for _again in range(5)]
        sys.stdout.write(
            "painted after {:.0f} ms, ready after {:.0f} ms\n".format(*map(median, zip(*times, strict=True)))
        )
        page = opened(browser, url)[0]
        for name, steps in JOBS.items():
            took = [page.evaluate(TIMED, list(step)) for step in steps]
            said = "{:.0f} ms of script, {:.0f} ms with the layout".format(*map(median, zip(*took, strict=True)))
            sys.stdout.write(f"{name}: {said}\n")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
