"""KaTeX, as Hugo has it inside: which formulas it refuses, asked without a site."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from mathpost.ground.errors import EngineError
from mathpost.ground.files import working_folder
from mathpost.site.hugo import hugo_binary, reason_of

CONFIG = '{"baseURL": "http://localhost/", "disableKinds": ["taxonomy", "term", "sitemap", "robotsTXT", "rss", "404"]}'
# One line of JSON for each formula: what KaTeX says of it, or an empty text.
LAYOUT = """{{- range .Params.formulas -}}
{{- $options := dict "displayMode" .display "output" "mathml" "throwOnError" true "strict" "ignore" -}}
{{- with try (transform.ToMath .latex $options) }}{{ with .Err }}{{ string . | jsonify }}{{ else }}""{{ end }}{{ end }}
{{ end -}}
"""


def refusals(formulas: Sequence[tuple[str, bool]], cache: Path | None) -> list[str]:
    """For each formula, with whether it is displayed, what KaTeX says against it; empty if it renders.

    `cache` is where Hugo keeps KaTeX as it has compiled it, which takes it seconds; by default, where Hugo would.
    Errors: EngineError if Hugo fails.
    """
    if not formulas:
        return []
    with working_folder() as name:
        folder = Path(name)
        (folder / "content").mkdir()
        (folder / "layouts").mkdir()
        (folder / "hugo.json").write_text(CONFIG, encoding="utf-8")
        (folder / "layouts" / "home.html").write_text(LAYOUT, encoding="utf-8")
        listed = [{"latex": latex, "display": display} for latex, display in formulas]
        (folder / "content" / "_index.md").write_text(json.dumps({"formulas": listed}) + "\n", encoding="utf-8")
        command = [
            str(hugo_binary()),
            "build",
            "--source",
            name,
            *(["--cacheDir", str(cache)] if cache else []),
            "--logLevel",
            "error",
        ]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            raise EngineError(f"Hugo failed: {(done.stderr or done.stdout).strip()}")
        lines = (folder / "public" / "index.html").read_text(encoding="utf-8").splitlines()
    return [reason_of(json.loads(line)) for line in lines if line.strip()]
