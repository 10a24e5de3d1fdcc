"""What promoters and hosts see, on `host.*`."""

from litestar import Router

router = Router(path="/@portal", route_handlers=[])

__all__ = ["router"]
