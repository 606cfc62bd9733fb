"""Kinds of option values whose refusals speak to people: fixed words with the nearest one, and whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmtext.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    Words = click.Choice[str]
else:
    # Only later versions of Click know what a choice is made of.
    Words = click.Choice


class Choice(Words):
    """One of some words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word; of one that is none of them, say which there are and which was likely meant."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            from crmtext.values.did_you_mean import did_you_mean, nearest

            known = _("'{value}' is not one of: {values}").format(value=value, values=_(", ").join(self.choices))
            meant = did_you_mean(nearest(str(value), self.choices))
            self.fail(known + _("; ") + meant if meant else known, param, ctx)


class Whole(click.IntRange):
    """A whole number, of at least and at most so many."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; of what is none, or too small or large, say so."""
        try:
            return int(super().convert(value, param, ctx))
        except click.BadParameter:
            self.fail(self._said(str(value)), param, ctx)

    def _said(self, value: str) -> str:
        try:
            number = int(value)
        except ValueError:
            return _("'{value}' is not a whole number").format(value=value)
        if self.min is not None and number < self.min:
            return _("the minimum is {least}").format(least=self.min)
        return _("the maximum is {most}").format(most=self.max)


class ValueOptional(click.Option):
    """An option whose value may be left out, and is given behind `=` as git takes it: `--case`, `--case=TITLE`."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option and its help, the value right behind the name."""
        found = super().get_help_record(ctx)
        return (found[0].replace(" [=", "[="), found[1]) if found else None

    def filled(self, words: Iterable[str]) -> list[str]:
        """The words with an empty value where the option has none, so that it takes none of the words behind it."""
        left = iter(words)
        found = []
        for word in left:
            found.append(f"{word}=" if word in self.opts else word)
            if word == "--":
                break
        return [*found, *left]
