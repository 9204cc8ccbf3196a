"""What the operator can set: read once from the environment, typed, refused when wrong."""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from tidegate.connectors.channels.email.server import read_smtp_url
from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid
from tidegate.feeds.limits import Limit, read_limits
from tidegate.feeds.words import Family

_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  names, to which nothing is bound here


class BadSetting(Exception):
    """An environment variable holds something that cannot be used. Names the variable."""


@dataclass(frozen=True)
class TlsFiles:
    """Where the server's certificate, with the chain behind it, and its key are kept."""

    cert: Path
    key: Path


@dataclass(frozen=True)
class Environment:
    """The operator's choices. docs/settings.md describes each."""

    home: Path
    database: dict[str, object]
    secret_key: str
    base_url: str
    host: str
    port: int
    tls: TlsFiles | None
    allowed_hosts: list[str]
    trial_tenants: bool
    initial_domain_suffix: str
    smtp_url: str
    operator_tenant: str
    mail_from: str
    guest_blocked: bool
    guest_kept_days: int
    debug: bool
    proxies: int
    longest_access_days: int
    outbound_allowed: list[str]
    rate_limits: Mapping[Family, Limit]
    feed_behind_minutes: int
    notifications_at_once: int
    notifications_kept_days: int

    @property
    def is_https(self) -> bool:
        """Whether people reach the portal over TLS, so that cookies can insist on it."""
        return self.base_url.startswith("https://")

    @property
    def hsts_seconds(self) -> int:
        """For how long browsers insist on TLS for this host (RFC 6797): a year, on this very machine never.

        A browser keeps it for all ports of a host: whatever else is developed on localhost would be cut off.
        """
        is_local = urlsplit(self.base_url).hostname in {"localhost", "127.0.0.1", "::1"}
        return 31_536_000 if self.is_https and not is_local else 0


def read_environment(env: Mapping[str, str] = os.environ) -> Environment:
    """Read TIDEGATE_* variables.

    Raises BadSetting, naming the variable, for a value that cannot be used.
    """
    home = Path(env.get("TIDEGATE_HOME") or ".tidegate").expanduser().absolute()
    home.mkdir(parents=True, exist_ok=True)
    host = env.get("TIDEGATE_HOST") or "127.0.0.1"
    port = _read_int(env, "TIDEGATE_PORT", default=8000, low=1, high=65535)
    tls = _read_tls(env)
    own_address = _address("https" if tls else "http", host, port)
    base_url = (env.get("TIDEGATE_BASE_URL") or own_address).rstrip("/")
    if urlsplit(base_url).scheme not in {"http", "https"} or not urlsplit(base_url).hostname:
        raise BadSetting("TIDEGATE_BASE_URL: must be an address like https://portal.example")
    hosts = [name.strip() for name in env.get("TIDEGATE_ALLOWED_HOSTS", "").split(",") if name.strip()]
    own_host = str(urlsplit(base_url).hostname)
    return Environment(
        home=home,
        database=_read_database(
            env.get("TIDEGATE_DATABASE_URL", ""), home, is_pooled=_read_bool(env, "TIDEGATE_DATABASE_POOLED")
        ),
        secret_key=env.get("TIDEGATE_SECRET_KEY") or _keep_secret_key(home),
        base_url=base_url,
        host=host,
        port=port,
        tls=tls,
        allowed_hosts=list(dict.fromkeys([*hosts, own_host, "127.0.0.1", "localhost", "[::1]"])),
        trial_tenants=_read_bool(env, "TIDEGATE_TRIAL_TENANTS"),
        initial_domain_suffix=env.get("TIDEGATE_INITIAL_DOMAIN") or "tenants.tidegate.example",
        smtp_url=_read_smtp_url(env),
        operator_tenant=_read_operator_tenant(env),
        mail_from=env.get("TIDEGATE_MAIL_FROM") or f"Tidegate <no-reply@{own_host}>",
        guest_blocked=_read_bool(env, "TIDEGATE_GUEST_BLOCKED", default="yes"),
        guest_kept_days=_read_int(env, "TIDEGATE_GUEST_KEPT_DAYS", default=30, low=0, high=3660),
        debug=_read_bool(env, "TIDEGATE_DEBUG"),
        proxies=_read_int(env, "TIDEGATE_PROXIES", default=0, low=0, high=8),
        longest_access_days=_read_int(env, "TIDEGATE_LONGEST_ACCESS_DAYS", default=3660, low=1, high=3660),
        outbound_allowed=_read_places(env, "TIDEGATE_OUTBOUND_ALLOWED"),
        rate_limits=_read_rate_limits(env),
        feed_behind_minutes=_read_int(env, "TIDEGATE_FEED_BEHIND_MINUTES", default=15, low=1, high=10_080),
        notifications_at_once=_read_int(
            env, "TIDEGATE_NOTIFICATIONS_AT_ONCE", default=100, low=0, high=10_000
        ),
        notifications_kept_days=_read_int(
            env, "TIDEGATE_NOTIFICATIONS_KEPT_DAYS", default=90, low=7, high=3660
        ),
    )


