"""What the text of a post says, found in one scan: nothing is executed, and no number has a meaning yet. Imports the
reader of LaTeX, to cut formulas into claims. Its ways in: `read` and `PostText`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mathpost.text.post import PostText, read

__all__ = ["PostText", "read"]


def __getattr__(name: str) -> object:
    """What is stale is told by bytes: a command that has nothing to do never loads what reads a text."""
    if name not in __all__:
        raise AttributeError(f"module 'mathpost.text' has no attribute {name!r}")
    from mathpost.text import post

    return getattr(post, name)
