"""A host asks to sell for a store.

Two short transactions, because the person belongs to the platform and the application to the store: note where they
asked, then ask. Both can be repeated; a crash in between is mended by asking again.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import tenants
from app import promoters
from app.flows import promoter_news
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.promoters import Promoter, PromoterPolicy
from tenants import directory, states
from tenants.errors import UnknownStore

USUAL_KINDS = ("host", "sharer")
BOUGHT = """
SELECT coalesce(sum(orders.paid_amount - orders.refunded_amount), 0)::bigint FROM orders
LEFT JOIN customer ON customer.id = orders.customer
WHERE lower(coalesce(customer.email, orders.email)) = lower($1) AND orders.paid_at IS NOT NULL
"""


async def apply_as_promoter(
    login_id: UUID, slug: str, *, note: str = "", kinds: Sequence[str] = (), terms: UUID | None = None
) -> Promoter:
    """The promoter's row in the store, pending until the merchant decides, unless the store takes everybody.

    `terms` are those the person has read; they are the store's newest, if it has written any. Raises UnknownStore,
    StoreClosed, InvalidInput.
    """
    tenant = await directory.find_by_slug(slug.strip().lower())
    if tenant is None or tenant.status in ("provisioning", "deleted"):
        raise UnknownStore
    states.require(tenant, "invite")
    login = await promoters.login_by_id(login_id)
    if login is None:
        raise NotFound
    await promoters.note_membership(login.id, tenant.id)
    with tenants.bind(tenant):
        async with tenants.transaction():
            await _require_agreement(terms)
            rate_bps = await tenants.connection().fetchval("SELECT default_commission_bps FROM store_profile")
            wanted = [kind for kind in promoters.KINDS if kind in kinds] or list(USUAL_KINDS)
            asked = await promoters.apply(
                login.id, login.name, login.email, rate_bps=rate_bps, kinds=wanted, note=note
            )  # fmt: skip
            if terms is not None:
                await promoters.accept_terms(asked.id, terms)
            policy = await promoters.read_policy()
            if asked.status != "pending" or not await _comes_in(asked, policy):
                return asked
            await promoter_news.tell(asked, "approved")
            return await promoters.decide(asked.id, approve=True, rate_bps=asked.commission_bps, by=policy.entry)


async def _require_agreement(terms: UUID | None) -> None:
    current = await promoters.current_terms()
    if current is not None and current.id != terms:
        raise InvalidInput({"terms": N_("Read the store's terms and say that you accept them.")})


async def _comes_in(asked: Promoter, policy: PromoterPolicy) -> bool:
    """Whether nobody has to answer this one."""
    if policy.entry == "everyone":
        return True
    if policy.entry != "buyers":
        return False
    bought: int = await tenants.connection().fetchval(BOUGHT, asked.email)
    return bought >= policy.entry_net_amount
