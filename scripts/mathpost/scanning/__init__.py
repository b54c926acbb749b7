"""A text is tried with no notation: generic worlds are drawn in which its names mean what their use asks for, and each
step is judged in them. Imports inference and the judge; knows no notebook and no page. Its way in: `scan`.
"""

from __future__ import annotations

from mathpost.scanning.findings import Finding, Scanned, scan

__all__ = ["Finding", "Scanned", "scan"]
