"""The spine: a post is executed, exported, judged; posts that hold become the site. Imports pages, notebooks, site and
the text, and calls each once. Its ways in: `build_post` and `publish`.
"""

from __future__ import annotations

from mathpost.building.post import Build, build_post
from mathpost.building.publication import publish

__all__ = ["Build", "build_post", "publish"]
