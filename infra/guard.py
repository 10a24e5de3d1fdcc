"""The guarded way out: every connection goes to the very address that was checked."""

from __future__ import annotations

import ssl
from functools import cache

import httpx

from infra.addresses import AddressRefused, public_address, resolve


@cache
def trusted_authorities() -> ssl.SSLContext:
    """Read the certificate authorities once; it takes longer than many a request."""
    return httpx.create_ssl_context(trust_env=False)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Resolves once, checks every address, and connects to the very address it checked (no second look-up to rebind).

    Host header and TLS name stay those of the URL. Connections are never kept: a kept one is found again by address
    alone, so another name on the same machine could ride on a certificate it never showed.
    """

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._inner = httpx.AsyncHTTPTransport(
            verify=trusted_authorities(), limits=httpx.Limits(max_keepalive_connections=0), trust_env=False
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.scheme not in ("http", "https") or url.userinfo or not url.host:
            raise AddressRefused("only plain http and https addresses are called")
        host = url.raw_host.decode("ascii").strip("[]")
        port = url.port or (443 if url.scheme == "https" else 80)
        if f"{host}:{port}" in self._allowed:
            address = (await resolve(host, port))[0]
        else:
            address = await public_address(host, port)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = url.copy_with(host=str(address))
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
