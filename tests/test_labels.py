"""Labels of axes are held: unequal ones are refused, named axes are read by their names."""

import inspect
import re

import numpy as np
import pytest

import nettumor as nt
from nettumor.errors import InputError, InputTypeError

R = nt.Response

pandas = pytest.importorskip("pandas")
xarray = pytest.importorskip("xarray")

SIZES = np.array(
    [[[60.0, 30, 35], [40, 20, 26]], [[50.0, 48, 20], [30, 31, 10]]]
)  # patient, lesion, timepoint


def test_series_with_unequal_indexes_are_refused():
    """By position 40 to 20 would be PR; by label it is 40 to 30: neither is guessed."""
    before = pandas.Series([40, 30], index=["x", "y"])
    after = pandas.Series([20, 30], index=["y", "x"])
    with pytest.raises(
        InputError,
        match=r"`before` and `after` must have equal labels; got 'x' and 'y' at \[0\]. "
        r"Align them first: a, b = a.align\(b\)",
    ) as caught:
        nt.classify(before, after)
    assert caught.value.index == (0,)
    assert nt.classify(*before.align(after)).tolist() == [R.SD, R.PR]
    assert nt.classify(before, [20, 30]).tolist() == [R.PR, R.SD]
    assert nt.classify(before, after.iloc[:1]).tolist() == [R.PR, R.PR]  # one for all


def series(labels):
    return pandas.Series(np.arange(len(labels)) * 28, index=labels)


PAIRS = {
    "classify": ("before", "after"),
    "percent_change": ("before", "after"),
    "marker_response": ("before", "after", "upper_limit"),
    "symptom_response": ("before", "after"),
    "diarrhoea_grade": ("before", "after"),
    "early_tumour_shrinkage": ("before", "after"),
    "tumour_growth_rate": ("before", "after", "days"),
    "volume_doubling_time": ("before", "after", "days"),
    "depth_of_response": ("sums", "responses"),
    "choi_response": ("sums", "attenuation", "progression"),
    "percist_response": ("uptake", "new_lesion", "resolved"),
    "overall_response": ("target", "non_target", "new_lesion"),
    "irecist_response": ("target", "non_target", "new_lesion", "further_increase"),
    "further_increase": ("target", "non_target", "new_lesion", "sums"),
    "best_overall_response": ("responses", "days"),
    "progression_free_survival": ("responses", "days"),
    "time_to_progression": ("responses", "days"),
    "duration_of_response": ("responses", "days"),
    "time_to_response": ("responses", "days"),
    "overall_survival": ("death", "last_known_alive", "origin", "cutoff"),
    "time_to_new_therapy": ("new_therapy", "last_known_alive"),
    "lesion_size": ("longest", "perpendicular", "volume"),
    "ellipsoid_volume": ("longest", "perpendicular", "depth"),
    "is_measurable": ("longest", "nodal", "slice_thickness", "xray"),
    "node_class": ("short_axis", "porta_hepatis"),
    "select_targets": ("longest", "organ", "nodal"),
    "size_in_state": ("sizes", "status"),
    "cross_table": ("a", "b"),
    "cohens_kappa": ("a", "b"),
    "weighted_kappa": ("a", "b"),
    "tumour_growth_regression": ("sums", "days"),
    "mean_attenuation": ("attenuation", "sizes"),
    "bland_altman": ("a", "b"),
    "kaplan_meier": ("time", "event"),
    "clinical_benefit_rate": ("best", "stable_days"),
    "symptom_response_duration": ("responses", "days"),
    "kress_change_class": ("before", "after"),
    "marker_course": ("values", "days"),
    "marker_doubling_time": ("before", "after", "days"),
    "median_follow_up": ("time", "event"),
    "net_grade": ("ki67", "mitoses"),
    "symptom_course": ("daily_counts", "days"),
    "tgr_change": ("before", "rate"),
    "time_to_marker_progression": ("new_therapy", "cutoff"),
    "time_to_marker_response": ("new_therapy", "cutoff"),
    "time_to_normalisation": ("new_therapy", "cutoff"),
}
"""Public functions of two and more arrays, with those that stand side by side."""


