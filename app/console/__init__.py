"""What the platform's staff see, on `staff.*`."""

from litestar import Router

router = Router(path="/@console", route_handlers=[])

__all__ = ["router"]
