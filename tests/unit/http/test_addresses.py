"""Addresses typed by people lead to the public internet or nowhere."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra import addresses
from infra.addresses import is_public
from infra.http import AddressRefused, OutsideUnavailable, fetch, guarded_client, local_simulators, trusted_client
from infra.settings import settings

INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1",
    "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "fe80::1", "fc00::1", "fd00::1", "fec0::1", "ff02::1",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "2002:7f00:1::", "2001::1", "2001:db8::1", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("text", INSIDE)
def test_inside_addresses_are_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "203.119.25.1", "2606:4700:4700::1111", "2400:3200::1"])
def test_public_addresses_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@dataclass
class Site:
    """A real local web server that would give away what is inside."""

    port: int = 0
    visits: list[bytes] = field(default_factory=list)
    answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.answer)
        await writer.drain()
        writer.close()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    found = Site()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    server.close()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0", "0x7f.1", "0177.0.0.1", "2130706433", "127.1", "[::1]", "[::ffff:127.0.0.1]",
     "localhost.", "LOCALHOST", "1２７.0.0.1", "evil@127.0.0.1", "example.org@127.0.0.1"],
)  # fmt: skip
async def test_no_spelling_of_this_machine_is_called(site: Site, host: str) -> None:
    with pytest.raises((AddressRefused, OutsideUnavailable)):
        await fetch(f"http://{host}:{site.port}/")

    assert site.visits == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "gopher://x/", "ftp://x/", "//x/", "x", "", "http://", "http:///x"]
)
async def test_only_web_addresses_are_called(url: str) -> None:
    with pytest.raises(AddressRefused):
        await fetch(url)


async def test_a_name_with_one_inside_address_is_refused_whole(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, ["8.8.8.8", "127.0.0.1"])

    with pytest.raises(AddressRefused):
        await fetch(f"http://rebind.example:{site.port}/")

    assert site.visits == []


async def test_a_name_is_looked_up_once_so_it_cannot_change_its_mind(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])

    with pytest.raises(OutsideUnavailable):
        async with guarded_client() as client:
            await client.request("GET", f"http://rebind.example:{site.port}/", total_s=0.3)

    assert asked == ["rebind.example"]
    assert site.visits == []


async def test_our_own_stand_ins_are_called_by_exact_address_only(site: Site) -> None:
    allowed = frozenset({f"127.0.0.1:{site.port}"})

    answer = await fetch(f"http://127.0.0.1:{site.port}/x", allowed=allowed)

    assert answer.body == b"secret"
    assert f"Host: 127.0.0.1:{site.port}".lower().encode() in site.visits[0].lower()
    with pytest.raises(AddressRefused):
        await fetch(f"http://localhost:{site.port}/x", allowed=allowed)


async def test_the_stand_ins_are_the_two_ports_beside_ours() -> None:
    assert f"127.0.0.1:{settings().sandbox_port}" in local_simulators()
    assert f"localhost:{settings().simulator_port}" in local_simulators()
    assert f"127.0.0.1:{settings().port}" not in local_simulators()


async def test_a_redirect_is_an_answer_and_not_an_order(site: Site) -> None:
    site.answer = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"

    answer = await fetch(f"http://127.0.0.1:{site.port}/", allowed=frozenset({f"127.0.0.1:{site.port}"}))

    assert answer.status == 302
    assert len(site.visits) == 1


async def test_a_long_answer_is_cut_off(site: Site) -> None:
    site.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000

    with pytest.raises(OutsideUnavailable, match="longer"):
        await fetch(f"http://127.0.0.1:{site.port}/", max_bytes=4999, allowed=frozenset({f"127.0.0.1:{site.port}"}))


async def test_after_five_failures_nobody_waits_any_more() -> None:
    async with trusted_client() as client:
        for _ in range(5):
            with pytest.raises(OutsideUnavailable):
                await client.request("GET", "http://127.0.0.1:9/", party="broken")

        with pytest.raises(OutsideUnavailable, match="not asked again"):
            await client.request("GET", "http://127.0.0.1:9/", party="broken")
        with pytest.raises(OutsideUnavailable, match="ConnectError"):
            await client.request("GET", "http://127.0.0.1:9/", party="another")


def answers(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[str]:
    """Let the name server say these addresses, one list a question; returns the names it was asked for."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[addresses.Address]:
        asked.append(host)
        return [ipaddress.ip_address(text) for text in rounds[min(len(asked), len(rounds)) - 1]]

    monkeypatch.setattr(addresses, "resolve", resolve)
    return asked


def test_the_system_still_reads_odd_spellings_as_this_machine() -> None:
    """If this ever changes, the cases above prove less than they seem to."""
    found: list[Any] = socket.getaddrinfo("2130706433", 80, type=socket.SOCK_STREAM)

    assert found[0][4][0] == "127.0.0.1"