@pytest.mark.parametrize("name", PAIRS)
def test_every_function_of_two_arrays_holds_the_labels(name):
    """Two Series with unequal indexes are refused before anything is read, whichever two they
    are.
    """
    function, arguments = getattr(nt, name), PAIRS[name]
    needed = [
        p.name
        for p in inspect.signature(function).parameters.values()
        if p.default is p.empty and p.name not in arguments
    ]
    for other in arguments[1:]:
        given = dict.fromkeys([*needed, *arguments], 1) | {
            arguments[0]: series(["a", "b"]),
            other: series(["b", "a"]),
        }
        with pytest.raises(InputError, match=f"`{arguments[0]}` and `{other}` must have equal"):
            function(**given)


def test_no_function_of_two_arrays_is_left_out():
    """Whatever public function has two array arguments compares their labels."""
    known = {*PAIRS, "target_response", "non_target_response", "first_sighting", "liver_burden"}
    known |= {"durable_symptom_response", "sum_parts", "compare_criteria"}
    alone = {"bootstrap"}  # a function and its one array
    for name in nt.__all__:
        function = getattr(nt, name)
        if inspect.isfunction(function):
            arrays = [
                p
                for p in inspect.signature(function).parameters.values()
                if "ArrayLike" in str(p.annotation)
            ]
            held = "_labels" in inspect.getsource(inspect.getmodule(function))
            assert len(arrays) < 2 or name in alone or (name in known and held), name


def test_groups_and_mappings_hold_their_labels():
    """The pairs of the log-rank test and the markers to be combined are compared too."""
    time, event = series(["a", "b"]), pandas.Series([True, False], index=["b", "a"])
    with pytest.raises(InputError, match=r"`a\.time` and `a\.event` must have equal labels"):
        nt.log_rank((time, event), ([1], [True]))
    codes = pandas.Series([7, 5], index=["a", "b"])
    with pytest.raises(InputError, match="`CgA` and `NSE` must have equal labels"):
        nt.combine_markers({"CgA": codes, "NSE": codes[::-1]}, rule="best")


def test_a_profile_holds_the_labels_of_its_axes():
    """Two axes of one cohort with unequal indexes are refused; equal ones are as arrays."""
    one = pandas.Series([7, 5], index=["a", "b"])
    with pytest.raises(InputError, match="`morphological` and `biological` must have equal labels"):
        nt.ResponseProfile(morphological=one, biological=one[::-1])
    assert nt.ResponseProfile(morphological=one, biological=one).counts().n_rows == len(R)


def test_the_axes_of_a_course_are_compared_where_they_are():
    """A lesion's label is that of `nodal`, a patient's that of `new_therapy`, a visit's that of
    `days`: each with its own axis.
    """
    sizes = pandas.DataFrame(SIZES[0], index=["T1", "T2"], columns=["base", "w8", "w16"])
    nodal = pandas.Series([False, True], index=["T1", "T2"])
    assert nt.target_response(sizes, nodal=nodal).response.tolist() == [R.MISSING, R.PR, R.PD]
    with pytest.raises(InputError, match="`sizes` and `nodal` must have equal labels"):
        nt.target_response(sizes, nodal=nodal[::-1])
    codes = pandas.DataFrame([[0, 7, 7], [0, 5, 3]], index=["p", "q"], columns=["r1", "r2", "r3"])
    days = pandas.DataFrame([[0, 56, 112]] * 2, index=["p", "q"], columns=["d1", "d2", "d3"])
    therapy = pandas.Series([100.0, np.nan], index=["p", "q"])
    assert nt.best_overall_response(codes, days, new_therapy=therapy).response.tolist() == [
        R.SD,
        R.SD,
    ]
    for wrong in ({"days": days[::-1]}, {"new_therapy": therapy[::-1]}):
        with pytest.raises(InputError, match="must have equal labels"):
            nt.best_overall_response(codes, **{"days": days, "new_therapy": therapy} | wrong)
    with pytest.raises(InputError, match="must have equal labels"):  # the same visits, other order
        nt.best_overall_response(codes, codes[["r2", "r1", "r3"]])


@pytest.mark.parametrize(
    "dims",
    [("lesion", "time", "patient"), ("time", "patient", "lesion"), ("patient", "lesion", "visit")],
)
def test_named_dimensions_are_read_by_their_names(dims):
    """Lesions and timepoints are found wherever the DataArray has them."""
    named = xarray.DataArray(
        SIZES, dims=("patient", "lesion", dims[2] if "visit" in dims else "time")
    )
    turned = named.transpose(*dims)
    np.testing.assert_array_equal(
        nt.target_response(turned).response, nt.target_response(SIZES).response
    )


