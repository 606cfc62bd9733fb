"""Cases as files: the rows of an import, and the customers and findings that they give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from import_files import DEFAULTS, Files

from crmtext.i18n import speaking
from crmtext.importers.joining.row_fates import fates

CASES = sorted(Path(__file__).parent.joinpath("cases").glob("*.yaml"))


def result(case: dict[str, Any], language: str) -> dict[str, Any]:
    files = Files(profile=case.get("profile"), defaults=case.get("defaults", DEFAULTS))
    for file in case["files"]:
        rows = [{"_columns": file.get("columns", {}), **row} for row in file["rows"]]
        files.add(file["object"], *rows, name=file.get("file", ""))
    with speaking(language):
        customers, findings = files.join()
    counts = fates(files.understanding(), customers, findings).counts
    assert counts.read == len(files.rows)
    return {
        "customers": [
            {
                "rows": [f"{at.file}:{at.row}" for at in customer.rows],
                **({"of": [list(pair) for pair in customer.of]} if customer.of else {}),
                "data": customer.data,
            }
            for customer in customers
        ],
        "notes": findings.notes,
        "rejected": [f"{at.file}:{at.row} {cell.why}" for at, cell in findings.rejected.items()],
        "cells": [f"{cell.at.file}:{cell.at.row} {cell.column} {cell.value}: {cell.why}" for cell in findings.cells],
        "questions": [
            {"text": ask.text, "options": list(ask.options), "rows": [f"{at.file}:{at.row}" for at in ask.rows]}
            for ask in findings.questions.values()
        ],
        "counts": list(counts),
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_rows_become_customers(path: Path, request: pytest.FixtureRequest) -> None:
    text = path.read_text("utf-8")
    case = yaml.safe_load(text)
    is_chinese = any("\u4e00" <= sign <= "\u9fff" for sign in text.partition("\ngives:")[0])
    given = {name: value for name, value in result(case, "zh" if is_chinese else "en").items() if value}
    if request.config.getoption("--golden-update"):
        head = text.partition("\ngives:")[0].rstrip()
        out = yaml.safe_dump({"gives": given}, allow_unicode=True, sort_keys=False, width=110)
        path.write_text(f"{head}\n{out}", "utf-8")
        return
    assert given == case["gives"]
    assert [list(one["data"]) for one in given["customers"]] == [
        list(one["data"]) for one in case["gives"]["customers"]
    ]
