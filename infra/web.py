"""Serving the application over HTTP."""

from __future__ import annotations

import gc
import os
import socket

import uvicorn

from infra.settings import settings


def serve(application: str = "app.main:create_app") -> None:
    """Blocks until SIGTERM or Ctrl-C; open requests get ten seconds to finish. `application` names a factory.

    Headers of proxies are read by our own middleware, which knows `TUANZHOU_PROXIES`; the server believes none.
    """
    gc.set_threshold(20_000, 20, 50)  # a request leaves few cycles behind; looking for them cost a tenth of its time
    config = uvicorn.Config(
        application,
        factory=True,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    uvicorn.Server(config).run(sockets=[_door()])


def _door() -> socket.socket:
    """The web port, shared: several processes may serve it, and the kernel spreads the visitors over them."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    door.bind((os.environ.get("TUANZHOU_BIND", "127.0.0.1"), settings().port))
    door.listen(2048)
    return door
