"""Random stores and random edits of them: records that refer to each other, have something in common, or are broken."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import stores

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random


NUMBERS = ("001", "002", "003", "004", "005", "006", "007")


def record(random: Random, number: str) -> str:
    """A record that may have something in common with others, refer to them, or be broken."""
    names = ("甲", "甲乙", "乙丙", "Alpha", "alpha")
    more = f"short_name: {random.choice(names)}\n" if random.random() < 0.6 else ""
    more += f"aliases: [{random.choice(names)}]\n" if random.random() < 0.4 else ""
    more += f"tags: [{', '.join(random.sample(('SMT', 'VIP', '老客户'), random.randint(1, 2)))}]\n"
    ids = [f"C20240501{random.choice(NUMBERS)}" for _ in range(2)]
    kinds = random.choices(("parent", "parent", "partner"), k=random.choice((0, 1, 1, 2)))
    relations = "".join(f"  - {{id: {id_}, kind: {kind}}}\n" for id_, kind in zip(ids, kinds, strict=False))
    more += f"relations:\n{relations}" if relations else ""
    given = random.sample(('zoho: "1"', "erp: [A, B]", "fxiaoke: [B, C]"), random.choice((0, 0, 1, 2)))
    more += f"external_ids: {{{', '.join(given)}}}\n" if given else ""
    more += "# crmtext: ignore made-crowd 就是这样\n" if random.random() < 0.1 else ""
    more += "notes: [\n" if random.random() < 0.1 else ""
    owner, status = random.choice(("lilei", "lilei", "hanmei")), random.choice(("lead", "prospect", "lost", "paused"))
    return stores.record(number, f"示例{'长' * random.randint(0, 3)}{number}厂", more, owner=owner, status=status)


def place(random: Random, number: str) -> str:
    """Where a record stands: mostly where its id says."""
    return random.choice([*[stores.path(number)] * 5, f"records/华东/C20240501{number}.yaml"])


def edit(random: Random, root: Path) -> None:
    """Add, change, remove or rename a record."""
    there = sorted((root / "records").rglob("*.yaml"))
    deed, number = random.choice(("write", "write", "write", "touch", "remove", "rename")), random.choice(NUMBERS)
    if deed == "write" or not there:
        file = root / place(random, number)
        file.parent.mkdir(exist_ok=True)
        file.write_text(record(random, number if random.random() < 0.9 else random.choice(NUMBERS)), "utf-8")
        return
    file = random.choice(there)
    if deed == "touch":
        text = file.read_text("utf-8")
        old, new = random.choice(
            (("status: lost", "status: lead"), ("status: lead", "status: lost"), ("owner: lilei", "owner: hanmei"))
        )
        file.write_text(text.replace(old, new, 1), "utf-8")
    elif deed == "remove":
        file.unlink()
    else:
        file.replace(file.with_name(f"C20240501{number}-{random.choice('ab')}.yaml"))


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def stored(folder: Path, random: Random) -> Path:
    """A repository with a store of some records, committed."""
    root = stores.made(folder, *(record(random, number) for number in random.sample(NUMBERS, 4)))
    git(root, "init", "-q", "-b", "main")
    commit(root)
    return root


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "--no-verify", "--allow-empty", "-m", "change")
