"""The policy of a store: what each member may change, and why a change is denied."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.layout import SCHEMA, SETTINGS
from crmtext.problem import CrmError, Place, Problem, cannot
from crmtext.protection.policy import patterns
from crmtext.protection.policy.change import ADDED, FIELD, RECORD, SETTING, Change
from crmtext.protection.policy.changes import Home
from crmtext.protection.policy.denial import denial_message, place_of
from crmtext.protection.policy.other_files import ERASED
from crmtext.query.role_conditions import compiled
from crmtext.schema import Schema
from crmtext.settings import read_around
from crmtext.settings.access import ACCESS, Access
from crmtext.store import schema_in
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from crmtext.protection.policy.patterns import Path
    from crmtext.settings import Member, Settings
    from crmtext.settings.access import Role

TEAM = "team"
#: The problems of settings that leave open what the rest of the file says.
_UNSURE = frozenset({"settings-syntax", "settings-too-large", "conflict-marker"})


class Denial(NamedTuple):
    """A change that a member may not make."""

    change: Change
    #: With the place in the new file, and the hint who may make the change.
    problem: Problem
    #: An active member who may; None if nobody may.
    approver: Member | None


class Policy:
    """The rights in a state of a store: of the old tip of main."""

    def __init__(self, settings: Settings, home: Home) -> None:
        self.settings, self.home = settings, home
        #: None: everyone may change everything.
        self.access: Access | None = settings.access
        self._conditions: dict[str, Callable[[Mapping[str, Any], str], bool] | None] = {}

    @classmethod
    def read(
        cls, settings: bytes | None, schema: bytes | None, folder: str = "", others: tuple[str, ...] = ()
    ) -> Policy:
        """Return the policy of a store's settings and schema. Raises CrmError if its rights can't be read.

        Mistakes in other settings don't matter, but a wrong `where` would leave a role with more than it has.
        """
        try:
            known = Schema.shipped() if schema is None else schema_in(schema, SCHEMA)
            given, problems = read_around(b"\0" if settings is None else settings)
        except CrmError as error:
            raise _unreadable(error.problem, folder) from None
        for problem in problems:
            if problem.rule in _UNSURE or problem.place.pointer.split("/")[1:2] in ([ACCESS], [TEAM]):
                raise _unreadable(problem, folder)
        return cls(given, Home(folder, known, others))

    def member(self, address: str) -> Member | None:
        """The active member with this e-mail address; None if there is none, or more than one."""
        return self._by_address.get(address.casefold())

    @cached_property
    def _by_address(self) -> Mapping[str, Member]:
        by_address: dict[str, Member | None] = {}
        for member in self.settings.team.values():
            for email in {email.casefold() for email in member.emails}:
                by_address[email] = None if email in by_address else member
        return {email: member for email, member in by_address.items() if member and is_active(member)}

    def role(self, member: Member | None) -> Role | None:
        """The rights of a member; None for nobody, for members who have left, and for roles without rights."""
        return self.access.roles.get(member.role) if self.access and member and is_active(member) else None

    def holds(self, role: Role, change: Change, actor: str) -> bool:
        """Whether a role's `where` holds for the record before a change, for a new one for the new record."""
        if not role.where:
            return True
        record = change.before or change.after
        condition = self._condition(role.where)
        if condition is None or record is None or record.data is None:
            return False
        # The values of an invalid record may have any type.
        return self.home.schema.validator.valid(record.data) and condition(record.data, actor)

    def _condition(self, text: str) -> Callable[[Mapping[str, Any], str], bool] | None:
        """The condition; None if it is not valid, so that it never holds."""
        if text not in self._conditions:
            try:
                today = clock.today(self.settings.timezone or None)
                self._conditions[text] = compiled(text, self.home.schema, self.settings, today)
            except CrmError:
                self._conditions[text] = None
        return self._conditions[text]


def _unreadable(problem: Problem, folder: str) -> CrmError:
    message = _("the access rights can't be read: {reason}").format(reason=problem)
    return cannot("access-unreadable", message, _("fix {file} where the check runs").format(file=folder + SETTINGS))


def is_active(member: Member) -> bool:
    """Whether it is a person who hasn't left."""
    return member.active and not member.pool


def denied(policy: Policy, change: Change, member: Member | None) -> Denial | None:
    """Return why a member may not make a change; None if they may. None for a member is somebody unknown."""
    wrong = _wrong(policy, change, member)
    if wrong is None:
        return None
    approver = next((other for other in policy.settings.team.values() if _wrong(policy, change, other) is None), None)
    if approver:
        # A fast-forward makes no merge commit, and so approves nothing.
        hint = _("push it to a branch; {name} ({role}) merges it: git merge --no-ff origin/BRANCH").format(
            name=approver.shown, role=approver.role
        )
    else:
        hint = _("nobody on the team may; change [access] first")
    message = denial_message(change, member, wrong, policy.role(member))
    return Denial(change, Problem("write-policy", message, place_of(change, wrong), hint), approver)


def _wrong(policy: Policy, change: Change, member: Member | None) -> Path | None:
    """The first path in a change that a member may not change; None if they may make the change."""
    if policy.access is None:
        return None
    role = policy.role(member)
    if role is None or member is None:
        return change.path
    if change.subject == RECORD:
        allowed = change.kind in role.records and policy.holds(role, change, member.handle)
        return None if allowed else change.path
    if change.subject == FIELD:
        # The condition of a new record is judged once, for the record.
        holds = change.before is None or policy.holds(role, change, member.handle)
        may = patterns.fields(role.may) if holds else patterns.Patterns()
        return _not_covered(change, may, patterns.fields(role.anywhere))
    if change.subject == SETTING:
        return _not_covered(change, patterns.fields(role.settings))
    return _wrong_file(change, role, member.handle)


def _wrong_file(change: Change, role: Role, actor: str) -> Path | None:
    if change.path[:2] == ERASED:
        return None if "erase" in role.keys else change.path
    return None if change.by == actor else _not_covered(change, patterns.files(role.files))


def _not_covered(change: Change, *covering: patterns.Patterns) -> Path | None:
    """The first path in a change that none of some patterns allows; None if each path is allowed."""
    if change.whole:
        return None if any(one.allow_all() for one in covering) else change.path
    added = change.path if change.kind == ADDED else None
    return next((path for path in change.values if not any(one.allow(path, added) for one in covering)), None)


def locked_out(settings: Settings, file: str = SETTINGS) -> Problem | None:
    """Return the problem that no active member may change the access rights and the team; None if somebody may."""
    access = settings.access
    if access is None or any(_may_correct(member, access) for member in settings.team.values()):
        return None
    message = _("no active member may change [access] and [team] any more")
    hint = _('give a role of an active member: settings = ["*"]')
    return Problem("access-locked-out", message, Place(file), hint)


def _may_correct(member: Member, access: Access) -> bool:
    role = access.roles.get(member.role)
    if role is None or not is_active(member) or not _is_known(member, access.identity):
        return False
    return all(patterns.fields(role.settings).allow_all((table,)) for table in (ACCESS, TEAM))


def _is_known(member: Member, identity: str) -> bool:
    """Whether commits or pushes of a member can be known as theirs."""
    return identity == "pusher" or bool(member.emails and (member.signing or identity == "trust"))
