"""Forty kinds of mistakes that people and programs put into records, each planted alone into a copy of a store.

`python -m tests.mistakes [FOLDER]` plants every kind into several records of a store of valid records (of a generated
one without a folder), checks the whole store each time, and prints what was not found on its line, and who else was
blamed.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crmtext.problem import Severity
from crmtext.setup.demo import generate
from crmtext.store import Store
from crmtext.validation import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem

#: Stands at the end of the line on which the mistake is to be found.
HERE = "¶"
_TOP = re.compile(r"^([a-z_]+):", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A kind of mistake: the line that `at` finds becomes `text`, or `text` comes after the last line."""

    rule: str
    text: str
    at: str = ""
    #: Only records in which this is found.
    where: str = ""
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Planted:
    """A record with a mistake in it, and the line where it is."""

    data: bytes
    line: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check said of one planted mistake, besides what it said before."""

    mistake: Mistake
    path: str
    line: int
    said: tuple[Problem, ...]

    @property
    def found(self) -> bool:
        """Whether the mistake was told by its rule, on its line."""
        wanted = Severity.WARNING if self.mistake.warning else Severity.ERROR
        return any(
            (each.rule, each.place.path, each.place.line, each.severity)
            == (self.mistake.rule, self.path, self.line, wanted)
            for each in self.said
        )

    @property
    def others(self) -> tuple[str, ...]:
        """The records that were blamed and are right."""
        return tuple(sorted({each.place.path for each in self.said if each.place.path != self.path}))


MISTAKES = (
    # What a keyboard does.
    Mistake("fullwidth-colon", "status：lead¶", at=r"status: .*"),
    Mistake("colon-without-space", "status:lead¶", at=r"status: .*"),
    Mistake("curly-quotes", "name: “示例”¶", at=r"name: .*", warning=True),
    Mistake("fullwidth-comma", "tags: [重点，冷链]¶"),
    Mistake("fullwidth-space", "preferences:\n\u3000channel: phone¶"),
    Mistake("tab-indent", "preferences:\n\tchannel: phone¶"),
    Mistake("invisible-character", "notes: 示\u200b例¶"),
    Mistake("dash-without-space", "tags:\n  - a\n  -b¶"),
    Mistake("hash-cuts-value", "notes: 报价 #2 已发¶", warning=True),
    # What YAML does not forgive.
    Mistake("unclosed-quote", 'notes: "报价已发¶'),
    Mistake("unclosed-bracket", "tags: [a, b¶"),
    Mistake("colon-in-value", "notes: 报价: 已发¶"),
    Mistake("wrong-indent", "preferences:\n  channel: phone\n   language: zh¶"),
    Mistake("text-after-quotes", 'notes: "报价" 已发¶'),
    Mistake("duplicate-key", "priority: key\npriority: low¶"),
    Mistake("conflict-marker", "<<<<<<< HEAD¶\nnotes: a\n=======\nnotes: b\n>>>>>>> other"),
    Mistake("alias", "notes: *other¶"),
    Mistake("yaml-tag", "notes: !!python/name:os.system x¶"),
    Mistake("merge-key", "preferences:\n  <<: {channel: phone}¶"),
    Mistake("several-documents", "---¶\nnotes: x"),
    Mistake("not-utf8", "notes: \udcb1\udca8¶"),
    # What the schema does not know.
    Mistake("unknown-key", "phnoes: ['13800138000']¶"),
    Mistake("unknown-value", "status: activ¶", at=r"status: .*"),
    Mistake("missing-key", "", at=r"owner: .*"),
    Mistake("empty-value", "owner:¶", at=r"owner: .*"),
    Mistake("wrong-type", "contacts: 张三¶"),
    Mistake("number-as-text", "billing:\n  phone: 13800138000¶"),
    Mistake("wrong-type", "opportunities:\n  - {title: 传感器, stage: proposal, amount: 五十万}¶"),
    Mistake("date-format", "verified:\n  date: 2024/5/1¶"),
    Mistake("out-of-range", "feedback:\n  - {date: 2024-05-01, kind: survey, score: 7}¶"),
    Mistake("email-format", "contacts:\n  - name: 张三\n    emails: [zhangsan.example.com]¶"),
    Mistake("item-twice", "tags:\n  - 冷链\n  - 冷链¶"),
    Mistake("company-block-of-person", "company:¶\n  size: small", where=r"^type: person"),
    Mistake("person-block-of-non-person", "person:¶\n  gender: male", where=r"^type: (?!person)"),
    Mistake("case-closed-date", "cases:\n  - {opened: 2024-05-01, kind: repair, summary: x, status: closed}¶"),
    # What is wrong all the same.
    Mistake("team-member", "owner: nobody¶", at=r"owner: .*"),
    Mistake("file-name", "id: C19990101ZZZZ¶", at=r"id: .*"),
    Mistake("reference", "relations:\n  - id: C19990101ZZZZ¶\n    kind: partner"),
    Mistake("future-date", "verified:\n  date: 2999-01-01¶"),
    Mistake("budget-range", "needs:\n  - description: x\n    budget: {basis: stated, min: 9, max: 5}¶"),
    Mistake("primary-contact", "contacts:\n  - {name: 张三, primary: true}\n  - {name: 李四, primary: true}¶"),
    Mistake("credit-code", "uscc: 91310000MA1FL0000X¶", where=r"^type: company"),
    Mistake("resident-id", "notes: 身份证 11010519491231002X¶"),
    Mistake("bank-card", "notes: 卡号 6222021234567890128¶"),
    Mistake("unique-id", "{other}¶", at=r"id: .*"),
)


def plant(mistake: Mistake, text: str, other: str = "") -> Planted | None:
    """The record's text with the mistake in it; None where it has no place there."""
    if not re.search(mistake.where, text, re.MULTILINE):
        return None
    put = mistake.text.replace("{other}", f"id: {other}")
    if mistake.at:
        made, count = re.subn(rf"^{mistake.at}$", lambda _found: put, text, count=1, flags=re.MULTILINE)
        if not count:
            return None
    else:
        made = _without(text, _TOP.findall(put)).rstrip("\n") + f"\n{put}\n"
    line = made[: max(made.find(HERE), 0)].count("\n") + 1
    return Planted(made.replace(HERE, "").encode(errors="surrogateescape"), line)


