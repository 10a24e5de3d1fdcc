"""The unprivileged account the servers run as when we are root: PostgreSQL refuses to be root, Valkey need not be."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.embedded.failure import ServiceFailed

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Account:
    """Whose rights a server gets. `dropped` says that we are root and step down."""

    uid: int
    gid: int
    dropped: bool

    def run(self, *argv: str | Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this account, from `/`, with a bare environment."""
        command = [str(part) for part in argv]
        if self.dropped:
            return subprocess.run(
                command, cwd="/", env=ENVIRONMENT, input=text, capture_output=True, text=True, check=False,
                user=self.uid, group=self.gid, extra_groups=[], umask=0o077,
            )  # fmt: skip
        return subprocess.run(
            command, cwd="/", env=ENVIRONMENT, input=text, capture_output=True, text=True, check=False, umask=0o077
        )

    def can(self, *argv: str | Path) -> bool:
        try:
            return self.run(*argv).returncode == 0
        except (PermissionError, FileNotFoundError):
            return False

    def can_enter(self, folder: Path) -> bool:
        return self.can("/bin/sh", "-c", 'cd "$1"', "sh", folder)

    def make_folder(self, folder: Path) -> None:
        """A folder only this account (and root) may look into."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.own(folder)

    def own(self, path: Path) -> None:
        if self.dropped:
            os.chown(path, self.uid, self.gid)


def service_account(existing: Sequence[Path]) -> Account:
    """As a plain user: ourselves. As root: whoever owns the data already there, else `nobody`."""
    owner = next((path.stat() for path in existing if path.exists()), None)
    me = os.geteuid()
    if me != 0:
        if owner is not None and owner.st_uid != me:
            raise ServiceFailed(
                f"The database in {existing[0].parent} belongs to another user (id {owner.st_uid}).\n"
                "Run this as that user or as root, or set TUANZHOU_VAR to a folder of your own."
            )
        return Account(me, os.getegid(), dropped=False)
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, dropped=True)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise ServiceFailed("PostgreSQL must not run as root, and this machine has no user `nobody`.") from error
    return Account(nobody.pw_uid, nobody.pw_gid, dropped=True)
