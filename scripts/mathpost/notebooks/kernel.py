"""The kernel: how papermill and nbclient run the cells of a notebook, and what they may not do to us."""

from __future__ import annotations

import asyncio
import math
import pickle
import re
import resource
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

import papermill
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

from mathpost.ground.errors import EngineError, InputError, Place, shortened
from mathpost.ground.files import working_folder
from mathpost.notebooks import leftovers, reads
from mathpost.notebooks.fork_server import LAUNCHER
from mathpost.notebooks.forking import ForkedKernel, Start, start_kernel, world
from mathpost.text import PostText

ENGINE = "mathpost"
SNAPSHOT = "text.pickle"
READS = "mathpost-reads"  # in the metadata of an executed notebook: what it has read elsewhere
ENDED = "mathpost-ended"  # in the metadata of an executed notebook: what its cells had left running
OUTPUT_LIMIT = 100_000
LONGEST_MESSAGE = 4_000
FEWEST_FILES = 128
FEW_FILES = (
    "only {most} files may be open at once, and a kernel needs {fewest}: raise the limit, as by `ulimit -n 1024`"
)
CUT = "\n… (cut here: the cell prints more than is kept)\n"
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
FILE_OF_SYNTAX = re.compile(r" \(\d+\.py, line \d+\)")
CELL_LINE = re.compile(r"Cell In\[(\d+)\], line (\d+)")
# Crisp on a screen of twice the pixels; the same bytes whoever draws them, and whenever.
KERNEL_OPTIONS = (
    "--HistoryManager.enabled=False",
    "--InlineBackend.figure_formats={'retina'}",
    "--InlineBackend.print_figure_kwargs={'bbox_inches': 'tight'}",
)


@dataclass(frozen=True)
class Run:
    """One execution: of which text, within which limits, who hears of its progress, in what other environment."""

    text: PostText
    timeout: float
    progress: Callable[[int], None]
    environment: Mapping[str, str] = field(default_factory=dict)


def run_cells(notebook: NotebookNode, parameters: Mapping[str, object], run: Run) -> NotebookNode:
    """Execute a notebook that may be changed; each of its cells carries its number in `metadata.mathpost`."""
    _require_files()
    with working_folder() as folder:
        (Path(folder) / SNAPSHOT).write_bytes(pickle.dumps(run.text))
        result = papermill.execute_notebook(
            notebook,
            None,
            parameters=dict(parameters),
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            run=run,
            folder=Path(folder),
        )
        assert isinstance(result, NotebookNode)
        result.metadata[READS] = reads.noted(Path(folder)).to_json()
    return result


def _require_files() -> None:
    """Raise an EngineError where a kernel and its channels could not be opened."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if 0 <= most < FEWEST_FILES:
        raise EngineError(FEW_FILES.format(most=most, fewest=FEWEST_FILES))


def _environment(run: Run, folder: Path) -> dict[str, str]:
    return {
        **world(),
        "IPYTHONDIR": str(folder),  # no start-up files, no profile of whoever builds
        "MATHPOST_NOTEBOOK": str(run.text.path.resolve()),
        "MATHPOST_SNAPSHOT": str(folder / SNAPSHOT),
        "TMPDIR": str(folder),  # what cells leave there goes with it
        **run.environment,
    }


class _ThisPython(KernelSpecManager):
    """Knows one kernel: the Python that runs us. What is registered under `python3` elsewhere is not asked."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        arguments = [sys.executable, "-Xfrozen_modules=off", LAUNCHER, "-f", "{connection_file}"]
        return KernelSpec(argv=[*arguments, *KERNEL_OPTIONS], display_name="Python 3", language="python")


class _Provisioner(LocalProvisioner):
    """Starts a kernel by the fork server, or as ever."""

    process: Any = None  # a Popen, or what can do the same
    forked: ForkedKernel | None = None

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        kernel = start_kernel(Start(cmd, options["env"], str(options["cwd"])))
        if kernel is None:
            return await super().launch_kernel(cmd, **options)
        self.process = self.forked = kernel
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart)
        if self.forked:
            self.forked.close()


class _Manager(AsyncKernelManager):
    """Ends a kernel and goes on as soon as it has ended: jupyter_client's own looks for that every 0.1 s."""

    cookie: str  # in the environment of the kernel, and of no other
    ended: list[str]  # gets the command lines of what the kernel's cells had left running

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
        assert isinstance(self.provisioner, _Provisioner)
        kernel = self.provisioner.process
        left = leftovers.started_by(kernel.pid, self.cookie) if kernel else []
        await self.provisioner.kill()
        if kernel:
            await asyncio.to_thread(kernel.wait)
        self.ended += leftovers.end(left)


