"""`mathpost publish`: the posts that are stale are built, and the site of them."""

from __future__ import annotations

from collections.abc import Sequence

from mathpost.commands.terminal import STDERR, STDOUT, say_warnings, summary
from mathpost.site import Post, Site, freshness
from mathpost.site.freshness import Inputs
from mathpost.site.staging import recover
from mathpost.text.parameters import Parameters


def publish(
    site: Site, posts: Sequence[Post], parameters: Parameters, *, whole: bool, force: bool, as_json: bool
) -> int:
    """Build what is stale and say what changed; with `whole`, all posts of the site are meant."""
    site.require_own_folders()
    if finished := recover(site):
        STDERR.say(f"finished what an earlier publish was interrupted in: {', '.join(map(str, finished))}")
    inputs = freshness.read_inputs(posts)
    if whole and not parameters and not force and _is_fresh(site, inputs):
        _say([], [], as_json=as_json)
        return 0
    from mathpost.building import publish as publish_posts
    from mathpost.building.publication import ClaimsFailed

    try:
        done = publish_posts(
            site,
            inputs,
            parameters,
            force=force,
            progress=lambda post, cell, cells: STDERR.progress(post.slug, cell, cells),
            waiting=lambda owner: STDERR.say(f"waiting for another publish of this site ({owner})"),
        )
    except ClaimsFailed as error:
        from mathpost.commands.check import report

        report(error.builds, as_json=as_json)
        raise
    for build in done.builds:
        say_warnings(build, STDERR)
    if done.foreign:
        STDERR.say(f"left in public/, though no publish has made it: {', '.join(map(str, done.foreign))}")
    _say([summary(build) for build in done.builds], [str(path) for path in done.changed], as_json=as_json)
    return 0


def _is_fresh(site: Site, inputs: Sequence[Inputs]) -> bool:
    return all(freshness.is_post_fresh(each, {}) for each in inputs) and freshness.is_site_fresh(site)


def _say(lines: list[str], changed: list[str], *, as_json: bool) -> None:
    what = f"changed: {', '.join(changed)}" if changed else "nothing changed"
    STDOUT.tell(
        {"changed": changed},
        "\n".join([*lines, what if lines or changed else "nothing to do: all is fresh"]),
        as_json=as_json,
    )
