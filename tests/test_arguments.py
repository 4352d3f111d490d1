"""What a call and a configuration may not say: every argument of every public function, and every
parameter of every check, found by introspection, so that a new one is held to it too.
"""

import inspect
import warnings
from contextlib import suppress

import numpy as np
import pytest

import nettumor as nt
from nettumor import crf, edit_checks, evidence, plots
from nettumor.edit_checks import CHECKS, Check
from nettumor.edit_checks.engine.parameters import COUNTS, check_parameters
from nettumor.errors import InputError, InputTypeError
from test_house import ONE_OF_EACH

STUDY = {
    "subjects": {
        "subject": ["1", "2", "3"],
        "treatment_start": ["2024-01-01"] * 3,
        "death": ["2024-08-01", "", ""],
        "last_known_alive": ["2024-08-01", "2024-10-01", "2024-10-01"],
        "arm": ["A", "B", "A"],
    },
    "lesions": {
        "subject": ["1"] * 2 + ["2"] * 2 + ["3"] * 2,
        "lesion": ["T1"] * 6,
        "role": ["TARGET"] * 6,
        "visit": [0, 1] * 3,
        "date": ["2024-01-01", "2024-03-01"] * 3,
        "size": [30, 20, 40, 60, 50, 20],
        "organ": ["LIVER"] * 6,
        "evaluator": ["INV"] * 6,
    },
    "responses": {
        "subject": ["1", "2"] * 2,
        "visit": [1] * 4,
        "evaluator": ["INV", "INV", "IRC", "IRC"],
        "overall": ["PR", "PD", "PR", "SD"],
    },
}
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    DONE = nt.assess(STUDY)

FIGURES = {
    "waterfall": (DONE,),
    "spider": (DONE,),
    "swimmer": (DONE,),
    "kaplan_meier": (DONE,),
    "forest": (evidence.compare([7, 7, 5, 3]),),
    "profile": (DONE, "1"),
    "agreement": ([8, 5], [7, 5]),
    "marker_waterfall": ([-50.0, 10.0],),
}
RIM = {
    "assess": (nt.assess, (STUDY,), {}),
    "crf.read": (crf.read, (STUDY,), {}),
    "edit_checks.run": (edit_checks.run, (STUDY,), {"checks": ["U01"]}),
    "edit_checks.discordance": (edit_checks.discordance, (STUDY,), {}),
    "evidence.compare": (evidence.compare, ([7, 7, 5, 3],), {}),
    "evidence.crosswalk": (evidence.crosswalk, (STUDY,), {}),
    "evidence.equivalent_limit": (evidence.equivalent_limit, (30,), {"to": "volume"}),
    "evidence.pool": (evidence.pool, ([3, 4], [10, 12]), {}),
    "evidence.pool_effects": (evidence.pool_effects, ([0.1, 0.2], [0.01, 0.02]), {}),
    "evidence.table": (evidence.table, (3,), {}),
    "indication.recommend": (
        nt.indication.recommend,
        (),
        {"n_lesions": 3, "largest_cm": 2.5},
    ),
    "complications.rates": (nt.complications.rates, ({"death": 1}, 20), {}),
    "markers.convert": (
        nt.markers.convert,
        (10.0, "mg/24h", "umol/24h"),
        {"marker": "5-HIAA"},
    ),
    **{f"plots.data.{n}": (getattr(plots.data, n), a, {}) for n, a in FIGURES.items()},
    **{f"plots.svg.{n}": (getattr(plots.svg, n), a, {}) for n, a in FIGURES.items()},
}
CALLS = {name: (getattr(nt, name), *call) for name, call in ONE_OF_EACH.items()} | RIM

WRONG = (
    None, "", "foo", True, -1, 0, 2.5, 1e308, float("nan"), float("inf"), [], ["a", 1], {"a": 1}, object(), b"x",
    1 + 2j, np.array(["x"]), np.datetime64("2024-01-01"),
)  # fmt: skip
"""Values of which most arguments can make nothing."""

FREE = {"statistic", "draw", "unit", "title"}
"""Arguments that take what the caller makes: a function, a text."""


def answers(function, args, given):
    """Whether a call answers; it may refuse in one sentence, and nothing else."""
    with warnings.catch_warnings(), suppress(InputError):
        warnings.simplefilter("ignore")
        function(*args, **given)
        return True
    return False


