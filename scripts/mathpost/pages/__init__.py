"""An executed notebook becomes a page with figures. Imports notebooks and the text; the only room to know nbconvert
and images. Its ways in: `export` and `Page`.
"""

from __future__ import annotations

from mathpost.pages.exporter import Page, export

__all__ = ["Page", "export"]
