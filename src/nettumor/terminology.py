"""The words: which responses there are, how they are written, how they are ordered, and why one was
given.

Sources: Vogl et al. 2008 (CR, PR, SD, PD and the minor response MR of its tables), RECIST 1.1
(NON-CR/NON-PD, NE), iRECIST (iUPD), CDISC controlled terminology ONCRSR (C96785) for the spellings.
Read by every module; reads none but the array conventions and how responses are written.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag, unique
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Codes, as_codes
from nettumor.errors import InputError, InputTypeError, did_you_mean, place, refuse
from nettumor.words import responses
from nettumor.words.missing import UNKNOWN


@unique
class Response(IntEnum):
    """A response, as an int8 code; larger is better. The codes are never renumbered.

    ``IUPD`` exists under iRECIST only, where ``PD`` means iCPD. ``MR`` is the minor response of the
    review's tables. The literature's "no response" is SD or PD.

    Examples
    --------
    >>> Response.NON_CR_NON_PD.label
    'NON-CR/NON-PD'
    >>> Response.PR > Response.SD
    True
    """

    MISSING = 0
    NE = 1
    IUPD = 2
    PD = 3
    NON_CR_NON_PD = 4
    SD = 5
    MR = 6
    PR = 7
    CR = 8

    @classmethod
    def _missing_(cls, value: object) -> Response:
        raise InputError(
            f"`Response` must be a code from 0 to 8; got {value!r:.60}. Write Response.PR, or read "
            'words with parse_responses("PR").',
            argument="value",
        )

    @property
    def label(self) -> str:
        """The CDISC submission value: ``"NON-CR/NON-PD"``, ``"iUPD"``; ``"MISSING"`` where there is
        none.
        """
        return _LABELS[self.value]


_LABELS = ("MISSING", "NE", "iUPD", "PD", "NON-CR/NON-PD", "SD", "MR", "PR", "CR")
_IRECIST_LABELS = ("MISSING", "NE", "iUPD", "iCPD", "NON-iCR/NON-iUPD", "iSD", "iMR", "iPR", "iCR")


@unique
class Reason(IntFlag):
    """Why a response was given: bits of an int32 array, never renumbered.

    Examples
    --------
    >>> Reason(0b1000).name
    'INCREASE'
    """

    GONE = 1 << 0  # nothing left to measure, marker normal, symptom gone
    DECREASE = 1 << 1  # the limit of PR is met
    MINOR_DECREASE = 1 << 2  # the limit of MR is met
    INCREASE = 1 << 3  # the limit of PD is met
    WITHIN_LIMITS = 1 << 4  # neither
    GAP = 1 << 5  # in the interval the review leaves without a class
    NEW_LESION = 1 << 6
    NOT_MEASURED = 1 << 7  # something needed was not measured or not assessed
    INVALID = 1 << 8  # an invalid number, answered with NE
    BASELINE = 1 << 9  # the baseline does not allow a verdict
    BELOW_MINIMUM = 1 << 10  # the percent limit is met, the absolute minimum is not
    ANY_LESION = 1 << 11  # one lesion alone progressed
    REAPPEARED = 1 << 12
    SUSTAINED = 1 << 13  # a response carried on without progression
    TOO_SMALL = 1 << 14  # the default for "too small to measure" was used
    PARTIAL_SUM = 1 << 15  # the measured part alone decided
    NORMAL_NODES = 1 << 16  # CR with nodes below the normal limit
    NON_TARGET = 1 << 17  # the non-target disease decided
    MARKER = 1 << 18  # a marker, not the size, decided
    NOT_COMPARABLE = 1 << 19  # unit or assay changed between the samples
    CONFIRMED = 1 << 20
    UNCONFIRMED = 1 << 21  # a CR or PR was there, but not confirmed
    TOO_EARLY = 1 << 22  # the minimum duration of SD was not met
    AFTER_CR = 1 << 23  # a lesser response after a CR was judged by `cr_then_pr`
    COURSE_ENDED = 1 << 24  # assessments after the first PD were left out
    NEW_THERAPY = 1 << 25  # assessments on or after a new therapy were left out
    DAY_UNKNOWN = 1 << 26
    NO_ASSESSMENT = 1 << 27
    ATTENUATION = 1 << 28  # the attenuation decided
    FURTHER_INCREASE = 1 << 29  # iRECIST: the progression was confirmed


@unique
class EventReason(IntFlag):
    """Why a time ends where it does: bits of an int32 array, never renumbered.

    Examples
    --------
    >>> EventReason(1).name
    'PROGRESSION'
    """

    PROGRESSION = 1 << 0
    DEATH = 1 << 1
    LAST_ASSESSMENT = 1 << 2  # censored at the last adequate assessment
    NO_BASELINE = 1 << 3
    NO_ASSESSMENT = 1 << 4  # no adequate assessment after baseline
    NEW_THERAPY = 1 << 5
    CUTOFF = 1 << 6
    MISSED_VISITS = 1 << 7
    NOT_A_RESPONDER = 1 << 8
    DAY_UNKNOWN = 1 << 9  # the event happened on a day not known
    LAST_KNOWN_ALIVE = 1 << 10
    NO_INFORMATION = 1 << 11  # neither an event nor a day of censoring is known
    RESPONSE = 1 << 12


def labels(codes: npt.ArrayLike, criteria: Any = None) -> npt.NDArray[np.str_]:
    """Response codes as they are written; MISSING is written ``"MISSING"``.

    Parameters
    ----------
    codes : array_like of int
        Codes of `Response`, any shape.
    criteria : criteria object, optional
        With ``IRECIST_2017`` the "i" is written (iCR, iCPD).

    Returns
    -------
    ndarray of str, of the shape of ``codes``

    Raises
    ------
    InputError
        Where a code is not one of `Response`.
    InputTypeError
        For labels instead of codes, and for the name of an edition instead of the edition.

    References
    ----------
    CDISC controlled terminology ONCRSR (C96785); Seymour et al. 2017 for the iRECIST spellings.

    Examples
    --------
    >>> labels([8, 4, 0]).tolist()
    ['CR', 'NON-CR/NON-PD', 'MISSING']
    """
    if criteria is not None and not hasattr(criteria, "kind"):
        raise InputTypeError(
            f"`criteria` must be an edition; got {criteria!r}. Find it with criteria.get(name).",
            argument="criteria",
        )
    words = _IRECIST_LABELS if getattr(criteria, "immune", False) else _LABELS
    return np.asarray(np.array(words)[as_codes(codes, "codes")])


def parse_responses(labels: npt.ArrayLike) -> Codes:
    """Written responses as codes of `Response`.

    Parameters
    ----------
    labels : array_like of str, or str
        As people write them (`nettumor.words.responses`): any case, outer blanks ignored; "Partial
        response", "4-PD", "CR (Complete Response)". NC is SD; "IR/SD" and "Incomplete response/SD"
        are NON-CR/NON-PD; iCR, iPR, iSD, iUPD, iCPD as in iRECIST; "Not all evaluated" is NE; "",
        None, NaN, NA, ND and "NOT DONE" are MISSING. Members of `Response` are themselves.

    Returns
    -------
    ndarray of int8, or a `Response` for one label

    Raises
    ------
    InputError
        For any other word, naming it and its place.

    References
    ----------
    CDISC controlled terminology ONCRSR (C96785); RECIST 1.0 (IR/SD); WHO 1981 (NC).

    Examples
    --------
    >>> parse_responses(["PR", "iCPD", None])
    array([7, 3, 0], dtype=int8)
    """
    if isinstance(labels, str) or labels is None:
        return _parse_one(labels, ())  # type: ignore[return-value]
    if isinstance(labels, np.ma.MaskedArray):
        labels = np.where(np.ma.getmaskarray(labels), "", labels.data.astype(object))
    array = np.asarray(labels) if hasattr(labels, "__array__") else np.array(labels, dtype=object)
    words = array.astype(object).ravel().tolist()
    codes = np.array(_parse_all(words, array.shape), dtype=np.int8).reshape(array.shape)
    return scalar_or_codes(codes)  # type: ignore[no-any-return]


def codes_or_labels(values: npt.ArrayLike, argument: str) -> Codes:
    """Codes as they are; labels are read, with the argument's own name where a word is none."""
    array = values if isinstance(values, np.ma.MaskedArray) else _as_array(values)
    text = array.dtype.kind in "UT" or (
        array.dtype.kind == "O" and any(isinstance(v, str) for v in array.ravel().tolist())
    )
    if not text:
        return as_codes(values, argument)
    try:
        return np.asarray(parse_responses(array), dtype=np.int8)
    except InputError as error:
        message = str(error).replace("`labels`", f"`{argument}`", 1)
        raise InputError(message, argument=argument, index=error.index) from None


