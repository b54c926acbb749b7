"""The preview: what is written is shown as it is saved, and nothing that is published changes."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from making import code, text, write
from mathpost.site import Site
from running import MEAN, mathpost, mean_post

FALSE = MEAN.replace(r"\frac{1}{m}", r"\frac{2}{m}")
DRAFT = "---\ntitle: Not for readers\ndate: 2024-12-15\ndraft: true\n---"


@dataclass
class Session:
    """A preview that is running, and what it has said so far."""

    process: subprocess.Popen[str]
    port: int
    said: str = ""

    def hears(self, words: str) -> None:
        """Wait until it says so."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return
        pytest.fail(f"serve ended before it said {words!r}:\n{self.said}")

    def shows(self, path: str, words: str) -> str:
        """Wait until a page shows some words; gives the page."""
        page: str = ""
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=5) as answer:
                    page = answer.read().decode()
                if words in page:
                    return page
            except OSError:
                pass
            time.sleep(0.1)
        pytest.fail(f"{path} does not show {words!r}:\n{page}\n{self.said}")


@contextmanager
def serving(site: Site) -> Iterator[Session]:
    port = free_port()
    command = [sys.executable, "-m", "mathpost", "-C", str(site.root), "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            session = Session(process, port)
            session.hears("shows the site")
            yield session
        finally:
            process.terminate()
            process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def everything(site: Site) -> dict[str, tuple[bytes, int]]:
    """Each file of the site but the notebooks, the preview and Hugo's cache: its bytes, and when it was written."""
    others = (site.notebooks, site.cache / "preview", site.cache / "preview.lock", site.hugo_cache)
    return {
        path.relative_to(site.root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(site.root.rglob("*"))
        if path.is_file() and not any(map(path.is_relative_to, others))
    }


@pytest.mark.kernel
@pytest.mark.site
def test_serve_shows_a_post_and_builds_it_again_when_it_is_saved(site: Site) -> None:
    with serving(site) as session:
        session.shows("posts/mean/", "The mean")
        write(site.notebooks / "mean.ipynb", *mean_post(MEAN.replace("The mean of", "The average of")))
        session.hears("mean: 1 claim holds, ")
        session.shows("posts/mean/", "The average of")
        session.process.terminate()
        assert session.process.wait(timeout=30) == 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{session.port}/", timeout=5)


@pytest.mark.kernel
@pytest.mark.site
def test_serve_never_writes_what_is_published(published: Site) -> None:
    notebook = published.notebooks / "mean.ipynb"
    good, before = notebook.read_bytes(), everything(published)
    with serving(published) as session:
        write(notebook, *mean_post(MEAN.replace("The mean of", "The average of")))
        session.shows("posts/mean/", "The average of")
        write(notebook, *mean_post(FALSE.replace("The mean of", "The false mean of")))
        session.hears("fail         eq-mean")
        assert "livereload" in session.shows("posts/mean/", "The false mean of")
        write(notebook, *mean_post(), code("1 / 0"))
        session.hears("mean.ipynb, cell 7, line 1: ZeroDivisionError: division by zero")
        session.shows("posts/mean/", "The false mean of")
        write(
            published.notebooks / "draft.ipynb",
            text(r"$$\nonsense$$ {#eq-a .unchecked reason='to come'}"),
            front_matter=DRAFT,
        )
        session.shows("posts/draft/", "Not for readers")
        assert everything(published) == before
        session.process.send_signal(signal.SIGINT)
        session.process.wait(timeout=30)
    assert everything(published) == before
    refused = mathpost("-C", published.root, "publish", "mean")
    assert (refused.returncode, everything(published)) == (2, before)
    (published.notebooks / "draft.ipynb").unlink()
    notebook.write_bytes(good)
    done = mathpost("-C", published.root, "publish")
    assert (done.stdout, done.stderr, done.returncode) == ("nothing to do: all is fresh\n", "", 0)
    assert everything(published) == before


@pytest.mark.kernel
@pytest.mark.site
def test_a_post_that_cannot_be_built_shows_the_committed_page(published: Site) -> None:
    write(published.notebooks / "mean.ipynb", *mean_post(), code("1 / 0"))
    write(published.notebooks / "broken.ipynb", front_matter="---\ntitle: [\n---")
    with serving(published) as session:
        session.shows("posts/mean/", "The mean of 20 numbers")
        assert "mean.ipynb, cell 7, line 1: ZeroDivisionError: division by zero" in session.said
        assert "broken.ipynb, cell 1, line 2: front matter: not valid YAML" in session.said
        write(published.notebooks / "mean.ipynb", *mean_post(MEAN.replace("The mean of", "The average of")))
        session.shows("posts/mean/", "The average of 20 numbers")


@pytest.mark.kernel
@pytest.mark.site
def test_one_preview_of_a_site_runs_at_a_time(site: Site) -> None:
    with serving(site):
        second = mathpost("-C", site.root, "serve", "--port", str(free_port()))
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr == "mathpost: a preview of this site is running already: end it first\n"


def test_serve_wants_its_port(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = mathpost("-C", site.root, "serve", "--port", port)
    assert (done.returncode, done.stderr) == (2, f"mathpost: port {port} is in use: give another one with --port\n")
