"""Publishing: the posts that are stale are built; if all hold, they become the site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from posixpath import join

from mathpost.building.committed import stage_post
from mathpost.building.post import Build, build_post
from mathpost.building.rendered import require_all_read, require_every_page
from mathpost.ground.errors import Drift, InputError, Place, together
from mathpost.pages.addresses import find_lost
from mathpost.site import Post, Site, freshness, hugo
from mathpost.site.formulas import refusal_of
from mathpost.site.freshness import Inputs
from mathpost.site.staging import Stage, stage
from mathpost.text import PostText
from mathpost.text.parameters import NONE, Parameters, check_known
from mathpost.text.post import parse

GONE = "was removed while it was executed: put it back, and publish once more"
LEADS_UP = "the alias {alias!r} leads up: write it from the root of the site on, as in /old/address/"
TAKEN = "the alias {alias!r} is the address of {taken}: give addresses that this post has had"


@dataclass(frozen=True)
class Publication:
    """What a publish did: the posts it built, the paths that changed, and what it found that it had not made.

    `foreign` is relative to `public/`, and told once.
    """

    builds: tuple[Build, ...] = ()
    changed: tuple[Path, ...] = ()
    foreign: tuple[Path, ...] = ()


class ClaimsFailed(Drift):
    """Claims that do not hold; the builds have them all."""

    def __init__(self, builds: Sequence[Build]) -> None:
        count = sum(verdict.stops for build in builds for verdict in build.verdicts)
        super().__init__(f"{count} claim{'s do' if count > 1 else ' does'} not hold: nothing was published")
        self.builds = tuple(builds)


def publish(
    site: Site,
    inputs: Sequence[Inputs],
    parameters: Parameters = NONE,
    *,
    force: bool = False,
    progress: Callable[[Post, int, int], None] = lambda post, cell, cells: None,
    waiting: Callable[[str], None] = lambda owner: None,
) -> Publication:
    """Build the posts that are stale, then the site, of what was read. All of it changes, or nothing does.

    Before that, each link of the posts that are not must still lead somewhere.
    What is saved meanwhile is stale afterwards. `force` builds those that are fresh too, and overwrites pages that
    were edited by hand. `waiting` hears of another publish that has to end first.
    """
    texts = [parse(each.notebook, each.post.notebook) for each in inputs]
    _refuse_taken(site, texts)
    posts = list(zip(inputs, texts, shares(texts, parameters), strict=True))
    stale = [(each, text, given) for each, text, given in posts if force or not freshness.is_post_fresh(each, given)]
    told = {each.post for each, _, _ in stale}
    _require_links([*(text for each, text, _ in posts if each.post not in told), *_fresh_beside(site, inputs)])
    if not stale and freshness.is_site_fresh(site):
        return Publication()
    builds = {each.post: _build(each.post, text, given, progress) for each, text, given in stale}
    _require_notebooks(builds)
    if not all(build.holds for build in builds.values()):
        raise ClaimsFailed(list(builds.values()))
    with stage(site, waiting) as staged:
        for post, build in builds.items():
            stage_post(staged, post, build.page, force=force)
        for post in freshness.orphans(site):
            staged.retire(post)
        read_by_hugo = freshness.site_digest(site, staged)
        _render(staged, builds)
        require_every_page(staged.public, [each.post for each, text, _ in posts if not text.front_matter.draft])
        made, foreign = staged.made(), staged.keep_foreign(freshness.made_before(site))
        new = foreign - freshness.found_before(site)
        changed = staged.commit()
        for each, _, given in stale:
            freshness.note_post(each, given, builds[each.post].record.reads.files)
        freshness.note_site(site, read_by_hugo, made, foreign)
    return Publication(tuple(builds.values()), changed, tuple(sorted(new)))


def shares(texts: Sequence[PostText], parameters: Parameters) -> list[dict[str, object]]:
    """For each post its share of the parameters; one that no post knows is an error."""
    for text in texts:
        text.require_sound("head")
    if parameters:
        place = Place(texts[0].path if len(texts) == 1 else None)
        check_known(parameters, {name for text in texts for name in text.parameters}, place)
    return [{name: value for name, value in parameters.items() if name in text.parameters} for text in texts]


def _require_notebooks(posts: Iterable[Post]) -> None:
    """Raise an InputError for a notebook that is gone since it was read: its post would go with it."""
    for post in posts:
        if not post.notebook.exists():
            raise InputError(GONE, Place(post.notebook))


def _refuse_taken(site: Site, texts: Sequence[PostText]) -> None:
    """Raise an InputError for an alias that is the address of a page: the page would lead away from there."""
    own = {post.address: post.slug for post in site.posts()} | dict.fromkeys(("", "posts"), "the site itself")
    for text in texts:
        aliases = text.front_matter.fields.get("aliases", [])
        for alias in aliases if isinstance(aliases, list) else ():
            if ".." in str(alias).split("/"):
                raise InputError(LEADS_UP.format(alias=alias), Place(text.path, 1))
            address = join("/posts", str(alias)).strip("/").lower()
            if taken := own.get(address):
                raise InputError(TAKEN.format(alias=alias, taken=taken), Place(text.path, 1))
            own[address] = f"another alias, in {text.path.name}"


def _fresh_beside(site: Site, inputs: Sequence[Inputs]) -> Iterator[PostText]:
    """The texts of the other posts of a site that stay as they were made."""
    named = {each.post for each in inputs}
    for each in freshness.read_inputs([post for post in site.posts() if post not in named]):
        if freshness.is_post_fresh(each, NONE):
            yield parse(each.notebook, each.post.notebook)


def _require_links(texts: Iterable[PostText]) -> None:
    """What a post links to may have changed while the post has not: a heading of another one is gone.

    Errors: InputError that names all links and images which lead nowhere.
    """
    shown = [text for text in texts if not text.front_matter.draft]
    lost = [InputError(problem.message, problem.place) for text in shown for problem in find_lost(text)]
    if lost:
        raise together(lost)


def _build(post: Post, text: PostText, parameters: Parameters, progress: Callable[[Post, int, int], None]) -> Build:
    return build_post(
        text,
        parameters,
        timeout=post.site.settings.cell_timeout,
        progress=lambda cell, cells: progress(post, cell, cells),
    )


def _render(staged: Stage, builds: dict[Post, Build]) -> None:
    try:
        hugo.build(staged)
    except hugo.RefusedFormulas as error:
        raise _refused(error, {f"posts/{post.slug}.md": build for post, build in builds.items()}) from None
    require_all_read(staged.public, builds.items())


def _refused(error: hugo.RefusedFormulas, builds: dict[str, Build]) -> InputError:
    """What KaTeX refused, at its place in the notebook instead of the page; of pages by hand, what Hugo says."""
    refused: list[InputError] = []
    for refusal in error.refusals:
        build = builds.get(refusal.page)
        formulas = build.page.formulas if build else ()
        formula = next((f for f in formulas if f.latex.strip() == refusal.latex.strip()), None)
        if formula is None:
            return error
        refused.append(refusal_of(formula, refusal.reason))
    return together(refused)
