"""A folder that Hugo makes a site of: where everything is, what is stale, and how all of it changes at once or not at
all. Imports from the text what front matter and parameters are. Its ways in: `Site` and `stage`.
"""

from __future__ import annotations

from mathpost.site.layout import Post, Site

__all__ = ["Post", "Site"]