class _Channels(AsyncKernelClient):
    """Ready as soon as the kernel answers: jupyter_client's own listens for 0.2 s more, to what nobody waits for."""

    def _context_default(self) -> zmq.asyncio.Context:
        """One whose sockets keep all that they receive."""
        context: zmq.asyncio.Context = super()._context_default()
        context.rcvhwm = 0
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        try:
            async with asyncio.timeout(timeout):
                while not await self._is_answered():
                    if not await self._async_is_alive():
                        raise RuntimeError("it ended before it answered")
        except TimeoutError:
            raise RuntimeError(f"it did not answer within {timeout:g} s") from None

    async def _is_answered(self) -> bool:
        self.kernel_info()
        try:
            await self.get_shell_msg(timeout=1)
            await self.get_iopub_msg(timeout=0.2)  # this one is connected by itself
        except Empty:
            return False
        return True


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """Runs one cell after the other; an exception becomes an error of ours that says where."""

    def __init__(self, notebook_manager: Any, run: Run, folder: Path) -> None:
        super().__init__(
            notebook_manager,
            timeout_func=lambda cell: run.timeout,
            iopub_timeout=math.ceil(run.timeout),  # what a cell has printed may be read for as long
            shutdown_kernel="immediate",
            record_timing=False,
            coalesce_streams=True,
            force_raise_errors=True,
        )
        self.run = run
        self.folder = folder
        self.ended: list[str] = []
        self.printed: Counter[int] = Counter()  # characters, by the index of the cell

    def create_kernel_manager(self) -> _Manager:
        """Sockets in a folder of this run: no port that another user of the machine could listen to."""
        connection = str(self.folder / "kernel.json")
        self.km = _Manager(
            kernel_spec_manager=_ThisPython(),
            kernel_name="python3",
            transport="ipc",
            connection_file=connection,
            client_factory=_Channels,
        )
        self.km.cookie = str(self.folder / SNAPSHOT)
        self.km.ended = self.ended
        self.km.provisioner = _Provisioner(kernel_spec=self.km.kernel_spec, parent=self.km)
        return self.km

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: Any) -> NotebookNode:
        known = cell.metadata.get("mathpost", {})
        place = Place(self.run.text.path, known.get("cell"))
        if cell.cell_type == "code" and "cell" in known and not known.get("hidden"):
            self.run.progress(known["cell"])
        try:
            executed: NotebookNode = super().execute_cell(cell, cell_index, **options)
        except CellExecutionError as error:
            raise _author_error(error.ename, error.evalue, error.traceback, cell, place) from None
        except CellTimeoutError:
            raise EngineError(
                f"the cell ran for more than {self.run.timeout:g} s and was stopped: make it faster, "
                "or raise cell_timeout in config.toml",
                place,
            ) from None
        except DeadKernelError:
            message = "the kernel died while it ran this cell: did it run out of memory, or crash in compiled code?"
            raise EngineError(message, place) from None
        for output in executed.get("outputs", []):
            if output.output_type == "error":
                trace = "\n".join(output.traceback)
                raise _author_error(output.ename, output.evalue, trace, cell, place)
        return executed

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Takes what a cell prints up to a limit, and says where it stopped."""
        is_printed = msg["msg_type"] == "stream"
        if msg["msg_type"] == "clear_output":
            self.printed[cell_index] = 0
        if is_printed and self.printed[cell_index] > OUTPUT_LIMIT:
            return None
        output: NotebookNode | None = super().process_message(msg, cell, cell_index)
        if output is not None and is_printed:
            room = OUTPUT_LIMIT - self.printed[cell_index]
            self.printed[cell_index] += len(output.text)
            if self.printed[cell_index] > OUTPUT_LIMIT:
                output.text = output.text[:room].rpartition("\n")[0] + CUT
        return output


def _author_error(name: str, value: str, trace: str, cell: NotebookNode, place: Place) -> InputError:
    """What a cell raised, by the kernel's reply, at the line of that cell where it began."""
    lines = [int(line) for count, line in CELL_LINE.findall(ANSI.sub("", trace)) if int(count) == cell.execution_count]
    line = lines[-1] if lines else None
    code = cell.source.splitlines()
    shown = f"\n    {code[line - 1].strip()}" if line and line <= len(code) else ""
    message = shortened(FILE_OF_SYNTAX.sub("", ANSI.sub("", value)), LONGEST_MESSAGE)
    told = f"{name}: {message}" if message else name
    return InputError(f"{told}{shown}", Place(place.file, place.cell, line))


class _Engine(NBClientEngine):  # type: ignore[misc]
    """Papermill's way to a client of ours."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        run: Run = options["run"]
        folder: Path = options["folder"]
        client = _Client(nb_man, run, folder)
        try:
            client.execute(cwd=run.text.path.resolve().parent, env=_environment(run, folder))
        except RuntimeError as error:
            raise EngineError(f"the kernel did not start: {error}", Place(run.text.path)) from None
        if client.ended:
            nb_man.nb.metadata[ENDED] = client.ended


papermill_engines.register(ENGINE, _Engine)