def test_named_dimensions_in_other_places():
    """One known name is enough; names that stand in one place must be one; xarray's own names say
    nothing.
    """
    unknown = xarray.DataArray(
        SIZES[0], dims=("reading", "lesion")
    )  # lesion is known: it goes first
    assert nt.target_response(unknown.values.T).sum.shape == (2,)
    assert nt.target_response(unknown, invalid="NE").sum.shape == (2,)
    plain = xarray.DataArray(SIZES[0])
    assert nt.target_response(plain).sum.shape == (3,)
    before = xarray.DataArray(SIZES[:, :, 0], dims=("patient", "lesion"))
    after = xarray.DataArray(SIZES[:, :, 1], dims=("patient", "lesion"))
    assert nt.classify(before, after).shape == (2, 2)
    with pytest.raises(InputError, match=r"axes in one order; got lesion and patient in one place"):
        nt.classify(before, after.T)
    with pytest.raises(InputError, match=r"in one place\. Transpose"):
        nt.classify(before, after[:, 0])
    with pytest.raises(InputError, match="must have each axis once; got time, visit"):
        nt.depth_of_response(xarray.DataArray(SIZES[0], dims=("time", "visit")))
    with pytest.raises(InputError, match="must have equal labels; got 0 and 1"):
        nt.classify(before.assign_coords(patient=[0, 1]), after.assign_coords(patient=[1, 0]))


def test_frames_of_named_rows_and_columns():
    """A frame with time down and lesions across is turned by the names of its index and
    columns.
    """
    frame = pandas.DataFrame(SIZES[0])
    frame.index.name, frame.columns.name = "lesion", "time"
    for given in (frame, frame.T):
        assert nt.target_response(given).sum.tolist() == [100.0, 50.0, 61.0]


def test_frames_with_levels_are_read_by_their_names():
    """(lesion, time) columns of several patients are lesions and times, not 6 visits of one
    lesion; without names they are refused.
    """
    columns = pandas.MultiIndex.from_product([["A", "B"], [0, 56, 112]], names=["lesion", "time"])
    frame = pandas.DataFrame(SIZES.reshape(2, 6), index=["p", "q"], columns=columns)
    expected = nt.target_response(SIZES).response
    np.testing.assert_array_equal(nt.target_response(frame).response, expected)
    swapped = frame.swaplevel(axis=1).sort_index(axis=1)
    np.testing.assert_array_equal(nt.target_response(swapped).response, expected)
    down = frame.stack("lesion", future_stack=True)
    down.index.names = ["patient", "lesion"]
    np.testing.assert_array_equal(nt.target_response(down).response, expected)
    less = nt.target_response(frame.drop(columns=[("B", 112)]))
    assert less.n_missing.tolist() == [[0, 0, 1], [0, 0, 1]]
    with pytest.raises(InputError, match="must have each row and column once"):
        nt.target_response(frame.rename(index={"q": "p"}))
    frame.columns.names = [None, None]
    with pytest.raises(InputError, match="`sizes` must name its levels lesion and timepoint"):
        nt.target_response(frame)


class Quantity:
    """What pint shows: a magnitude, its units, and what they measure."""

    def __init__(self, magnitude, units):
        self._magnitude, self._units = magnitude, units

    magnitude = property(lambda self: self._magnitude)
    units = property(lambda self: self._units)


class Unit(str):
    """A unit that knows what it measures."""

    dimensionality = "[length]"


def quantity(value, units):
    return Quantity(value, Unit(units))


@pytest.mark.parametrize("shape", [(), (2,)])
def test_quantities_of_unequal_units_are_refused(shape):
    """5 cm beside 40 mm is a mistake, in scalars as in arrays; equal units are the numbers."""
    five, forty = np.full(shape, 5.0), np.full(shape, 40.0)
    with pytest.raises(InputError, match="`before` and `after` must have one unit; got cm and mm"):
        nt.classify(quantity(five, "cm"), quantity(forty, "mm"))
    assert np.all(nt.classify(quantity(forty, "mm"), quantity(five, "mm")) == R.PR)
    with pytest.raises(InputError, match="must have one unit"):
        nt.lesion_size(
            xarray.DataArray(forty, attrs={"units": "mm"}),
            xarray.DataArray(five, attrs={"units": "cm"}),
            criteria=nt.criteria.WHO_1981,
        )
    with pytest.raises(InputError, match="`longest` and `perpendicular` must have one unit"):
        nt.lesion_size(quantity(forty, "mm"), quantity(five, "cm"), criteria=nt.criteria.WHO_1981)
    course = np.array([80.0, 60.0])
    sums = xarray.DataArray(course, attrs={"units": "mm"})
    density = xarray.DataArray(course, attrs={"units": "HU"})
    assert nt.choi_response(sums, density).tolist() == [R.MISSING, R.PR]


