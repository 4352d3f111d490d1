"""What is known of the patients: the arguments of `recommend`, read and checked.

Every argument is an array of patients (or one value for all); NaN, None and blank are not known.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Floats, as_numbers, broadcast
from nettumor.errors import InputError, InputTypeError, did_you_mean, place, refuse

RECURRENCES = ("none", "after resection", "after ablation", "after transplantation", "other")
"""What ``recurrence`` may be; True is a recurrence that is not said after what."""

PURPOSES = (
    *("cure", "palliation", "symptom control", "marker control", "tumour control", "survival"),
    "downsizing",
)
"""What a treatment may be for, in the review's words brought together."""

_FLAGS = ("extrahepatic", "symptomatic", "vein_involvement", "resectable")
_NUMBERS = {  # argument: what it must be, smallest, largest
    "n_lesions": ("a whole number of lesions, 1 or more", 1.0, np.inf),
    "largest_cm": ("a diameter in cm, above 0", np.nextafter(0, 1), np.inf),
    "lobes": ("1 or 2, the lobes involved", 1.0, 2.0),
    "age": ("an age in years, 0 to 130", 0.0, 130.0),
    "liver_infiltration_percent": ("a percent from 0 to 100", 0.0, 100.0),
    "debulkable_percent": ("a percent from 0 to 100", 0.0, 100.0),
}
_LARGEST_CM = 40.0
"""A larger diameter is longer than a liver: it is in millimetres."""
_WHOLE = ("n_lesions", "lobes")
_UNKNOWN = ("", "nan", "not known", "unknown", "na", "<na>")


def read_patients(known: dict[str, Any]) -> tuple[tuple[int, ...], dict[str, npt.NDArray[Any]]]:
    """The shape of the patients, and each argument as an array of it.

    Numbers are float with NaN, flags float 1, 0 and NaN, words text with "" for not known.
    """
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name in _NUMBERS:
        arrays[name] = _number(known[name], name)
    for name in _FLAGS:
        arrays[name] = _flag(known[name], name)
    arrays["recurrence"] = _words(known["recurrence"], "recurrence", RECURRENCES)
    arrays["purpose"] = _words(known["purpose"], "purpose", PURPOSES)
    together = broadcast(**arrays)
    return together[0].shape, dict(zip(arrays, together, strict=True))


def _number(values: Any, name: str) -> Floats:
    if values is None:
        return np.array(np.nan)
    must, least, most = _NUMBERS[name]
    array = as_numbers(values, name)
    with np.errstate(invalid="ignore"):
        wrong = (array < least) | (array > most) | np.isinf(array)
        if name in _WHOLE:
            wrong |= (array != np.floor(array)) & ~np.isnan(array)
    refuse(name, must, array, wrong, "Write NaN for what is not known.")
    if name == "largest_cm":
        must = f"at most {_LARGEST_CM:g} cm"
        refuse(name, must, array, array > _LARGEST_CM, "Divide millimetres by 10.")
    return array


def _unmasked(values: Any) -> Any:
    """The values with None where they are masked."""
    if not isinstance(values, np.ma.MaskedArray):
        return values
    objects = np.array(values.data, dtype=object)
    objects[np.ma.getmaskarray(values)] = None
    return objects


def _flag(values: Any, name: str) -> Floats:
    """True and False as 1 and 0; None and NaN as NaN."""
    if values is None:
        return np.array(np.nan)
    array = np.asarray(_unmasked(values))
    if array.dtype.kind == "b":
        return array.astype(np.float64)
    words = [v for v in array.ravel().tolist() if isinstance(v, str)]
    if words:
        raise InputTypeError(
            f"`{name}` must be True, False, or None where not known; got {words[0]!r:.60}. Compare "
            "the column first.",
            argument=name,
        )
    if array.dtype.kind == "O":
        array = np.array(
            [float(v) if isinstance(v, (bool, np.bool_)) else v for v in array.ravel()],
            dtype=object,
        ).reshape(array.shape)
    flags = as_numbers(array, name)
    wrong = ~np.isnan(flags) & (flags != 0) & (flags != 1)
    refuse(name, "True, False, or None where not known", flags, wrong, "Compare the column first.")
    return flags


def _words(values: Any, name: str, known: tuple[str, ...]) -> npt.NDArray[Any]:
    """Words of a controlled list; "" where not known; True is "recurrence", False is "none"."""
    array = np.asarray(_unmasked(values), dtype=object)
    words = np.empty(array.shape, dtype=object)
    for index, value in np.ndenumerate(array):
        text = str(value).strip().casefold()
        if value is None or text in _UNKNOWN:
            words[index] = ""
        elif name == "recurrence" and isinstance(value, (bool, np.bool_)):
            words[index] = "other" if value else "none"
        elif text in known:
            words[index] = text
        else:
            raise InputError(
                f"`{name}` must be one of {', '.join(map(repr, known))}, or None where not known; "
                f"got {value!r}{place(index)}. {did_you_mean(value, known)}",
                argument=name,
                index=index,
            )
    return words.astype(np.str_)
