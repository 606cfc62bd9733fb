"""The weekly report with masked names and texts; what was done and what is due is decided on the full records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.figures.stages import Idle
    from crmtext.history.weekly import Deal, Weekly, Work
    from crmtext.model import Customer
    from crmtext.sealing.mask import Masking


def masked(report: Weekly, masking: Masking) -> Weekly:
    """Return a report masked. Its events are those of a masked comparison, and what is due is masked already."""

    def item(customer: Customer, data: Mapping[str, Any]) -> Mapping[str, Any]:
        result: Mapping[str, Any] = masking.record(customer.data).value("opportunities[]", data)
        return result

    def deals(every: tuple[Deal, ...]) -> tuple[Deal, ...]:
        return tuple(
            deal._replace(customer=masking.customer(deal.customer), data=item(deal.customer, deal.data))
            for deal in every
        )

    def idle(every: tuple[Idle, ...]) -> tuple[Idle, ...]:
        return tuple(
            one._replace(customer=masking.customer(one.customer), data=item(one.customer, one.data)) for one in every
        )

    def work(one: Work) -> Work:
        return one._replace(
            won=deals(one.won),
            lost=deals(one.lost),
            key_deals=deals(one.key_deals),
            idle=idle(one.idle),
        )

    return report._replace(people=tuple(map(work, report.people)), team=work(report.team))
