"""What shoppers see, on each store's own host."""

from litestar import Router

router = Router(path="/@storefront", route_handlers=[])

__all__ = ["router"]
