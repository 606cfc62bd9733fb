"""`crmtext init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext import layout
from crmtext.answer import Text
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.session import current
from crmtext.cli.framework.types import Location
from crmtext.git import upstream
from crmtext.git.config import INTRODUCTION
from crmtext.i18n import _, plural
from crmtext.setup import init as setup_init

if TYPE_CHECKING:
    from crmtext.problem import Exit


@click.command(cls=Command)
@click.argument("folder", type=Location(path_type=Path), required=False, metavar="[DIR]")
@click.option("--sample", is_flag=True, help="Add invented customers with several weeks of history.")
def init(folder: Path | None, *, sample: bool) -> Exit:
    """Create a store in DIR. Default: the current folder.

    Existing files are never overwritten. The git hooks are installed in this clone.
    """
    where = current().directory / (folder or Path())
    created = setup_init.init(where.absolute(), with_sample=sample)
    return emit(Text("\n".join(_lines(created, folder)) + "\n"))


def _lines(created: setup_init.Created, folder: Path | None) -> list[str]:
    lines = [_("Created a store in {folder}").format(folder=created.root)]
    if created.commits:
        records = sum(path.startswith(layout.RECORDS + "/") and path.endswith(".yaml") for path in created.written)
        lines.append(
            "  "
            + plural("{n} customer", "{n} customers", records)
            + _(", ")
            + plural("{n} commit", "{n} commits", created.commits)
        )
    else:
        lines += [f"  {path}" for path in created.written]
    lines += ["  " + _("{path} (exists, unchanged)").format(path=path) for path in created.kept]
    if created.hooks:
        lines.append("  " + _("git hooks: {names}").format(names=", ".join(created.hooks)))
    else:
        lines.append("  " + _("git hooks not installed: {reason}").format(reason=created.hook_trouble))
    if not created.known:
        lines.append("  " + _("you are not on the team list: git has no name and e-mail address for you"))
        lines.append(f"    {INTRODUCTION}")
    if created.settings and created.settings.timezone:
        given = {"language": created.settings.language, "zone": created.settings.timezone}
        text = _("language: {language}, time zone: {zone}") if given["language"] else _("time zone: {zone}")
        lines.append("  " + text.format(**given))
    elif created.settings:
        lines.append("  " + _("language: {language}").format(language=created.settings.language))
        lines.append("  " + _("no time zone set, because this machine has none; add to [store] in crmtext.toml:"))
        lines.append('    timezone = "Asia/Shanghai"')
    if created.settings:
        text = _("currency: {currency}; to change it: [store] in crmtext.toml")
        lines.append("  " + text.format(currency=created.settings.currency))
    start = f"cd {folder} && " if folder else ""
    first = "crmtext list" if created.commits else 'git add . && git commit -m "crmtext init"'
    lines.append(_("next: {command}").format(command=start + first))
    if not created.commits:
        lines.append(_("then: {command}").format(command="crmtext add NAME"))
    lines.append(_("to share it: {command}").format(command=upstream.first_push(created.branch)))
    lines.append(_("in each new clone, run: {command}").format(command="crmtext hooks install && crmtext doctor"))
    return lines
