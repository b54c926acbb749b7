"""What a reader sees: posts in a real browser, wide and narrow, light and dark, at any address."""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, FloatRect, Page, ViewportSize, sync_playwright

from mathpost.site import Site, hugo
from mathpost.site.staging import stage
from places import ROOT
from sharing import made_once

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SWITCHES = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ORIGIN = "http://blog.example"
PUBLISHED = sorted(path.stem for path in (ROOT / "content" / "posts").glob("*.md"))
POSTS = [f"posts/{slug}/" for slug in ["sample", *PUBLISHED]]
PAGES = [*POSTS, "", "posts/", "tags/", "tags/kl-divergence/", "404.html"]
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SIZES: dict[str, ViewportSize] = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 375, "height": 700}}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium, chromium-browser or google-chrome on the PATH"),
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """A test's output is its failures."""


@pytest.fixture(scope="module")
def browser(web: Path) -> Iterator[Browser]:
    """A browser that finds `ORIGIN` here."""
    with served(web) as port, sync_playwright() as playwright:
        here = f"--host-resolver-rules=MAP blog.example:80 127.0.0.1:{port}"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*SWITCHES, here])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def web(make_site: Callable[[Path], Site], shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a server has: the sample and every published post, at its root and once more under /blog/."""

    def build(web: Path) -> None:
        site = make_site(tmp_path_factory.mktemp("site"))
        for slug in PUBLISHED:
            shutil.copy(ROOT / "content" / "posts" / f"{slug}.md", site.pages)
            shutil.copytree(ROOT / "static" / "images" / slug, site.images / slug)
        for folder in ("", "blog/"):
            with stage(site) as staged:
                hugo.build(staged, base_url=f"{ORIGIN}/{folder}")
                shutil.copytree(staged.public, web / folder, dirs_exist_ok=True)

    return made_once(shared / "web", build)


@pytest.fixture
def address() -> str:
    return f"{ORIGIN}/"


@pytest.fixture(params=["", "blog/"], ids=["root", "sub-path"])
def any_address(request: pytest.FixtureRequest) -> str:
    return f"{ORIGIN}/{request.param}"


@contextmanager
def served(folder: Path) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Page:
    """The one tab of a worker: to open another costs more than most pages."""
    # The policy of the pages lets no script run, those of the tests included.
    return browser.new_context(bypass_csp=True).new_page()


def opened(tab: Page, url: str, size: str = "wide", scheme: Scheme = "light") -> Page:
    tab.goto("about:blank")  # from a page to an anchor of its own would be no way to load it
    tab.set_viewport_size(SIZES[size])
    tab.emulate_media(color_scheme=scheme)
    tab.goto(url)
    tab.evaluate("document.fonts.ready")
    return tab


@pytest.mark.parametrize("path", POSTS)
def test_a_post_is_complete_and_asks_for_nothing_elsewhere(browser: Browser, any_address: str, path: str) -> None:
    said: list[str] = []
    asked: list[str] = []
    context = browser.new_context(viewport=SIZES["wide"])
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(any_address + path, wait_until="networkidle")
    for figure in page.locator("img").all():
        figure.scroll_into_view_if_needed()
        figure.evaluate("image => image.decode()")
    widths = page.evaluate("Array.from(document.images, image => image.naturalWidth)")
    fonts = page.evaluate("Array.from(document.fonts).filter(font => font.status == 'error').length")
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(any_address)] == []
    assert widths
    assert all(width > 0 for width in widths)
    assert fonts == 0


@pytest.mark.parametrize("path", POSTS)
def test_every_equation_is_there_also_for_who_takes_a_picture_of_the_whole_page(
    tab: Page, address: str, path: str
) -> None:
    page = opened(tab, address + path)
    equations = "Array.from(document.querySelectorAll('.equation .katex-html'))"
    shown = page.evaluate(f"{equations}.map(each => each.checkVisibility({{contentVisibilityAuto: true}}))")
    assert shown
    assert all(shown)


@pytest.mark.parametrize("path", POSTS)
def test_no_formula_shows_its_source(tab: Page, any_address: str, path: str) -> None:
    page = opened(tab, any_address + path)
    assert page.locator(".katex").count() > 5
    assert page.locator(".katex-error, .refused").count() == 0
    page.evaluate("document.querySelectorAll('pre, code').forEach(element => element.remove())")
    assert re.findall(r".*[$\\].*", page.inner_text("body")) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_accessible_light_and_dark(tab: Page, address: str, path: str, size: str) -> None:
    found = []
    page = opened(tab, address + path, size)
    page.add_script_tag(path=ROOT / "node_modules" / "axe-core" / "axe.min.js")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for rule in page.evaluate("axe.run({resultTypes: ['violations']}).then(result => result.violations)"):
            found += [f"{scheme}: {rule['id']}: {node['html']}" for node in rule["nodes"]]
    assert found == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_phone(tab: Page, address: str, path: str) -> None:
    page = opened(tab, address + path, "narrow")
    for width in (375, 320):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_wide_formula_scrolls_by_itself_with_the_keyboard(tab: Page, address: str) -> None:
    page = opened(tab, f"{address}posts/sample/", "narrow")
    formula = page.locator("#eq-mle-kl .formula")
    formula.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('#eq-mle-kl .formula').scrollLeft > 0", timeout=5000)
    assert formula.get_attribute("aria-label") == "Equation 6"
    assert _box(page, "#eq-mle-kl .number")["x"] < 375


def test_an_equation_s_number_stands_right_of_it_and_a_reference_leads_there(tab: Page, address: str) -> None:
    page = opened(tab, f"{address}posts/sample/")
    formula, number = _box(page, "#eq-kl-sum .katex-html"), _box(page, "#eq-kl-sum .number")
    assert formula["x"] + formula["width"] < number["x"]
    page.get_by_role("link", name="(7)").first.click()
    assert page.url.endswith("#eq-kl-sum")
    assert page.locator("#eq-kl-sum").is_visible()


def test_figures_have_their_true_size_and_stay_legible_in_the_dark(tab: Page, address: str) -> None:
    page = opened(tab, f"{address}posts/sample/", "wide", "dark")
    box = _box(page, "figure img")
    assert (box["width"], box["height"]) == (320, 200)
    colours = page.evaluate(
        "[document.body, document.querySelector('figure img')].map(e => getComputedStyle(e).backgroundColor)"
    )
    assert colours == ["rgb(21, 23, 27)", "rgb(255, 255, 255)"]


def test_the_skip_link_is_the_first_stop_of_the_keyboard(tab: Page, address: str) -> None:
    page = opened(tab, f"{address}posts/sample/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    assert _box(page, ".skip")["x"] >= 0


def _box(page: Page, selector: str) -> FloatRect:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box
