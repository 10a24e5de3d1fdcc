"""What providers, warehouses and carriers send to us."""

from litestar import Router

from app.webhooks.inbound import hear_carrier_push, hear_payment, hear_payout, hear_provider, hear_warehouse_callback

router = Router(
    path="/@webhooks",
    route_handlers=[hear_provider, hear_payment, hear_payout, hear_warehouse_callback, hear_carrier_push],
)
