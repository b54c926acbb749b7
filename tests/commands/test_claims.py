"""`mathpost claims`: every formula of a file, described."""

from __future__ import annotations

from pathlib import Path

from mathpost.commands.claims import describe


def test_every_formula_of_a_file_is_described(tmp_path: Path) -> None:
    post = tmp_path / "post.md"
    post.write_text("$x_i$\n\n$$a = b = c$$\n\n$$a = b \\\\ c \\leq d$$\n\n$a = \\foo$\n\n$a =$ 9\n")
    found = [(e["line"], e["kind"], e["display"], e["readable"], e["tree"], e["reason"]) for e in describe(post)]
    assert found == [
        (1, "expression", False, True, "(index x i)", None),
        (3, "claim", True, True, "(= a b c)", None),
        (5, "claim", True, True, r"(rows (= a b) (\leq c d))", None),
        (7, "claim", False, False, None, "not supported: `\\foo` at column 1: it is not defined in this document"),
        (9, "claim", False, False, None, "`a =` has no right side: a relation needs both in one formula"),
    ]
