"""What GitHub is told: annotations, and the summary of a run."""

from __future__ import annotations

from mathpost.commands.github import Told, annotation, summary


def test_an_annotation_is_escaped_as_github_wants_it() -> None:
    told = Told("a", "eq-a", "claim", "notebooks/a,b:c.ipynb", 7, "100 % wrong:\r\nleft, right")

    assert annotation(told) == (
        "::error file=notebooks/a%2Cb%3Ac.ipynb,line=7,title=a%3A eq-a::100 %25 wrong:%0D%0Aleft, right"
    )


def test_the_summary_counts_and_tells() -> None:
    told = [
        Told("a", "page", "page", "a.ipynb", 1, ""),
        Told("a", "eq-a", "claim", "a.ipynb", 1, ""),
        Told("a", "eq-b", "claim", "a.ipynb", 1, ""),
        Told("a", "eq-c", "claim", "a.ipynb", 1, "", waived=True),
        Told("a", "fig-a", "figure", "a.ipynb", 1, "moved\n```"),
        Told("b", "page", "page", "b.ipynb", 1, "edited"),
    ]

    assert summary(told) == (
        "## What the posts state\n\n"
        "| post | claims | figures | pages |\n| --- | --- | --- | --- |\n"
        "| a | 2 hold, 1 waived | 1 drifted | 1 hold |\n| b | – | – | 1 drifted |\n\n"
        "### a: fig-a\n\n``````text\nmoved\n```\n``````\n\n"
        "### b: page\n\n```text\nedited\n```\n\n"
        "Committed, new and difference images are in the artifact `drift` of this run.\n"
    )
    assert summary([]) == "## What the posts state\n\nNo post is touched by this change.\n"
