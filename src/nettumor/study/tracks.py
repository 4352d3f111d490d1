"""Who is assessed by whom: the subjects and the evaluators of a study, and its tracks.

A track is a subject and an evaluator; evaluators are never mixed. The rows of the lesions table and
the names of the subjects table come in; sorted names, and the track of each row, come out.
"""

from __future__ import annotations

import itertools
import re
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools
from nettumor.crf import Tables
from nettumor.crf.columns import Ints, Words
from nettumor.errors import InputError, did_you_mean
from nettumor.rows import order_of_words, stretches, values_at

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@frozen(eq=False, slots=False)
class Names:
    """The subjects and evaluators of a study, in order; track = subject * number of evaluators +
    evaluator.

    Attributes
    ----------
    subjects, evaluators : ndarray of str
        Distinct names, sorted.
    subject, evaluator : ndarray of int, shape (row,)
        Of each row of the lesions table; an evaluator that was not asked for is -1.
    without_subject : int
        Rows that name no subject.
    spelled : ndarray of str, shape (subject,), or None
        The subjects once more, where they are held as one array of letters already.
    """

    subjects: Words
    evaluators: Words
    subject: Ints
    evaluator: Ints
    without_subject: int = 0
    spelled: npt.NDArray[np.str_] | None = None

    @cached_property
    def track(self) -> Ints:
        """The track of each row."""
        if len(self.evaluators) == 1 and not self.evaluator.any():
            return self.subject
        return self.subject * len(self.evaluators) + self.evaluator

    @cached_property
    def asked(self) -> Bools | None:
        """Whether a row names a subject, and an evaluator who was asked for; None: all do."""
        one = self.evaluator.strides == (0,)  # the same in every row
        asked = np.asarray((self.evaluator[:1] if one else self.evaluator) >= 0)
        return None if asked.all() else np.broadcast_to(asked, self.evaluator.shape)

    @property
    def n_tracks(self) -> int:
        """Number of tracks: every subject with every evaluator, assessed or not."""
        return len(self.subjects) * len(self.evaluators)


def read_names(tables: Tables, evaluator: Any) -> Names:
    """Subjects of the lesions and the subjects table, and the evaluators asked for."""
    lesions = tables["lesions"]
    code, words = lesions.keys_of("subject")
    own = np.flatnonzero(_occurs(code, words))
    found = words[own].tolist()
    if "" in found:
        own = np.delete(own, found.index(""))
        found.remove("")
    if "subjects" in tables:
        known = {"", *found}
        found += [w for w in _occurring(*tables["subjects"].keys_of("subject")) if w not in known]
    spelled = lesions.spelled_keys_of("subject") if len(found) == len(words) else None
    order = order_of(found, spelled)
    of_word = np.full(len(words), -1, dtype=np.int32)
    of_word[own] = ranks(order)[: len(own)]
    subjects = _text(found)[order]
    subject = values_at(of_word, code) if len(words) else code
    nobody = subject < 0
    n_nobody = int(np.count_nonzero(nobody))
    e_code, e_words = lesions.keys_of("evaluator")
    readers = e_code[~nobody] if n_nobody else e_code
    wanted = _evaluators(sorted(_occurring(readers, e_words)), evaluator)
    e_of = places_among(wanted, e_words)
    one = len(e_words) == 1
    evaluators = (
        np.broadcast_to(e_of[0], len(code)) if one else e_of[e_code] if len(e_words) else e_code
    )
    if n_nobody:
        subject, evaluators = np.where(nobody, 0, subject), np.where(nobody, -1, evaluators)
    in_order = None if spelled is None else spelled[order]
    return Names(subjects, _text(wanted), subject, evaluators, n_nobody, in_order)


def places_among(names: list[str], words: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """The place of each word among the names; -1 where it is none of them."""
    place = dict(zip(names, range(len(names)), strict=True))
    return np.fromiter(map(place.get, words.tolist(), itertools.repeat(-1)), np.int32, len(words))


def _occurring(code: Ints, words: npt.NDArray[Any]) -> list[str]:
    """The words that some row has."""
    found: list[str] = words[_occurs(code, words)].tolist()
    return found


def _occurs(code: Ints, words: npt.NDArray[Any]) -> Bools:
    """Whether some row has the word."""
    occurs = np.zeros(len(words), dtype=np.bool_)
    for part in stretches(len(code)):
        occurs[code[part]] = True
        if occurs.all():
            break
    return occurs


def _text(words: list[str]) -> npt.NDArray[Any]:
    out = np.empty(len(words), dtype=object)
    out[:] = words
    return out


def _evaluators(known: list[str], evaluator: Any) -> list[str]:
    if evaluator is None:
        return sorted_words(known or [""])
    wanted = [
        str(e)
        for e in (
            [evaluator] if isinstance(evaluator, str) or not np.iterable(evaluator) else evaluator
        )
    ]
    upper = {w.upper(): w for w in known}
    if not wanted:
        raise InputError(
            "`evaluator` must name at least one; got none. Leave it out for all.",
            argument="evaluator",
        )
    for name in wanted:
        if name.upper() not in upper:
            have = (
                did_you_mean(name, known)
                if any(known)
                else "The table names no evaluator: leave it out."
            )
            raise InputError(
                f"`evaluator` names none of the lesions table: {name!r}. {have}",
                argument="evaluator",
            )
    return sorted_words([upper[w.upper()] for w in dict.fromkeys(wanted)])


def tracks_of(values: npt.NDArray[Any], owner: Ints) -> npt.NDArray[Any]:
    """The rows of some tracks; the array itself where they are all of them, in order."""
    every = len(owner) == len(values) and bool((owner == np.arange(len(owner))).all())
    return values if every else values[owner]


def sorted_words(words: list[str]) -> list[str]:
    """Names in order: as numbers if all are, else as text.

    >>> sorted_words(["10", "9"]), sorted_words(["b", "a10", "a9"])
    (['9', '10'], ['a10', 'a9', 'b'])
    """
    return [words[i] for i in order_of(words).tolist()]


def order_of(words: list[str], spelled: npt.NDArray[np.str_] | None = None) -> Ints:
    """The places of the words in the order of `sorted_words`; ``spelled`` are the same in one array
    of letters.
    """
    if all(_NUMBER.fullmatch(w) for w in words):
        return np.array(
            sorted(range(len(words)), key=lambda i: (float(words[i]), words[i])), dtype=np.int64
        )
    by_letters = None if spelled is None else order_of_words(spelled)
    if by_letters is not None:
        return by_letters
    return np.array(sorted(range(len(words)), key=words.__getitem__), dtype=np.int64)


def rank_of(words: Words) -> Ints:
    """The place of each distinct word in the sorted list of all."""
    return ranks(order_of(words.tolist()))


def ranks(order: Ints) -> Ints:
    """The place of each word in an order."""
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order))
    return rank
