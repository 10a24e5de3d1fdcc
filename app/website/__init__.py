"""The public site: landing and sign-up."""

from litestar import Router

from app.website.landing import LandingController
from app.website.sign_up import SignUpController

router = Router(path="/@website", route_handlers=[LandingController, SignUpController])

__all__ = ["router"]
