"""Where the embedded servers keep their data and sockets, so that they work for root and for a plain user.

Data lies under `var`. As root the servers run as `nobody`, who cannot look below a closed folder such as a home
directory with mode 0700. Then data and a copy of the programs go below /var/lib/tuanzhou instead of opening the
closed folder to everybody; `var/data-is-elsewhere` says where. Data that exists is never left behind silently.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from infra.embedded.account import Account, service_account
from infra.embedded.failure import ServiceFailed
from infra.embedded.programs import Programs, find_programs

ELSEWHERE = (Path("/var/lib/tuanzhou"), Path("/var/tmp/tuanzhou"))  # noqa: S108 - owned and checked below
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


def secret(path: Path) -> str:
    """A random word made once and readable by its owner only."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(24))
        os.replace(draft, path)
    return path.read_text().strip()


def survey(var: Path) -> Ground:
    """Choose data folder, account, programs and socket folder for `var`. Call it under the services' lock."""
    mark = hashlib.sha256(str(var).encode()).hexdigest()[:8]
    away = _away(var, mark)
    account = service_account([var / "postgres", away / "postgres"])
    programs = find_programs()
    home = _home(var, away, account)
    if account.dropped and not _runs(account, programs):
        programs = _copy_programs(programs, away.parent)
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
    _claim(var, away, account)
    return away


def _away(var: Path, mark: str) -> Path:
    bases = [base for base in ELSEWHERE if os.access(base.parent, os.W_OK)] or [ELSEWHERE[-1]]
    return bases[0] / mark


def _claim(var: Path, away: Path, account: Account) -> None:
    """Take the folder elsewhere for this very `var`; what a deleted `var` of the same name left there is dropped."""
    token = secret(var / "data-token")
    tag = away / "token"
    if away.exists() and (away.is_symlink() or not tag.exists() or tag.read_text() != token):
        shutil.rmtree(away)
    away.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    away.mkdir(mode=0o711, exist_ok=True)
    away.chmod(0o711)
    tag.write_text(token)
    tag.chmod(0o600)
    (var / "data-is-elsewhere").write_text(
        f"{away}\n\nThe account that runs PostgreSQL cannot look below {var}, so the data is kept there.\n"
    )


def _runs(account: Account, programs: Programs) -> bool:
    return account.can(programs.postgres, "-V") and account.can(programs.valkey_server, "--version")


def _copy_programs(programs: Programs, base: Path) -> Programs:
    """Copy the servers to where the account can run them; once per version of the packages."""
    built = f"{programs.postgres.stat().st_size}-{programs.valkey_server.stat().st_size}"
    target = base / f"programs-{built}"
    if not target.exists():
        base.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = base / f".programs-{os.getpid()}"
        shutil.copytree(programs.postgres_tree, draft / "postgres", symlinks=True)
        shutil.copy(programs.valkey_server, draft / "valkey-server")
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        try:
            os.replace(draft, target)
        except OSError:  # another copy of ours was faster
            shutil.rmtree(draft)
    return Programs(target / "postgres", target / "valkey-server")


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