class Valued(np.ndarray):
    """What astropy shows: an array with a value and a unit."""

    unit, value = "cm", 5.0


class United(np.ndarray):
    """What unyt shows: an array with units."""

    units = "mm"


def test_other_libraries_of_units():
    """The unit is found under each name, and unequal ones are refused."""
    five, forty = np.full(2, 5.0).view(Valued), np.full(2, 40.0).view(United)
    with pytest.raises(InputError, match="`before` and `after` must have one unit; got mm and cm"):
        nt.classify(forty, five)
    assert nt.classify(forty, forty).tolist() == [R.SD, R.SD]


class Converting(np.ndarray):
    """What unyt 3 shows on its types: not the units, which each array has for itself."""

    unit_quantity = property(lambda self: self)
    to = None


def in_units(value, units):
    """An array as unyt has it."""
    array = np.asarray(value, dtype=float).view(Converting)
    array.units = units
    return array


class TestUnitsOfTheConventions:
    """Lengths in mm, areas in mm2, volumes in mL, days in days: any other unit is refused."""

    @pytest.mark.parametrize(
        ("unit", "repair"),
        [
            ("cm", "mm"), ("centimetre", "mm"), ("1.0 cm", "mm"), ("Inches", "mm"), ("cm**2", "mm**2"),
            ("centimeter ** 2", "mm**2"), ("cm²", "mm**2"), ("mm3", "mL"), ("litre", "mL"),
        ],
    )  # fmt: skip
    def test_sizes(self, unit, repair):
        for sizes in (quantity(SIZES, unit), in_units(SIZES, unit)):
            with pytest.raises(InputError, match=rf"`sizes` must be in {re.escape(repair)}; got"):
                nt.target_response(sizes)

    @pytest.mark.parametrize("unit", ["mm", "millimeter", "Millimetres", "1.0 mm", "HU", "voxels"])
    def test_sizes_as_they_are(self, unit):
        """The convention's unit under each spelling, and what is no length at all."""
        expected = nt.target_response(SIZES).response
        assert np.array_equal(nt.target_response(quantity(SIZES, unit)).response, expected)
        assert nt.classify(quantity(40.0, unit), quantity(20.0, unit)) == R.PR
        assert nt.classify(quantity(40.0, "mm"), quantity(20.0, "Millimetre")) == R.PR

    @pytest.mark.parametrize("unit", ["week", "weeks", "h", "month"])
    def test_days(self, unit):
        with pytest.raises(InputError, match="`days` must be in day; got"):
            nt.best_overall_response([R.PR, R.PR], quantity([28.0, 56.0], unit))
        assert nt.best_overall_response([R.PR, R.PR], quantity([28.0, 56.0], "day")).day == 28

    def test_unequal_units_of_an_instance(self):
        """A type that shows no units has them all the same in each array."""
        with pytest.raises(
            InputError, match="`before` and `after` must have one unit; got cm and mm"
        ):
            nt.classify(in_units([5.0], "cm"), in_units([40.0], "mm"))
        with pytest.raises(InputError, match="must have one unit; got mm and centimetre"):
            nt.lesion_size(
                quantity(5.0, "mm"), quantity(4.0, "centimetre"), criteria=nt.criteria.WHO_1981
            )

    def test_one_by_one(self):
        """Quantities in a list, a nested list or an array of objects: their units would be lost."""
        five = in_units(5.0, "cm")
        objects = np.empty(2, dtype=object)
        objects[:] = [five, None]
        for values in ([five, five], [40.0, five], objects):
            with pytest.raises(InputTypeError, match="`before` must be numbers, or one array with"):
                nt.classify(values, [40.0, 40.0])
        with pytest.raises(InputTypeError, match=r"`sizes` must be numbers, or one array"):
            nt.target_response([[five, five]])


def test_what_labels_cannot_say_is_left_to_the_function():
    """One named axis where two are needed is an error of the shape; one column stands beside one of
    another name.
    """
    with pytest.raises(InputError, match=r"`sizes` must have the axes \(..., lesion, timepoint\)"):
        nt.target_response(xarray.DataArray([40.0, 30.0], dims="lesion"))
    frame = pandas.DataFrame({"before": [40.0], "after": [20.0]})
    assert nt.classify(frame[["before"]], frame[["after"]]).tolist() == [[R.PR]]


