"""Pushes as cases: a store with roles, commits by its members, and where they are pushed."""

from __future__ import annotations

import copy
import subprocess
from collections.abc import Callable  # noqa: TC003  # in an annotation of a value
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from objects import FILE, LINK, MODULE, Files, Objects, Person

from crmtext.git import merge as git_merge
from crmtext.git.reading import read_blobs, tree
from crmtext.setup import merge_driver
from crmtext.text import conflict_hunks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from crmtext.git.plumbing import Repository

SETTINGS = "crmtext.toml"
#: The records of the store by the names that cases use for them.
RECORDS = {
    "A": "records/C20240501AAA1.yaml",
    "B": "records/C20240501BBB2.yaml",
    "C": "records/east/C20240501CCC3.yaml",
    "D": "records/C20240501DDD4.yaml",
}
#: People who are not in the team list, or who write as somebody else.
STRANGERS = {
    "stranger": Person("路人", "stranger@example.org"),
    "forge": Person("Forge", "noreply@forge.example"),
    "nobody": Person("", ""),
}
_NAMES = {
    "zhaomin": "赵敏",
    "lilei": "李雷",
    "hanmei": "韩梅",
    "wangfang": "王芳",
    "sunli": "孙丽",
    "chenlei": "陈磊",
    "liuyang": "刘洋",
}


def person(handle: str) -> Person:
    """A member of the team, or a stranger."""
    return STRANGERS.get(handle) or Person(_NAMES[handle], f"{handle}@example.com")


@dataclass
class Branch:
    """The files of a branch and its last commit."""

    tip: str
    files: Files


@dataclass
class Push:
    """What a case pushes: old and new commit of a ref, and the main branch at that time."""

    main: str
    ref: str
    old: str | None
    new: str
    commits: list[str] = field(default_factory=list)


@dataclass
class Builder:
    """Builds the commits of cases into one repository."""

    repo: Repository
    objects: Objects
    base: Path
    keys: Path
    _roots: dict[str, Branch] = field(default_factory=dict)

    def build(self, case: Mapping[str, Any]) -> Push:
        """Write the commits of a case."""
        root = self._root(case)
        branches = {"main": copy.deepcopy(root)}
        written: list[str] = []
        for step in case["commits"]:
            name = step.get("branch", "main")
            if name not in branches:
                source = step.get("from", "main")
                branches[name] = copy.deepcopy(root if source == "start" else branches[source])
            branch = branches[name]
            parents = [branch.tip] if branch.tip else []
            if step.get("orphan"):
                parents, branch.files = [], {}
            if "merge" in step:
                others = [
                    branches[other] for other in ([step["merge"]] if isinstance(step["merge"], str) else step["merge"])
                ]
                if len(others) == 1:
                    branch.files = self._merged(branch.tip, others[0].tip, step)
                parents += [other.tip for other in others]
            apply(branch.files, step, self._with_keys)
            author = person(step["author"]) if "author" in step else None
            committer = person(step["as"])
            if "email" in step:
                committer = committer._replace(email=step["email"])
            if "person" in step:
                name, _sign, email = step["person"].rstrip(">").rpartition(" <")
                committer = Person(name, email)
            branch.tip = self.objects.commit(
                branch.files,
                parents,
                committer,
                step.get("message", "change"),
                author=author,
                sign=self._signer(step) if "signed" in step else None,
                extra=(f"committer {person(step['again']).line(0)}",) if "again" in step else (),
            )
            branch.files = dict(branch.files)
            written.append(branch.tip)
        pushed = case.get("push", "main")
        ref = pushed if pushed.startswith("refs/") else f"refs/heads/{pushed}"
        tip = branches[case.get("of", pushed)].tip
        old = {"main": root.tip or None}.get(pushed)
        return Push(root.tip, ref, branches[case["old"]].tip if "old" in case else old, tip, written)

    def _root(self, case: Mapping[str, Any]) -> Branch:
        """The main branch on the server: the base store with the settings and files of the case."""
        key = repr([case.get(name) for name in ("settings", "server", "home", "without-access")])
        if key not in self._roots:
            home = case.get("home", "")
            files: Files = {
                home + file.relative_to(self.base).as_posix(): (FILE, file.read_bytes())
                for file in sorted(self.base.rglob("*"))
                if file.is_file()
            }
            files[home + ".gitattributes"] = (FILE, f"*.yaml text eol=lf\n{merge_driver.ATTRIBUTE}\n".encode())
            text = files[home + SETTINGS][1].decode()
            if case.get("without-access"):
                text = text[: text.index("[access]")] + text[text.index("[views]") :]
            for old, new in case.get("settings", ()):
                assert text.count(old) == 1, (case["name"], old)
                text = text.replace(old, new)
            files[home + SETTINGS] = (FILE, self._with_keys(text).encode())
            apply(files, case.get("server", {}), self._with_keys)
            self._roots[key] = Branch(self.objects.commit(files, (), person("zhaomin"), "store"), files)
        if case.get("first"):
            return Branch("", dict(self._roots[key].files))
        return self._roots[key]

    def _with_keys(self, text: str) -> str:
        """The text with public keys for their names."""
        for file in self.keys.glob("*.pub"):
            text = text.replace(f"@{file.stem}@", " ".join(file.read_text("ascii").split()[:2]))
        return text

    def _merged(self, ours: str, theirs: str, step: Mapping[str, Any]) -> Files:
        """The files of the merge that `crmtext sync` makes."""
        command = f"{merge_driver.DRIVER}={merge_driver.driver()}"
        merged = git_merge.merged(self.repo, ours, theirs, (command,), unrelated=bool(step.get("unrelated")))
        entries = {entry.path: entry for entry in tree(self.repo, merged.tree)}
        contents = dict(read_blobs(self.repo, {entry.blob for entry in entries.values() if entry.mode != MODULE}))
        files: Files = {
            path: (entry.mode, entry.blob.encode() if entry.mode == MODULE else contents[entry.blob])
            for path, entry in entries.items()
        }
        if take := step.get("take"):
            side = ours if take == "ours" else theirs
            for path in {entry.path for entry in merged.stages}:
                mode, content = files.get(path, (FILE, b""))
                if conflict_hunks.has_conflict(content.decode()):
                    text = conflict_hunks.resolve(content.decode(), lambda hunk: getattr(hunk, take))
                    files[path] = (mode, text.encode())
                elif path in self.objects.files[side]:
                    files[path] = self.objects.files[side][path]
                else:
                    files.pop(path, None)
        else:
            assert not merged.stages, [entry.path for entry in merged.stages]
        return files

    def _signer(self, step: Mapping[str, Any]) -> Callable[[bytes], str]:
        """Signs with a key as the step says; `signs` are other bytes than the commit's."""
        options = ("-n", step.get("namespace", "git"), "-f", str(self.keys / step["signed"]))

        def sign(data: bytes) -> str:
            data = step.get("signs", "").encode() or data
            command = ["ssh-keygen", "-q", "-Y", "sign", *options]
            signature = subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()
            return signature.replace("\n", "\nA", 2).replace("\nA", "\n", 1) if step.get("damaged") else signature

        return sign


