"""Every shipped lesson runs from its first cell to its last, as nbclient and
nbconvert run it: only cells tagged raises-exception may fail, and they must."""

import pathlib
import re
import subprocess
import tempfile

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = pathlib.Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "lessons").glob("**/*.ipynb"))


def name(path: pathlib.Path) -> str:
    return path.relative_to(ROOT / "lessons").as_posix()


def run(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    with tempfile.TemporaryDirectory() as d:
        NotebookClient(nb, timeout=120, kernel_name="runnext", resources={"metadata": {"path": d}}).execute()
    return nb


def foretell(nb: nbformat.NotebookNode) -> int:
    """Write into each %predict line what the explanation of its round begins
    with, in bold; how many there are."""
    made, open_ = 0, None
    for cell in nb.cells:
        if cell.cell_type == "code" and cell.source.startswith("%predict ?"):
            open_ = cell
        elif open_ is not None and "-explain-" in cell.id:
            answer = re.match(r"\*\*(\w+)", cell.source)[1]
            open_.source = open_.source.replace("?", answer, 1)
            made, open_ = made + 1, None
    return made


def verdicts(nb: nbformat.NotebookNode) -> list[str]:
    return [o.data["text/plain"] for cell in nb.cells for o in cell.get("outputs", [])
            if o.output_type == "display_data" and o.data.get("text/plain", "").startswith("your prediction: ")]


def test_there_are_lessons():
    assert LESSONS


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_lesson(path):
    nb = nbformat.read(path, as_version=4)
    predictions = foretell(nb)
    run(nb)
    nbformat.validate(nb)
    silent = []
    for i, cell in enumerate(nb.cells):
        failed = any(o.output_type == "error" for o in cell.get("outputs", []))
        if "raises-exception" in cell.metadata.get("tags", []) and not failed:
            silent.append(i)
    assert not silent, f"cells {silent} are tagged raises-exception and raise nothing"
    said = verdicts(nb)
    assert len(said) == predictions and all(" · right" in s for s in said), said


def test_an_error_stops_a_notebook():
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in ('panic("stop here")', "1 + 1")])
    with pytest.raises(Exception, match="stop here"):
        run(nb)


def test_nbconvert(tmp_path):
    import sys

    nb = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_code_cell("x := 6"), nbformat.v4.new_code_cell("x * 7"),
        nbformat.v4.new_code_cell('lab.Table([]string{"G"}, [][]any{{"G1"}})')])
    nb.metadata["kernelspec"] = {"name": "runnext", "display_name": "Go (runnext)", "language": "go"}
    nbformat.write(nb, tmp_path / "n.ipynb")
    for to, want in [("html", ("42", "<table", "G1")), ("script", ("x := 6",))]:
        subprocess.run([sys.executable, "-m", "nbconvert", "--execute", "--to", to, "n.ipynb"],
                       cwd=tmp_path, check=True, capture_output=True)
    html = (tmp_path / "n.html").read_text()
    assert all(w in html for w in ("42", "G1", "<table"))
    assert "x := 6" in next(tmp_path.glob("n.*go*"), tmp_path / "n.txt").read_text()
