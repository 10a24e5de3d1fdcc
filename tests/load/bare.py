"""The reference server: a bare Litestar application on the web server's own settings."""

from __future__ import annotations

from litestar import Litestar, Response, get


@get("/json", sync_to_thread=False)
def show_json() -> dict[str, str]:
    return {"message": "hello"}


@get("/redirect", sync_to_thread=False)
def redirect() -> Response[bytes]:
    return Response(b"", status_code=302, headers={"location": "/"})


def create_app() -> Litestar:
    return Litestar(route_handlers=[show_json, redirect], openapi_config=None, logging_config=None)


if __name__ == "__main__":
    from infra.web import serve

    serve("tests.load.bare:create_app")
