"""The sum of the target lesions: how large is it, against baseline and against its smallest value so far?

Sources: RECIST 1.1 (Eisenhauer et al. 2009), 4.3.1 and 4.4.2, and the EORTC clarifications: a sum in which a lesion
was not measured is never a baseline and never a nadir. Sizes (..., lesion, timepoint) come in, in whatever the
criterion measures; everything that goes out is (..., timepoint).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats, as_numbers
from nettumor.errors import InputError, choose, refuse

_REPAIR = 'Correct it or leave the lesion out, or pass invalid="NE".'


@frozen(eq=False, repr=False)
class Sums:
    """Sums of target lesions over a course, as returned by `sum_of_lesions`.

    Attributes
    ----------
    sum : ndarray of float, shape (..., timepoint)
        Of what was measured, in the unit of the sizes; NaN where nothing was (CDISC ``SUMDIAM``).
    n_missing : ndarray of int, shape (..., timepoint)
        Target lesions not measured at the visit; a sum with any is partial.
    baseline : ndarray of float, shape (..., timepoint)
        The sum at baseline, at every timepoint; NaN where it is not complete.
    nadir : ndarray of float, shape (..., timepoint)
        The smallest complete sum before the visit, baseline included; NaN at baseline (CDISC ``NADIR``).
    percent_from_baseline, percent_from_nadir : ndarray of float, shape (..., timepoint)
        Change in percent; NaN at baseline, where the sum is partial, and from a nadir of 0.
    invalid : ndarray of bool, shape (..., timepoint)
        Where an impossible size, or a baseline that cannot be used, stands in the way (with ``invalid="NE"``).

    Examples
    --------
    >>> print(sum_of_lesions([[60, 40, 41], [40, 30, 28]]))
    Sums(1 course of 3 timepoints, 0 partial sums)
    """

    sum: Floats
    n_missing: npt.NDArray[np.int64]
    baseline: Floats
    nadir: Floats
    percent_from_baseline: Floats
    percent_from_nadir: Floats
    invalid: Bools

    def __repr__(self) -> str:
        timepoints = self.sum.shape[-1]
        courses = self.sum.size // timepoints if timepoints else 0
        partial = np.count_nonzero(self.n_missing)
        s = "" if courses == 1 else "s"
        return f"Sums({courses} course{s} of {timepoints} timepoints, {partial} partial sums)"


def sum_of_lesions(sizes: npt.ArrayLike, *, invalid: str = "raise") -> Sums:
    """Sum of the target lesions at each visit, with its baseline, nadir and changes.

    Parameters
    ----------
    sizes : array_like of float, shape (..., lesion, timepoint)
        Sizes in one unit, index 0 of the last axis is baseline; NaN where not measured. A lesion without any value
        is padding.
    invalid : {"raise", "NE"}
        What a negative or infinite size, a baseline of zero or less, or a size after a missing baseline does: raise,
        or leave the size out and mark the visit (for a baseline: the whole course).

    Returns
    -------
    Sums

    Raises
    ------
    InputError
        For impossible sizes (with ``invalid="raise"``) and for an array without the two axes.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.3.1 and 4.4.2, doi 10.1016/j.ejca.2008.10.026.

    Examples
    --------
    >>> sums = sum_of_lesions([[60, 40, 41], [40, float("nan"), 28]])
    >>> sums.sum.tolist(), sums.n_missing.tolist(), sums.nadir.tolist()
    ([100.0, 40.0, 69.0], [0, 1, 0], [nan, 100.0, 100.0])
    """
    values, wrong, spoiled = checked_sizes(sizes, invalid)
    return sums_of(values, wrong, spoiled)


def checked_sizes(sizes: npt.ArrayLike, invalid: str) -> tuple[Floats, Bools, Bools]:
    """The sizes, where one is impossible (lesion, timepoint), and which courses have no usable baseline (...)."""
    choose("invalid", invalid, ("raise", "NE"))
    values = as_numbers(sizes, "sizes")
    if values.ndim < 2:
        raise InputError(
            f"`sizes` must have the axes (..., lesion, timepoint); got shape {values.shape}. "
            "For one lesion put its course in a list: [[before, after]].", argument="sizes",
        )  # fmt: skip
    wrong = np.isinf(values) | (values < 0)
    zero, orphan = np.zeros(values.shape, dtype=np.bool_), np.zeros(values.shape, dtype=np.bool_)
    zero[..., :1] = values[..., :1] == 0
    orphan[..., 1:] = np.isnan(values[..., :1]) & ~np.isnan(values[..., 1:])
    if invalid == "raise":
        refuse("sizes", "finite and at least 0 (NaN where not measured)", values, wrong, _REPAIR)
        refuse("sizes", "greater than 0 at baseline", values, zero, _REPAIR)
        refuse("sizes", "measured at baseline where measured later", values, orphan, _REPAIR)
    spoiled = (zero | orphan).any(axis=(-2, -1)) | wrong[..., :1].any(axis=(-2, -1))
    return values, wrong, np.asarray(spoiled)


def sums_of(values: Floats, wrong: Bools, spoiled: Bools) -> Sums:
    """Sums of checked sizes; ``wrong`` sizes are left out, ``spoiled`` courses have no baseline."""
    usable = ~np.isnan(values) & ~wrong
    real = (usable | wrong).any(axis=-1, keepdims=True)
    total = np.where(usable, values, 0.0).sum(axis=-2)
    total[~usable.any(axis=-2)] = np.nan
    n_missing = np.count_nonzero(real & ~usable, axis=-2)
    complete = np.where((n_missing == 0) & ~spoiled[..., None], total, np.nan)
    baseline = np.repeat(complete[..., :1], total.shape[-1], axis=-1)
    nadir = np.full(total.shape, np.nan)
    if total.shape[-1] > 1:
        np.fmin.accumulate(complete[..., :-1], axis=-1, out=nadir[..., 1:])
    from_baseline = _percent(baseline, np.where(n_missing == 0, total, np.nan))
    from_baseline[..., :1] = np.nan
    from_nadir = _percent(nadir, np.where(n_missing == 0, total, np.nan))
    return Sums(total, n_missing, baseline, nadir, from_baseline, from_nadir,
                wrong.any(axis=-2) | spoiled[..., None])  # fmt: skip


def _percent(reference: Floats, now: Floats) -> Floats:
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        return np.asarray(np.where(reference > 0, 100 * now / reference - 100, np.nan))