def with_argument(function, args, given, name, value):
    """The arguments of a call with another value of one of them."""
    places = [
        p.name
        for p in inspect.signature(function).parameters.values()
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    args, given = list(args), dict(given)
    if name in places[: len(args)]:
        args[places.index(name)] = value
    else:
        given[name] = value
    return args, given


def arguments_of(function):
    """The arguments of a function that have a name."""
    return [
        p
        for p in inspect.signature(function).parameters.values()
        if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
    ]


@pytest.mark.parametrize("name", sorted(CALLS))
def test_an_argument_of_the_wrong_kind_is_refused_in_a_sentence(name):
    """Whatever stands for one argument of a call, the call answers or refuses with an `InputError`."""
    function, args, given = CALLS[name]
    assert answers(function, args, given)
    for argument in arguments_of(function):
        for value in WRONG:
            if argument.name not in FREE or value is None:
                answers(function, *with_argument(function, args, given, argument.name, value))


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_switch_a_number_and_a_word_take_nothing_else(name):
    """An argument whose default is True or False, one number, or one of some words, refuses what is
    none.
    """
    function, args, given = CALLS[name]
    none_of = {
        bool: ("foo", "", 2.5, [], object(), None),
        int: ("foo", "", [], object(), float("nan")),
        float: ("foo", "", [], object()),
        str: (2.5, [], object(), True),
    }
    for argument in arguments_of(function):
        whole_array = argument.annotation == "npt.ArrayLike"
        for value in () if whole_array else none_of.get(type(argument.default), ()):
            call = with_argument(function, args, given, argument.name, value)
            if (argument.name, type(value)) != ("confirmation_days", float):  # a word or days
                assert not answers(function, *call), (argument.name, value)


def parameters():
    """Every parameter of every check, with its default."""
    return [(c.id, n, d) for c in CHECKS.values() for n, d in c.parameters.items()]


def wrong_for(name, default):
    """Values that no parameter of this default can have."""
    if isinstance(default, bool):
        return ["yes", "true", 1, 0, 1.0, None, [True]]
    if isinstance(default, (int, float)):
        finite = [-1, -0.5, float("nan"), float("inf"), -float("inf"), 1e301, 10**400]
        whole = [2.5] if name in COUNTS else []
        return [*finite, *whole, True, False, "5", "5 mm", "", None, [5], {"a": 5}]
    if isinstance(default, str):
        return ["foo", "nope", " ", "Latest ", True, None, ["a"], float("nan"), float("inf")]
    return ["ASCITES", "", 5, None, True, [1.5], [True], [None], [""], [" "], {"a": 1}]


@pytest.mark.parametrize(("id", "name", "default"), parameters())
def test_a_parameter_of_a_check_makes_sense_or_is_refused(id, name, default):
    """A value of another kind, or one that makes no sense, is refused with the parameter, the check
    and the value, and the default is taken.
    """
    for value in wrong_for(name, default):
        with pytest.raises(InputError) as caught:
            check_parameters(CHECKS[id], {name: value})
        assert name in str(caught.value)
        assert id in str(caught.value)
        assert caught.value.argument == name
        with pytest.raises(InputError):
            edit_checks.run(STUDY, checks=[id], parameters={id: {name: value}})
    assert check_parameters(CHECKS[id], {name: default}) == {name: default}


@pytest.mark.parametrize(("id", "name", "default"), parameters())
def test_what_a_parameter_may_be_is_known(id, name, default):
    """A parameter that is text has a reader; a whole number is a count or days; a near miss of its
    name is suggested.
    """
    if isinstance(default, str):
        assert name in CHECKS[id].readers
    if isinstance(default, int) and not isinstance(default, bool):
        days = "days" in name or name in ("every", "window")
        assert (name in COUNTS) != days
    if len(name) > 3:
        with pytest.raises(InputError, match=f"no parameter '{name}x'. Did you mean "):
            check_parameters(CHECKS[id], {f"{name}x": default})


@pytest.mark.parametrize(
    ("id", "values", "used"),
    [
        ("L01", {"max_targets": 3.0}, {"max_targets": 3}),
        ("L01", {"max_targets": np.int64(3)}, {"max_targets": 3}),
        ("U01", {"tol_mm": np.float32(0.5)}, {"tol_mm": 0.5}),
        ("R01", {"min_hours": 30, "max_hours": 40}, {"min_hours": 30, "max_hours": 40}),
        ("O11", {"rule": "latest"}, {"rule": "latest"}),
        ("K10", {"criteria": "CA125_GCIG_2011"}, {"criteria": "CA125_GCIG_2011"}),
        ("D03", {"cutoff": 60, "today": "2024-06-01"}, {"cutoff": 60, "today": "2024-06-01"}),
        ("L14", {"rebaseline": [5]}, {"rebaseline": [5]}),
    ],
)
def test_a_parameter_that_makes_sense_is_taken(id, values, used):
    """Numbers of NumPy and whole numbers written with a point count as what they are; two limits may
    move together.
    """
    assert check_parameters(CHECKS[id], values) == used


@pytest.mark.parametrize(
    ("id", "values", "message"),
    [
        ("O11", {"rule": "foo"}, "O11: `rule` must be one of 'earliest', 'latest'; got 'foo'"),
        ("O11", {"rule": "Latest"}, "Did you mean 'latest'?"),
        ("K10", {"criteria": "nope"}, "K10: `criteria` must be an edition of markers; got 'nope'"),
        ("K10", {"criteria": "recist-1.1"}, "must be an edition of markers; got 'recist-1.1'"),
        ("K10", {"criteria": "biological-vogl"}, "Did you mean 'biological-vogl-2008'?"),
        ("L01", {"max_targets": 2.5}, "`max_targets` of L01 must be a whole number; got 2.5"),
        ("L01", {"max_targets": 0}, "`max_targets` of L01 must be above 0; got 0"),
        ("D03", {"cutoff": "notadate"}, "D03: `cutoff` must be a full date such as 2024-01-31"),
        ("D03", {"today": "2024-02-30"}, "`today` must be a full date such as 2024-01-31"),
        ("D03", {"cutoff": "01/02/2024"}, "must be a full date such as 2024-01-31"),
        ("Q12", {"percent": 0.25}, "must be a percentage of 1 or more, such as 25; got 0.25"),
        ("R02", {"median_percent": 120}, "must be a percentage from 1 to 100; got 120"),
        ("M11", {"factor": 0.2}, "`factor` of M11 must be 1 or more; got 0.2"),
        ("P02", {"max_age": 2024}, "must be an age in years from 1 to 200; got 2024"),
        ("D13", {"error_days": 7}, "`days` of D13 must be at most `error_days`; got 14 and 7"),
    ],
)
def test_what_is_wrong_with_a_parameter_is_said(id, values, message):
    """The sentence says what is allowed, and names the nearest word."""
    with pytest.raises(InputError) as caught:
        check_parameters(CHECKS[id], values)
    assert message in str(caught.value)


def test_the_two_ends_of_a_limit_may_come_from_two_places(tmp_path):
    """A parameter of the call is held against that of the configuration; what is wrong in a file is
    said with file, line and key.
    """
    path = tmp_path / "own.toml"
    path.write_text("[parameters.R01]\nmin_hours = 30\nmax_hours = 40\n", encoding="utf-8")
    own = edit_checks.load_configuration(path)
    assert edit_checks.run(STUDY, checks=["R01"], configuration=own).parameters["R01"] == {
        **CHECKS["R01"].parameters,
        "min_hours": 30,
        "max_hours": 40,
    }
    with pytest.raises(InputError, match="`min_hours` of R01 must be at most `max_hours`; got 30"):
        edit_checks.run(
            STUDY, checks=["R01"], configuration=own, parameters={"R01": {"max_hours": 25}}
        )
    path.write_text('[parameters.O11]\n\nrule = "foo"\n', encoding="utf-8")
    with pytest.raises(
        InputError, match=r"^own.toml, line 3, parameters.O11.rule: O11: `rule` must"
    ):
        edit_checks.load_configuration(path)


def test_a_parameter_of_ones_own_check_means_what_its_author_says():
    """The sense of a name holds where it is true of the default: one's own check may have negative
    numbers, and a factor below 1.
    """
    own = Check(
        id="X9",
        name="own",
        sentence="Own.",
        function=lambda d, p: [],
        parameters={"factor": 0.5, "lowest_hu": -20.0, "note": "free"},
    )
    values = {"factor": 0.2, "lowest_hu": -40.0, "note": "anything"}
    assert check_parameters(own, values) == values
    with pytest.raises(InputTypeError, match="`note` of X9 must be text"):
        check_parameters(own, {"note": ["a"]})


def test_more_draws_than_anybody_waits_for_are_refused():
    """A resampling takes at most 100 million draws, and numbers."""
    for function, data in ((nt.bootstrap, ([1, 2],)), (nt.permutation_test, ([1, 2], [3, 4]))):
        with pytest.raises(InputError, match="`resamples` must be at most 100,000,000; got 1000"):
            function(np.mean, *data, seed=1, resamples=10**12)
        with pytest.raises(InputTypeError, match="The data must be numbers or flags"):
            function(np.mean, *(["a", "b"] for _ in data), seed=1)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("RECIST_1_1", "nettumor.criteria.RECIST_1_1"),
        ("read", "nettumor.crf.read"),
        ("waterfall", "nettumor.plots.waterfall"),
        ("compare", "nettumor.evidence.compare"),
        ("convert", "nettumor.markers.convert"),
        ("asses", "'assess'"),
    ],
)
def test_a_name_of_another_module_says_where_it_is(name, place):
    """What a newcomer looks for at the top is named with its module, a misspelt name with the
    nearest.
    """
    with pytest.raises(AttributeError, match=f"no attribute '{name}'. Did you mean {place}"):
        getattr(nt, name)
    with pytest.raises(AttributeError, match=r"no attribute 'foo_bar_baz'\.$"):
        _ = nt.foo_bar_baz


