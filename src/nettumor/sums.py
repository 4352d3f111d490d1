"""The sum of the target lesions: how large is it, against baseline and against its smallest value
so far?

Sources: RECIST 1.1 (Eisenhauer et al. 2009), 4.3.1 and 4.4.2, and the EORTC clarifications: a sum
in which a lesion was not measured is never a baseline and never a nadir. Sizes (..., lesion,
timepoint) come in, in whatever the criterion measures; everything that goes out is (...,
timepoint).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Floats, as_numbers, broadcast, running
from nettumor._labels import by_label
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
        The smallest complete sum before the visit, baseline included; NaN at baseline (CDISC
        ``NADIR``).
    percent_from_baseline, percent_from_nadir : ndarray of float, shape (..., timepoint)
        Change in percent; NaN at baseline, where the sum is partial, and from a nadir of 0.
    invalid : ndarray of bool, shape (..., timepoint)
        Where an impossible size, or a baseline that cannot be used, stands in the way (with
        ``invalid="NE"``).
    n_lesions : int
        Length of the lesion axis that was summed.
    complete : ndarray of bool, shape (..., timepoint)
        Where the sum is of every target lesion. A partial sum is smaller than the tumour: what
        compares sums takes those that are complete, `numpy.where(s.complete, s.sum, numpy.nan)`, or
        the object itself.

    Examples
    --------
    >>> print(sum_of_lesions([[60, 40, 41], [40, 30, 28]]))
    Sums(1 patient, 2 lesions, 3 timepoints, 0 partial sums)
    """

    sum: Floats
    n_missing: npt.NDArray[np.int64]
    baseline: Floats
    nadir: Floats
    percent_from_baseline: Floats
    percent_from_nadir: Floats
    invalid: Bools
    n_lesions: int

    @property
    def complete(self) -> Bools:
        """Where the sum is of every target lesion."""
        return is_complete(self)

    def __repr__(self) -> str:
        partial = np.count_nonzero(self.n_missing)
        return f"Sums({axes_in_words(self.sum.shape, self.n_lesions)}, {partial} partial sums)"


def is_complete(sums: Any) -> Bools:
    """Where a result's sum is of every target lesion."""
    return (sums.n_missing == 0) & ~np.isnan(sums.sum)  # type: ignore[no-any-return]


def axes_in_words(shape: tuple[int, ...], n_lesions: int | None) -> str:
    """The axes of a course: "1 patient, 3 lesions, 3 timepoints"; what is None is not said."""
    *lead, timepoints = shape
    patients = int(np.prod(lead, dtype=np.int64))
    counts = [(patients, "patient"), (n_lesions, "lesion"), (timepoints, "timepoint")]
    return ", ".join(f"{n} {what}{'' if n == 1 else 's'}" for n, what in counts if n is not None)


def complete_sums(sums: Any, n_missing: npt.ArrayLike | None, argument: str = "sums") -> Any:
    """Sums for a comparison: those of a result, NaN where partial; an array, NaN where ``n_missing``
    is above 0. Without ``n_missing`` an array is taken at its word.
    """
    if hasattr(sums, "n_missing") and hasattr(sums, "sum"):
        if n_missing is not None:
            raise InputError(
                f"`n_missing` must be left out where `{argument}` is a result, which has its own.",
                argument="n_missing",
            )
        return np.where(is_complete(sums), sums.sum, np.nan)
    if n_missing is None:
        return sums
    values, missing = broadcast(
        **{argument: as_numbers(sums, argument), "n_missing": as_numbers(n_missing, "n_missing")}
    )
    refuse(
        "n_missing",
        "a number of lesions from 0",
        missing,
        ~((missing >= 0) & (missing < np.inf) & (missing == np.floor(missing))),
        "Give how many target lesions were not measured.",
    )
    return np.where(missing > 0, np.nan, values)


