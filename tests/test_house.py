"""What keeps the house: imports, the public list, the glossary of parameters, citations, purity."""

import ast
import importlib
import inspect
import pathlib
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


def module_name(path):
    """The name under which a file is imported; a package is its ``__init__``."""
    parts = ("nettumor", *path.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def names_imported(source, package):
    """The names that a text imports, wherever it does: at its head, in a function, for type
    checking, relative to its ``package``, or by `importlib.import_module`.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            head = ".".join(
                [*(above if node.level else ()), *([node.module] if node.module else ())]
            )
            yield from (f"{head}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (a.value for a in node.args if isinstance(a, ast.Constant))


def imports_among(sources):
    """For each of some modules (source by name) those of them that it imports.

    A name is that of the module, else of what stands in the module: a package counts for what is
    taken from its ``__init__``, not for being on the way to a module in it.
    """
    packages = {name.rpartition(".")[0] for name in sources}
    found = {}
    for name, source in sources.items():
        package = name if name in packages else name.rpartition(".")[0]
        said = names_imported(source, package)
        modules = {n if n in sources else n.rpartition(".")[0] for n in said}
        found[name] = modules & set(sources) - {name}
    return found


def circles(imports):
    """The groups of modules of which each comes to every other over imports."""
    reached = {name: set(of) for name, of in imports.items()}
    for through in imports:
        for of in reached.values():
            if through in of:
                of |= reached[through]
    return {
        frozenset(other for other in of if name in reached[other])
        for name, of in reached.items()
        if name in of
    }


def test_no_module_imports_itself_through_others():
    """No circle among all modules, not through functions or for type checking either."""
    imports = imports_among({module_name(p): p.read_text(encoding="utf-8") for p in MODULES})
    assert sum(map(len, imports.values())) > 1000
    assert not circles(imports)


@pytest.mark.parametrize(
    "back",
    [
        "import nettumor.a",
        "from nettumor.a import thing",
        "from nettumor import a",
        "from .. import a",
        "from ..a import thing",
        "def f():\n    from nettumor.a import thing",
        "if TYPE_CHECKING:\n    from nettumor.a import thing",
        "importlib.import_module('nettumor.a')",
        "from nettumor.p import of_the_package",
    ],
)
def test_a_circle_is_seen_however_it_is_imported(back):
    """Two modules, one of them in a package, whose ``__init__`` imports the other; a third that only
    imports them is in no circle.
    """
    study = {
        "nettumor": "",
        "nettumor.a": "from nettumor.p import b",
        "nettumor.p": "from nettumor.a import thing",
        "nettumor.p.b": "import numpy",
        "nettumor.c": "from nettumor import a",
    }
    assert not circles(imports_among(study))
    found = circles(imports_among(study | {"nettumor.p.b": back}))
    assert found == {
        frozenset(
            {"nettumor.a", "nettumor.p.b"} | ({"nettumor.p"} if back.endswith("package") else set())
        )
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_go_down_the_chain(path):
    """A link imports only the ground and links before it; nothing but the rim imports the rim."""
    name = top(path)
    if name == "__init__":
        return
    assert name in (*GROUND, *LINKS, *RIM, "data"), (
        f"{name} has no place in the plan of tests/house.py"
    )
    if name == "study":  # of the rim only what reads the tables
        assert imported(path) <= {*GROUND, "crf", "study"}
    if name in RIM:
        return
    allowed = {*GROUND, name}
    if name == "words":  # how people write is read by all, and reads nothing that reads it
        allowed = {"words", "errors"}
    if name == "rows":  # beside it: rows are grouped without knowing what they are rows of
        allowed = {"rows", "_threads"}
    if name in LINKS:
        allowed |= set(LINKS[: LINKS.index(name)])
    assert imported(path) <= allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_files_are_short_and_named_for_something(path):
    """No file passes about 600 lines, and none is called utils, core or helpers."""
    assert path.read_text(encoding="utf-8").count("\n") <= 650
    assert not re.fullmatch(r"_?(utils?|core|helpers?|common|misc)", path.stem)


SORTED_ELSEWHERE = {
    "crf/plain_text.py": "places in a text, not rows: how many quotes stand before a mark",
}
"""What sorts or searches beside `rows`, with the reason."""


@pytest.mark.parametrize(
    "path",
    [p for p in MODULES if top(p) in ("crf", "study", "assessment", "edit_checks", "plots", "cli")],
    ids=lambda p: str(p.relative_to(SOURCE)),
)
def test_rows_are_sorted_in_one_place(path):
    """What reads tables asks `nettumor.rows` for order, groups and keys; no other sorts."""
    name = path.relative_to(SOURCE).as_posix()
    sorts = re.search(r"\b(lexsort|searchsorted|argsort)\b", path.read_text(encoding="utf-8"))
    assert bool(sorts) == (name in SORTED_ELSEWHERE), name


OTHER_WORDS = {
    "subject": {"patient", "person", "people", "participant"},
    "track": {"subject_evaluator", "evaluator_subject", "reading"},
    "unit": {"judged_item", "judged_unit"},
    "visit": {"encounter", "epoch", "appointment"},
    "timepoint": {"time_point", "tp"},
    "scan": {"exam", "examination", "imaging"},
}
"""The words of `nettumor.study`, and words for the same thing that no name of it or of what is
assessed has.
"""


def test_a_study_is_told_in_one_word_for_each_thing():
    """The six words are explained in `nettumor.study`; nothing is named by another for the same."""
    told = re.findall(r"(?m)^- \*(\w+)\*:", importlib.import_module("nettumor.study").__doc__)
    assert told == list(OTHER_WORDS)
    others = re.compile(
        rf"(?:^|_)({'|'.join(w for s in OTHER_WORDS.values() for w in s)})s?(?:_|$)"
    )
    for path in (p for p in MODULES if top(p) in ("study", "assessment")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "name", None) or getattr(node, "arg", None)
            name = node.id if isinstance(node, ast.Name) else name
            assert not others.search(str(name)), (path.name, name)


def public():
    """Every public name of the library and of the modules that a user calls by name."""
    yield from ((nt, name) for name in nt.__all__ if name != "__version__")
    yield from (
        (module, name)
        for module in (
            *(nt.criteria, nt.markers, nt.symptoms),
            *(nt.evidence, nt.indication, nt.complications),
            *(nt.plots, nt.plots.data, nt.plots.svg),
        )
        for name in module.__all__
    )


def members(thing):
    """The public methods and properties of a class, as functions by name."""
    for name, member in vars(thing).items():
        function = getattr(
            member, "__func__", member.fget if isinstance(member, property) else member
        )
        if not name.startswith("_") and inspect.isfunction(function):
            yield name, function


WITHOUT_SOURCE = {"get", "load", "names"}  # of criteria: they publish nothing themselves


@pytest.mark.parametrize(
    ("module", "name"), list(public()), ids=lambda v: v if isinstance(v, str) else v.__name__
)
def test_public_names_are_documented(module, name):
    """Every public name exists and has a docstring; functions and classes show an example,
    functions their parameters, what they return and a source, classes what they hold, and all their
    methods a docstring."""
    thing = getattr(module, name)
    doc = inspect.getdoc(thing)
    if not (inspect.isfunction(thing) or inspect.isclass(thing)):
        assert doc, "modules and editions have one too"
        return
    assert ">>>" in doc, "an example"
    if inspect.isfunction(thing):
        assert "Parameters" in doc or not inspect.signature(thing).parameters, "units and shapes"
        assert "Returns" in doc
        assert "References" in doc or name in WITHOUT_SOURCE, "a source"
    elif attrs.has(thing):
        assert "Attributes" in doc or "Parameters" in doc, "what it holds"
        fields = [f.name for f in attrs.fields(thing) if not f.name.startswith("_")]
        undocumented = [
            f
            for f in fields
            if not re.search(rf"\b{f}\b", inspect.getsource(thing).split('"""')[1])
        ]
        assert set(undocumented) <= {
            "name",
            "title",
            "family",
            "measure",
            "citation",
            "best_response",
            "selection",
            "criteria",
            "reference",
            "frame_kind",
            "counts_days",
            "curve",
        }
    for member, function in members(thing) if inspect.isclass(thing) else ():
        assert inspect.getdoc(function), member


