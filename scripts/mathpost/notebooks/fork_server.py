"""The fork server: a process that has loaded what notebooks load, and becomes a kernel at once, by a fork of itself.

A connection asks for one kernel: a line of JSON says which, the answer is its process id, and each further byte is a
signal for it. A kernel lives no longer than its connection, and the server no longer than the process that started it.
"""

from __future__ import annotations

import ctypes
import gc
import io
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path

import psutil

LAUNCHER = str(Path(__file__).with_name("launch_kernel.py"))
# What takes long to load; but not what looks for its kernel while it is loaded, as pyplot does.
PRELOADED = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "matplotlib.font_manager",
    "matplotlib.style",
    "mathpost.judging.checks",
    "mathpost.notebooks.kernel_process",
    "tornado.platform.asyncio",
)
PATIENCE = 60.0
SET_CHILD_SUBREAPER = 36  # prctl(2)


class Server:
    """Forks a kernel for each who knocks, passes signals on to it, and tells of its end by closing the connection."""

    def __init__(self, door: socket.socket, watched: int, loaded: Mapping[str, str]) -> None:
        self._door = door
        self._loaded = loaded
        self._kernels: dict[socket.socket, int] = {}
        self._events = selectors.DefaultSelector()
        self._events.register(door, selectors.EVENT_READ, self._answer)
        self._events.register(watched, selectors.EVENT_READ, self._end)

    def run(self) -> None:
        while True:
            for key, _ in self._events.select():
                key.data()

    def _answer(self) -> None:
        connection, _ = self._door.accept()
        connection.settimeout(PATIENCE)
        try:
            wanted = json.loads(connection.makefile().readline())
        except (OSError, ValueError):  # who knocked has gone again
            connection.close()
            return
        with warnings.catch_warnings(action="ignore"):  # of threads: those of OpenBLAS know how to live through a fork
            pid = os.fork()
        if not pid:
            self._leave(connection)
            become_kernel(wanted["command"], {**self._loaded, **wanted["environment"]}, wanted["folder"])
        handle = os.pidfd_open(pid)
        self._kernels[connection] = pid
        self._events.register(connection, selectors.EVENT_READ, partial(self._signal, connection))
        self._events.register(handle, selectors.EVENT_READ, partial(self._see_off, connection, handle))
        with suppress(OSError):
            connection.sendall(str(pid).encode())

    def _leave(self, connection: socket.socket) -> None:
        """In the fork: nothing of the server's is held open."""
        connection.close()
        for key in list(self._events.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
            else:
                os.close(key.fd)
        self._events.close()

    def _signal(self, connection: socket.socket) -> None:
        if connection not in self._kernels:
            return
        received = b""
        with suppress(OSError):
            received = connection.recv(1)
        if not received:
            self._events.unregister(connection)
        send_signal(self._kernels[connection], received[0] if received else signal.SIGKILL)

    def _see_off(self, connection: socket.socket, handle: int) -> None:
        os.waitpid(self._kernels.pop(connection), 0)
        self._events.unregister(handle)
        os.close(handle)
        with suppress(KeyError):
            self._events.unregister(connection)
        connection.close()
        if not self._kernels:
            end_adopted()

    def _end(self) -> None:
        for pid in self._kernels.values():
            send_signal(pid, signal.SIGKILL)
        sys.exit()


def send_signal(pid: int, number: int) -> None:
    """To a process and all of its group; to itself alone, while it has no group of its own yet."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        os.kill(pid, number)


def adopt() -> None:
    """What a kernel's cells leave behind becomes a child of this process when its own parent has gone, not of init."""
    ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1)


def end_adopted() -> None:
    """End all children, when none of them is a kernel."""
    for child in psutil.Process().children():
        send_signal(child.pid, signal.SIGKILL)
        os.waitpid(child.pid, 0)


def become_kernel(command: Sequence[str], environment: Mapping[str, str], folder: str) -> None:
    """What the command would have started, in this process. It does not return."""
    import numpy as np

    from mathpost.notebooks.kernel_process import KernelProcess

    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # that of the server may have been looked up
    time.tzset()
    os.chdir(folder)
    np.random.seed()  # else all kernels draw the same; Python's own generator does so by itself
    arguments = command[command.index(LAUNCHER) + 1 :]
    sys.argv = [LAUNCHER, *arguments, f"--IPKernelApp.parent_handle={os.getppid()}"]
    KernelProcess.launch_instance()
    sys.exit()


def load() -> Mapping[str, str]:
    """Do what takes notebooks long: load their libraries, and find the fonts of a first figure.

    Gives the variables that the libraries have set in the environment.
    """
    before = dict(os.environ)
    for module in PRELOADED:
        import_module(module)
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots()
    figure.savefig(io.BytesIO())
    return {name: value for name, value in os.environ.items() if before.get(name) != value}


def main(door: str, watched: str) -> None:
    if not sys.flags.safe_path:
        del sys.path[0]  # our own folder; a kernel adds that of its notebook
    loaded = load()
    gc.freeze()  # no kernel need look through what has been loaded
    adopt()
    with socket.socket(fileno=int(door)) as listening:
        Server(listening, int(watched), loaded).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
