"""Tumour burden of the liver: spheres in a volume, classes with their edges, bad input."""

import numpy as np
import pytest

import nettumor as nt

NAN = np.nan


def test_a_cohort():
    """Padding does not count; a patient without a measured lesion, or without a liver volume, has
    no burden.
    """
    sizes = np.array([[60, 40, NAN], [NAN, NAN, NAN], [20, 0, NAN]])  # patient, lesion
    share = nt.liver_burden(sizes[..., None], [[2000], [2000], [NAN]])[:, 0]
    assert share[0] == pytest.approx(100 * np.pi / 6 * (60**3 + 40**3) / 1000 / 2000)
    assert np.isnan(share[1:]).all()
    assert nt.liver_burden([0.0], 1500) == 0.0
    assert nt.liver_burden([60, 40], [2000, 1000])[1] == pytest.approx(2 * share[0])
    assert nt.liver_burden(np.zeros((0, 3, 1)), 1500).shape == (0, 1)
    assert np.isnan(nt.liver_burden(np.zeros((0, 2)), 1500)).all()


def test_lesions_stand_before_the_timepoint():
    """By the convention: (lesion, timepoint) is one patient over time, and lesions are added, times
    are not.
    """
    over_time = nt.liver_burden([[60, 30], [40, 20]], [2000, 1900])
    for time, volume in enumerate((2000, 1900)):
        alone = nt.liver_burden(np.array([[60, 30], [40, 20]])[:, time], volume)
        assert over_time[time] == alone


@pytest.mark.parametrize("volume", [2.0e6, [2.0e6, NAN], 2.0])
def test_a_volume_of_no_liver_is_told(volume):
    """mm3 or litres for mL: a warning names the unit; it can be turned off; one liver is enough."""
    with pytest.warns(nt.IntakeWarning, match="`liver_volume` lies outside what bodies hold"):
        nt.liver_burden([6, 4], volume)
    nt.liver_burden([6, 4], volume, check_units=False)
    nt.liver_burden([6, 4], [1500, 2.0e6])
    nt.liver_burden([6, 4], NAN)


def test_edges_of_the_classes():
    """The upper edge belongs to the class; unknown is blank."""
    assert nt.liver_burden_class([0, 10, 10.0001, 25.1, 50, 75.0001, 100, NAN]).tolist() == [
        "<=10",
        "<=10",
        "10-25",
        "25-50",
        "25-50",
        ">75",
        ">75",
        "",
    ]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: nt.liver_burden(30, 2000),
            r"`sizes` must have the axes \(..., lesion, timepoint\)",
        ),
        (
            lambda: nt.liver_burden([30, -1], 2000),
            r"`sizes` must be finite and at least 0 mm .* got -1.0 at \[1\]",
        ),
        (lambda: nt.liver_burden([30], 0), "`liver_volume` must be finite and greater than 0 mL"),
        (
            lambda: nt.liver_burden([200], 2, check_units=False),
            "`sizes` must be smaller together than the liver, from 2 mL on; got 4188",
        ),
        (
            lambda: nt.liver_burden([[30, 30], [20, 20]], [1000, 2000, 3000]),
            "must broadcast together",
        ),
        (lambda: nt.liver_burden_class([101]), "`percent` must be from 0 to 100 .* got 101.0"),
    ],
)
def test_bad_input(call, message):
    """Bad input is refused with the argument, what it must be, and the repair."""
    with pytest.raises(nt.InputError, match=message):
        call()


def test_burden_of_measured_volumes():
    """Volumes are added up as they are; a unit taken for another is told."""
    assert nt.liver_burden([120, 30], 1500, measure="volume") == 10.0
    spheres = nt.ellipsoid_volume([60.0, 40.0], [60.0, 40.0])
    by_volume = nt.liver_burden(spheres, 2000, measure="volume")
    assert by_volume == nt.liver_burden([60, 40], 2000)
    with pytest.raises(nt.InputError, match="`measure` must be one of 'diameter', 'volume'"):
        nt.liver_burden([120], 1500, measure="product")
    with pytest.warns(nt.IntakeWarning, match="`sizes` lies outside what bodies hold: 3.2 mm"):
        nt.liver_burden(np.full(20, 3.2), 1500)