WORDS_OF_TESTS = {
    word
    for path in sorted(pathlib.Path(__file__).parent.rglob("test_*.py"))
    if path != pathlib.Path(__file__)
    for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("name", sorted(set(nt.__all__) - {"__version__"}))
def test_public_names_are_tested(name):
    """Every public name stands in a test of its own module."""
    assert name in WORDS_OF_TESTS


def test_public_list_is_complete_and_sorted():
    """`__all__` has each name once, and `dir` shows it."""
    assert len(nt.__all__) == len(set(nt.__all__))
    assert set(nt.__all__) <= set(dir(nt))
    for module in (nt.crf, nt.edit_checks):
        assert all(hasattr(module, name) for name in module.__all__)
    with pytest.raises(AttributeError, match="no attribute 'clasify'"):
        nt.clasify  # noqa: B018


GLOSSARY = {
    "before",
    "after",
    "criteria",
    "new_lesion",
    "invalid",
    "upper_limit",
    "sizes",
    "nodal",
    "too_small",
    "lesions",
    "markers_normal",
    "target",
    "non_target",
    "sums",
    "attenuation",
    "progression",
    "further_increase",
    "responses",
    "days",
    "new_therapy",
    "rule",
    "death",
    "cutoff",
    "baseline_assessed",
    "censoring",
    "response_day",
    "last_known_alive",
    "origin",
    "best",
    "stable_days",
    "minimum_days",
    "time",
    "event",
    "a",
    "b",
    "codes",
    "labels",
    "daily_counts",
    "baseline",
    "reduction",
    "share_of_days",
    "method",
    "level",
    "days_since_completion",
    "name",
    "value",
    "unit",
    "index",
    "primary",
    "measure",
    "cut",
    "slice_thickness",
    "organ",
    "short_axis",
    "longest",
    "perpendicular",
    "viable",
    "viable_perpendicular",
    "volume",
    "columns",
    "status",
    "non_target_increase",
    "new_lesion_sums",
    "new_non_target_increase",
    "new_lesion_count",
    "reference",
    "window",
    "uptake",
    "resolved",
    "rate",
    "population",
    "carry",
    "depth",
    "xray",
    "porta_hepatis",
    "parent",
    "source",
    "study",
    "strict",
    "dates",
    "evaluator",
    "data_cutoff",
    "selection",
    "by",
    "liver_volume",
    "percent",
    "days_latest",
    "death_latest",
    "new_therapy_latest",
    "cutoff_latest",
    "claim",
    "seen_again",
    "non_target_only",
    "lasting_new_lesion",
    "new_lesion_progression",
    "confirmation_from_days",
    "symptomatic",
    "new_non_target_sizes",
    "schedule",
    "late_baseline_days",
    "new_lesion_methods",
    "cr_markers",
    "include_mr",
    "others",
    "strata",
    "weights",
    "statistic",
    "data",
    "seed",
    "resamples",
    "values",
    "confirmation_days",
    "below",
    "below_detection",
    "baseline_days",
    "window_days",
    "minimum_recorded",
    "recurrence_windows",
    "course",
    "answers",
    "marker_after_days",
    "marker_rule",
    "primary_marker",
    "confounders",
    "symptom_window_days",
    "symptom_minimum_recorded",
    "new_symptom",
    "pfs",
    "scale",
    "scales",
    "ki67",
    "mitoses",
    "differentiation",
    "limits",
    "bits",
    "check_units",
    "kind",
    "n_missing",
    "form",
    "differences",
    "unknown_organs",
}
"""One word for one thing, everywhere. A new parameter of a public function is added here on
purpose.
"""


@pytest.mark.parametrize(
    "name", sorted(n for n in set(nt.__all__) if inspect.isfunction(getattr(nt, n)))
)
def test_parameters_are_in_the_glossary(name):
    """Public functions call the same thing by the same word, take no ``**kwargs``, no ``axis``."""
    parameters = inspect.signature(getattr(nt, name)).parameters
    assert not any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    assert set(parameters) <= GLOSSARY


def limits(edition):
    """Every limit and every citation of an edition."""
    for field in attrs.fields(type(edition)):
        value = getattr(edition, field.name)
        if isinstance(
            value,
            (nt.criteria.Threshold, nt.criteria.LesionSelection, nt.criteria.BestResponseRule),
        ):
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
        "print([m for m in ('scipy', 'pandas', 'polars', 'typer', 'rich', 'nettumor.crf', 'nettumor.evidence') if m in "
        "sys.modules])"
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


CODES, DAYS, LENGTHS = (
    np.array([[5, 7, 3]], np.int8),
    np.array([56.0, 112.0, 168.0]),
    np.array([[50.0, 30.0, 60.0]]),
)
COURSE = (CODES, DAYS)
YES = np.array([True, False])
A_MARKER = nt.marker_course(LENGTHS, DAYS, upper_limit=40.0)
ONE_OF_EACH = {  # arguments of one call for every public function
    "bootstrap": ((lambda x: x.mean(axis=-1), [1.0, 2.0]), {"seed": 1, "resamples": 20}),
    "best_of": ((CODES,), {}),
    "bland_altman": (([50.0, 40.0], [52.0, 41.0]), {}),
    "compare_criteria": (
        (np.array([[[50.0, 20.0]]]),),
        {"criteria": ["recist-1.1", "recist-1.0"]},
    ),
    "compare_responses": (({"A": np.array([7, 5]), "B": np.array([7, 7])},), {}),
    "fleiss_kappa": (([[8, 5], [8, 3]],), {}),
    "intraclass_correlation": (([[50.0, 40.0], [52.0, 41.0]],), {}),
    "weighted_kappa": (([8, 5], [8, 3]), {}),
    "best_overall_response": (COURSE, {"new_therapy": np.array([150.0])}),
    "choi_response": ((LENGTHS, LENGTHS), {"progression": np.array([False])}),
    "classify": (([50.0, 40.0], [20.0, 60.0]), {"new_lesion": YES}),
    "clinical_benefit_rate": (([8, 5], [9.0, 200.0]), {}),
    "cohens_kappa": (([8, 5], [8, 3]), {}),
    "combine_markers": (
        ({"a": np.array([8, 5], np.int8), "b": np.array([3, 3], np.int8)},),
        {"rule": "worst"},
    ),
    "combine_symptoms": (({"a": np.array([8, 5], np.int8)},), {"rule": "best"}),
    "cross_table": (([8, 5], [8, 3]), {}),
    "depth_of_response": ((LENGTHS, CODES), {}),
    "disease_control_rate": (([8, 3],), {}),
    "durable_symptom_response": ((np.full((2, 84), 4.0), [6.0, 5.0]), {}),
    "duration_of_response": ((*COURSE, np.array([112.0])), {"death": np.array([200.0])}),
    "diarrhoea_grade": (([2.0, 3.0], [5.0, 9.0]), {}),
    "early_tumour_shrinkage": (([50.0], [20.0]), {}),
    "ellipsoid_volume": (([50.0], [20.0], [20.0]), {}),
    "first_sighting": ((np.array([["NOT SEEN", "EQUIVOCAL", "UNEQUIVOCAL"]]), DAYS), {}),
    "further_increase": ((CODES, CODES, np.array([[False, True, True]])), {"sums": LENGTHS}),
    "in_assessment_window": (([27.0, 30.0],), {}),
    "irecist_response": (
        (CODES, CODES, np.array([[False, True, True]]), np.array([[False, False, True]])),
        {},
    ),
    "is_measurable": (([9.0, 12.0],), {"nodal": YES, "slice_thickness": np.array([5.0, 8.0])}),
    "kaplan_meier": (([1.0, 2.0], YES), {}),
    "kress_change_class": (([50.0], [20.0]), {}),
    "labels": ((CODES,), {}),
    "lesion_size": ((LENGTHS, LENGTHS), {"nodal": np.array([True])}),
    "liver_burden": (([[60.0], [40.0]], [2000.0]), {}),
    "liver_burden_class": (([10.0, 76.0],), {}),
    "log_rank": (((np.array([1.0, 2.0]), YES), (np.array([3.0, 4.0]), YES)), {}),
    "marker_course": (
        (LENGTHS, DAYS),
        {"upper_limit": np.array([8.0]), "below": np.array([[np.nan, np.nan, np.nan]])},
    ),
    "marker_doubling_time": (([50.0], [60.0], [30.0]), {}),
    "marker_response": (([50.0], [20.0]), {"upper_limit": np.array([8.0])}),
    "net_grade": (([2.0, 5.0], [1.0, 1.0], np.array(["well", "poor"])), {}),
    "node_class": (([9.0, 12.0],), {"porta_hepatis": YES}),
    "mean_attenuation": ((LENGTHS, LENGTHS), {}),
    "median_follow_up": (([1.0, 2.0], YES), {}),
    "non_target_response": (
        (np.array([[[4, 8, 3]]], np.int8),),
        {"markers_normal": np.array([[True, True, False]])},
    ),
    "objective_response_rate": (([8, 3],), {}),
    "overall_response": ((CODES, CODES, np.array([[False, False, True]])), {}),
    "overall_survival": (([100.0, np.nan], [np.nan, 300.0]), {"origin": np.array([-5.0, 0.0])}),
    "parse_responses": ((np.array(["PR", "sd"]),), {}),
    "percent_change": (([50.0], [20.0]), {}),
    "percist_response": ((LENGTHS,), {"new_lesion": np.array([[False, False, True]])}),
    "permutation_test": (
        (lambda a, b: a.mean(axis=-1) - b.mean(axis=-1), [1.0, 2.0], [3.0, 4.0]),
        {"seed": 1, "resamples": 20},
    ),
    "prognostic_band_5hiaa": (([299.0, 400.0], "umol/24h"), {}),
    "progression_free_survival": (
        COURSE,
        {"death": np.array([200.0]), "cutoff": np.array([400.0])},
    ),
    "rate_difference": (((np.array([1]), np.array([2])), (np.array([1]), np.array([3]))), {}),
    "rate_ratio": (((np.array([1]), np.array([2])), (np.array([1]), np.array([3]))), {}),
    "questionnaire_score": (([[1.0, 2.0]],), {"scale": nt.Scale(items=(1, 2))}),
    "questionnaire_scores": (
        ({"a": np.array([1.0, 4.0])}, {"A": nt.Scale(items=("a",))}),
        {},
    ),
    "reasons": ((np.array([0, 8], np.int32),), {}),
    "response_table": (([8, 3],), {}),
    "select_targets": (([50.0, 20.0], np.array(["LIVER", "LIVER"])), {"nodal": YES}),
    "size_in_state": (([50.0, np.nan], np.array(["MEASURED", "ABSENT"])), {}),
    "sum_of_lesions": ((np.array([[[50.0, 20.0], [np.nan, np.nan]]]),), {}),
    "sum_parts": ((np.array([[50.0, 20.0], [10.0, 5.0]]), np.array([0, 0])), {}),
    "symptom_course": ((np.full((2, 28), 4.0), np.arange(-14.0, 14.0)), {}),
    "symptom_response": (([5.0], [0.0]), {}),
    "symptom_response_duration": (COURSE, {}),
    "target_response": (
        (np.array([[[50.0, 20.0], [30.0, np.nan]]]),),
        {"too_small": np.array([[[False], [True]]])},
    ),
    "tgr_change": (([5.0], [1.0]), {}),
    "tgr_in_window": (([60.0, 90.0],), {}),
    "tgr_class": (([0.5, 0.9],), {}),
    "time_to_marker_progression": ((A_MARKER,), {"cutoff": np.array([100.0])}),
    "time_to_marker_response": ((A_MARKER,), {"cutoff": np.array([100.0])}),
    "time_to_normalisation": ((A_MARKER,), {"new_therapy": np.array([100.0])}),
    "time_to_new_therapy": (([100.0, np.nan], [np.nan, 300.0]), {}),
    "time_to_progression": (COURSE, {"new_therapy": np.array([150.0])}),
    "time_to_response": ((*COURSE, np.array([112.0])), {}),
    "tumour_growth_rate": (([50.0], [60.0], [30.0]), {}),
    "tumour_growth_regression": ((LENGTHS, DAYS), {}),
    "volume_doubling_time": (([50.0], [60.0], [30.0]), {}),
}
TABLES_IN = {"assess"}  # its purity is tested with the tables


def frozen(value, held):
    """The argument with read-only arrays, each with a copy of it kept in ``held``."""
    if isinstance(value, dict):
        return {key: frozen(v, held) for key, v in value.items()}
    if isinstance(value, tuple):
        return tuple(frozen(v, held) for v in value)
    if isinstance(value, (str, int)) or callable(value) or attrs.has(type(value)):
        return value
    array = np.array(value)
    array.setflags(write=False)
    held.append((array, array.copy()))
    return array


@pytest.mark.parametrize(
    "name", sorted(n for n in set(nt.__all__) - TABLES_IN if inspect.isfunction(getattr(nt, n)))
)
def test_inputs_are_never_changed(name):
    """Every public function takes read-only arrays, and they are afterwards what they were."""
    held = []
    arguments, keywords = (frozen(part, held) for part in ONE_OF_EACH[name])
    answer = getattr(nt, name)(*arguments, **keywords)
    for given, copy in held:
        np.testing.assert_array_equal(given, copy)
        assert not (isinstance(answer, np.ndarray) and np.shares_memory(answer, given)), (
            "answers own their memory"
        )


def test_one_of_each_is_complete():
    """A new public function joins the calls above."""
    assert set(ONE_OF_EACH) | TABLES_IN == {
        n for n in nt.__all__ if inspect.isfunction(getattr(nt, n))
    }