def _read_tls(env: Mapping[str, str]) -> TlsFiles | None:
    cert, key = env.get("TIDEGATE_TLS_CERT", ""), env.get("TIDEGATE_TLS_KEY", "")
    if bool(cert) != bool(key):
        lacking = "TIDEGATE_TLS_KEY" if cert else "TIDEGATE_TLS_CERT"
        message = f"{lacking}: is needed, too: certificate and key belong together"
        raise BadSetting(message)
    return TlsFiles(Path(cert).expanduser(), Path(key).expanduser()) if cert else None


def _address(scheme: str, host: str, port: int) -> str:
    """The address of the server itself. One that listens everywhere calls itself localhost."""
    name = "localhost" if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    is_usual = (scheme, port) in {("http", 80), ("https", 443)}
    return f"{scheme}://{name}" if is_usual else f"{scheme}://{name}:{port}"


def _read_int(env: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        message = f"{name}: must be a whole number from {low} to {high}"
        raise BadSetting(message)
    return int(text)


def _read_smtp_url(env: Mapping[str, str]) -> str:
    url = env.get("TIDEGATE_SMTP_URL", "")
    try:
        read_smtp_url(url)
    except ValueError:
        raise BadSetting("TIDEGATE_SMTP_URL: must be an address like smtps://user:password@host") from None
    return url


def _read_operator_tenant(env: Mapping[str, str]) -> str:
    text = env.get("TIDEGATE_OPERATOR_TENANT", "")
    if text and parse_uuid(text) is None:
        raise BadSetting("TIDEGATE_OPERATOR_TENANT: must be a directory ID (a GUID)")
    return text.lower()


def _read_rate_limits(env: Mapping[str, str]) -> Mapping[Family, Limit]:
    try:
        return read_limits(env.get("TIDEGATE_RATE_LIMITS", ""))
    except InvalidInput as error:
        message = f"TIDEGATE_RATE_LIMITS: {error.message}"
        raise BadSetting(message) from None


def _read_places(env: Mapping[str, str], name: str) -> list[str]:
    """Host names, addresses, and networks like 10.0.0.0/8, by comma."""
    places = [place.strip() for place in env.get(name, "").split(",") if place.strip()]
    for place in places:
        try:
            ipaddress.ip_network(place if "/" in place else "::/0")
        except ValueError:
            message = f"{name}: {place} is not a network like 10.0.0.0/8"
            raise BadSetting(message) from None
    return places


def _read_bool(env: Mapping[str, str], name: str, default: str = "no") -> bool:
    text = (env.get(name) or default).lower()
    if text not in {"1", "0", "yes", "no", "true", "false", "on", "off"}:
        message = f"{name}: must be yes or no"
        raise BadSetting(message)
    return text in {"1", "yes", "true", "on"}


def _read_database(url: str, home: Path, *, is_pooled: bool) -> dict[str, object]:
    if not url:
        return _sqlite(home / "tidegate.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise BadSetting("TIDEGATE_DATABASE_URL: must begin with sqlite:// or postgresql://")
    return {
        "ENGINE": "tidegate.core.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "tidegate",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {} if is_pooled else _DIRECT,
    }


# Compiling a query takes PostgreSQL many times as long as any of ours takes to run. A pooler that hands a
# connection to another after each transaction takes neither this nor prepared statements.
_DIRECT: Final = {"options": "-c jit=off", "prepare_threshold": 0}


def _sqlite(path: Path) -> dict[str, object]:
    # IMMEDIATE makes a writing transaction wait for its turn at its start: a deferred one that
    # turns into a writer half-way is refused at once ("database is locked"), however long the timeout.
    pragmas = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536;"
    )
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
    return {
        "ENGINE": "tidegate.core.sqlite3",
        "NAME": str(path),
        "OPTIONS": options,
        # Opening the file costs more than most requests ask of it.
        "CONN_MAX_AGE": 60,
    }


def _keep_secret_key(home: Path) -> str:
    """The installation's own key, made on first use; readable by its owner alone."""
    path = home / "secret.key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return path.read_text().strip()
