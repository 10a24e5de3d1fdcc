"""One typed settings object; everything the environment may change is named here."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """Where things are. Empty addresses mean "use the embedded service below `var`"."""

    var: Path
    port: int
    scheme: str
    domain: str
    database_url: str
    platform_database_url: str
    more_clusters: dict[str, str]
    redis_url: str
    s3_url: str
    smtp_url: str
    mail_from: str
    secret: bytes
    trusted_proxies: frozenset[str]

    @property
    def sandbox_port(self) -> int:
        """The payment sandbox listens beside the web port."""
        return self.port + 1

    @property
    def simulator_port(self) -> int:
        """The warehouse simulator listens beside the web port."""
        return self.port + 2

    @property
    def secure(self) -> bool:
        return self.scheme == "https"

    def authority(self, label: str = "") -> str:
        """Host and port of one of our own names: `admin`, `host`, `staff`, a store slug, or the site itself."""
        host = f"{label}.{self.domain}" if label else self.domain
        usual = 443 if self.secure else 80
        return host if self.port == usual else f"{host}:{self.port}"

    def origin(self, label: str = "") -> str:
        return f"{self.scheme}://{self.authority(label)}"


def _more_clusters() -> dict[str, str]:
    """`TUANZHOU_CLUSTERS="c2=postgresql://... c3=postgresql://..."`: further homes for stores."""
    pairs = (entry.partition("=") for entry in os.environ.get("TUANZHOU_CLUSTERS", "").split())
    return {name: dsn for name, _, dsn in pairs}


def _secret(var: Path) -> bytes:
    """The platform's root secret: from the environment, else made once and kept readable by its owner only."""
    given = os.environ.get("TUANZHOU_SECRET")
    if given:
        return given.encode()
    path = var / "secret.key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip().encode()


@cache
def settings() -> Settings:
    """Read once per process; a test that needs other values sets the environment before the first call."""
    var = Path(os.environ.get("TUANZHOU_VAR", ROOT / "var")).resolve()
    database_url = os.environ.get("DATABASE_URL", "")
    return Settings(
        var=var,
        port=int(os.environ.get("TUANZHOU_PORT", "8000")),
        scheme=os.environ.get("TUANZHOU_SCHEME", "http"),
        domain=os.environ.get("TUANZHOU_DOMAIN", "localhost"),
        database_url=database_url,
        platform_database_url=os.environ.get("PLATFORM_DATABASE_URL", database_url),
        more_clusters=_more_clusters(),
        redis_url=os.environ.get("REDIS_URL", ""),
        s3_url=os.environ.get("S3_URL", ""),
        smtp_url=os.environ.get("SMTP_URL", ""),
        mail_from=os.environ.get("MAIL_FROM", ""),
        secret=_secret(var),
        trusted_proxies=frozenset(filter(None, os.environ.get("TUANZHOU_PROXIES", "").split(","))),
    )


def as_user(dsn: str, user: str, password: str) -> str:
    """The same database address for another login role."""
    parts = urlsplit(dsn)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, f"{user}:{password}@{host}", parts.path, parts.query, parts.fragment))
