"""From long records to arrays and back, without a loop over rows.

Input: integer codes per row for track (subject and evaluator), lesion and timepoint. Output: arrays
of shape (track, lesion, timepoint), padded where a track has fewer lesions or timepoints, and the
values of the rows out of such an array again. What is padding is said by the caller's fill value.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools
from nettumor.errors import InputError
from nettumor.rows import number_rows, rank_within

Ints = npt.NDArray[np.int64]


@frozen(eq=False)
class Places:
    """Where each row stands in an array of shape (track, lesion, timepoint).

    Parameters
    ----------
    track, lesion, timepoint : ndarray of int, shape (n,)
        Indices from 0 on.
    shape : tuple of int
        The shape of the array.

    Examples
    --------
    >>> p = grid([0, 0, 1], [0, 0, 4], [10, 20, 10])
    >>> p.shape, p.to_array([1.0, 2.0, 3.0]).tolist()
    ((2, 1, 2), [[[1.0, 2.0]], [[3.0, nan]]])
    """

    track: Ints
    lesion: Ints
    timepoint: Ints
    shape: tuple[int, int, int]

    def __attrs_post_init__(self) -> None:
        for name, index, size in zip(
            ("track", "lesion", "timepoint"),
            (self.track, self.lesion, self.timepoint),
            self.shape,
            strict=True,
        ):
            if index.size and (index.min() < 0 or index.max() >= size):
                raise InputError(
                    f"`{name}` must lie from 0 to {size - 1}; got {int(index.min())} to "
                    f"{int(index.max())}. "
                    "Number the rows with rank_within.",
                    argument=name,
                )

    @property
    def flat(self) -> Ints:
        """The place of each row in the array's flat order."""
        return (self.track * self.shape[1] + self.lesion) * self.shape[2] + self.timepoint

    def to_array(self, values: npt.ArrayLike, fill: Any = np.nan) -> npt.NDArray[Any]:
        """The values of the rows in an array; ``fill`` where no row is; of several rows in one
        place the last.
        """
        column = np.asarray(values)
        out = np.full(
            int(np.prod(self.shape)), fill, dtype=np.result_type(column.dtype, type(fill))
        )
        out[self.flat] = column
        return out.reshape(self.shape)

    def from_array(self, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """For each row the array's value at its place."""
        return array[self.track, self.lesion, self.timepoint]

    def repeated(self) -> Bools:
        """Rows that share their place with another row."""
        number, _ = number_rows(self.flat)
        return np.bincount(number)[number] > 1 if number.size else np.zeros(0, dtype=np.bool_)

    def conflicts(self, values: npt.ArrayLike) -> Bools:
        """Rows whose place holds unequal values (a number beside a NaN is unequal; two NaN are
        equal).
        """
        column = np.asarray(values)
        kept = self.from_array(self.to_array(column, fill=column.dtype.type(0)))
        unequal = kept != column
        if column.dtype.kind == "f":
            unequal &= ~(np.isnan(kept) & np.isnan(column))
        return np.isin(self.flat, self.flat[unequal])


def grid(track: npt.ArrayLike, lesion: npt.ArrayLike, visit: npt.ArrayLike) -> Places:
    """The places of rows in an array of shape (track, lesion, timepoint).

    Parameters
    ----------
    track, lesion, visit : array_like of int, shape (n,)
        Codes from 0 on. A track's lesions are numbered in the order of their codes, its timepoints
        in the order of theirs: give visit codes that ascend in time.

    Returns
    -------
    Places
    """
    numbers, first = number_rows(track)
    rows, lesions, _ = rank_within(numbers, lesion)
    columns, visits, _ = rank_within(numbers, visit)
    shape = (len(first), int(lesions.max(initial=0)), int(visits.max(initial=0)))
    return Places(numbers, rows, columns, shape)
