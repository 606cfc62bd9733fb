"""Types of option values with our own error messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmtext.i18n import _

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    Words = click.Choice[str]
else:
    # Click's Choice is generic only in later versions.
    Words = click.Choice


class Choice(Words):
    """One of several words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word; for an unknown one, fail with the choices and the nearest one."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            from crmtext.values.did_you_mean import did_you_mean, nearest

            known = _("'{value}' is not one of: {values}").format(value=value, values=_(", ").join(self.choices))
            meant = did_you_mean(nearest(str(value), self.choices))
            self.fail(known + _("; ") + meant if meant else known, param, ctx)


class Revision(click.types.StringParamType):
    """A commit, whose name never begins with a dash."""


class Whole(click.IntRange):
    """A whole number within limits."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; fail if it isn't one, or is out of range."""
        try:
            return int(super().convert(value, param, ctx))
        except click.BadParameter:
            self.fail(self._reason(str(value)), param, ctx)

    def _reason(self, value: str) -> str:
        try:
            number = int(value)
        except ValueError:
            return _("'{value}' is not a whole number").format(value=value)
        if self.min is not None and number < self.min:
            return _("the minimum is {least}").format(least=self.min)
        return _("the maximum is {most}").format(most=self.max)


class Share(click.FloatRange):
    """A number within limits, such as a likeness from 0 to 1."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; fail if it isn't one, or is out of range."""
        try:
            return float(super().convert(value, param, ctx))
        except click.BadParameter:
            reason = _("'{value}' is not a number from {least} to {most}")
            self.fail(reason.format(value=value, least=self.min, most=self.max), param, ctx)


class Location(click.Path):
    """A path of a file or folder."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Return the path; fail if it is empty, or of the wrong kind."""
        if not value:
            # It would name the current folder.
            self.fail(_("the path is empty"), param, ctx)
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            # Click names the kind in English.
            self.fail(error.message.removeprefix(f"{self.name.title()} "), param, ctx)


class ValueOptional(click.Option):
    """An option with an optional value after `=`, as in git: `--case`, `--case=TITLE`."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help, without a space before the optional value."""
        record = super().get_help_record(ctx)
        return (record[0].replace(" [=", "[="), record[1]) if record else None

    def filled(self, words: Iterable[str]) -> list[str]:
        """Return the words with an empty value for a bare option, so that it doesn't take the next word."""
        left = iter(words)
        filled = []
        for word in left:
            filled.append(f"{word}=" if word in self.opts else word)
            if word == "--":
                break
        return [*filled, *left]