def test_labels_change_nothing():
    """What came in is as it was, and equal labels give what the arrays give."""
    before = pandas.Series([33.0, 40.0], index=[7, 9], dtype="float32")
    after = pandas.Series([23.1, 50.1], index=[7, 9], dtype="float32")
    assert nt.classify(before, after).tolist() == [R.SD, R.PD]
    assert before.index.tolist() == [7, 9]


LABELLED = xarray.DataArray(
    SIZES.transpose(2, 0, 1),
    dims=("time", "patient", "lesion"),
    coords={
        "time": [0, 56, 112],
        "patient": ["p", "q"],
        "lesion": ["T1", "T2"],
        "arm": ("patient", ["x", "y"]),
        "scanner": "S1",
    },
)
DAYS = xarray.DataArray([0.0, 56, 112], dims="time", coords={"time": [0, 56, 112]})


def test_dataarrays_come_back_with_their_coordinates():
    """From sizes to survival every array has the names and labels of the axes it came from, in the
    order of the conventions, and holds what the plain arrays give.
    """
    target = nt.target_response(LABELLED)
    plain = nt.target_response(SIZES)
    for name in ("response", "sum", "n_missing", "nadir", "reason", "complete"):
        found = getattr(target, name)
        assert found.dims == ("patient", "time"), name
        assert found.coords["arm"].values.tolist() == ["x", "y"]
        np.testing.assert_array_equal(found.values, getattr(plain, name))
    assert target.response.name == "response"
    assert target.response.coords["scanner"].item() == "S1"
    assert "lesion" not in target.response.coords
    assert repr(target) == repr(plain)
    assert target.explain((0, 2)) == plain.explain((0, 2))
    assert "TargetResponse" in target._repr_html_()
    best = nt.best_overall_response(target.response, DAYS)
    assert best.course.dims == ("patient", "time")
    assert best.response.sel(patient="q").item() == R.SD
    pfs = nt.progression_free_survival(best.course, DAYS)
    assert pfs.time.dims == ("patient",)
    assert repr(nt.kaplan_meier(pfs.time, pfs.event)).startswith("KaplanMeier(2 patients")
    assert nt.depth_of_response(target).dims == ("patient",)
    density = nt.mean_attenuation(xarray.full_like(LABELLED, 60.0), LABELLED)
    assert nt.choi_response(target, density).dims == ("patient", "time")
    assert nt.tumour_growth_regression(target, DAYS).dims == ("patient",)
    marks = nt.select_targets(LABELLED.isel(time=0), "LIVER")
    assert marks.dims == ("patient", "lesion")
    status = xarray.DataArray(np.full((2, 2, 3), "NOT SEEN"), dims=("patient", "lesion", "time"))
    sighting = nt.first_sighting(status, DAYS)
    assert sighting.new_lesion.dims == ("patient", "time")
    assert sighting.lesion_day.dims == ("patient", "lesion")
    assert nt.target_response(LABELLED.isel(patient=0)).sum.dims == ("time",)


def test_frames_and_rows_of_labelled_courses():
    """`to_frame` shows the labels of the axes, places where there are none."""
    rows = nt.target_response(LABELLED).to_frame()
    assert rows["patient"].tolist() == ["p", "p", "p", "q", "q", "q"]
    assert rows["time"].tolist() == [0, 56, 112] * 2
    bare = nt.target_response(LABELLED.drop_vars(["patient", "time"])).to_frame()
    assert bare["patient"].tolist() == [0, 0, 0, 1, 1, 1]


def test_what_no_label_says_stays_an_array():
    """Axes without a name, one axis named and the other not, plain answers."""
    assert isinstance(nt.target_response(xarray.DataArray(SIZES)).response, np.ndarray)
    nodal = xarray.DataArray([False, True], dims="lesion", coords={"lesion": ["T1", "T2"]})
    assert isinstance(nt.target_response(SIZES[0], nodal=nodal).response, np.ndarray)
    one = nt.best_overall_response(DAYS.astype("int8") * 0 + 5, DAYS)
    assert isinstance(one.response, R)
    assert one.course.dims == ("time",)
    kept = nt.marker_response(LABELLED[0, 0, 0], 30.0)
    assert kept == R.SD
    twice = xarray.DataArray(SIZES[:, :, 0], dims=("patient", "lesion"))
    assert nt.percent_change(twice[:1], SIZES[:, :, 1]).dims == ("patient", "lesion")
    assert isinstance(nt.percent_change(twice[0], SIZES[:, :, 1]), np.ndarray)
    profile = nt.further_increase(
        nt.target_response(LABELLED).response,
        [[0] * 3] * 2,
        [[False] * 3] * 2,
        sums=LABELLED.sum("lesion").T,
    )
    assert profile.dims == ("patient", "time")


