"""The parts that criteria are made of: citations, limits, selection of lesions, checks of the
fields.
"""

from __future__ import annotations

import hashlib
import json
import math
import weakref
from abc import ABC, abstractmethod
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar, Literal

import attrs
import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor import _arrays
from nettumor._arrays import GUARD, Bools
from nettumor.criteria._variants import OWN, base_of, is_own, own_fields
from nettumor.errors import InputError, choose

PROVENANCE = ("found", "from memory", "library choice")

Provenance = Literal["found", "from memory", "library choice"]


def wrong(owner: Any, name: str, must: str, value: object, repair: str) -> InputError:
    """The error of a field: whose, what it must be, what it was, and the repair."""
    return InputError(
        f"`{name}` of {type(owner).__name__} must be {must}; got {value!r}. {repair}", argument=name
    )


def one_of(*allowed: str) -> Any:
    """A validator: the field is one of these words."""

    def check(_owner: Any, attribute: attrs.Attribute[Any], value: object) -> None:
        choose(attribute.name, value, allowed)

    return check


def instance(kind: type[Any]) -> Any:
    """A validator: the field holds an object of this kind."""

    def check(owner: Any, attribute: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, kind) and not (value is None and attribute.default is None):
            a = "an" if kind.__name__[0] in "AEIOU" else "a"
            raise wrong(
                owner,
                attribute.name,
                f"{a} {kind.__name__}",
                value,
                "Take one of an edition and evolve it.",
            )

    return check


