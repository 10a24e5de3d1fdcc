"""What suppliers see, on `supply.*`: their own lines of the stores they deliver for, and nothing else."""

from litestar import Router

from app.supply import account, accounts, home, money, orders, profile, shipping, stores

router = Router(
    path="/@supply",
    route_handlers=[
        *accounts.HANDLERS, *account.HANDLERS, *stores.HANDLERS, *home.HANDLERS, *orders.HANDLERS, *shipping.HANDLERS,
        *money.HANDLERS, *profile.HANDLERS,
    ],
)  # fmt: skip

__all__ = ["router"]
