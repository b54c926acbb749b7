"""The site that Hugo makes: its pages, its formulas, its addresses, and what is refused."""

from __future__ import annotations

import html
import json
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import pytest

from mathpost.ground.errors import EngineError, InputError
from mathpost.ground.files import write_atomic
from mathpost.site import Site, hugo
from mathpost.site.layout import CONFIG, Settings
from mathpost.site.preview import preview
from mathpost.site.staging import same_tree, stage
from places import ROOT

FRONT_MATTER = "---\ntitle: A page\ndate: 2024-01-01\nmath: true\n---\n"


class Links(HTMLParser):
    """All addresses that a page asks for or leads to, and the places in it that can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.anchors: set[str] = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src"):
                self.addresses.append(value or "")
            elif name == "id":
                self.anchors.add(value or "")


def build(site: Site, base_url: str | None = None) -> None:
    with stage(site) as staged:
        hugo.build(staged, base_url=base_url)
        staged.commit()


def build_page(site: Site, body: str) -> str:
    """The text part of a page, rendered."""
    write_atomic(site.post("page").page, (FRONT_MATTER + body + "\n").encode())
    build(site)
    return text_of(site, "page")


def text_of(site: Site, slug: str) -> str:
    found = re.search(r'<div class="text">\n(.*)\n</div>\n<footer', read(site, f"posts/{slug}/index.html"), re.DOTALL)
    assert found is not None
    return found[1].strip()


def read(site: Site, name: str) -> str:
    return (site.public / name).read_text(encoding="utf-8")


def formulas_of(text: str) -> list[str]:
    """The LaTeX of the formulas that were rendered, as KaTeX notes it in the MathML."""
    found = re.findall(r'<annotation encoding="application/x-tex">(.*?)</annotation>', text, re.DOTALL)
    return [html.unescape(latex) for latex in found]


def broken_links(site: Site, base_url: str) -> Iterator[str]:
    """Every address in the site that does not lead to a file, or an anchor, of the site."""
    pages = {path: Links(path.read_text(encoding="utf-8")) for path in sorted(site.public.rglob("*.html"))}
    for path, links in pages.items():
        page = urljoin(base_url, path.relative_to(site.public).as_posix().removesuffix("index.html"))
        for address in links.addresses:
            url = urljoin(page, address)
            target = site.public / urlsplit(url).path.removeprefix(urlsplit(base_url).path)
            target = target / "index.html" if url.partition("#")[0].endswith("/") else target
            anchors = pages[target].anchors if target in pages else {""}
            if not (url.startswith(base_url) and target.is_file() and urlsplit(url).fragment in anchors):
                yield f"{path.relative_to(site.public)}: {address}"


class TestPaths:
    def test_a_site_is_found_from_any_folder_in_it(self, tmp_path: Path) -> None:
        (tmp_path / CONFIG).touch()
        (tmp_path / "notebooks" / "deep").mkdir(parents=True)
        assert Site.find(tmp_path / "notebooks" / "deep") == Site(tmp_path)

    def test_outside_of_a_site_there_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(InputError) as caught:
            Site.find(tmp_path)
        assert str(caught.value) == f"no config.toml in {tmp_path} or a folder above it: run mathpost inside a site"

    def test_a_post_knows_all_that_is_made_of_it(self) -> None:
        post = Site(Path("/site")).post("ml_estimation")
        assert post.notebook == Path("/site/notebooks/ml_estimation.ipynb")
        assert post.page == Path("/site/content/posts/ml_estimation.md")
        assert post.figures == Path("/site/static/images/ml_estimation")
        assert post.cache == Path("/site/.cache/posts/ml_estimation")

    def test_there_is_a_post_for_each_notebook(self, tmp_path: Path) -> None:
        site = Site(tmp_path)
        for name in ("b.ipynb", "a.ipynb", "data.csv"):
            write_atomic(site.notebooks / name, b"")
        assert [post.slug for post in site.posts()] == ["a", "b"]

    @pytest.mark.parametrize("slug", ["", "..", "a/b", "a b", "-a", "a.b", "é"])
    def test_a_slug_never_leads_elsewhere(self, slug: str) -> None:
        with pytest.raises(InputError) as caught:
            Site(Path("/site")).post(slug)
        assert str(caught.value) == f"{slug!r} cannot name a post: use letters, digits, '-' and '_'"

    def test_a_slug_is_no_name_that_hugo_keeps_and_no_endless_one(self) -> None:
        site = Site(Path("/site"))
        for slug, message in {
            "Index": "'Index' cannot name a post: Hugo keeps this name for itself",
            "a" * 201: "a post cannot have a name of 201 letters: 200 at most",
        }.items():
            with pytest.raises(InputError) as caught:
                site.post(slug)
            assert str(caught.value) == message


class TestSettings:
    def test_without_a_table_they_are_the_defaults(self, tmp_path: Path) -> None:
        (tmp_path / CONFIG).write_text('title = "x"')
        assert Site(tmp_path).settings == Settings(cell_timeout=120.0)

    def test_they_stand_in_a_table_of_the_configuration(self, tmp_path: Path) -> None:
        (tmp_path / CONFIG).write_text("[params.mathpost]\ncell_timeout = 7")
        assert Site(tmp_path).settings == Settings(cell_timeout=7.0)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                "[params.mathpost]\ncell_timout = 7",
                "[params.mathpost] has no setting 'cell_timout'; it knows: cell_timeout, remote_images, reading",
            ),
            ("[params.mathpost]\ncell_timeout = '7'", "cell_timeout must be a positive number of seconds, not '7'"),
            ("[params.mathpost]\ncell_timeout = true", "cell_timeout must be a positive number of seconds, not True"),
            ("[params.mathpost]\ncell_timeout = 0", "cell_timeout must be a positive number of seconds, not 0"),
            ("[params.mathpost]\nremote_images = 1", "remote_images must be true or false, not 1"),
            (
                "[params.mathpost.reading]\n'd/dt' = 'product'",
                "[params.mathpost.reading] has no form 'd/dt'; "
                "it knows: 'd/dx', 'log', 'E', 'power', 'ratio', 'f^(n)', 'f(A)', 'prod', 'dh_t/dw'",
            ),
            (
                "[params.mathpost.reading]\nlog = 'sum'",
                "[params.mathpost.reading] 'log' must be 'product' or 'factor', not 'sum'",
            ),
            ("[params.mathpost]\nreading = 1", "[params.mathpost.reading] must be a table"),
            ("[params]\nmathpost = 1", "[params.mathpost] must be a table"),
            ("title = ", "not valid TOML: Invalid value (at end of document)"),
        ],
    )
    def test_what_is_wrong_is_said(self, tmp_path: Path, text: str, message: str) -> None:
        (tmp_path / CONFIG).write_text(text)
        with pytest.raises(InputError) as caught:
            assert Site(tmp_path).settings
        assert str(caught.value) == f"{tmp_path / CONFIG}: {message}"


class TestWriting:
    def test_the_same_bytes_are_not_written_again(self, tmp_path: Path) -> None:
        path = tmp_path / "folder" / "file"
        assert write_atomic(path, b"text")
        written = path.stat()
        assert not write_atomic(path, b"text")
        assert (path.stat().st_ino, path.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)

    def test_a_full_disk_leaves_the_old_file_and_nothing_else(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "file"
        write_atomic(path, b"old")
        monkeypatch.setattr("os.fsync", _no_space)
        with pytest.raises(EngineError) as caught:
            write_atomic(path, b"new")
        assert str(caught.value) == f"{path}: cannot be written: No space left on device"
        assert path.read_bytes() == b"old"
        assert list(tmp_path.iterdir()) == [path]


@pytest.mark.site
class TestPages:
    @pytest.mark.parametrize(
        "name",
        [
            "index.html",
            "posts/index.html",
            "posts/sample/index.html",
            "posts/second/index.html",
            "tags/index.html",
            "tags/kl-divergence/index.html",
            "series/index.html",
            "series/themes-guide/index.html",
            "404.html",
            "index.xml",
            "posts/index.xml",
            "sitemap.xml",
            "robots.txt",
            "favicon.svg",
            "images/sample/line.png",
        ],
    )
    def test_there_is(self, built_site: Site, name: str) -> None:
        assert (built_site.public / name).stat().st_size > 0

    def test_a_draft_is_not_published_and_a_future_date_hides_nothing(self, built_site: Site) -> None:
        assert not (built_site.public / "posts" / "draft").exists()
        assert "A draft" not in "".join(path.read_text() for path in built_site.public.rglob("*.*ml"))
        assert "Dated in the future, and published." in read(built_site, "index.html")

    def test_no_page_runs_a_script_or_asks_for_anything_of_a_third_party(self, built_site: Site) -> None:
        for path in built_site.public.rglob("*.html"):
            text = path.read_text(encoding="utf-8")
            assert set(re.findall(r"<script[^>]*>", text)) <= {'<script type="application/ld+json">'}
            assert not re.search(r"""\son[a-z]+=|javascript:|@import|url\(["']?(?:https?:)?//""", text)
            assert not re.search(r"""<(?:img|link rel="(?:stylesheet|icon)")[^>]*(?:src|href)="(?:https?:)?//""", text)

    @pytest.mark.parametrize("folder", ["", "blog/"])
    def test_every_link_leads_somewhere_under_any_address(self, small_site: Site, folder: str) -> None:
        build(small_site, f"https://example.org/{folder}")
        assert list(broken_links(small_site, f"https://example.org/{folder}")) == []
        assert f'src="/{folder}images/sample/line.png"' in text_of(small_site, "sample")
        assert f'href="/{folder}posts/second/#end"' in text_of(small_site, "sample")

    def test_descriptions_are_the_author_s_and_hold_no_formula(self, built_site: Site) -> None:
        description = "Where two losses come from, &lt;plainly&gt; said."
        page = read(built_site, "posts/sample/index.html")
        assert f'<meta name="description" content="{description}">' in page
        assert f'<meta property="og:description" content="{description}">' in page
        assert '<link rel="canonical" href="https://example.org/posts/sample/">' in page

    def test_the_page_says_what_it_is_to_machines(self, built_site: Site) -> None:
        found = re.search(r'ld\+json">(.*?)</script>', read(built_site, "posts/sample/index.html"))
        assert found is not None
        assert json.loads(found[1]) == {
            "@context": "https://schema.org",
            "@type": "BlogPosting",
            "author": {"@type": "Person", "name": "A. Writer"},
            "dateModified": "2024-12-15T01:06:38+05:30",
            "datePublished": "2024-12-15T01:06:38+05:30",
            "description": "Where two losses come from, <plainly> said.",
            "headline": "A sample: likelihoods & losses",
            "keywords": ["KL Divergence", "Loss Functions"],
            "mainEntityOfPage": "https://example.org/posts/sample/",
            "url": "https://example.org/posts/sample/",
        }

    def test_the_feed_holds_titles_and_descriptions(self, built_site: Site) -> None:
        items = ElementTree.parse(built_site.public / "index.xml").iter("item")
        assert [{part.tag: part.text for part in item} for item in items] == [
            {
                "title": "The second post",
                "link": "https://example.org/posts/second/",
                "guid": "https://example.org/posts/second/",
                "pubDate": "Tue, 01 Jan 2999 00:00:00 +0000",
                "description": "Dated in the future, and published.",
            },
            {
                "title": "A sample: likelihoods & losses",
                "link": "https://example.org/posts/sample/",
                "guid": "https://example.org/posts/sample/",
                "pubDate": "Sun, 15 Dec 2024 01:06:38 +0530",
                "description": "Where two losses come from, <plainly> said.",
            },
        ]

    def test_the_sitemap_lists_the_pages(self, built_site: Site) -> None:
        tree = ElementTree.parse(built_site.public / "sitemap.xml")
        pages = {element.text for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
        assert {"https://example.org/", "https://example.org/posts/sample/"} <= pages

    def test_two_builds_are_the_same_to_the_byte_whenever_and_wherever_they_run(
        self, new_site: Site, built_site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TZ", "Asia/Kolkata")
        monkeypatch.setenv("HUGO_TITLE", "Another title")
        build(new_site)
        assert same_tree(new_site.public, built_site.public)

    def test_a_formula_in_a_heading_is_rendered_in_the_contents_too(self, built_site: Site) -> None:
        found = re.search(r"<details.*?</details>", read(built_site, "posts/sample/index.html"), re.DOTALL)
        assert found is not None
        assert formulas_of(found[0]) == ["x^2"]
        assert "\\(" not in found[0]

    def test_reading_time_counts_a_formula_once(self, small_site: Site) -> None:
        words = "word " * 215
        build_page(small_site, words + r"\(a + b + c + d\) and" + "\n\n$$ " + "a + " * 300 + "b $$")
        assert "<span>1 min</span>" in read(small_site, "posts/page/index.html")


@pytest.mark.site
class TestStagedPages:
    def test_hugo_renders_the_site_as_it_will_be(self, small_site: Site) -> None:
        build(small_site)
        sample, second = small_site.post("sample"), small_site.post("second")
        with stage(small_site) as staged:
            staged.write(sample.page, FRONT_MATTER.encode() + b"Written anew.")
            staged.write_figures(sample, {"other.png": b"figure"})
            staged.retire(second)
            hugo.build(staged)
            assert "Written anew." not in text_of(small_site, "sample")
            changed = staged.commit()
        assert [path.as_posix() for path in changed] == [
            "content/posts/second.md",
            "static/images/sample/line.png",
            "content/posts/sample.md",
            "static/images/sample/other.png",
            "public",
        ]
        assert text_of(small_site, "sample") == "<p>Written anew.</p>"
        assert sorted(path.name for path in (small_site.public / "images" / "sample").iterdir()) == ["other.png"]
        assert not (small_site.public / "posts" / "second").exists()

    def test_a_second_build_in_the_same_stage_forgets_the_first(self, small_site: Site) -> None:
        with stage(small_site) as staged:
            hugo.build(staged)
            staged.retire(small_site.post("second"))
            hugo.build(staged)
            staged.commit()
        assert not (small_site.public / "posts" / "second").exists()

    def test_a_build_that_fails_leaves_the_last_good_one(self, small_site: Site) -> None:
        build(small_site)
        before = text_of(small_site, "sample")
        with stage(small_site) as staged:
            staged.write(small_site.post("sample").page, FRONT_MATTER.encode() + rb"\(\frac{1\)")
            with pytest.raises(hugo.RefusedFormulas):
                hugo.build(staged)
        assert text_of(small_site, "sample") == before
        assert "arg" in small_site.post("sample").page.read_text()


INLINE = [
    r"a_1 * b_2 * c_3",
    r"**a** ~~b~~",
    r"x < y > z",
    r"\{1, 2\}",
    r"[x](y)",
    r"f<b>x</b>",
    r"x' + x''",
    r"a -- b --- c\ldots...",
    r"\text{\"quoted\" it's}".replace('\\"', '"'),
    r"\text{a\_b, \$5, me@example.org, :smile:}",
    r"\text{`code` <!-- no comment -->}",
    r"a~b\,c\;d\!e\ f\% g\# h",
    r"||\hat{y}^{(i)} - y^{(i)}||_2^2",
    r"P(y = 1 | \boldsymbol{x}; \theta)",
    r"\left[ x \right] \, [z]",
    r"\mathbb{1}_{[y = 1]}",
    r"\operatorname*{argmax}_x f",
    r"\text{naïve π データ}",
    r"\frac12 \textcolor{red}{x} \cancel{y}",
    "θ ≤ 1",
]
DISPLAY = [
    *INLINE,
    r"- m \log \sigma",
    r"+ a",
    r"> a",
    r"= a",
    r"1. a",
    r"\# a",
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
    r"\begin{align*} a &= b \\[1em] &= c \end{align*}",
    r"a \\ b",
    r"x \tag{3}",
]
# What an atom is, KaTeX says in its markup; its stylesheet has no need of it.
ATOMS = {"mbin", "mclose", "minner", "mop", "mopen", "mord", "mpunct", "mrel", "mtight"}


@pytest.mark.site
class TestFormulas:
    def test_inline_ones_reach_katex_as_they_are_written(self, small_site: Site) -> None:
        body = "\n\n".join(rf"The *formula* \({latex}\) stands in a sentence." for latex in INLINE)
        assert formulas_of(build_page(small_site, body)) == INLINE

    def test_display_ones_reach_katex_as_they_are_written(self, small_site: Site) -> None:
        body = "\n\n".join(f"Before\n\n$$ {latex} $$\n{{#eq-{n}}}\n\nafter" for n, latex in enumerate(DISPLAY))
        text = build_page(small_site, body)
        assert formulas_of(text) == DISPLAY
        assert re.findall(r'class="equation" id="eq-(\d+)"', text) == [str(n) for n in range(len(DISPLAY))]

    def test_they_may_stand_in_lists_and_quotes(self, small_site: Site) -> None:
        text = build_page(small_site, "- item\n\n  $$ - a $$\n  {#eq-a}\n\n> $$ + b $$\n> {#eq-b}")
        assert formulas_of(text) == ["- a", "+ b"]
        assert re.findall(r'class="equation" id="(.*?)"', text) == ["eq-a", "eq-b"]

    def test_an_equation_carries_its_label_and_its_number(self, built_site: Site) -> None:
        text = text_of(built_site, "sample")
        assert '<div class="equation" id="eq-kl-sum">' in text
        assert '<span class="number"><a href="#eq-kl-sum">(7)</a></span>' in text
        assert '<div class="formula" role="group" tabindex="0" aria-label="Equation 7">' in text

    def test_money_is_no_formula(self, small_site: Site) -> None:
        assert build_page(small_site, "It costs $5 and $6.") == "<p>It costs $5 and $6.</p>"

    def test_what_katex_refuses_fails_the_build_with_every_place_and_reason(self, small_site: Site) -> None:
        write_atomic(small_site.post("another").page, (FRONT_MATTER + r"\(\foo\)").encode())
        with pytest.raises(hugo.RefusedFormulas) as caught:
            build_page(small_site, 'Fine: \\(a\\).\n\n$$ \\frac{1}{2 $$\n{#eq-half number="1"}\n\nNo: \\(a__b\\)')
        assert caught.value.exit_code == 2
        assert caught.value.refusals == (
            hugo.Refusal(
                page="posts/another.md",
                line=6,
                label=None,
                latex=r"\foo",
                display=False,
                reason="Undefined control sequence: \\foo at position 1: \\̲f̲o̲o̲",
            ),
            hugo.Refusal(
                page="posts/page.md",
                line=8,
                label="eq-half",
                latex=r" \frac{1}{2 ",
                display=True,
                reason="Unexpected end of input in a macro argument, expected '}' at end of input: \\frac{1}{2",
            ),
            hugo.Refusal(
                page="posts/page.md",
                line=11,
                label=None,
                latex="a__b",
                display=False,
                reason="Expected group after '_' at position 2: a_̲_b",
            ),
        )
        assert str(caught.value).splitlines()[2:4] == [
            "content/posts/page.md, line 8: formula refused (eq-half): "
            "Unexpected end of input in a macro argument, expected '}' at end of input: \\frac{1}{2",
            "    \\frac{1}{2",
        ]

    def test_the_stylesheet_is_of_the_katex_inside_hugo(self) -> None:
        installed = json.loads((ROOT / "node_modules" / "katex" / "package.json").read_text())["version"]
        locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]["node_modules/katex"]["version"]
        assert hugo.katex_version() == installed == locked

    def test_the_stylesheet_knows_the_classes_that_are_rendered(self, small_site: Site) -> None:
        text = build_page(
            small_site, r"$$ \sqrt{\frac{a_1}{b}} \left( \hat{x} \sum_{i}^{n} \right) \mathbb{E} \cancel{y} $$"
        )
        (stylesheet,) = (small_site.public / "katex").glob("*.css")
        known = set(re.findall(r"\.([a-zA-Z][\w-]*)", stylesheet.read_text()))
        used = {name for names in re.findall(r'class="([^"]*)"', text) for name in names.split()}
        assert {"katex-html", "katex-base", "vlist-t", "frac-line"} <= used & known
        assert used - known <= {"equation", "formula", *ATOMS}

    def test_its_fonts_are_there_and_are_woff2_alone(self, built_site: Site) -> None:
        (stylesheet,) = (built_site.public / "katex").glob("*.css")
        asked = set(re.findall(r"url\((.*?)\)", stylesheet.read_text()))
        served = {
            path.relative_to(stylesheet.parent).as_posix()
            for path in stylesheet.parent.rglob("*.*")
            if path != stylesheet
        }
        assert asked == served
        assert {Path(name).suffix for name in served} == {".woff2"}

    def test_a_page_without_maths_asks_for_no_stylesheet(self, built_site: Site) -> None:
        assert 'rel="stylesheet"' not in read(built_site, "posts/second/index.html")


@pytest.mark.site
class TestHugo:
    @pytest.mark.parametrize(
        ("body", "message"),
        [
            (
                "A <b>bold</b> word.",
                'Hugo failed: Raw HTML omitted while rendering "content/posts/page.md"; '
                "see https://gohugo.io/getting-started/configuration-markup/#rendererunsafe",
            ),
            (
                "{{< nothing >}}",
                "Hugo failed: error building site: assemble: failed to create page from pageMetaSource /posts/page: "
                '"content/posts/page.md:6:1": failed to extract shortcode: template for shortcode "nothing" not found',
            ),
        ],
    )
    def test_its_warnings_and_errors_fail_the_build(self, small_site: Site, body: str, message: str) -> None:
        with pytest.raises(EngineError) as caught:
            build_page(small_site, body)
        assert str(caught.value).splitlines()[0] == message
        assert not small_site.public.exists()

    def test_without_katex_s_stylesheet_it_says_how_to_get_it(self, small_site: Site) -> None:
        (small_site.root / "node_modules").unlink()
        with pytest.raises(InputError) as caught:
            build(small_site)
        assert str(caught.value) == f"{small_site.katex}: KaTeX's stylesheet is not installed: run make setup"

    def test_rendered_formulas_are_kept_for_the_next_build(self, new_site: Site) -> None:
        build(new_site)
        assert any((new_site.cache / "hugo").rglob("formulas/**/*"))
        assert not (new_site.root / "resources").exists()
        assert not (new_site.root / ".hugo_build.lock").exists()

    def test_the_lock_names_no_registry(self) -> None:
        lock = (ROOT / "package-lock.json").read_text()
        assert "http" not in re.sub(r'"url": "[^"]*"|"https://(github|opencollective)\.com/[^"]*"', "", lock)
        assert '"integrity": "sha512-' in lock


@pytest.mark.site
def test_the_server_shows_drafts_reloads_and_is_not_stopped_by_a_wrong_formula(small_site: Site) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with preview(small_site) as shown:
        server = hugo.serve(shown, port=port)
    try:
        url = f"http://127.0.0.1:{port}/posts/draft/"
        page = _wait_for(url, "Not yet.")
        assert "/livereload.js" in page
        with stage(small_site) as staged:
            draft = small_site.post("draft").page
            staged.write(draft, draft.read_bytes().replace(b"Not yet.", rb"Soon: \(\frac{1\)."))
            staged.commit()
        assert '<code class="refused">\\frac{1</code>' in _wait_for(url, "Soon:")
        assert server.poll() is None
    finally:
        server.terminate()
        server.wait()


def _wait_for(url: str, text: str) -> str:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                page: str = answer.read().decode()
            if text in page:
                return page
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.1)
    raise AssertionError(f"{url} never said {text!r}")


def _no_space(descriptor: int) -> None:
    raise OSError(28, "No space left on device")