@by_label(sizes="lesion timepoint", gives="timepoint")
def sum_of_lesions(sizes: npt.ArrayLike, *, invalid: str = "raise") -> Sums:
    """Sum of the target lesions at each visit, with its baseline, nadir and changes.

    The axes are (..., lesion, timepoint): a table of one patient has a row a lesion. Sums that are
    known already, a row a patient, go to `target_response` as ``sums``.

    Parameters
    ----------
    sizes : array_like of float, shape (..., lesion, timepoint)
        Sizes in one unit, index 0 of the last axis is baseline; NaN where not measured. A lesion
        without any value is padding.
    invalid : {"raise", "NE"}
        What a negative or infinite size, a baseline of zero or less, or a size after a missing
        baseline does: raise, or leave the size out and mark the visit (for a baseline: the whole
        course).

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
    courses = checked_courses(as_numbers(sizes, "sizes"), invalid)
    out = Results(courses)
    courses.each_block(lambda part, block: out.put(part, sums_of(block)))
    return Sums(n_lesions=courses.sizes.shape[1], **out.arrays())


_BLOCK = 1 << 15  # timepoints taken at a time: keeps the work in the processor's cache


@frozen(eq=False)
class Block:
    """The lesions of some patients with the patients on the last axis, where one operation runs
    over all of them.

    ``sizes`` (timepoint, lesion, patient) is NaN where not measured; ``real`` (lesion, patient) is
    False for padding; ``invalid`` (timepoint, patient) marks an impossible size or no usable
    baseline, ``spoiled`` (patient) the latter.
    """

    sizes: Floats
    real: Bools
    invalid: Bools
    spoiled: Bools


@frozen(eq=False)
class Courses:
    """Checked sizes (patient, lesion, timepoint), impossible ones set to NaN, to be read block by
    block.

    The fields are those of `Block` with the patients first; ``shape`` is (..., timepoint) as the
    caller knows it.
    """

    sizes: Floats
    real: Bools
    invalid: Bools
    spoiled: Bools
    shape: tuple[int, ...]

    def each_block(self, work: Callable[[slice, Block], None]) -> None:
        """Work on the patients, some at a time, with their place; on at least one block, of nobody.

        By one thread: the steps of a block are so short that two would wait for each other (26 ms of
        a million sizes either way).
        """
        patients, _, visits = self.sizes.shape
        step = max(1, _BLOCK // max(1, visits))
        for start in range(0, max(1, patients), step):
            part = slice(start, start + step)
            sizes = np.ascontiguousarray(self.sizes[part].transpose(2, 1, 0))
            work(part, Block(sizes, self.real[part].T, self.invalid[part].T, self.spoiled[part]))


class Results:
    """The arrays of a result while they are filled block by block: a timepoint after the other in
    memory.
    """

    def __init__(self, courses: Courses) -> None:
        *self._lead, self._visits = courses.shape
        self._patients = courses.sizes.shape[0]
        self._arrays: dict[str, npt.NDArray[Any]] = {}

    def put(self, part: slice, block: dict[str, npt.NDArray[Any]]) -> None:
        """Take in arrays (timepoint, patient) of the patients of ``part``."""
        for name, values in block.items():
            if name not in self._arrays:
                self._arrays[name] = np.empty((self._visits, self._patients), values.dtype)
            self._arrays[name][:, part] = values

    def arrays(self) -> dict[str, Any]:
        """The arrays in the shape that the caller knows, (..., timepoint)."""
        shape = (self._visits, *self._lead)
        return {
            name: np.moveaxis(values.reshape(shape), 0, -1) for name, values in self._arrays.items()
        }


def checked_courses(values: Floats, invalid: str, argument: str = "sizes") -> Courses:
    """Sizes as numbers, checked: refused, or with ``invalid="NE"`` marked, where one is impossible.

    With ``argument`` "sums" the sizes are the courses of one lesion for each patient.
    """
    choose("invalid", invalid, ("raise", "NE"))
    if values.ndim < 2:
        raise InputError(
            f"`sizes` must have the axes (..., lesion, timepoint); got shape {values.shape}. "
            "For one lesion put its course in a list: [[before, after]].",
            argument="sizes",
        )
    *lead, lesions, visits = values.shape
    first, shape = values[..., 0] if visits else np.full(values.shape[:-1], np.nan), (*lead, visits)
    wrong = (values == np.inf) | (values < 0)
    real = ~np.isnan(first)
    orphan = np.zeros(real.shape, dtype=np.bool_)  # measured later, but not at baseline
    orphan[~real] = (~np.isnan(values[~real])).any(axis=-1)
    if invalid == "raise":
        shown = ... if argument == "sizes" else (..., 0, slice(None))  # without the lesion axis
        refuse(
            argument,
            "finite and at least 0 (NaN where not measured)",
            values[shown],
            wrong[shown],
            _REPAIR,
        )
        refuse(
            argument,
            "greater than 0 at baseline",
            first[..., None][shown],
            (first == 0)[..., None][shown],
            _REPAIR,
        )
        if orphan.any():
            refuse(
                argument,
                "measured at baseline where measured later",
                values[shown],
                (orphan[..., None] & ~np.isnan(values))[shown],
                _REPAIR,
            )
    impossible = wrong.any()
    spoiled = (orphan | (first == 0) | (wrong[..., 0] if impossible else False)).any(axis=-1)
    if invalid == "NE" and (impossible or spoiled.any()):
        values, bad_visits = (
            np.where(wrong, np.nan, values),
            wrong.any(axis=-2) | spoiled[..., None],
        )
    else:
        bad_visits = np.broadcast_to(np.False_, shape)
    patients = spoiled.size
    return Courses(
        values.reshape(patients, lesions, visits),
        (real | orphan).reshape(patients, lesions),
        bad_visits.reshape(patients, visits),
        spoiled.reshape(patients),
        shape,
    )


def sums_of(block: Block) -> dict[str, npt.NDArray[Any]]:
    """The fields of `Sums`, each (timepoint, patient), of one block."""
    timepoints, lesions, patients = block.sizes.shape
    known = ~np.isnan(block.sizes)
    total = np.zeros((timepoints, patients))
    for lesion in range(
        lesions
    ):  # in this order for all: a sum does not depend on who else is in the array
        measured = known[:, lesion]
        size = block.sizes[:, lesion]
        total += size if measured.all() else np.where(measured, size, 0.0)
    # what is measured is real; small counts take an eighth of the room
    small = np.int8 if lesions < 128 else np.int64
    n_known = np.add.reduce(known.view(np.int8), axis=1, dtype=small)
    n_missing = block.real.sum(axis=0) - n_known
    total[n_known == 0] = np.nan
    whole = np.where(n_missing == 0, total, np.nan)
    complete = np.where(block.spoiled, np.nan, whole)
    nadir = np.full(total.shape, np.nan)
    nadir[1:] = running(np.fmin, complete[:-1])
    baseline = np.repeat(complete[:1], timepoints, axis=0)
    from_baseline = _percent(baseline, whole)
    from_baseline[:1] = np.nan
    return {
        "sum": total,
        "n_missing": n_missing,
        "baseline": baseline,
        "nadir": nadir,
        "percent_from_baseline": from_baseline,
        "percent_from_nadir": _percent(nadir, whole),
        "invalid": block.invalid,
    }


def _percent(reference: Floats, now: Floats) -> Floats:
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        return np.asarray(np.where(reference > 0, 100 * now / reference - 100, np.nan))


@by_label(sizes="lesion timepoint", parent="lesion", gives="lesion timepoint")
def sum_parts(sizes: npt.ArrayLike, parent: npt.ArrayLike) -> Floats:
    """Sizes with the parts of a split lesion added up under the lesion they came from.

    Parameters
    ----------
    sizes : array_like of float, shape (..., lesion, timepoint)
        NaN where not measured.
    parent : array_like of int, shape (..., lesion), or (lesion,) for all patients
        For a part the place of its parent lesion; -1, or its own place, for a lesion that is no
        part, and for padding.

    Returns
    -------
    ndarray of float, shape (..., lesion, timepoint)
        The parent holds its own size and its parts; rows of parts are NaN (padding). From the first
        visit at which a part was measured it counts: where it is not measured later, the parent is
        not.

    Raises
    ------
    InputError
        For a parent that is no lesion, or itself a part.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.3.2: the longest diameters of the fragments are added;
    SDTMIG TU, assumption 2 (TUSPLIT).

    Examples
    --------
    >>> import numpy as np
    >>> sum_parts([[30, 20, np.nan], [np.nan, np.nan, 12], [np.nan, np.nan, 9]], [-1, 0, 0])
    array([[30., 20., 21.],
           [nan, nan, nan],
           [nan, nan, nan]])
    """
    values = np.array(as_numbers(sizes, "sizes"), order="C")
    if values.ndim < 2:
        raise InputError(
            f"`sizes` must have the axes (..., lesion, timepoint); got shape {values.shape}. "
            "For one lesion put its course in a list.",
            argument="sizes",
        )
    *lead, lesions, visits = values.shape
    of = _parents(parent, (*lead, lesions))
    own = np.arange(lesions)
    part = (of != -1) & (of != own)
    grandparent = np.take_along_axis(part, np.where(part, of, own), axis=-1)
    refuse(
        "parent",
        "a lesion that is no part itself",
        of,
        part & grandparent,
        "Give the place of the first parent.",
    )
    patients = int(np.prod(lead, dtype=np.int64))
    flat = values.reshape(patients, lesions, visits)
    parents, parts = (
        np.broadcast_to(each, (*lead, lesions)).reshape(patients, lesions) for each in (of, part)
    )
    shared = of.ndim == 1
    splits: list[tuple[Any, Any]] = []  # the part, and the lesion it came from, of whom
    for child in np.flatnonzero(parts.any(axis=0)):
        whose: Any = slice(None) if shared else np.flatnonzero(parts[:, child])
        whole = of[child] if shared else parents[whose, child]
        splits.append(((whose, child), (whose, whole)))
    for of_part, of_whole in splits:
        size, own_size = flat[of_part], flat[of_whole]
        added = np.where(np.isnan(own_size), 0.0, own_size) + size
        # A part that was not measured leaves its parent not measured; see the second pass below.
        flat[of_whole] = np.where(~np.isnan(size), added, own_size)
    for of_part, of_whole in splits:
        known = ~np.isnan(flat[of_part])
        lost = np.logical_or.accumulate(known, axis=-1) & ~known
        flat[of_whole] = np.where(lost, np.nan, flat[of_whole])
    flat[parts] = np.nan
    return values


def _parents(parent: npt.ArrayLike, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """The parent of each lesion, (lesion,) or (..., lesion), -1 for none."""
    places = np.asarray(parent)
    if places.dtype.kind == "u":
        places = places.astype(np.int64)
    lesions = shape[-1]
    fits = places.shape[-1:] == (lesions,) and places.ndim <= len(shape)
    if not fits or places.dtype.kind not in "iu":
        raise InputError(
            f"`parent` must be one whole number for each of the {lesions} lesions; got shape "
            f"{places.shape} "
            f"of {places.dtype}. Give -1 for a lesion that is no part, (lesion,) or {shape}.",
            argument="parent",
        )
    broadcast(**{"sizes without the timepoint axis": np.empty(shape), "parent": places})
    refuse(
        "parent",
        f"-1, or the place of a lesion (0 to {lesions - 1})",
        places,
        (places < -1) | (places >= lesions),
        "Give the place of the parent lesion.",
    )
    return places.astype(np.int64)
