"""Where the embedded servers keep their data and sockets, so that they work for root and for a plain user.

Data lies under `var`. As root the servers run as `nobody`, who cannot look below a closed folder such as a home
directory with mode 0700. Then data and a copy of the programs go below /var/lib/tuanzhou instead of opening the
closed folder to everybody; `var/data-is-elsewhere` says where. Data that exists is never left behind silently.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from infra.embedded.account import Account, service_account
from infra.embedded.elsewhere import away_from, claim, copy_programs, secret
from infra.embedded.failure import ServiceFailed
from infra.embedded.programs import Programs, find_programs

SOCKETS = Path("/tmp")  # noqa: S108 - socket addresses end at 107 bytes, so they need a short folder; checked below


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything a launcher must know about its surroundings."""

    var: Path
    home: Path
    sockets: Path
    account: Account
    programs: Programs

    @property
    def postgres_data(self) -> Path:
        return self.home / "postgres"

    @property
    def valkey_data(self) -> Path:
        return self.home / "valkey"

    @property
    def run(self) -> Path:
        return self.var / "run"

    def remove_sockets(self) -> None:
        """Leave no empty folder in /tmp behind."""
        shutil.rmtree(self.sockets, ignore_errors=True)

    def password(self, name: str) -> str:
        return secret(self.var / f"{name}.password")


def survey(var: Path) -> Ground:
    """Choose data folder, account, programs and socket folder for `var`. Call it under the services' lock."""
    mark = hashlib.sha256(str(var).encode()).hexdigest()[:8]
    away = away_from(var, mark)
    account = service_account([var / "postgres", away / "postgres"])
    programs = find_programs()
    home = _home(var, away, account)
    if account.dropped and not _runs(account, programs):
        programs = copy_programs(programs, away.parent)
    return Ground(var, home, _sockets(mark, account), account, programs)


def _home(var: Path, away: Path, account: Account) -> Path:
    if not account.dropped or (not (away / "postgres").exists() and account.can_enter(var)):
        return var
    if (var / "postgres").exists():
        if account.can_enter(var):
            return var
        raise ServiceFailed(
            f"The database in {var / 'postgres'} cannot be reached by the account it runs as (id {account.uid}).\n"
            f"Open the folders above it for passing through: chmod o+x {var} and its parents."
        )
    claim(var, away, account)
    return away


def _runs(account: Account, programs: Programs) -> bool:
    return account.can(programs.postgres, "-V") and account.can(programs.valkey_server, "--version")


def _sockets(mark: str, account: Account) -> Path:
    """A short private folder. One that somebody else made first is not trusted."""
    for name in (f"tuanzhou-{mark}", f"tuanzhou-{mark}-{account.uid}"):
        folder = SOCKETS / name
        try:
            folder.mkdir(mode=0o700)
            account.own(folder)
        except FileExistsError:
            found = folder.lstat()
            if os.geteuid() == 0 and stat.S_ISDIR(found.st_mode) and found.st_uid == 0:
                account.own(folder)  # a run that was killed between making the folder and giving it away
            elif not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o022:
                continue
        return folder
    raise ServiceFailed(f"{SOCKETS}/tuanzhou-{mark} belongs to another user. Remove it, or set TUANZHOU_VAR.")
