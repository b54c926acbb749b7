"""Notebooks as if they had been executed, and their pages: no kernel runs."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output
from PIL import Image

from making import code, raw
from mathpost.ground.errors import InputError
from mathpost.notebooks.execution import record_of
from mathpost.pages import Page, export

PATH = Path("notebooks/small.ipynb")


def png(width: int = 8, height: int = 6, colour: str = "red", **options: object) -> str:
    image = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(image, "png", **options)
    return base64.b64encode(image.getvalue()).decode()


def drawing(source: str, *images: str) -> NotebookNode:
    """A cell that has drawn images for a screen of twice the pixels."""
    cell = code(source)
    cell.outputs = [
        new_output("display_data", {"image/png": image}, metadata={"image/png": {"width": 4, "height": 3}})
        for image in images
    ]
    return cell


def printing(source: str, *outputs: NotebookNode) -> NotebookNode:
    cell = code(source)
    cell.outputs = list(outputs)
    return cell


def page_of(*cells: NotebookNode, path: Path = PATH) -> Page:
    return export(record_of(new_notebook(cells=[raw(), *cells], metadata={"mathpost": {}}), path))


def body_of(*cells: NotebookNode, path: Path = PATH) -> str:
    return page_of(*cells, path=path).text.split("\n---\n", 1)[1].strip("\n")


def message_of(*cells: NotebookNode, path: Path = PATH) -> str:
    with pytest.raises(InputError) as caught:
        page_of(*cells, path=path)
    return str(caught.value)


def result(plain: str, **data: object) -> NotebookNode:
    output: NotebookNode = new_output("execute_result", {"text/plain": plain, **data})
    return output


def printed(text: str) -> NotebookNode:
    output: NotebookNode = new_output("stream", text=text)
    return output


def shown(**data: object) -> NotebookNode:
    """An output in several forms: `text__html` is the type `text/html`."""
    output: NotebookNode = new_output("display_data", {kind.replace("__", "/"): data[kind] for kind in data})
    return output


def notices_of(*cells: NotebookNode) -> list[tuple[int | None, str]]:
    return [(notice.cell, notice.text) for notice in page_of(*cells).notices]
