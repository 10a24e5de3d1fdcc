"""What the merchant sees: the store's back office on `admin.*`."""

from litestar import Router

router = Router(path="/@backoffice", route_handlers=[])

__all__ = ["router"]
