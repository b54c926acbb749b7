"""Writing with a live preview: Hugo's server beside a watch on the notebooks."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchfiles import Change, watch

from mathpost.building import build_post
from mathpost.building.committed import stage_post
from mathpost.building.publication import shares
from mathpost.commands.terminal import STDERR, STDOUT, say_warnings, summary, verdict_lines
from mathpost.ground.errors import EngineError, InputError, MathpostError
from mathpost.site import Post, Site, hugo
from mathpost.site.staging import stage
from mathpost.text import read
from mathpost.text.parameters import Parameters


def serve(site: Site, parameters: Parameters, *, port: int) -> None:
    """Show the site on this machine and build each post again when its notebook is saved, until told to end."""
    _require_free(port)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: ended.set())
    shares([read(post.notebook) for post in site.posts()], parameters)
    for post in site.posts():
        rebuild(post, parameters)
    with _server(site, port) as server:
        STDOUT.say(f"http://127.0.0.1:{port}/ shows the site, drafts too; save a notebook to see it. Ctrl-C ends.")
        for changes in watch(
            site.notebooks,
            debounce=200,
            step=50,
            rust_timeout=1000,
            yield_on_timeout=True,
            raise_interrupt=False,
            stop_event=ended,
        ):
            if server.poll() is not None:
                raise EngineError(f"Hugo's server ended with {server.returncode}")
            for post in saved_posts(site, changes):
                rebuild(post, parameters)


def rebuild(post: Post, parameters: Parameters) -> None:
    """Build a post and write its page, say what was checked. What is wrong is said too: the next save may mend it."""
    try:
        text = read(post.notebook)
        build = build_post(
            text,
            {name: value for name, value in parameters.items() if name in text.parameters},
            timeout=post.site.settings.cell_timeout,
            progress=lambda cell, cells: STDERR.progress(post.slug, cell, cells),
        )
        with stage(post.site) as staged:
            stage_post(staged, post, build.page)
            staged.commit()
    except MathpostError as error:
        STDERR.say(f"mathpost: {error}")
        return
    say_warnings(build, STDERR)
    for line in () if build.holds else verdict_lines(build, STDOUT):
        STDOUT.say(line)
    STDOUT.say(summary(build))


def saved_posts(site: Site, changes: Iterable[tuple[Change, str]]) -> list[Post]:
    """The posts whose notebook was saved; a copy in a folder below is none."""
    saved = {Path(name) for change, name in changes if change is not Change.deleted}
    return [post for post in site.posts() if post.notebook in saved]


def _require_free(port: int) -> None:
    """Hugo would take another port without saying so."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise InputError(f"port {port} is in use: give another one with --port") from None


@contextmanager
def _server(site: Site, port: int) -> Iterator[subprocess.Popen[bytes]]:
    server = hugo.serve(site, port=port)
    try:
        yield server
    finally:
        server.terminate()
        server.wait()
