"""The public site: landing and sign-up."""

from litestar import Router

router = Router(path="/@website", route_handlers=[])

__all__ = ["router"]
