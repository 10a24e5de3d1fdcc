"""One SFTP session at a merchant's drop: a checked address, a pinned host key, and failures of two kinds only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncssh
from msgspec import Struct

from infra.addresses import AddressRefused, NameUnknown, public_address
from infra.warehouse.port import WarehouseRejected, WarehouseUnavailable

CONNECT_S, TOTAL_S = 5.0, 30.0
MAX_BYTES = 4_000_000


class DropAccount(Struct, frozen=True):
    """Where the files go. `host_key` is the server's public key as `ssh-keyscan` prints it, without the host's name."""

    host: str
    port: int
    user: str
    directory: str
    host_key: str
    password: str = ""
    private_key: str = ""

    def __repr__(self) -> str:
        return f"DropAccount({self.user}@{self.host}:{self.port})"


class Drop:
    """The files of one store, named from its own directory."""

    def __init__(self, client: asyncssh.SFTPClient, home: str) -> None:
        self._client, self._home = client, home

    def _at(self, name: str) -> str:
        return f"{self._home}/{name}"

    async def exists(self, name: str) -> bool:
        found: bool = await self._client.exists(self._at(name))
        return found

    async def names(self, folder: str, suffix: str = ".csv") -> list[str]:
        """Finished files, by name; what is hidden is still being written."""
        with suppress(asyncssh.SFTPNoSuchFile):
            found = await self._client.listdir(self._at(folder))
            return sorted(name for name in found if name.endswith(suffix) and not name.startswith("."))
        return []

    async def read(self, name: str) -> bytes:
        """At most MAX_BYTES and one more, by which the reader sees that it is too long."""
        async with self._client.open(self._at(name), "rb") as file:
            content: bytes = await file.read(MAX_BYTES + 1)
        return content

    async def write_hidden(self, name: str, content: bytes) -> str:
        """Under a name nobody takes, to be renamed when it is whole."""
        folder, _, plain = name.rpartition("/")
        await self._client.makedirs(self._at(folder), exist_ok=True)
        hidden = f"{folder}/.{plain}.part"
        async with self._client.open(self._at(hidden), "wb") as file:
            await file.write(content)
        return hidden

    async def write(self, name: str, content: bytes) -> None:
        """Whole or not at all; what was there is replaced."""
        hidden = await self.write_hidden(name, content)
        await self._client.posix_rename(self._at(hidden), self._at(name))

    async def move(self, name: str, to: str) -> bool:
        """In one step; False when it is not there any more."""
        await self._client.makedirs(self._at(to.rpartition("/")[0]), exist_ok=True)
        try:
            await self._client.posix_rename(self._at(name), self._at(to))
        except asyncssh.SFTPNoSuchFile:
            return False
        return True


@asynccontextmanager
async def opened(account: DropAccount, store: str, allowed: frozenset[str]) -> AsyncIterator[Drop]:
    """A session for one errand. `allowed` are exact host:port pairs that may lie inside: our own stand-ins.

    Raises WarehouseRejected when the server is not the one pinned or refuses us, WarehouseUnavailable otherwise.
    """
    try:
        async with asyncio.timeout(TOTAL_S):
            address = await _checked(account, allowed)
            async with asyncssh.connect(address, account.port, **_options(account)) as connection:
                try:
                    client = await connection.start_sftp_client()
                    yield Drop(client, f"{account.directory.rstrip('/') or '.'}/{store}")
                except BaseException:
                    connection.abort()  # a server that hangs would let us wait for its good-bye as well
                    raise
    except AddressRefused as error:
        raise WarehouseRejected("address_refused", str(error)) from error
    except asyncssh.HostKeyNotVerifiable as error:
        raise WarehouseRejected("host_key_changed", "the server shows another key than the one you entered") from error
    except (asyncssh.PermissionDenied, asyncssh.SFTPPermissionDenied) as error:
        raise WarehouseRejected("login_refused", str(error)) from error
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise WarehouseRejected("bad_key", str(error)) from error
    except (asyncssh.Error, NameUnknown, TimeoutError, OSError) as error:
        raise WarehouseUnavailable(f"{type(error).__name__}: {error}") from error


async def _checked(account: DropAccount, allowed: frozenset[str]) -> str:
    """The very address that was checked, so that no second look-up leads elsewhere."""
    if f"{account.host}:{account.port}" in allowed:
        return account.host
    return str(await public_address(account.host, account.port))


def _options(account: DropAccount) -> dict[str, object]:
    """Nothing of this machine's own: no configuration, no agent, no keys, no list of known hosts."""
    return {
        "username": account.user,
        "password": account.password or None,
        "client_keys": [asyncssh.import_private_key(account.private_key)] if account.private_key else [],
        "known_hosts": ([asyncssh.import_public_key(account.host_key)], [], []),
        "config": None,
        "agent_path": None,
        "connect_timeout": CONNECT_S,
        "login_timeout": CONNECT_S * 2,
    }