def text(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """A validator: the field holds words."""
    if not isinstance(value, str) or not value.strip():
        raise wrong(owner, attribute.name, "words", value, "Say what it is called.")


def text_or_blank(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """A validator: the field holds words or nothing."""
    if not isinstance(value, str):
        raise wrong(owner, attribute.name, "text", value, 'Put it in quotes, or write "".')


def is_number(value: object) -> bool:
    """Whether it is a finite number, and no bool."""
    if type(value) is bool or not isinstance(value, Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def as_names(given: Any) -> Any:
    """A list of names as a tuple, so that rules stay frozen; what is none stays as it is."""
    return tuple(given) if isinstance(given, (list, set, frozenset)) else given


def optional_names(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """A validator: a tuple of names, or None."""
    if value is not None and not _is_names(value):
        raise wrong(owner, attribute.name, "a list of names, or None", value, 'E.g. ["CT", "MRI"].')


def words_or_names(*words: str) -> Any:
    """A validator: one of these words, or a tuple of names."""

    def check(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        if value not in words and not _is_names(value):
            known = ", ".join(map(repr, words))
            raise wrong(
                owner,
                attribute.name,
                f"{known} or a list of names",
                value,
                'Write a single name as a list: ["CgA"].',
            )

    return check


def _is_names(value: Any) -> bool:
    named = isinstance(value, tuple) and bool(value)
    return named and all(isinstance(n, str) and n.strip() for n in value)


def days(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """A validator: the field is a number of days from 0, or None for off."""
    if value is not None and not (is_number(value) and value >= 0):
        raise wrong(
            owner,
            attribute.name,
            "a number of days from 0, or None",
            value,
            "Use None to turn it off.",
        )


def count(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """A validator: the field is a whole number from 0."""
    if type(value) is bool or not isinstance(value, Integral) or int(value) < 0:
        raise wrong(
            owner, attribute.name, "a whole number from 0", value, "Give how many are allowed."
        )


def optional_count(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """A validator: the field is a whole number from 0, or None for no limit."""
    if value is not None:
        count(owner, attribute, value)


def length(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """A validator: the field is a number above 0, or None for off."""
    if value is not None and not (is_number(value) and value > 0):
        raise wrong(
            owner,
            attribute.name,
            "a number greater than 0, or None",
            value,
            "Use None to turn it off.",
        )


def flag(owner: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """A validator: the field is True or False."""
    if not isinstance(value, bool):
        raise wrong(owner, attribute.name, "True or False", value, "Give a bool.")


@frozen
class Citation:
    """Where a number stands: document, section, DOI, and how sure that is.

    Parameters
    ----------
    document, section, doi : str
        The publication, the place in it, and its DOI ("" where there is none).
    provenance : {"found", "from memory", "library choice"}
        "found": read in the source or a public text of it; "from memory": not re-read, never to be
        quoted; "library choice": the source is silent.

    Examples
    --------
    >>> print(Citation("Miller et al. 1981", "Table 2", provenance="from memory"))
    Miller et al. 1981, Table 2; from memory
    """

    document: str = field(validator=text)
    section: str = field(default="", validator=text_or_blank)
    doi: str = field(default="", validator=text_or_blank)
    provenance: Provenance = field(default="found", validator=one_of(*PROVENANCE))

    def __str__(self) -> str:
        where = f", {self.section}" if self.section else ""
        doubt = "" if self.provenance == "found" else f"; {self.provenance}"
        return f"{self.document}{where}{doubt}"


@frozen
class Threshold:
    """A limit on a change, in percent of a reference, with an optional absolute minimum.

    Parameters
    ----------
    value : float
        Percent, greater than 0; a decrease is at most 100.
    direction : {"decrease", "increase"}
    citation : Citation
    strict : bool
        True: the change must be more than the limit; False: at least.
    reference : {"baseline", "nadir"}
        What the change counts from. The nadir includes the baseline.
    absolute : float or None
        Absolute change that counts beside the percent, in ``unit`` (see ``absolute_combines`` of
        the criteria: "and" or "or").
    unit : str
        Unit of ``absolute``: mm, mm2, mL, HU, SUL.

    Examples
    --------
    >>> limit = Threshold(20, "increase", Citation("protocol", "7.1"), reference="nadir", absolute=5, unit="mm")
    >>> print(limit.prose("the sum"))
    an increase of at least 20 % of the sum at its smallest (nadir) and at least 5 mm [protocol, 7.1]
    """

    value: float
    direction: Literal["decrease", "increase"] = field(validator=one_of("decrease", "increase"))
    citation: Citation = field(validator=instance(Citation))
    strict: bool = field(default=False, kw_only=True, validator=flag)
    reference: Literal["baseline", "nadir"] = field(
        default="baseline", kw_only=True, validator=one_of("baseline", "nadir")
    )
    absolute: float | None = field(default=None, kw_only=True, validator=length)
    unit: str = field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.unit, str) or (self.absolute is not None and not self.unit):
            raise wrong(self, "unit", "the unit of `absolute`, such as mm", self.unit, "Name it.")
        v: Any = self.value
        if is_number(v) and 0 < v < 1:
            raise wrong(
                self,
                "value",
                "in percent",
                v,
                f"Write {float(str(v)) * 100:g} for {float(str(v)) * 100:g} %.",
            )
        if not is_number(v) or v <= 0 or (self.direction == "decrease" and v > 100):
            most = " and at most 100" if self.direction == "decrease" else ""
            raise wrong(
                self,
                "value",
                f"a percent greater than 0{most}",
                v,
                "The sign stands in `direction`.",
            )

    @property
    def signed(self) -> float:
        """The limit as a change: negative for a decrease, percent."""
        return -self.value if self.direction == "decrease" else self.value

    def percent_met(
        self, reference: npt.ArrayLike, after: npt.ArrayLike, guard: float = GUARD
    ) -> Bools:
        """Whether the change from ``reference`` to ``after`` meets the percent limit; NaN
        is False.
        """
        compare = _arrays.fallen_by if self.direction == "decrease" else _arrays.risen_by
        before, now = np.asarray(reference, dtype=float), np.asarray(after, dtype=float)
        met: Bools = compare(self.value, before, now, strict=self.strict, guard=guard)
        return met

    def absolute_met(
        self, reference: npt.ArrayLike, after: npt.ArrayLike, guard: float = GUARD
    ) -> Bools:
        """Whether the absolute change is at least ``absolute`` (True where there is no such
        limit).
        """
        before, now = np.asarray(reference, dtype=float), np.asarray(after, dtype=float)
        if self.absolute is None:
            return np.asarray(~(np.isnan(before) | np.isnan(now)))
        high, low = (before, now) if self.direction == "decrease" else (now, before)
        met: Bools = _arrays.at_least(high, low + self.absolute, guard)
        return met

    def prose(self, what: str, combines: str = "and") -> str:
        """The limit as a clause: "a decrease of more than 30 % of the size at baseline"."""
        how = "more than" if self.strict else "at least"
        extra = (
            f" {combines} at least {self.absolute:g} {self.unit}"
            if self.absolute is not None
            else ""
        )
        where = "at baseline" if self.reference == "baseline" else "at its smallest (nadir)"
        a = "an" if self.direction == "increase" else "a"
        new = ("protocol", "library choice")  # a limit that the edition has not, as `load` puts it
        put_in = (self.citation.document, self.citation.provenance) == new
        cited = OWN if put_in or is_own(self) else self.citation
        return f"{a} {self.direction} of {how} {self.value:g} % of {what} {where}{extra} [{cited}]"


@frozen(kw_only=True)
class LesionSelection:
    """Which lesions can be targets, and what counts when one is hardly seen.

    Parameters
    ----------
    min_size, min_node_target, min_node : float or None
        Smallest measurable extranodal size; smallest short axis of a target node; smallest short
        axis of a pathological node; mm.
    min_size_xray : float or None
        Smallest measurable size on a chest X-ray, mm.
    slice_factor : float or None
        A lesion must be at least this many slices thick.
    min_node_porta_hepatis : float or None
        Smallest malignant short axis in the porta hepatis, mm.
    max_targets, max_per_organ : int or None
        Most target lesions in all and in one organ; None: no limit.

    Examples
    --------
    >>> from nettumor.criteria import RECIST_1_1
    >>> RECIST_1_1.selection.min_size, RECIST_1_1.selection.max_targets
    (10, 5)
    """

    min_size: float | None = field(default=None, validator=length)
    min_size_xray: float | None = field(default=None, validator=length)
    min_node_target: float | None = field(default=None, validator=length)
    min_node: float | None = field(default=None, validator=length)
    min_node_porta_hepatis: float | None = field(default=None, validator=length)
    slice_factor: float | None = field(default=None, validator=length)
    max_targets: int | None = field(default=None, validator=optional_count)
    max_per_organ: int | None = field(default=None, validator=optional_count)
    citation: Citation = field(validator=instance(Citation))

    def prose(self) -> str:
        """The limits on target lesions as a sentence."""
        limits = {
            "{:g} mm or more": self.min_size, "on a chest X-ray {:g} mm": self.min_size_xray,
            "{:g} slices": self.slice_factor, "nodes {:g} mm in short axis": self.min_node_target,
            "other nodes are disease from {:g} mm": self.min_node,
            "in the porta hepatis from {:g} mm": self.min_node_porta_hepatis,
            "at most {:g} in all": self.max_targets, "{:g} an organ": self.max_per_organ,
        }  # fmt: skip
        said = ", ".join(
            words.format(limit) for words, limit in limits.items() if limit is not None
        )
        cited = OWN if is_own(self) else self.citation
        return f"Target lesions: {said or 'every measurable lesion'} [{cited}]."


@frozen(kw_only=True, str=False, repr=False)
class Rules(ABC):
    """What every criteria object has: a family, prose, a digest, and the kind of question it
    answers.

    ``family`` says which published rules it descends from ("RECIST 1.1", "WHO"); `attrs.evolve` and
    `criteria.load` keep it, whatever else they change.
    """

    name: str = field(default="custom", validator=text)
    title: str = field(validator=text)
    family: str = field(default="custom", validator=text)
    kind: ClassVar[str]

    def __init_subclass__(cls) -> None:
        # attrs writes a repr of its own for each class that has none in its body: all fields of
        # all parts, which fills a screen in every signature that has criteria as a default.
        cls.__repr__ = Rules.__repr__  # type: ignore[method-assign]

    @abstractmethod
    def prose(self) -> str:
        """The rules as sentences that a clinician can sign."""

    @property
    def heading(self) -> str:
        """The title; of a variant that has kept its edition's title, that it is one."""
        base = base_of(self)
        kept = base is not None and base.title == self.title and own_fields(self)
        return f"Variant of {self.title}" if kept else self.title

    def __str__(self) -> str:
        own = own_fields(self)
        if not own:
            return self.prose()
        return (
            f"{self.prose()}\nA variant of {base_of(self).title}; {OWN}, without its citation: "
            f"{', '.join(own)}."
        )

    def __repr__(self) -> str:
        base = base_of(self)
        variant = f", a variant of {base.title}" if base is not None and own_fields(self) else ""
        return f"<{type(self).__name__} {self.name!r}{variant}>"

    @property
    def digest(self) -> str:
        """A stable fingerprint of all rules: the first 16 hexadecimal digits of a SHA-256."""
        made = _DIGESTS.get(id(self))
        if made is None or made[0]() is not self:
            forget = partial(_forget, id(self))
            made = _DIGESTS[id(self)] = (weakref.ref(self, forget), _digest(self))
        return made[1]


_DIGESTS: dict[int, tuple[weakref.ref[Any], str]] = {}
"""The fingerprints of the objects that live, by identity: of equal objects one may hold a flag where
the other holds a number, and every assessment asks for three of them."""


def _forget(key: int, _gone: object) -> None:
    """Let the fingerprint of an object go with it."""
    _DIGESTS.pop(key, None)


def _digest(rules: Any) -> str:
    """The fingerprint of all fields that decide."""
    fields = attrs.asdict(rules, filter=_decides, value_serializer=_plain)
    said = json.dumps([type(rules).__name__, fields], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _decides(attribute: attrs.Attribute[Any], _value: object) -> bool:
    """Whether a field is part of the fingerprint: the family only says where the rules come from."""
    return attribute.name != "family"


def _plain(_owner: object, _attribute: object, value: Any) -> Any:
    """Numbers as floats: 30, 30.0 and NumPy's are one limit, and so one digest."""
    if isinstance(value, tuple):
        return [_plain(None, None, v) for v in value]
    return float(value) if is_number(value) else value


def check_limits(owner: Any, *, needed: tuple[str, ...], **directions: str) -> None:
    """Refuse a limit that is none or flipped, and one that is not below that of PR."""
    for name, direction in directions.items():
        limit = getattr(owner, name)
        if limit is None and name not in needed:
            continue
        if not isinstance(limit, Threshold):
            raise wrong(owner, name, "a Threshold", limit, "Build one with its citation.")
        if limit.direction != direction:
            a = "an" if direction == "increase" else "a"
            raise wrong(
                owner, name, f"a limit on {a} {direction}", limit.direction, "The limit is flipped."
            )
    for smaller in ("mr", "sd_limit"):
        limit = getattr(owner, smaller, None)
        if limit is not None and limit.value >= owner.pr.value:
            raise wrong(
                owner,
                smaller,
                f"below the limit of PR ({owner.pr.value:g} %)",
                limit.value,
                "Lower it, or raise the limit of PR.",
            )
