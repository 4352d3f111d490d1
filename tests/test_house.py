"""What keeps the house: imports, the public list, the glossary of parameters, citations, purity."""

import ast
import importlib
import inspect
import re
import subprocess
import sys

import attrs
import numpy as np
import pytest

import nettumor as nt
from house import GROUND, LINKS, RIM, SOURCE

MODULES = sorted(p for p in SOURCE.rglob("*.py"))


def top(path):
    """The module of the plan that a file belongs to."""
    relative = path.relative_to(SOURCE)
    return relative.parts[0].removesuffix(".py")


def imported(path):
    """Top-level modules of nettumor that a file imports, those for type checking left out."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("nettumor"):
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("nettumor.")}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_go_down_the_chain(path):
    """A link imports only the ground and links before it; nothing but the rim imports the rim."""
    name = top(path)
    if name == "__init__":
        return
    assert name in (*GROUND, *LINKS, *RIM, "data"), f"{name} has no place in the plan of tests/house.py"
    if name in RIM:
        return
    allowed = {*GROUND, name}
    if name in LINKS:
        allowed |= set(LINKS[: LINKS.index(name)])
    assert imported(path) <= allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_files_are_short_and_named_for_something(path):
    """No file passes 600 lines, and none is called utils, core or helpers."""
    assert path.read_text(encoding="utf-8").count("\n") <= 600
    assert not re.fullmatch(r"_?(utils?|core|helpers?|common|misc)", path.stem)


@pytest.mark.parametrize("name", sorted(set(nt.__all__) - {"__version__"}))
def test_public_names_are_documented(name):
    """Every public name exists, has a docstring, and functions show an example and a source."""
    thing = getattr(nt, name)
    doc = inspect.getdoc(thing)
    assert doc
    if inspect.isfunction(thing):
        assert ">>>" in doc, "an example"
        assert "Parameters" in doc, "units and shapes"
        assert "Returns" in doc
        assert "References" in doc, "a source"


def test_public_list_is_complete_and_sorted():
    """`__all__` has each name once, and `dir` shows it."""
    assert len(nt.__all__) == len(set(nt.__all__))
    assert set(nt.__all__) <= set(dir(nt))
    with pytest.raises(AttributeError, match="no attribute 'clasify'"):
        nt.clasify  # noqa: B018


GLOSSARY = {
    "before", "after", "criteria", "new_lesion", "invalid", "upper_limit", "sizes", "nodal", "too_small", "lesions",
    "markers_normal", "target", "non_target", "sums", "attenuation", "progression", "further_increase", "responses",
    "days", "new_therapy", "rule", "death", "cutoff", "baseline_assessed", "censoring", "response_day",
    "last_known_alive", "origin", "best", "stable_days", "minimum_days", "time", "event", "a", "b", "codes", "labels",
    "daily_counts", "baseline", "reduction", "share_of_days", "method", "level", "days_since_completion", "name",
    "value", "unit", "index", "primary", "measure", "cut", "slice_thickness", "organ", "short_axis", "longest",
    "perpendicular", "viable", "viable_perpendicular", "volume", "columns", "status", "non_target_increase",
    "new_lesion_sums", "new_non_target_increase", "new_lesion_count", "reference", "window", "uptake", "resolved",
    "rate", "depth", "xray", "porta_hepatis", "parent", "tables", "evaluator", "data_cutoff", "selection", "by",
}  # fmt: skip
"""One word for one thing, everywhere. A new parameter of a public function is added here on purpose."""


@pytest.mark.parametrize("name", sorted(n for n in set(nt.__all__) if inspect.isfunction(getattr(nt, n))))
def test_parameters_are_in_the_glossary(name):
    """Public functions call the same thing by the same word, take no ``**kwargs``, no ``axis``."""
    parameters = inspect.signature(getattr(nt, name)).parameters
    assert not any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    assert set(parameters) <= GLOSSARY


def limits(edition):
    """Every limit and every citation of an edition."""
    for field in attrs.fields(type(edition)):
        value = getattr(edition, field.name)
        if isinstance(value, (nt.criteria.Threshold, nt.criteria.LesionSelection, nt.criteria.BestResponseRule)):
            yield field.name, value


@pytest.mark.parametrize("name", nt.criteria.names())
def test_every_number_of_an_edition_is_cited(name):
    """Each limit names its document, and what is not found in a source says so."""
    edition = nt.criteria.get(name)
    assert edition.citation.document
    for field, value in limits(edition):
        assert value.citation.document, field
        assert value.citation.provenance in ("found", "from memory", "library choice")


def test_import_is_light():
    """`import nettumor` loads no part of scipy, no extra, and not the rim."""
    code = (
        "import sys, nettumor, numpy; nettumor.classify; nettumor.criteria; "
        "print([m for m in ('scipy', 'pandas', 'polars', 'typer', 'rich', 'nettumor.crf') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_names_stand_where_the_table_says():
    """A name is defined below the module that the lazy table gives."""
    for name, module in nt._NAMES.items():
        thing = getattr(nt, name)
        home = getattr(thing, "__module__", f"nettumor.{module}")
        assert home.startswith(f"nettumor.{module}"), name
        assert hasattr(importlib.import_module(f"nettumor.{module}"), name)


def read_only(values, dtype=None):
    array = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array


ONE_OF_EACH = {
    "classify": lambda: nt.classify(read_only([50.0, 40.0]), read_only([20.0, 60.0])),
    "percent_change": lambda: nt.percent_change(read_only([50.0]), read_only([20.0])),
    "marker_response": lambda: nt.marker_response(read_only([50.0]), read_only([20.0]), upper_limit=read_only([8.0])),
    "symptom_response": lambda: nt.symptom_response(read_only([5.0]), read_only([0.0])),
    "target_response": lambda: nt.target_response(read_only([[[50.0, 20.0], [np.nan, np.nan]]])),
    "non_target_response": lambda: nt.non_target_response(read_only([[[4, 8]]], np.int8)),
    "overall_response": lambda: nt.overall_response(
        read_only([7], np.int8), read_only([4], np.int8), read_only([False])
    ),
    "best_overall_response": lambda: nt.best_overall_response(read_only([[7, 7]], np.int8), read_only([56.0, 112.0])),
    "progression_free_survival": lambda: nt.progression_free_survival(
        read_only([[7, 3]], np.int8), read_only([56.0, 112.0]), death=read_only([np.nan])
    ),
    "objective_response_rate": lambda: nt.objective_response_rate(read_only([8, 3], np.int8)),
    "kaplan_meier": lambda: nt.kaplan_meier(read_only([1.0, 2.0]), read_only([True, False])),
}


@pytest.mark.parametrize("name", sorted(ONE_OF_EACH))
def test_read_only_inputs_work(name):
    """Inputs are never changed: read-only arrays go through every link."""
    ONE_OF_EACH[name]()
