"""What the names of a notebook stand for behind each cell, as digests: to find the cell from which two runs part."""

from __future__ import annotations

MIME = "application/vnd.mathpost.variables+json"
# Runs in the kernel in a namespace of its own. Numbers, texts, arrays, generators and what is made of these have a
# digest; functions, figures and other objects have none. A set has no order.
DIGEST = """
import hashlib
from IPython.display import display

def plain(value, depth=0):
    kind = type(value).__name__
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        return repr(value)
    if hasattr(value, "tobytes") and hasattr(value, "dtype") and not value.dtype.hasobject:
        return f"{value.dtype} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    if hasattr(value, "bit_generator"):
        return plain(value.bit_generator.state, depth + 1)
    if depth > 8 or not isinstance(value, (list, tuple, dict, set, frozenset)):
        return None
    parts = value.items() if isinstance(value, dict) else value
    texts = [str(plain(part, depth + 1)) for part in parts]
    return f"{kind} {sorted(texts) if isinstance(value, (set, frozenset)) else texts}"

found = {}
for name, value in list(namespace.items()):
    if not name.startswith("_") and name not in ("In", "Out"):
        text = plain(value)
        if text is not None:
            found[name] = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
display({MIME: found}, raw=True)
"""
