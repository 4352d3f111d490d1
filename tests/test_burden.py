"""Tumour burden of the liver: spheres in a volume, classes with their edges, bad input."""

import numpy as np
import pytest

import nettumor as nt

NAN = np.nan


def test_a_cohort():
    """Padding does not count; a patient without a measured lesion, or without a liver volume, has
    no burden.
    """
    sizes = [[60, 40, NAN], [NAN, NAN, NAN], [20, 0, NAN]]
    share = nt.liver_burden(sizes, [2000, 2000, NAN])
    assert share[0] == pytest.approx(100 * np.pi / 6 * (60**3 + 40**3) / 1000 / 2000)
    assert np.isnan(share[1:]).all()
    assert nt.liver_burden([0.0], 1500) == 0.0
    assert nt.liver_burden([[60, 40]], [2000, 1000])[1] == pytest.approx(2 * share[0])
    assert nt.liver_burden(np.zeros((0, 3)), []).shape == (0,)
    assert nt.liver_burden(np.zeros((2, 0)), 1500).tolist() == pytest.approx(
        [NAN, NAN], nan_ok=True
    )


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
        (lambda: nt.liver_burden(30, 2000), r"`sizes` must have the axis \(..., lesion\)"),
        (
            lambda: nt.liver_burden([30, -1], 2000),
            r"`sizes` must be finite and at least 0 mm .* got -1.0 at \[1\]",
        ),
        (lambda: nt.liver_burden([30], 0), "`liver_volume` must be finite and greater than 0 mL"),
        (
            lambda: nt.liver_burden([200], 2),
            "`sizes` must be smaller together than the liver, from 2 mL on; got 4188",
        ),
        (lambda: nt.liver_burden([[30], [20]], [1, 2, 3]), "must broadcast together"),
        (lambda: nt.liver_burden_class([101]), "`percent` must be from 0 to 100 .* got 101.0"),
    ],
)
def test_bad_input(call, message):
    """Bad input is refused with the argument, what it must be, and the repair."""
    with pytest.raises(nt.InputError, match=message):
        call()
