"""The process of a kernel: ipykernel's, but none of its messages is dropped, however many wait for their reader."""

from __future__ import annotations

import os
from pathlib import Path

import zmq
from ipykernel.kernelapp import IPKernelApp

from mathpost.notebooks import reads

NO_LIMIT = 0
SNAPSHOT_VARIABLE = "MATHPOST_SNAPSHOT"  # names a file in the folder of the run


class KernelProcess(IPKernelApp):
    """ZeroMQ keeps a thousand messages and drops what a slow reader leaves: also the one that says a cell has ended."""

    def init_iopub(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        context.sndhwm = NO_LIMIT  # of sockets that are made from now on
        super().init_iopub(context)  # type: ignore[no-untyped-call]

    def start(self) -> None:
        reads.listen(Path(os.environ[SNAPSHOT_VARIABLE]).parent)
        super().start()  # type: ignore[no-untyped-call]
