"""What the text of a post says, found in one scan: nothing is executed, and no number has a meaning yet. Imports the
reader of LaTeX, to cut formulas into claims. Its ways in: `read` and `PostText`.
"""

from __future__ import annotations

from mathpost.text.post import PostText, read

__all__ = ["PostText", "read"]
