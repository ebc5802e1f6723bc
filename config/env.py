"""Reads every setting of the environment: typed, once, with a clear refusal. The table for people is docs/settings.md (a test compares)."""

import os
import secrets
from decimal import Decimal
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

# name: (type, default). A type of `secret` may also come from the file named by NAME_FILE.
VARIABLES: dict[str, tuple[str, Any]] = {
    "DATA_DIR": ("path", "var"),
    "SECRET_KEY": ("secret", ""),
    "DEBUG": ("bool", False),
    "HOST": ("str", "127.0.0.1"),
    "PORT": ("int", 8000),
    "MEDIA_PORT": ("int", 8001),
    "MEDIA_URL": ("str", ""),
    "BASE_URL": ("str", ""),
    "ALLOWED_HOSTS": ("list", ["localhost", "127.0.0.1", "[::1]"]),
    "DATABASE_URL": ("secret", ""),
    "DATABASE_POOL": ("int", 12),
    "REDIS_URL": ("secret", ""),
    "SIM_SPEED": ("float", 1.0),
    "RUNNER_CAPACITY": ("int", 400),
    "LEASE_SECONDS": ("int", 30),
    "PRICE_PER_MINUTE": ("decimal", "0.09"),
    "MODEL_BASE_URL": ("str", ""),
    "MODEL_API_KEY": ("secret", ""),
    "MODEL_BASE": ("str", ""),
    "MODEL_TURBO": ("str", ""),
    "MODEL_TIMEOUT": ("float", 8.0),
    "CUSTOM_GUARD_RAILS": ("int", 5),
    "ALLOW_HTTP_WEBHOOKS": ("bool", False),
    "WEBHOOK_TIMEOUT": ("float", 10.0),
    "WEBHOOK_RETRY": ("float", 2.0),
    "SECURE_COOKIES": ("bool", False),
    "LOG_LEVEL": ("str", "INFO"),
}

_env = environ.Env()


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word in ("true", "1", "yes", "on"):
        return True
    if word in ("false", "0", "no", "off", ""):
        return False
    raise ValueError(f"{text!r} is neither true nor false")


def read(name: str) -> Any:
    """The value of a declared variable in its type; ImproperlyConfigured names the variable and what was wrong."""
    kind, default = VARIABLES[name]
    try:
        match kind:
            case "bool":
                return _boolean(_env.str(name, default=str(default)))
            case "int":
                return _env.int(name, default=default)
            case "float":
                return _env.float(name, default=default)
            case "decimal":
                return Decimal(_env.str(name, default=default))
            case "list":
                return _env.list(name, default=default)
            case "path":
                return Path(_env.str(name, default=default)).expanduser().resolve()
            case "secret":
                if file := os.environ.get(f"{name}_FILE"):
                    return Path(file).read_text().strip()
                return _env.str(name, default=default)
            case _:
                return _env.str(name, default=default)
    except (ValueError, OSError, ArithmeticError) as error:
        raise ImproperlyConfigured(f"{name} is not a valid {kind}: {error}") from error


def secret_key(data_dir: Path) -> str:
    """SECRET_KEY when given; else one made for this installation and kept in DATA_DIR, readable by its owner only."""
    if given := read("SECRET_KEY"):
        return str(given)
    path = data_dir / "secret-key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR {data_dir} cannot be written: {error.strerror}") from error
