"""Render a page from a store's own template, with a content security policy."""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING

from jinja2 import TemplateError, TemplateSyntaxError

from crmtext.i18n import _
from crmtext.layout import TEMPLATES
from crmtext.problem import CrmError
from crmtext.templating.sandbox import Sandbox
from crmtext.templating.team_templates import template_error
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

#: Comes before the template's output, so that its own policy can only be narrower. It blocks everything that fetches,
#: runs or sends, but not a reload or the hints of <link>, which are rejected below.
_OPENING = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; script-src '{hash}'; base-uri 'none'; "
    "form-action 'none'\">\n"
)
_OPEN_DOORS = lazy.pattern(r"<(?:link|base|meta)\b[^>]*>?", re.IGNORECASE)
_ALLOWED = lazy.pattern(
    r'<meta (?:charset="utf-8"|name="[a-z-]+" content="[^"<>&]*"'
    r'|http-equiv="Content-Security-Policy" content="[^"<>]*")>'
)

_UNKNOWN_ARGUMENT = lazy.pattern(r"(\w+)\(\) got an unexpected keyword argument '([^']*)'")
_WITHIN = lazy.pattern(r"\b(?:\w+\.)*<locals>\.(?=\w+\(\))")


def page(environment: Environment, name: str, view: Mapping[str, object], script: str) -> str:
    """Return the page. Raises CrmError with the line of the template that failed or is not allowed."""
    try:
        if isinstance(environment, Sandbox):
            environment.budget.next_page()
        text = environment.get_template(name).render(view)
    except (RecursionError, MemoryError, SyntaxError):  # Python can't compile the code that Jinja generates
        raise _error(name, _("it is nested too deeply")) from None
    except (CrmError, TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise _error_at(error, name) from error
    if not script:
        return text
    if wrong := next((tag for tag in _OPEN_DOORS.findall(text) if not _ALLOWED.fullmatch(tag)), ""):
        raise _error(name, _("{what} is not allowed in a page").format(what=wrong[:80]))
    return _OPENING.replace("{hash}", script) + text


def _error_at(error: Exception, name: str) -> CrmError:
    if isinstance(error, TemplateSyntaxError):
        return _error(error.name or name, error.message or "", error.lineno)
    # A function of ours may say what it can be asked instead.
    hint = error.problem.hint if isinstance(error, CrmError) else ""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(TEMPLATES + "/")
    ]
    # A function of ours was asked for what it can't answer.
    reason = error.problem.message if isinstance(error, CrmError) else _reason(error)
    if not frames:
        return _error(name, reason)
    return _error(frames[-1].filename.removeprefix(TEMPLATES + "/"), reason, frames[-1].lineno or 0, hint)


def _reason(error: Exception) -> str:
    """The message of an error, without the names that Python adds to a function inside another one."""
    text = str(error) or type(error).__name__
    if wrong := _UNKNOWN_ARGUMENT.search(text):
        return _("{function}() has no argument '{name}'").format(function=wrong[1], name=wrong[2])
    return _WITHIN.sub("", text)


def _error(name: str, reason: str, line: int = 0, hint: str = "") -> CrmError:
    return template_error(name, _("invalid template: {said}").format(said=reason), line, hint)
