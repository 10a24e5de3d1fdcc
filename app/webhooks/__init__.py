"""What providers and warehouses tell us."""

from litestar import Router

router = Router(path="/@webhooks", route_handlers=[])

__all__ = ["router"]