def _without(text: str, keys: list[str]) -> str:
    """The record without what stands under these keys."""
    for key in keys:
        text = re.sub(rf"^{key}:.*\n(?:[ -].*\n|\n)*", "", text, count=1, flags=re.MULTILINE)
    return text


def verdicts(folder: Path, mistakes: tuple[Mistake, ...] = MISTAKES, each: int = 3) -> Iterator[Verdict]:
    """Plant every mistake alone into so many records of the store, and put them back; what the check says of each."""
    records = sorted((folder / "records").rglob("*.yaml"))
    texts = {record: record.read_bytes() for record in records}
    before = frozenset(map(_key, _problems(folder)))
    for number, mistake in enumerate(mistakes):
        # Not always the same records.
        start = number * 7 % len(records)
        order = records[start:] + records[:start]
        other = order[-1].name[: order[-1].name.find("-")] if "-" in order[-1].stem else order[-1].stem
        planted = ((record, plant(mistake, texts[record].decode(), other)) for record in order)
        for record, made in [(record, made) for record, made in planted if made][:each]:
            record.write_bytes(made.data)
            said = tuple(problem for problem in _problems(folder) if _key(problem) not in before)
            record.write_bytes(texts[record])
            path = record.relative_to(folder).as_posix()
            yield Verdict(mistake, path, made.line, said)


def _problems(folder: Path) -> tuple[Problem, ...]:
    return check.check(Store.find(folder).worktree()).problems


def _key(problem: Problem) -> tuple[str, str, str]:
    return problem.rule, problem.place.path, problem.message


def main(given: list[str]) -> int:
    """Print what was not found or blamed wrongly, and the counts; 1 if there was any."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "store"
        if given:
            shutil.copytree(given[0], folder)
        else:
            generate.generate(folder, 100, 1)
        found = list(verdicts(folder, each=5))
    wrong = [each for each in found if not each.found or each.others]
    for each in wrong:
        print(f"{each.path}:{each.line} {each.mistake.rule}: {'blamed ' + ' '.join(each.others) if each.found else ''}")
        for problem in each.said:
            print(f"    {problem.place.path}:{problem.place.line}: {problem.rule}: {problem.message}")
    kinds = {each.mistake.text for each in found}
    several = [each for each in found if len(each.said) > 1]
    for each in several:
        print(f"{each.path}:{each.line} {each.mistake.rule}: also {', '.join(problem.rule for problem in each.said)}")
    print(f"{len(kinds)} of {len(MISTAKES)} kinds planted into {len(found)} records, each alone:")
    print(f"{len(wrong)} not found on the line, or others blamed; {len(several)} told by more than one message")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
