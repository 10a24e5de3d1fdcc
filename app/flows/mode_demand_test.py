"""A demand test: people pay and wait, and when its time is over the counts say whether it goes on.

Go confirms everybody who waits, no-go calls every order off, one job each; while the interval still holds the target
the test is given more time, as often as its rules allow, and then the estimate itself decides. Closed by hand before
its time, it is stopped: everybody gets the money back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from app import group_buying, orders, presale
from app.flows.campaign_mode import Mode
from app.flows.campaign_result import count_result
from app.group_buying import Campaign, DemandTestTerms, Participation
from app.kernel.clock import now
from app.presale import Counted, DemandTest, Finding
from tenants import outbox

NO_GO = "demand_test_no_go"


class DemandTestMode(Mode):
    patience = timedelta(minutes=2)

    async def take(self, order: orders.Order, campaign: Campaign, one: Participation) -> bool:
        """Whoever pays waits for the verdict."""
        return False

    async def taken(self, order: orders.Order, campaign: Campaign, one: Participation) -> None:
        """Who was the last to pay may find that it is decided already."""
        test = await presale.test_of(campaign.id)
        if test.verdict:
            await _end(order.id, go=test.verdict == "go")

    async def new_end(self, campaign: Campaign) -> datetime | None:
        terms, test = terms_of(campaign), await presale.test_of(campaign.id)
        finding = judge(campaign, test, await count(campaign))
        if finding.verdict != "extend" or test.extended >= terms.extensions or campaign.ends_at is None:
            return None
        await presale.note_extension(campaign.id)
        return campaign.ends_at + timedelta(hours=terms.extend_hours)

    async def close(self, campaign: Campaign) -> None:
        test, counted = await presale.test_of(campaign.id), await count(campaign)
        finding = judge(campaign, test, counted)
        unclear = finding.verdict == "extend"
        stopped = campaign.ends_at is None or campaign.ends_at > now()
        go = not stopped and (finding.likelier if unclear else finding.verdict) == "go"
        decided = DemandTest(
            campaign=campaign.id, counted=counted, finding=finding, close_call=unclear and not stopped,
            verdict="stopped" if stopped else "go" if go else "no_go",
        )  # fmt: skip
        if await presale.decide(decided):
            await group_buying.note(campaign.id, f"verdict_{decided.verdict}")
            for order_id in await group_buying.waiting_orders(campaign.id):
                await _end(order_id, go=go)


async def count(campaign: Campaign) -> Counted:
    """What was counted so far; with the verdict it stands still."""
    test = await presale.test_of(campaign.id)
    if test.verdict:
        return test.counted
    marks, result = await presale.count_marks(campaign.id), await count_result(campaign.id)
    return Counted(marks.views, marks.intents, result["orders"])


def judge(campaign: Campaign, test: DemandTest, counted: Counted, at: datetime | None = None) -> Finding:
    """What the counts say about the target; with `at`, about the part of it that belongs to the time until then."""
    if test.finding is not None:
        return test.finding
    terms = terms_of(campaign)
    if terms.metric == "conversion":
        return presale.of_share(counted.deposits, counted.views, terms.target_bps)
    planned, lasted = _times(campaign, test, terms, at)
    return presale.of_count(getattr(counted, terms.metric), terms.target, planned=planned, lasted=lasted)


def terms_of(campaign: Campaign) -> DemandTestTerms:
    return cast(DemandTestTerms, campaign.terms)


def _times(campaign: Campaign, test: DemandTest, terms: DemandTestTerms, at: datetime | None) -> tuple[float, float]:
    """How long it should take and how long it takes with its extensions, in seconds."""
    start = campaign.opened_at or campaign.starts_at or campaign.created_at
    if campaign.ends_at is None or campaign.ends_at <= start:
        return 1, 1
    extra = timedelta(hours=terms.extend_hours) * test.extended
    lasted = campaign.ends_at - start
    so_far = lasted if at is None else min(max(at - start, timedelta(0)), lasted)
    return max((lasted - extra).total_seconds(), 1), so_far.total_seconds()


async def _end(order_id: UUID, *, go: bool) -> None:
    if go:
        await outbox.post("group_buying.confirm_member", key=f"confirm_member:{order_id}", order_id=order_id)
    else:
        await outbox.post("group_buying.refund_member", key=f"refund_member:{order_id}", order_id=order_id, cause=NO_GO)
