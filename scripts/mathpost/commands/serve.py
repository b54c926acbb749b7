"""Writing with a live preview: Hugo's server beside a watch on the notebooks. What is published stays as it is."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from watchfiles import watch

from mathpost.building import build_post
from mathpost.building.publication import shares
from mathpost.commands.terminal import STDERR, STDOUT, say_warnings, summary, verdict_lines
from mathpost.ground.errors import EngineError, InputError, MathpostError, with_relative_file
from mathpost.site import Post, Site, hugo
from mathpost.site.preview import Preview, preview
from mathpost.text import PostText, read
from mathpost.text.parameters import Parameters

Saves = Mapping[Path, tuple[int, int]]


def serve(site: Site, parameters: Parameters, *, port: int) -> None:
    """Show the site on this machine and build each post again when its notebook is saved, until told to end."""
    site.require_own_folders()
    _require_free(port)
    _require_known(site.posts(), parameters)
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        """What is being built is finished first; another Ctrl-C does not wait for it."""
        ended.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    with preview(site) as shown:
        saved = saves(site)
        for post in site.posts():
            if not ended.is_set():
                rebuild(shown, post, parameters)
        _watch(shown, parameters, port, saved, ended)


def _watch(shown: Preview, parameters: Parameters, port: int, saved: Saves, ended: threading.Event) -> None:
    """Build again what is saved, until told to end; what was saved while something was built counts too."""
    site = shown.site
    with _server(shown, port) as server:
        STDOUT.say(f"http://127.0.0.1:{port}/ shows the site, drafts too; save a notebook to see it. Ctrl-C ends.")
        for _ in watch(
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
            before, saved = saved, saves(site)
            for post in site.posts() if saved != before else []:
                if saved.get(post.notebook) != before.get(post.notebook):
                    rebuild(shown, post, parameters)


def rebuild(shown: Preview, post: Post, parameters: Parameters) -> None:
    """Build a post, show its page and say what was checked.

    What is wrong is said too, while the page stays as it was last shown: the next save may mend it.
    """
    try:
        text = read(post.notebook)
        build = build_post(
            text,
            {name: value for name, value in parameters.items() if name in text.parameters},
            timeout=post.site.settings.cell_timeout,
            progress=lambda cell, cells: STDERR.progress(post.slug, cell, cells),
        )
    except MathpostError as error:
        STDERR.say(f"mathpost: {with_relative_file(error)}")
        return
    shown.show(post, build.page.text.encode(), build.page.images)
    say_warnings(build, STDERR)
    for line in () if build.holds else verdict_lines(build, STDOUT):
        STDOUT.say(line)
    STDOUT.say(summary(build))


def saves(site: Site) -> Saves:
    """When each notebook was saved last, and its size; a copy in a folder below is none."""
    found = {path: path.stat() for path in site.notebooks.glob("*.ipynb")}
    return {path: (status.st_mtime_ns, status.st_size) for path, status in found.items()}


def _require_known(posts: Sequence[Post], parameters: Parameters) -> None:
    """A parameter that no post knows is a slip, unless a post that cannot be read yet knows it."""
    texts = [text for post in posts if (text := _sound(post))]
    if len(texts) == len(posts):
        shares(texts, parameters)


def _sound(post: Post) -> PostText | None:
    try:
        text = read(post.notebook)
        text.require_sound("head")
    except InputError:
        return None
    return text


def _require_free(port: int) -> None:
    """Hugo would take another port without saying so."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise InputError(f"port {port} is in use: give another one with --port") from None


@contextmanager
def _server(shown: Preview, port: int) -> Iterator[subprocess.Popen[bytes]]:
    server = hugo.serve(shown, port=port)
    try:
        yield server
    finally:
        server.terminate()
        server.wait()