def apply(files: Files, step: Mapping[str, Any], filled: Callable[[str], str]) -> None:
    """Carry out the changes of a step on files; `filled` fills in public keys."""
    for kind, carry_out in _CHANGES.items():
        asked = step.get(kind, {})
        for name in asked:
            argument = asked[name] if isinstance(asked, dict) else None
            carry_out(files, RECORDS.get(name, name), argument, filled)


def _edit(files: Files, path: str, values: Any, _filled: object) -> None:
    data = yaml.safe_load(files[path][1].decode())
    for where, value in values.items():
        put(data, where, value)
    files[path] = (FILE, _yaml(data))


def _replace(files: Files, path: str, pairs: Any, filled: Callable[[str], str]) -> None:
    text = files[path][1].decode()
    for old, new in pairs:
        assert filled(old) in text, (path, old)
        text = text.replace(filled(old), filled(new), 1)
    files[path] = (FILE, text.encode())


def _cut(files: Files, path: str, ends: Any, _filled: object) -> None:
    text = files[path][1].decode()
    files[path] = (FILE, (text[: text.index(ends[0])] + text[text.index(ends[1]) :]).encode())


def _append(files: Files, path: str, text: Any, _filled: object) -> None:
    files[path] = (FILE, files[path][1] + text.encode())


def _recode(files: Files, path: str, coding: Any, _filled: object) -> None:
    files[path] = (FILE, files[path][1].decode().encode(coding))


def _pad(files: Files, path: str, size: Any, _filled: object) -> None:
    files[path] = (FILE, files[path][1] + b"# " + b"x" * size + b"\n")


def _move(files: Files, path: str, target: Any, _filled: object) -> None:
    files[target] = files.pop(path)


def _rename(files: Files, path: str, new: Any, _filled: object) -> None:
    old = path.rpartition("/")[2].removesuffix(".yaml")
    text = files.pop(path)[1].decode().replace(f"id: {old}", f"id: {new}", 1)
    files[path.replace(old, new)] = (FILE, text.encode())


def _add(files: Files, path: str, data: Any, _filled: object) -> None:
    assert path not in files
    files[path] = (FILE, _yaml(data))


def _remove(files: Files, path: str, _nothing: object, _filled: object) -> None:
    files.pop(path)


def _write(files: Files, path: str, text: Any, _filled: object) -> None:
    files[path] = (FILE, text.encode())


def _link(files: Files, path: str, target: Any, _filled: object) -> None:
    files[path] = (LINK, target.encode())


def _executable(files: Files, path: str, _nothing: object, _filled: object) -> None:
    files[path] = ("100755", files[path][1])


def _module(files: Files, path: str, _nothing: object, _filled: object) -> None:
    files[path] = (MODULE, b"1" * 40)


#: The kinds of changes in the order in which a step makes them.
_CHANGES: dict[str, Callable[[Files, str, Any, Any], None]] = {
    "edit": _edit, "replace": _replace, "cut": _cut, "append": _append, "recode": _recode, "pad": _pad, "move": _move,
    "rename": _rename, "add": _add, "remove": _remove, "files": _write, "link": _link, "executable": _executable,
    "module": _module,
}  # fmt: skip


def _yaml(data: Any) -> bytes:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode()


def put(data: Any, where: str, value: Any) -> None:
    """Set a value by its path, as `contacts.0.title`; null removes it, and `+` appends to a list."""
    *above, last = where.split(".")
    for step in above:
        data = data[int(step)] if isinstance(data, list) else data.setdefault(step, {})
    if isinstance(data, list):
        if last == "+":
            data.append(value)
        elif value is None:
            del data[int(last)]
        elif last.startswith("<"):
            data.insert(int(last[1:]), value)
        else:
            data[int(last)] = value
    elif last.endswith("+"):
        data.setdefault(last[:-1], []).append(value)
    elif value is None:
        del data[last]
    else:
        data[last] = value
