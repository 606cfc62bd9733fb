"""What a hostile case is: a store that is valid but for one fault, what is asked of it, and the right answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BAD = "records/C20240501AAAA.yaml"
GOOD = "records/C20240501BBBB.yaml"
SETTINGS = "crmtext.toml"
SCHEMA = "schema/customer.schema.json"
TEAM = '[store]\ntimezone = "Asia/Shanghai"\n\n[team.lilei]\nname = "李雷"\nemail = "lilei@example.com"\n'
#: The lines of a valid record; what a case adds begins in line 9.
HEAD = """\
id: C20240501AAAA
name: 上海示例电子有限公司
type: company
status: prospect
owner: lilei
contacts:
  - name: 张三
    phones: ["13800138000"]
"""
#: The neighbour of the bad record: nothing may hide it.
NEIGHBOUR = HEAD.replace("AAAA", "BBBB").replace("上海示例", "无锡东方").replace("13800138000", "13900139000")
MIB = 1024 * 1024

Lay = Callable[[Path], object]


@dataclass(frozen=True)
class Case:
    """One fault, and the right answer to it: exit code, rules with place, and what must or must not be said."""

    name: str
    lay: Lay
    #: `rule path:line` of each error expected; with `check` all of them, else in what is said.
    expected: tuple[str, ...] = ()
    code: int = 1
    arguments: tuple[str, ...] = ("check", "--format", "json")
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    #: Whether the neighbour is still listed.
    neighbour: bool = True
    #: Memory that the whole program may take, and processor time.
    memory: int = 300 * MIB
    cpu: int = 10
    #: Files below the store, by pattern, that count as said; and a file that must not come to be.
    reads: str = ""
    absent: str = ""
    environment: tuple[tuple[str, str], ...] = ()


def store(folder: Path) -> None:
    """A valid store of two records, without a repository."""
    for path, text in ((SETTINGS, TEAM), (BAD, HEAD), (GOOD, NEIGHBOUR)):
        put(folder / path, text.encode())


def put(path: Path, content: bytes) -> None:
    """Write a file, its folders with it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def holding(path: str, content: str | bytes) -> Lay:
    """A file of the store with this content."""
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    return lambda folder: put(folder / path, raw)


def adding(text: str | bytes) -> Lay:
    """The valid record with more at its end: line 9 and below."""
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return holding(BAD, HEAD.encode() + raw)


def instead(old: str, new: str) -> Lay:
    """The valid record with one part replaced."""
    assert old in HEAD
    return holding(BAD, HEAD.replace(old, new, 1))


def found(said: str) -> list[str]:
    """The errors of a check's JSON, as `rule path:line`."""
    problems = json.loads(said)["problems"]
    return [f"{each['rule']} {each['path']}:{each['line']}" for each in problems if each["severity"] == "error"]
