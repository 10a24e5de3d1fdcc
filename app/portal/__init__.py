"""What promoters and hosts see, on `host.*`."""

from litestar import Router

from app.portal import (
    account,
    accounts,
    board,
    campaigns,
    chain_copies,
    chain_exports,
    chain_forms,
    chains,
    day_book,
    earnings,
    level,
    link_batches,
    links,
    live,
    offers,
    payouts,
    pickup_points,
    pickups,
    receipts,
    selection,
    session_board,
    shoppers,
    shows,
    statements,
    stores,
)

router = Router(
    path="/@portal",
    route_handlers=[
        *accounts.HANDLERS,
        *account.HANDLERS,
        *stores.HANDLERS,
        *board.HANDLERS,
        *links.HANDLERS,
        *link_batches.HANDLERS,
        *campaigns.HANDLERS,
        *chains.HANDLERS,
        *chain_forms.HANDLERS,
        *chain_copies.HANDLERS,
        *chain_exports.HANDLERS,
        *day_book.HANDLERS,
        *live.HANDLERS,
        *session_board.HANDLERS,
        *shows.HANDLERS,
        *offers.HANDLERS,
        *pickups.HANDLERS,
        *pickup_points.HANDLERS,
        *earnings.HANDLERS,
        *level.HANDLERS,
        *statements.HANDLERS,
        *payouts.HANDLERS,
        *receipts.HANDLERS,
        *selection.HANDLERS,
        *shoppers.HANDLERS,
    ],
)

__all__ = ["router"]
