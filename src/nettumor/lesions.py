"""One lesion: which size counts, may it be a target, and what is it when there is no number?

Sources: RECIST 1.1 (Eisenhauer et al. 2009), 3.1 (measurability), 4.2 (targets) and 4.3.2 (nodes,
lesions too small to measure, split and merged lesions), with the EORTC clarifications; mRECIST
(Lencioni and Llovet 2010) for viable diameters and nodes in the porta hepatis. Lengths are mm,
products mm2, volumes mL. Arrays come in, arrays go out.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor import _arrays
from nettumor._arrays import Bools, Floats
from nettumor._labels import by_label
from nettumor.criteria import RECIST_1_1, SizeCriteria
from nettumor.criteria._parts import LesionSelection
from nettumor.criteria._types import require
from nettumor.errors import (
    InputError,
    InputTypeError,
    IntakeWarning,
    choose,
    did_you_mean,
    place,
    refuse,
)
from nettumor.words.organs import is_organ
from nettumor.words.organs import read as organ_of
from nettumor.words.states import State, as_present
from nettumor.words.states import read as read_state

STATES = ("MEASURED", "ABSENT", "TOO SMALL", "PRESENT", "NOT EVALUABLE", "MERGED")
"""What a target lesion can be at a visit (the states of the ``lesions`` table that concern
targets).
"""
_STATE_OF = {int(State[name.replace(" ", "_")]): name for name in STATES} | {int(State.BLANK): ""}

_MM3_PER_ML = 1000.0


@by_label(
    gives="lesion timepoint",
    longest="lesion timepoint",
    perpendicular="lesion timepoint",
    viable="lesion timepoint",
    viable_perpendicular="lesion timepoint",
    volume="lesion timepoint",
    nodal="lesion",
)
def lesion_size(
    longest: npt.ArrayLike | None = None,
    perpendicular: npt.ArrayLike | None = None,
    *,
    viable: npt.ArrayLike | None = None,
    viable_perpendicular: npt.ArrayLike | None = None,
    volume: npt.ArrayLike | None = None,
    nodal: npt.ArrayLike = False,
    criteria: SizeCriteria = RECIST_1_1,
    invalid: str = "raise",
) -> Floats:
    """The size of each lesion that counts under the criteria.

    Diameter: the longest, of a lymph node the short axis (``perpendicular`` where given, else
    ``longest``, which is then read as the short axis); RECIST 1.0 has no nodes of its own and takes
    the longest. Viable diameter: ``viable`` where the lesion has one at baseline, else as a
    diameter. Product: longest times perpendicular. Viable product: viable times viable
    perpendicular. Volume: ``volume``.

    Parameters
    ----------
    longest : array_like of float, shape (..., lesion, timepoint), optional
        Longest diameter, mm; NaN where not measured (CDISC ``LDIAM``). Volumes and viable products
        need none.
    perpendicular : array_like of float, like ``longest``, optional
        Longest perpendicular diameter, of a node the short axis, mm (``LPERP``).
    viable, viable_perpendicular : array_like of float, like ``longest``, optional
        Diameters of the arterially enhancing part, mm (``VDIAM``).
    volume : array_like of float, like ``longest``, optional
        Volume, mL (``VOLUME``); `ellipsoid_volume` makes one from diameters.
    nodal : array_like of bool, shape (..., lesion)
    criteria : SizeCriteria
    invalid : {"raise", "NE"}
        What a negative or infinite measurement does: raise, or stay as it is, for `classify` or
        `target_response` to answer with NE.

    Returns
    -------
    ndarray of float, shape (..., lesion, timepoint)
        In ``criteria.unit``; NaN where a diameter that counts was not measured. A lesion with a
        longest diameter of 0 has a product of 0, whatever the other.

    Raises
    ------
    InputError
        Where the criteria need a measurement that is not given, for impossible ones (with
        ``invalid="raise"``), and for shapes that do not fit.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 3.1 and 4.3.2; WHO 1981; Lencioni and Llovet 2010; EASL
    2001.

    Examples
    --------
    >>> lesion_size([[30, 26], [30, 25]], [[20, 18], [20, 12]], nodal=[False, True])
    array([[30., 26.],
           [20., 12.]])
    """
    require(criteria, SizeCriteria, "lesion_size")
    given = {
        "longest": longest,
        "perpendicular": perpendicular,
        "viable": viable,
        "viable_perpendicular": viable_perpendicular,
        "volume": volume,
    }
    arrays = {name: _arrays.as_numbers(a, name) for name, a in given.items() if a is not None}
    choose("invalid", invalid, ("raise", "NE"))
    if invalid == "raise":
        _refuse_impossible(arrays)
    present = dict(zip(arrays, _arrays.broadcast(**arrays), strict=True))
    need = {
        "product": ("longest", "perpendicular"),
        "viable product": ("viable", "viable_perpendicular"),
        "volume": ("volume",),
    }.get(criteria.measure, ("longest",))
    for name in need:
        if name not in present:
            raise InputError(
                f"`{name}` must be given for {criteria.title}, which measures a "
                f"{criteria.measure}; got None. "
                "Give it, or take criteria that measure what you have.",
                argument=name,
            )
    if len(need) == 2:
        one, other = (present[name] for name in need)
        return np.where((one == 0) | (other == 0), 0.0, one * other)
    if criteria.measure == "volume":
        return np.array(present["volume"])
    size = _diameter(present, nodal, criteria)
    if criteria.measure == "viable diameter" and "viable" in present:
        viable_part = present["viable"]
        baseline = viable_part[..., :1] if viable_part.ndim else viable_part
        size = np.where(np.isnan(baseline), size, viable_part)
    return size


def _refuse_impossible(arrays: dict[str, Floats]) -> None:
    """Raise for the first negative or infinite measurement."""
    for name, values in arrays.items():
        refuse(
            name,
            "finite and at least 0 (NaN where not measured)",
            values,
            np.isinf(values) | (values < 0),
            "Correct it or leave the lesion out.",
        )


def _diameter(present: dict[str, Floats], nodal: npt.ArrayLike, criteria: SizeCriteria) -> Floats:
    """The longest diameter, of a node the short axis where the criteria know nodes."""
    longest = present["longest"]
    flags = _arrays.as_flags(nodal, "nodal")
    if criteria.node_normal is None or "perpendicular" not in present:
        return np.array(longest)
    node = flags[..., None] if longest.ndim and flags.ndim else flags
    (node, longest, short) = _arrays.broadcast(
        **{"nodal": node, "longest": longest, "perpendicular": present["perpendicular"]}
    )
    return np.where(node & ~np.isnan(short), short, longest)


@by_label(gives="")
def ellipsoid_volume(
    longest: npt.ArrayLike, perpendicular: npt.ArrayLike, depth: npt.ArrayLike | None = None
) -> Floats:
    """Volume of an ellipsoid with these diameters.

    Parameters
    ----------
    longest, perpendicular, depth : array_like of float, shapes that broadcast
        Diameters at right angles, mm; NaN where not measured. Without ``depth`` it is taken as
        ``perpendicular``.

    Returns
    -------
    ndarray of float
        mL; NaN where a diameter is missing.

    Raises
    ------
    InputError
        For negative or infinite diameters.

    References
    ----------
    pi/6 times the product of the diameters; the third taken as the second is a library choice.

    Examples
    --------
    >>> ellipsoid_volume(20.0, 20.0).round(4)
    np.float64(4.1888)
    """
    names = {
        "longest": longest,
        "perpendicular": perpendicular,
        "depth": perpendicular if depth is None else depth,
    }
    arrays = {name: _arrays.as_numbers(a, name) for name, a in names.items()}
    _refuse_impossible(arrays)
    one, two, three = _arrays.broadcast(**arrays)
    return np.asarray(np.pi / 6 * one * two * three / _MM3_PER_ML)


@by_label(gives="")
def is_measurable(
    longest: npt.ArrayLike,
    *,
    nodal: npt.ArrayLike = False,
    slice_thickness: npt.ArrayLike | None = None,
    xray: npt.ArrayLike = False,
    criteria: SizeCriteria = RECIST_1_1,
) -> Any:
    """Whether a lesion is large enough to be a target.

    Parameters
    ----------
    longest : array_like of float
        Longest diameter, of a node the short axis, mm; NaN is not measurable.
    nodal : array_like of bool, broadcastable
    slice_thickness : array_like of float, broadcastable, optional
        mm; a lesion must be at least ``criteria.selection.slice_factor`` slices large. NaN: not
        known, no demand.
    xray : array_like of bool, broadcastable
        Measured on a chest X-ray.
    criteria : SizeCriteria
        With a ``.selection``.

    Returns
    -------
    ndarray of bool, or bool

    Raises
    ------
    InputError
        Where the criteria say nothing of measurability, and for shapes that do not fit.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 3.1: 10 mm, nodes 15 mm, chest X-ray 20 mm, twice the slice
    thickness.

    Examples
    --------
    >>> is_measurable([9.9, 10.0, 12.0, 12.0], slice_thickness=[5, 5, 5, 8])
    array([False,  True,  True, False])
    """
    rules = _selection(criteria, "is_measurable")
    size, flags, radiograph, slices = _arrays.broadcast(
        longest=_arrays.as_numbers(longest, "longest"),
        nodal=_arrays.as_flags(nodal, "nodal"),
        xray=_arrays.as_flags(xray, "xray"),
        slice_thickness=_arrays.as_numbers(
            np.nan if slice_thickness is None else slice_thickness, "slice_thickness"
        ),
    )
    _refuse_impossible({"longest": size, "slice_thickness": slices})
    least = np.where(flags, rules.min_node_target or rules.min_size or 0.0, rules.min_size or 0.0)
    least = np.where(radiograph & ~flags, rules.min_size_xray or least, least)
    by_slice = np.where(np.isnan(slices), 0.0, slices) * (rules.slice_factor or 0.0)
    enough = _arrays.at_least(size, np.maximum(least, by_slice))
    return bool(enough) if enough.ndim == 0 else enough


def _selection(criteria: SizeCriteria, function: str) -> LesionSelection:
    require(criteria, SizeCriteria, function)
    if criteria.selection is None:
        raise InputError(
            f"`criteria` of {function} must say which lesions can be targets; {criteria.title} "
            "does not. "
            "Take criteria.RECIST_1_1, or set `selection`.",
            argument="criteria",
        )
    return criteria.selection


NODE_CLASSES = ("not measured", "normal", "pathological", "target")
"""Classes of a lymph node by its short axis; a pathological node is non-target disease."""


@by_label(gives="")
def node_class(
    short_axis: npt.ArrayLike,
    *,
    porta_hepatis: npt.ArrayLike = False,
    criteria: SizeCriteria = RECIST_1_1,
) -> npt.NDArray[np.str_]:
    """What a lymph node is by its short axis: "normal", "pathological" (non-target) or "target".

    Parameters
    ----------
    short_axis : array_like of float
        Short axis, mm; NaN is "not measured".
    porta_hepatis : array_like of bool, broadcastable
        Whether it lies in the porta hepatis, where mRECIST asks for more.
    criteria : SizeCriteria
        With a ``.selection`` that knows nodes.

    Returns
    -------
    ndarray of str
        "normal" below ``min_node``, "target" from ``min_node_target``, "pathological" between.

    Raises
    ------
    InputError
        Where the criteria say nothing of nodes.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 3.1: 10 and 15 mm; mRECIST (Lencioni and Llovet 2010): 15,
    porta hepatis 20.

    Examples
    --------
    >>> node_class([9.9, 10.0, 15.0]).tolist()
    ['normal', 'pathological', 'target']
    """
    rules = _selection(criteria, "node_class")
    if rules.min_node is None:
        raise InputError(
            f"`criteria` of node_class must have a limit for nodes; {criteria.title} has none. "
            "Take criteria.RECIST_1_1.",
            argument="criteria",
        )
    size, hepatic = _arrays.broadcast(
        short_axis=_arrays.as_numbers(short_axis, "short_axis"),
        porta_hepatis=_arrays.as_flags(porta_hepatis, "porta_hepatis"),
    )
    _refuse_impossible({"short_axis": size})
    least = np.where(hepatic, rules.min_node_porta_hepatis or rules.min_node, rules.min_node)
    abnormal = _arrays.at_least(size, least)
    target = abnormal & _arrays.at_least(size, rules.min_node_target or rules.min_node)
    found = np.where(np.isnan(size), 0, 1 + abnormal.astype(np.int64) + target)
    return np.asarray(np.array(NODE_CLASSES)[found])


@by_label(
    longest="lesion", organ="lesion", nodal="lesion", slice_thickness="lesion", gives="lesion"
)
def select_targets(
    longest: npt.ArrayLike,
    organ: npt.ArrayLike,
    *,
    nodal: npt.ArrayLike = False,
    slice_thickness: npt.ArrayLike | None = None,
    criteria: SizeCriteria = RECIST_1_1,
    unknown_organs: str = "warn",
) -> Bools:
    """Which lesions a reader would take as targets: the largest, from every organ, within the
    limits.

    The largest measurable lesion of each organ comes before the second of any; among equals the
    larger, then the first. All lymph nodes are one organ, and so are paired organs ("LUNG, LEFT"
    and "RIGHT LUNG" are LUNG).

    Parameters
    ----------
    longest : array_like of float, shape (..., lesion)
        Longest diameter at baseline, of a node the short axis, mm; NaN is not measured, or padding.
    organ : array_like of str, broadcastable
    nodal : array_like of bool, broadcastable
    slice_thickness : array_like of float, broadcastable, optional
        mm, as for `is_measurable`.
    criteria : SizeCriteria
        With a ``.selection``: RECIST 1.1 allows 5 targets and 2 an organ, RECIST 1.0 10 and 5.
    unknown_organs : {"warn", "own", "one", "leave out"}
        What a word is that names no organ known here, of a lesion that is no node: an organ of its
        own (a blank, too) with a warning or without, one organ together with all such words, or no
        place for a target. A single letter is a code of one's own, and an organ.

    Returns
    -------
    ndarray of bool, shape (..., lesion)

    Raises
    ------
    InputError
        Where the criteria say nothing of targets, and for shapes that do not fit.

    Warns
    -----
    IntakeWarning
        For words that name no known organ (see ``unknown_organs``).

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.2; EORTC clarifications (paired organs; nodes). The order
    among organs is a library choice: the paper asks for the largest lesions that represent all
    organs.

    Examples
    --------
    >>> select_targets([50, 40, 30, 12], ["LIVER", "LIVER", "LIVER", "LUNG, LEFT"]).tolist()
    [True, True, False, True]
    """
    rules = _selection(criteria, "select_targets")
    choose("unknown_organs", unknown_organs, ("warn", "own", "one", "leave out"))
    measurable = np.asarray(
        is_measurable(longest, nodal=nodal, slice_thickness=slice_thickness, criteria=criteria)
    )
    if measurable.ndim == 0:
        raise InputError(
            "`longest` must have the axis (..., lesion); got a single size. Give the lesions of a "
            "patient as a list.",
            argument="longest",
        )
    where = np.asarray(organ)
    if where.dtype.kind not in "UO":
        raise InputTypeError(
            f"`organ` must be text; got {where.dtype}. Give names such as LIVER.", argument="organ"
        )
    sizes, nodes, organs, can = _arrays.broadcast(
        longest=_arrays.as_numbers(longest, "longest"),
        nodal=_arrays.as_flags(nodal, "nodal"),
        organ=where,
        measurable=measurable,
    )
    group, unknown = _organs(organs, nodes, can, unknown_organs)
    if unknown_organs == "leave out":
        can = can & ~unknown
    in_organ = _rank(sizes, can, group)
    chosen = can & (in_organ < (rules.max_per_organ or sizes.shape[-1]))
    # One lesion of each organ first, then the second of each; within a round the larger.
    overall = _rank(np.where(chosen, sizes, -np.inf), chosen, np.zeros_like(group), in_organ)
    return np.asarray(chosen & (overall < (rules.max_targets or sizes.shape[-1])))


def _organs(
    organs: npt.NDArray[Any], nodes: Bools, can: Bools, unknown_organs: str
) -> tuple[npt.NDArray[Any], Bools]:
    """The organ of each lesion as a number, nodes one organ, and where its word names none."""
    written, code = np.unique(organs.astype(str), return_inverse=True)
    names = [organ_of(str(word)) for word in written]
    strange = np.array([len(n) != 1 and not is_organ(n) for n in names], dtype=np.bool_)
    unknown = np.asarray(strange[code.reshape(organs.shape)] & ~nodes)
    if unknown_organs == "one":
        names = ["" if odd else name for name, odd in zip(names, strange, strict=True)]
    elif unknown_organs == "warn" and (unknown & can).any():
        words = np.unique(organs[unknown & can].astype(str)).tolist()
        more = f" and {len(words) - 5} more" if len(words) > 5 else ""
        warnings.warn(
            f"`organ` has words that name no known organ: {', '.join(map(repr, words[:5]))}{more}. "
            "Each counts as an organ of its own; write the organ, or choose unknown_organs='own', "
            "'one' or 'leave out'.",
            IntakeWarning,
            stacklevel=4,
        )
    merged = np.unique(names, return_inverse=True)[1]
    return np.where(nodes, -1, merged[code.reshape(organs.shape)]), unknown


def _rank(
    sizes: Floats, can: Bools, group: npt.NDArray[Any], first_by: npt.NDArray[Any] | None = None
) -> Any:
    """How many lesions of the same group stand before each: smaller ``first_by``, then larger, then
    first.
    """
    n = sizes.shape[-1]
    rank = np.zeros(sizes.shape, dtype=np.int64)
    order = np.zeros(sizes.shape, dtype=np.int64) if first_by is None else first_by
    place_of = np.arange(n)
    for other in range(n):
        one = slice(other, other + 1)
        size, round_ = sizes[..., one], order[..., one]
        larger = (size > sizes) | ((size == sizes) & (other < place_of))
        before = (round_ < order) | ((round_ == order) & larger)
        rank += can[..., one] & (group[..., one] == group) & before
    return rank


@by_label(gives="")
def size_in_state(
    sizes: npt.ArrayLike, status: npt.ArrayLike, *, criteria: SizeCriteria = RECIST_1_1
) -> Floats:
    """The size that counts for a target lesion in a given state: three kinds of nothing are never
    mixed.

    ABSENT and MERGED are 0; TOO SMALL is the size that was given, else the criteria's default (5 mm
    in RECIST 1.1), else not measured; NOT EVALUABLE is not measured; MEASURED, PRESENT and "" are
    the size that was given.

    Parameters
    ----------
    sizes : array_like of float
        mm, mm2 or mL; NaN where there is no number.
    status : array_like of str, broadcastable
        One of `STATES`, as people write them ("TSTM", "resolved"), or missing.
    criteria : SizeCriteria

    Returns
    -------
    ndarray of float
        NaN where not measured.

    Raises
    ------
    InputError
        For another word, for a negative or infinite size, and for a size above 0 of a lesion that
        is ABSENT, MERGED or NOT EVALUABLE.

    References
    ----------
    RECIST 1.1 (Eisenhauer et al. 2009), 4.3.2; EORTC clarifications; CDISC oncology supplement
    (TUMSTATE).

    Examples
    --------
    >>> import numpy as np
    >>> size_in_state([np.nan, np.nan, 3.0, np.nan], ["ABSENT", "TOO SMALL", "TOO SMALL", "NOT EVALUABLE"])
    array([ 0.,  5.,  3., nan])
    """
    require(criteria, SizeCriteria, "size_in_state")
    values, words = _arrays.broadcast(
        sizes=_arrays.as_numbers(sizes, "sizes"), status=np.asarray(status)
    )
    _refuse_impossible({"sizes": values})
    written, code = np.unique(words.astype(str), return_inverse=True)
    read = [_STATE_OF.get(as_present(read_state(str(w))), str(w)) for w in written]
    state = np.array(read or [""], dtype=np.str_)[code.reshape(words.shape)]
    known = np.isin(state, ("", *STATES))
    if not known.all():
        index = tuple(int(i) for i in np.unravel_index(int(np.argmin(known)), known.shape))
        word = str(words[index])
        raise InputError(
            f"`status` must be one of {', '.join(STATES)} or blank; got {word!r}{place(index)}. "
            f"{did_you_mean(word, STATES)}",
            argument="status",
            index=index,
        )
    nothing = np.isin(state, ("ABSENT", "MERGED", "NOT EVALUABLE"))
    refuse(
        "sizes",
        "0 or NaN where the lesion is absent, merged or not evaluable",
        values,
        nothing & (values > 0),
        "Decide which of the two is right.",
    )
    small = np.nan if criteria.too_small is None else criteria.too_small
    out = np.where((state == "TOO SMALL") & np.isnan(values), small, values)
    out = np.where(np.isin(state, ("ABSENT", "MERGED")), 0.0, out)
    return np.where(state == "NOT EVALUABLE", np.nan, out)
