"""What the merchant sees: the store's back office on `admin.*`."""

from litestar import Router

from app.backoffice.enter import enter

router = Router(path="/@backoffice", route_handlers=[enter])

__all__ = ["router"]
