"""Starting and stopping the embedded Valkey."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

from infra.embedded.failure import ServiceFailed
from infra.embedded.ground import Ground
from infra.embedded.processes import alive, command, end, pid_in, wait_until

START_SECONDS = 60  # a large append-only file is read before the first answer


def dsn(ground: Ground) -> str:
    return f"unix://:{ground.password('valkey')}@{_socket(ground)}"


def start(ground: Ground) -> None:
    if _answers(ground):
        return
    if _server(ground) is None:
        ground.account.make_folder(ground.valkey_data)
        done = ground.account.run(ground.programs.valkey_server, "-", text=_settings(ground))
        if done.returncode:
            raise ServiceFailed(f"Valkey does not start:\n{(done.stderr or done.stdout).strip()[-2000:]}")
    if not wait_until(lambda: _answers(ground), START_SECONDS):
        raise ServiceFailed(f"Valkey does not answer:\n{_last_words(ground)}")


def stop(ground: Ground) -> None:
    """SIGTERM writes the append-only file out before leaving."""
    pid = _server(ground)
    if pid is not None:
        end([pid], (signal.SIGTERM, 20), (signal.SIGKILL, 5))


def _settings(ground: Ground) -> str:
    """Handed over on standard input, so that the password is in no process list."""
    values = {
        "port": "0",
        "unixsocket": str(_socket(ground)),
        "unixsocketperm": "700",
        "requirepass": ground.password("valkey"),
        "dir": str(ground.valkey_data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "yes",
        "pidfile": str(_pid_file(ground)),
        "logfile": str(ground.valkey_data / "server.log"),
        "loglevel": "warning",
    }
    return "".join(f"{name} {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items())


def _server(ground: Ground) -> int | None:
    pid = pid_in(_pid_file(ground))
    if pid is None or not alive(pid):
        return None
    line = command(pid)
    return pid if not line or str(_socket(ground)) in line else None


def _answers(ground: Ground) -> bool:
    """A PONG to our own password: it is up, has read its data, and is ours."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(_socket(ground)))
            client.sendall(f"AUTH {ground.password('valkey')}\r\nPING\r\nQUIT\r\n".encode())
            answer = b""
            while part := client.recv(1024):
                answer += part
    except OSError:
        return False
    return b"+PONG" in answer


def _last_words(ground: Ground) -> str:
    try:
        return (ground.valkey_data / "server.log").read_text(errors="replace")[-2000:]
    except OSError:
        return "(it left no log)"


def _socket(ground: Ground) -> Path:
    return ground.sockets / "valkey.sock"


def _pid_file(ground: Ground) -> Path:
    return ground.valkey_data / "server.pid"
