"""What a contest must be before it is kept: it makes sense, and it keeps to the rules against paying for heads.

The rules are those of commission plans, with the same ids and sentences: prizes come from sales to customers, never
from people who were brought (CG-1, CG-5), nobody is paid for what only others have sold (CG-4), and prizes leave of a
sale what it costs (CG-8). Steps inside an open transaction; no journeys.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

import tenants
from app import commissions, contests, payouts, promoters
from app.commissions import Finding, Plan
from app.contests import Contest, ContestDraft
from app.flows import plan_facts
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.i18n import N_

LONGEST_WINDOW, LONGEST = 180, timedelta(days=366)
# What somebody may ask to have counted, and the rule that forbids it.
HEADS = {"recruits": "CG-1", "new_promoters": "CG-1", "team_volume": "CG-4", "team_size": "CG-5", "headcount": "CG-5"}
SHARED_ALIKE = N_("Sharing a prize alike between somebody and those below them pays for other people's sales.")
NO_CAP = N_("Without a cap the prizes are owed however little is sold.")
SHORT_WINDOW = N_("Only settled sales count, and returns are open longer than this. Later orders will not count.")


class NotCompliant(Refusal):
    """The contest breaks rules of the gate; nothing was saved."""

    code = "contests.not_compliant"
    status = 422
    message = "This contest is not allowed: %(rules)s."

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(rules=", ".join(dict.fromkeys(one.rule for one in findings if one.refuses)))
        self.findings = tuple(findings)


async def draft_of(contest: Contest) -> ContestDraft:
    """What was written down, as somebody would have typed it."""
    prizes = await contests.prizes_of(contest.id)
    facts = {name: getattr(contest, name) for name in (
        "title", "words", "metric", "scope", "live_session", "campaign", "by_team", "split", "starts_at", "ends_at",
        "window_days", "least_score", "cap_bps", "is_public",
    )}  # fmt: skip
    return ContestDraft(
        **facts, sides=[(side.name, side.promoters) for side in await contests.sides_of(contest.id)],
        prizes=[prizes.get(place, 0) for place in range(1, max(prizes, default=0) + 1)],
        products=await contests.products_of(contest.id),
    )  # fmt: skip


async def require_sound(draft: ContestDraft) -> None:
    """Raises InvalidInput naming every field that makes no sense."""
    wrong = _shape(draft, now()) | await _names_what_is_there(draft)
    if wrong:
        raise InvalidInput(wrong)


def _shape(draft: ContestDraft, moment: datetime) -> dict[str, str]:
    wrong: dict[str, str] = {}
    people = [promoter for _name, members in draft.sides for promoter in members]
    if not 0 < len(draft.title) <= 80:
        wrong["title"] = N_("Enter a title of up to 80 characters.")
    if draft.metric not in contests.METRICS and draft.metric not in HEADS:
        wrong["metric"] = N_("Choose one of the offered values.")
    if draft.ends_at <= draft.starts_at or draft.ends_at - draft.starts_at > LONGEST:
        wrong["ends_at"] = N_("It ends after it starts, within a year.")
    elif draft.ends_at <= moment:
        wrong["ends_at"] = N_("This moment has passed.")
    if not 0 <= draft.window_days <= LONGEST_WINDOW:
        wrong["window_days"] = N_("Between 0 and 180 days.")
    if not 2 <= len(draft.sides) <= contests.MOST_SIDES or len(people) > contests.MOST_ENTRANTS:
        wrong["sides"] = N_("A contest has between 2 and 50 sides.")
    elif any(not members or not name for name, members in draft.sides):
        wrong["sides"] = N_("Every team has a name and somebody in it.")
    elif len(set(people)) < len(people):
        wrong["sides"] = N_("Everybody is on one side only.")
    if len(draft.prizes) > min(len(draft.sides), contests.MOST_PRIZES) or any(one <= 0 for one in draft.prizes):
        wrong["prizes"] = N_("Give every place up to the last one you name a prize, and no more places than sides.")
    if draft.least_score < 1:
        wrong["least_score"] = N_("Nobody wins with nothing: at least 1.")
    if draft.cap_bps is not None and not 1 <= draft.cap_bps <= commissions.HIGHEST_CAP_BPS:
        wrong["cap"] = N_("Between 0.01% and 50%.")
    return wrong


async def _names_what_is_there(draft: ContestDraft) -> dict[str, str]:
    database, wrong = tenants.connection(), dict[str, str]()
    people = [promoter for _name, members in draft.sides for promoter in members]
    known = await database.fetchval(
        "SELECT count(*) FROM promoter WHERE id = ANY($1::uuid[]) AND status = 'approved'", people
    )
    if known != len(set(people)):
        wrong["sides"] = N_("Only approved promoters of this store take part.")
    asked: dict[str, tuple[str, Sequence[UUID | None]]] = {
        "live_session": ("live_session", [draft.live_session]), "campaign": ("campaign", [draft.campaign]),
        "products": ("product", draft.products),
    }  # fmt: skip
    if draft.scope in asked:
        table, ids = asked[draft.scope]
        count = await database.fetchval(f"SELECT count(*) FROM {table} WHERE id = ANY($1::uuid[])", list(ids))  # noqa: S608
        if not ids or count != len(set(ids)):
            wrong[draft.scope] = N_("Choose what counts.")
    elif draft.scope not in contests.SCOPES:
        wrong["scope"] = N_("Choose one of the offered values.")
    return wrong


async def require_compliant(draft: ContestDraft) -> None:
    """Raises NotCompliant."""
    findings = await findings_of(draft)
    if commissions.refuses(findings):
        raise NotCompliant(findings)


async def findings_of(draft: ContestDraft) -> list[Finding]:
    """Everything the gate has to say, by rule; empty when all is well."""
    found = [*_heads(draft), *await _teams(draft), *await _margin(draft), *await _window(draft)]
    order = list(commissions.compliance.RULES)
    return sorted(found, key=lambda one: order.index(one.rule))


def _heads(draft: ContestDraft) -> list[Finding]:
    rule = HEADS.get(draft.metric)
    found = [Finding(rule=rule, text=commissions.compliance.REFUSALS[rule], evidence=(draft.metric,))] if rule else []
    return found + [
        Finding(rule=rule, text=commissions.compliance.REFUSALS[rule], evidence=(text,))
        for name in draft.declared if name in commissions.compliance.DECLARED
        for rule, text in (commissions.compliance.DECLARED[name],)
    ]  # fmt: skip


async def _teams(draft: ContestDraft) -> list[Finding]:
    """A prize shared alike in a team where one stands above another."""
    if not draft.by_team or draft.split != "equal" or not draft.prizes:
        return []
    above = {each: set(await promoters.uplines_of(each)) for _name, members in draft.sides for each in members}
    mixed = [name for name, members in draft.sides if any(above[each] & set(members) for each in members)]
    return [Finding(rule="CG-4", text=SHARED_ALIKE, evidence=tuple(mixed))] if mixed else []


async def _margin(draft: ContestDraft) -> list[Finding]:
    """A cap is a further share of each price: what stays below its cost only with it is named."""
    if not draft.prizes:
        return []
    if draft.cap_bps is None:
        return [Finding(rule="CG-8", text=NO_CAP, refuses=False)]
    plan = commissions.in_force(await commissions.read_plans(), now()).plan
    facts = await plan_facts.facts()
    guard = msgspec.structs.replace(plan.guard, fee_bps=min(10_000, plan.guard.fee_bps + draft.cap_bps))
    before = {margin.good.variant for one in _below(plan, facts) for margin in one.goods}
    chosen = set(draft.products) if draft.scope == "products" else None
    found = []
    for one in _below(msgspec.structs.replace(plan, guard=guard), facts):
        goods = tuple(
            margin for margin in one.goods
            if margin.good.variant not in before and (chosen is None or margin.good.product in chosen)
        )  # fmt: skip
        if goods:
            found.append(msgspec.structs.replace(one, goods=goods))
    return found


def _below(plan: Plan, facts: commissions.Facts) -> list[Finding]:
    below = (commissions.compliance.REFUSALS["CG-8"], commissions.compliance.WARNINGS["CG-8"])
    return [one for one in commissions.review(plan, facts) if one.rule == "CG-8" and one.text in below]


async def _window(draft: ContestDraft) -> list[Finding]:
    policy = await payouts.read_policy()
    if draft.window_days >= policy.freeze_days:
        return []
    return [Finding(rule="CG-9", text=SHORT_WINDOW, refuses=False, evidence=(str(policy.freeze_days),))]
