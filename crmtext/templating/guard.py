"""A page made by a store's own template: rendered, or told why not; and closed, whatever the template left open."""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING

from jinja2 import TemplateError, TemplateSyntaxError

from crmtext.i18n import _
from crmtext.layout import TEMPLATES
from crmtext.templating.sandbox import Sandbox
from crmtext.templating.team_templates import refusal
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

    from crmtext.problem import CrmError

#: Comes before anything the template wrote, so that its own policy can only be narrower. Whatever else would fetch,
#: run or send is shut by it; a reload to elsewhere and the hints of <link> are not, and so are refused below.
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


def page(environment: Environment, name: str, view: Mapping[str, object], script: str) -> str:
    """The page. Raises CrmError with the line of the template that failed, or that asked for what it may not have."""
    try:
        if isinstance(environment, Sandbox):
            environment.budget.next_page()
        text = environment.get_template(name).render(view)
    except (RecursionError, MemoryError, SyntaxError):  # what Jinja makes of it is more than Python reads
        raise _refused(name, _("it is nested too deeply")) from None
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise _told(error, name) from error
    if not script:
        return text
    if wrong := next((each for each in _OPEN_DOORS.findall(text) if not _ALLOWED.fullmatch(each)), ""):
        raise _refused(name, _("{what} is not allowed in a page").format(what=wrong[:80]))
    return _OPENING.replace("{hash}", script) + text


def _told(error: Exception, name: str) -> CrmError:
    if isinstance(error, TemplateSyntaxError):
        return _refused(error.name or name, error.message or "", error.lineno)
    frames = [each for each in traceback.extract_tb(error.__traceback__) if each.filename.startswith(TEMPLATES + "/")]
    said = str(error) or type(error).__name__
    if not frames:
        return _refused(name, said)
    return _refused(frames[-1].filename.removeprefix(TEMPLATES + "/"), said, frames[-1].lineno or 0)


def _refused(name: str, said: str, line: int = 0) -> CrmError:
    return refusal(name, _("invalid template: {said}").format(said=said), line)
