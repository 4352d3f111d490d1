"""One fault at a time, put into a clean trial: `FAULTS` holds for each check a function that makes
its fault.

A function gets a `Trial`, changes it, and gives back where its check must find the fault:
``(table, row)``, or several of them. `SAME_FACT` lists what else may be found above note without a
cause, and why.
"""

import attrs
import numpy as np
import pandas as pd

import clean_trial as ct

QUIET, CURED, GROWS, NEWLY, GAP, UNSURE, WORSE, PLAIN, PARTIAL = (f"S-{i:05d}" for i in range(9))
A, B = ct.READERS[:2]
FAULTS = {}
SAME_FACT = {}
ALWAYS_FOLLOWS = {"U06": "L06", "N08": "M16", "X10": "D02"}
"""Checks whose finding always has a cause, and that cause: a baseline sum is lacking where a target
has no size, and a lesion that was gone is back; a study day is too much where the date is
partial."""


def fault(id, **also):
    """Register the fault of a check ("D08", or "D08: a name" for another one of it); ``also`` are
    other checks that the same fact is a fault for, with the reason.
    """

    def add(function):
        assert id not in FAULTS, id
        FAULTS[id] = function
        SAME_FACT[id] = also
        return function

    return add


def stories(visits=6):
    """A plan of nine subjects, each a story: stable, cured, growing, a new lesion, a visit not
    evaluable, ...
    """
    count = 9
    base = np.broadcast_to([[60, 40, 30, 20], [58, 42, 31, 22]], (count, 2, 4)).copy()
    step = np.full((count, 2, 4, visits), 0.95)
    number = {
        name: i
        for i, name in enumerate((QUIET, CURED, GROWS, NEWLY, GAP, UNSURE, WORSE, PLAIN, PARTIAL))
    }
    step[number[GROWS], :, :, 2:] = 1.15
    step[number[PARTIAL], :, :, 1:3] = 0.8
    base[number[PLAIN], :, 2:] = 0
    never = np.full(count, visits)
    cured, new = never.copy(), np.full((count, 2), visits)
    cured[number[CURED]] = 2
    new[number[NEWLY]] = new[number[UNSURE]] = 3
    other = np.full(count, ct.THERE)
    other[number[CURED]], other[number[WORSE]], other[number[PLAIN]] = (
        ct.GOING,
        ct.PROGRESSING,
        ct.NONE,
    )
    unmeasured = np.zeros((count, 2, visits), dtype=bool)
    unmeasured[number[GAP], :, 2] = True
    return ct.Plan(
        first=base,
        step=step,
        cured=cured,
        unmeasured=unmeasured,
        other=other,
        new=new,
        equivocal=np.arange(count) == number[UNSURE],
        jitter=np.zeros((count, visits), dtype=int),
    )


class Trial:
    """The tables of `stories` as pandas frames of text, and what faults need to change them."""

    def __init__(self):
        self.criteria, self.windows = "recist-1.1", {}
        self.plan, self.readers = stories(), (A, B)
        self.build()

    def build(self, **changes):
        """Write the tables anew with another plan: a fault that everything else in the trial agrees
        with.
        """
        self.plan = attrs.evolve(self.plan, **changes)
        made = ct.build(self.plan, self.criteria)
        self.tables = {name: pd.DataFrame(columns, dtype=object) for name, columns in made.items()}

    def under(self, criteria):
        """The same stories in a trial under other criteria."""
        self.criteria = criteria
        self.build()

    def sdtm(self):
        """The trial as SDTM domains."""
        self.tables = ct.as_sdtm(self.tables)

    def changed(self, name, place, value):
        """One array of the plan with another value at a place."""
        array = np.array(getattr(self.plan, name))
        array[place] = value
        self.build(**{name: array})

    def find(self, table, **equals):
        """The rows of a table where columns have these values."""
        frame = self.tables[table]
        here = np.ones(len(frame), dtype=bool)
        for column, value in equals.items():
            here &= (frame[column].astype(str) == str(value)).to_numpy()
        found = np.flatnonzero(here).tolist()
        assert found, (table, equals)
        return found

    def row(self, table, **equals):
        """The first such row."""
        return self.find(table, **equals)[0]

    def set(self, table, row, **cells):
        """Other cells in a row or in rows; a new column is blank elsewhere. Gives (table, row)
        back.
        """
        frame = self.tables[table]
        for column, value in cells.items():
            if column not in frame:
                frame[column] = ""
            frame.loc[row, column] = value
        return table, row if isinstance(row, int) else row[0]

    def copy(self, table, row, **cells):
        """A copy of a row, put at the end with other cells; (table, its row)."""
        frame = self.tables[table]
        for column in cells:
            if column not in frame:
                frame[column] = ""
        new = frame.loc[row].copy()
        for column, value in cells.items():
            new[column] = value
        self.tables[table] = pd.concat([frame, new.to_frame().T], ignore_index=True)
        return table, len(frame)

    def drop(self, table, rows):
        """A table without these rows."""
        self.tables[table] = self.tables[table].drop(index=rows).reset_index(drop=True)


from faults import (  # noqa: E402 - each registers its faults
    dated,  # noqa: F401
    dates,  # noqa: F401
    domains,  # noqa: F401
    editions,  # noqa: F401
    lesions,  # noqa: F401
    measurements,  # noqa: F401
    missed,  # noqa: F401
    noted,  # noqa: F401
    noted_courses,  # noqa: F401
    responses,  # noqa: F401
    samples,  # noqa: F401
    structure,  # noqa: F401
    sums,  # noqa: F401
)
