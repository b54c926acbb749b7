"""The picture in the README: a part of the published post, as Chromium shows it. `make docs` takes it anew."""

from __future__ import annotations

import functools
import http.server
import shutil
import sys
import threading

from playwright.sync_api import sync_playwright

from places import ROOT

PICTURE = ROOT / "docs" / "images" / "post.png"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FIRST, LAST = "p:has-text('The sigmoid or logistic function')", "p:has-text('It looks more mysterious')"
MARGIN = 12
WIDTH = 760


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """The picture is all there is to see."""


def take() -> None:
    handler = functools.partial(Quiet, directory=ROOT / "public")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        take_from(f"http://127.0.0.1:{server.server_port}/posts/ml_estimation/")
        server.shutdown()


def take_from(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(
            viewport={"width": WIDTH, "height": 900},
            device_scale_factor=1.5,
            color_scheme="light",
            reduced_motion="reduce",
        )
        page.goto(address)
        page.locator(LAST).scroll_into_view_if_needed()  # figures load when they come into view
        page.wait_for_load_state("networkidle")
        first, last = page.locator(FIRST).bounding_box(), page.locator(LAST).bounding_box()
        assert first
        assert last
        top = page.evaluate("scrollY") + first["y"] - MARGIN
        height = last["y"] + last["height"] - first["y"] + 2 * MARGIN
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE, clip={"x": 0, "y": top, "width": WIDTH, "height": height}, full_page=True)
        browser.close()


if __name__ == "__main__":
    if CHROMIUM is None:
        sys.exit("no chromium, chromium-browser or google-chrome on the PATH: the picture stays as it is")
    take()
