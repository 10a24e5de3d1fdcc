"""Every job there is, by kind."""

from __future__ import annotations

from workers import (
    aftersales,
    attribution,
    carriers,
    clicks,
    commissions,
    compared_goods,
    contests,
    demand_tests,
    external_sales,
    fulfillment,
    group_buying,
    imports,
    koc,
    leader_exports,
    live,
    messaging,
    order_jobs,
    payments,
    pickups,
    presale,
    promoters,
    promotions,
    purchasing,
    reconciliation,
    selection,
    substitutions,
    team_groups,
)
from workers.context import Handlers


def collect(*areas: Handlers) -> Handlers:
    """One table; two handlers for one kind are a defect."""
    found: Handlers = {}
    for area in areas:
        twice = found.keys() & area.keys()
        if twice:
            raise RuntimeError(f"handled twice: {sorted(twice)}")
        found.update(area)
    return found


HANDLERS = collect(
    aftersales.HANDLERS,
    attribution.HANDLERS,
    carriers.HANDLERS,
    clicks.HANDLERS,
    commissions.HANDLERS,
    compared_goods.HANDLERS,
    contests.HANDLERS,
    demand_tests.HANDLERS,
    external_sales.HANDLERS,
    fulfillment.HANDLERS,
    group_buying.HANDLERS,
    imports.HANDLERS,
    koc.HANDLERS,
    leader_exports.HANDLERS,
    live.HANDLERS,
    messaging.HANDLERS,
    order_jobs.HANDLERS,
    payments.HANDLERS,
    presale.HANDLERS,
    pickups.HANDLERS,
    promoters.HANDLERS,
    promotions.HANDLERS,
    purchasing.HANDLERS,
    reconciliation.HANDLERS,
    selection.HANDLERS,
    substitutions.HANDLERS,
    team_groups.HANDLERS,
)
