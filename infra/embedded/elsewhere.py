"""Data and programs outside of `var`, for when we are root and the account of the servers cannot look below it."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import tempfile
from pathlib import Path

from infra.embedded.account import Account
from infra.embedded.processes import postmaster
from infra.embedded.programs import Programs

ELSEWHERE = (Path("/var/lib/tuanzhou"), Path("/var/tmp/tuanzhou"))  # noqa: S108 - owned by us and checked by a token


def secret(path: Path) -> str:
    """A random word made once and readable by its owner only."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(24))
        os.replace(draft, path)
    return path.read_text().strip()


def away_from(var: Path, mark: str) -> Path:
    bases = [base for base in ELSEWHERE if os.access(base.parent, os.W_OK)] or [ELSEWHERE[-1]]
    return bases[0] / mark


def claim(var: Path, away: Path, account: Account) -> None:
    """Take the folder elsewhere for this very `var`; what a deleted `var` of the same name left there is dropped."""
    token = secret(var / "data-token")
    tag = away / "token"
    if away.exists() and (away.is_symlink() or not tag.exists() or tag.read_text() != token):
        shutil.rmtree(away)
    away.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    _clear_abandoned(away.parent)
    away.mkdir(mode=0o711, exist_ok=True)
    away.chmod(0o711)
    tag.write_text(token)
    tag.chmod(0o600)
    (away / "belongs-to").write_text(str(var))
    (var / "data-is-elsewhere").write_text(
        f"{away}\n\nThe account that runs PostgreSQL cannot look below {var}, so the data is kept there.\n"
    )


def _clear_abandoned(base: Path) -> None:
    """Drop data whose `var` lay in the folder for temporary files and is gone, so that trial copies do not pile up."""
    for tag in base.glob("*/belongs-to"):
        owner, data = Path(tag.read_text()), tag.parent / "postgres"
        if owner.is_relative_to(tempfile.gettempdir()) and not owner.exists() and not postmaster(data):
            shutil.rmtree(tag.parent, ignore_errors=True)


def copy_programs(programs: Programs, base: Path) -> Programs:
    """Copy the servers to where the account can run them; once per version of the packages."""
    built = f"{programs.postgres.stat().st_size}-{programs.valkey_server.stat().st_size}"
    target = base / f"programs-{built}"
    if not target.exists():
        base.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = base / f".programs-{os.getpid()}"
        package = programs.postgres_tree.parent
        shutil.copytree(programs.postgres_tree, draft / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # the programs look for these beside their package
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        shutil.copy(programs.valkey_server, draft / "valkey-server")
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        try:
            os.replace(draft, target)
        except OSError:  # another copy of ours was faster
            shutil.rmtree(draft)
    return Programs(target / programs.postgres_tree.parent.name / "pginstall", target / "valkey-server")