def test_a_result_or_a_frame_in_place_of_responses_is_refused_with_the_repair():
    """What `assess` gives, its table and a frame are no responses; a column of them is."""
    import pandas as pd

    for call in (nt.objective_response_rate, evidence.compare):
        with pytest.raises(
            InputTypeError, match=r'got a result of assess. Pass its .subjects\["best"\]'
        ):
            call(DONE)
    for frame in (DONE.subjects, pd.DataFrame({"best": ["PR"]})):
        with pytest.raises(InputTypeError, match="`best` must be responses; got a frame"):
            nt.objective_response_rate(frame)
    assert nt.objective_response_rate(pd.Series(["PR"])).count == 1
    with pytest.raises(InputError, match="`Response` must be a code from 0 to 8; got 'PR'"):
        nt.Response("PR")


@pytest.mark.parametrize(
    "call",
    [
        lambda days: nt.marker_course([200, 100], days),
        lambda days: nt.target_response([[50, 40]], days=days),
        lambda days: nt.tumour_growth_regression([50, 40], days),
        lambda days: nt.first_sighting([["EQUIVOCAL", "UNEQUIVOCAL"]], days),
        lambda days: nt.irecist_response([3, 3], [0, 0], [False] * 2, [False] * 2, days=days),
        lambda days: nt.further_increase(
            [3, 3], [0, 0], [False] * 2, sums=[50, 60], days=days, window=(28, 56)
        ),
    ],
)
def test_one_day_is_not_that_of_several_visits(call):
    """Days increase from visit to visit: one known day for all is refused, unknown days are not."""
    for day in (5, [5]):
        with pytest.raises(InputError, match="`days` must be one day for each of the 2 timepoints"):
            call(day)
    call([float("nan")])
    call([5, 40])


def test_further_calls_of_newcomers():
    """The name of an edition for a path, Axes and path exchanged, millimetres for centimetres, a word
    for yes or no: each with its repair.
    """
    with pytest.raises(InputError, match=r"Write criteria.get\('recist-1.1'\)"):
        nt.criteria.load("recist-1.1")
    with pytest.raises(InputTypeError, match=r'Write save\(ax, "figure.pdf"\)'):
        plots.save("figure.pdf", None)
    with pytest.raises(InputError, match=r"at most 40 cm; got 50\.0"):
        nt.indication.recommend(n_lesions=3, largest_cm=50)
    with pytest.raises(InputTypeError, match="`resectable` must be True, False, or None"):
        nt.indication.recommend(n_lesions=3, largest_cm=2, resectable="maybe")
