"""Kernels from the fork server, as whoever wants them sees it.

The first kernel is started as ever. The server is started for the second, and gives that and all further ones, to our
children too. It runs on Linux alone: elsewhere there are libraries that do not live through a fork.
"""

from __future__ import annotations

import atexit
import hashlib
import itertools
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from mathpost.ground.files import working_folder
from mathpost.notebooks import fork_server

VARIABLE = "MATHPOST_FORK_SERVER"
# Nothing but the defaults, and names in an SVG image that are not drawn by lot.
MATPLOTLIB_SETTINGS = Path(__file__).with_name("matplotlibrc")
# What differs from run to run, and is not read before a kernel starts.
OF_A_RUN = ("COLUMNS", "GITHUB_", "IPYTHONDIR", "JPY_", "LINES", "MATHPOST_", "PYTEST_", "TMPDIR", "TZ")
ENDED = 0

_wanted = itertools.count(1)


@dataclass(frozen=True)
class Start:
    """What a kernel is started with, as for `subprocess.Popen`."""

    command: Sequence[str]
    environment: Mapping[str, str]
    folder: str


class ForkedKernel:
    """A kernel of the fork server's: what jupyter_client asks of a `Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self._connection = connection
        self.pid = pid

    def poll(self) -> int | None:
        """What it ended with, which is all the same to us; None while it runs."""
        return ENDED if _is_readable(self._connection, 0) else None

    def wait(self) -> int:
        _is_readable(self._connection, None)
        return ENDED

    def send_signal(self, number: int) -> None:
        with suppress(OSError):  # it has ended already
            self._connection.send(bytes([number]))

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def close(self) -> None:
        """Whatever it does, it ends."""
        self._connection.close()


def _is_readable(connection: socket.socket, milliseconds: int | None) -> bool:
    end = select.poll()
    end.register(connection, select.POLLIN)
    return bool(end.poll(milliseconds))


def world() -> dict[str, str]:
    """The environment that is the same for all kernels."""
    return {
        **os.environ,
        "MATPLOTLIBRC": str(MATPLOTLIB_SETTINGS),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "TZ": "UTC",
    }


def prepare_kernels() -> None:
    """Load what notebooks load, for the kernels that we and our children will start."""
    begin(world())


def start_kernel(start: Start) -> ForkedKernel | None:
    """A kernel from the fork server; None if it should be started as ever."""
    if next(_wanted) == 2:
        begin(start.environment)
    return _fork(start)


def begin(environment: Mapping[str, str]) -> None:
    """Start the server, unless one is known or none can be. It loads while we go on, and ends with us."""
    if VARIABLE in os.environ or not _is_possible():
        return
    folder = working_folder()
    address = str(Path(folder.name) / "kernels")
    watched, held = os.pipe()
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        server = subprocess.Popen(
            [sys.executable, "-Xfrozen_modules=off", fork_server.__file__, str(door.fileno()), str(watched)],
            stdin=subprocess.DEVNULL,
            env={name: value for name, value in environment.items() if not name.startswith(OF_A_RUN)},
            pass_fds=(door.fileno(), watched),
            start_new_session=True,
        )
    os.close(watched)
    os.environ[VARIABLE] = f"{address}:{_digest(environment)}"

    def end() -> None:
        os.close(held)
        server.wait()
        folder.cleanup()

    atexit.register(end)


def _is_possible() -> bool:
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


def _fork(start: Start) -> ForkedKernel | None:
    """None without a server, or if what it has loaded might be another in this environment."""
    address, _, digest = os.environ.get(VARIABLE, "").rpartition(":")
    if digest != _digest(start.environment):
        return None
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(fork_server.PATIENCE)
        connection.connect(address)
        connection.sendall(json.dumps(asdict(start)).encode() + b"\n")
        return ForkedKernel(connection, int(connection.recv(32)))
    except (OSError, ValueError):  # it is no longer there
        connection.close()
        return None


def _digest(environment: Mapping[str, str]) -> str:
    lasting = {name: value for name, value in environment.items() if not name.startswith(OF_A_RUN)}
    return hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()