def _as_array(values: npt.ArrayLike) -> npt.NDArray[Any]:
    """The values as an array; what has no shape is left to `as_codes` to refuse."""
    try:
        return np.asarray(values)
    except ValueError:
        return np.zeros(0)


def _parse_all(words: list[Any], shape: tuple[int, ...]) -> list[Response]:
    """The response of each word; each spelling is read once."""
    try:
        distinct = dict.fromkeys(words, Response.MISSING)
    except TypeError:  # a list where a word should be
        distinct = None
    # Members of Response are equal to their codes, which are refused: told apart one by one.
    if distinct is None or any(
        isinstance(word, (int, float)) and word == word for word in distinct
    ):
        return [_parse_one(word, _index(at, shape)) for at, word in enumerate(words)]
    for word in distinct:
        found = _read(word)
        distinct[word] = (
            _parse_one(word, _index(words.index(word), shape)) if found is None else found
        )
    return list(map(distinct.__getitem__, words))


def _index(at: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(at, shape))


def _read(word: object) -> Response | None:
    """The response that a word means, or None."""
    if isinstance(word, bytes):
        word = word.decode("utf-8", "replace")
    if isinstance(word, Response):
        return word
    if isinstance(word, str):
        code = responses.read(word)
        return None if code == UNKNOWN else Response(code)
    blank = (
        word is None
        or type(word).__name__ in ("NAType", "NaTType")
        or (isinstance(word, float) and word != word)
    )
    return Response.MISSING if blank else None