@pytest.mark.parametrize(
    ("dims", "message"),
    [
        (("patient", "time"), r"must have an axis called lesion; got patient, time\. Rename"),
        (("reader", "visit"), "must have an axis called lesion; got reader, visit"),
        (("foo", "bar"), "must have an axis called lesion and one called timepoint; got foo, bar"),
        (("foo", "dim_1"), "must have an axis called lesion and .*; got foo, one without a name"),
        (("subject", "lesion"), "must have an axis called timepoint; got subject, lesion"),
    ],
)
def test_names_that_say_another_thing_are_refused(dims, message):
    """A patient is no lesion, and two unknown names are not guessed at."""
    with pytest.raises(InputError, match=f"`sizes` {message}"):
        nt.target_response(xarray.DataArray(SIZES[0], dims=dims))


def test_patients_are_found_by_name_in_summaries():
    """(patient, trial) is read as trials of patients, whichever way it lies."""
    codes = xarray.DataArray([[7, 5], [7, 3], [5, 7]], dims=("patient", "trial"))
    assert nt.objective_response_rate(codes).count.tolist() == [2, 1]
    assert nt.disease_control_rate(codes.T).total.tolist() == [3, 3]
    assert nt.response_table(codes)["trial"].max() == 1
    stable = xarray.full_like(codes, 200)
    assert nt.clinical_benefit_rate(codes, stable).count.tolist() == [3, 2]
    seen = xarray.full_like(codes, True, dtype=bool)
    assert nt.kaplan_meier(codes, seen).median.tolist() == [7.0, 5.0]
    assert np.isnan(nt.median_follow_up(codes, seen).median).all()


def test_a_dataset_is_no_array():
    """Which of its variables is meant is not guessed."""
    with pytest.raises(InputError, match="`sizes` must be one array; got a Dataset"):
        nt.target_response(xarray.Dataset({"size": LABELLED}))


def test_names_beside_axes_without_any():
    """A patient and two axes without a name: these are lesions and timepoints, in order; trials
    stand before all; a result with an axis of its own stays an array.
    """
    half = xarray.DataArray(SIZES, dims=("patient", "dim_1", "dim_2"))
    np.testing.assert_array_equal(nt.target_response(half).sum, nt.target_response(SIZES).sum)
    trials = xarray.DataArray(SIZES[None], dims=("trial", "patient", "lesion", "time"))
    assert nt.target_response(trials).sum.dims == ("trial", "patient", "time")
    counts = xarray.DataArray(np.full((2, 28), 4.0), dims=("patient", "day"))
    course = nt.symptom_course(counts, np.arange(-14.0, 14))
    assert course.best.dims == ("patient",)
    assert isinstance(course.response, np.ndarray)


def test_other_names_of_axes():
    """A week is a timepoint, a tumour a lesion, lesion_id too; one unknown name takes the place
    that is left.
    """
    turned = SIZES[0].T
    for dims in (("week", "tumor"), ("Visits", "lesion_id"), ("session", "ROI"), ("date", "foo")):
        found = nt.target_response(xarray.DataArray(turned, dims=dims)).sum
        assert found.values.tolist() == [100.0, 50.0, 61.0]
        assert found.dims == dims[:1]
    frame = pandas.DataFrame(SIZES[0])
    frame.index.name = "patient"
    with pytest.raises(InputError, match=r"Sums of a patient go to target_response as sums="):
        nt.target_response(frame)
    sums = nt.target_response(sums=frame)
    assert sums.sum.shape == (2, 3)
    frame.index.name = "row"
    assert nt.target_response(frame).sum.tolist() == [100.0, 50.0, 61.0]
    codes = xarray.DataArray([[7, 5, 3], [7, 7, 3]], dims=("foo", "patient"))
    assert nt.cohens_kappa(codes.T, codes.T).count.tolist() == [3, 3]
    assert nt.cohens_kappa(codes[0].rename(patient="x"), codes[0].rename(patient="x")).count == 3