def _parse_one(word: object, index: tuple[int, ...]) -> Response:
    found = _read(word)
    if found is None:
        number = isinstance(word, (int, float, np.number)) and not isinstance(word, bool)
        repair = (
            "Codes need no reading." if number else did_you_mean(word, [*_LABELS, *_IRECIST_LABELS])
        )
        raise InputError(
            f"`labels` must be responses such as CR, PR, SD or PD; got {word!r}{place(index)}. "
            f"{repair}",
            argument="labels",
            index=index,
        )
    return found


def best_of(codes: npt.ArrayLike) -> Any:
    """The best response over the last axis; knows no time (for a patient use
    `best_overall_response`).

    Parameters
    ----------
    codes : array_like of int, shape (..., n)
        Codes of `Response`; MISSING counts below all others.

    Returns
    -------
    ndarray of int8, shape (...), or a `Response` for one row; MISSING for an empty axis

    Raises
    ------
    InputError
        Where a code is not one of `Response`.

    References
    ----------
    The ordering of `Response` (Vogl et al. 2008, section 4.3; RECIST 1.1, 4.4.3).

    Examples
    --------
    >>> best_of([5, 7, 3])
    <Response.PR: 7>
    """
    array = as_codes(codes, "codes")
    if array.ndim == 0:
        return Response(int(array))
    best = array.max(axis=-1, initial=0)
    return scalar_or_codes(np.asarray(best, dtype=np.int8))


def scalar_or_codes(codes: Codes) -> Any:
    """A `Response` for a 0-d array of codes, else the array itself."""
    return Response(int(codes)) if codes.ndim == 0 else codes


def reasons(bits: npt.ArrayLike, kind: type[IntFlag] = Reason) -> Any:
    """Bits of `Reason` in words.

    Parameters
    ----------
    bits : array_like of int, or Reason
        The ``.reason`` of a result, any shape. Whole floats are bits too, NaN no bit: what xarray
        and pandas make of them where a visit is not there.
    kind : type
        `Reason`, or `EventReason` for the reasons of a time.

    Returns
    -------
    ndarray of str, or str for one
        The names in lower case with ", " between: "increase, any lesion"; "" for no bit.

    Raises
    ------
    InputTypeError
        For anything but whole numbers.
    InputError
        For a bit that has no name.

    References
    ----------
    `Reason` and `EventReason`, whose bits are never renumbered.

    Examples
    --------
    >>> reasons([0, 8, Reason.INCREASE | Reason.ANY_LESION]).tolist()
    ['', 'increase', 'increase, any lesion']
    """
    array = np.asarray(bits)
    if array.dtype.kind == "f":
        whole = np.where(np.isnan(array), 0.0, array)
        if (whole == np.rint(np.clip(whole, -(2.0**31), 2.0**31))).all():
            array = whole.astype(np.int64)
    if array.dtype.kind not in "iu" and array.size:
        raise InputTypeError(
            f"`bits` must be bits of {kind.__name__} (whole numbers); got {array.dtype}. Give the "
            "`.reason` of a result.",
            argument="bits",
        )
    distinct, which = np.unique(array, return_inverse=True)
    if not isinstance(kind, type) or not issubclass(kind, IntFlag):
        raise InputTypeError(
            f"`kind` must be the flags that the bits are of, such as Reason; got {kind!r:.60}.",
            argument="kind",
        )
    known = sum(int(one) for one in kind)
    refuse(
        "bits",
        f"bits of {kind.__name__}",
        array,
        (array.astype(np.int64) & ~known) != 0,
        "Give the `.reason` of a result.",
    )
    words = [
        ", ".join(str(one.name).lower().replace("_", " ") for one in kind if one & int(value))
        for value in distinct
    ]
    said = np.array(words or [""], dtype=np.str_)[which.reshape(array.shape)]
    return str(said) if array.ndim == 0 else said
