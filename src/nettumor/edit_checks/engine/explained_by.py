"""Which findings explain others: the lists of checks that several checks follow.

Is what a check found a cause, or a consequence of what another one found? The argument ``follows``
of a check names single checks, and these lists; `causes` reads it. With "=" before it a check
explains what is found at the very same timepoint only.
"""

from __future__ import annotations

COURSE_SLIPS = ("M04", "M05", "M08", "M09", "M10", "M15")
"""Slips of a size after which it leaves its course."""

SIZE_SLIPS = (
    *("S03", "L15", "M03", "M06", "M08", "M09", "M10"),
    *("M12", "M13", "M15", "M25", "M26", "M27", "M35", "M36"),
)
"""Faults after which a size is not what was meant."""

_ROW_FAULTS = ("S02", "S03", "S10", "S11", "L14", "L15", "A01", "A02", "A06", "=D03", "=D13")
"""Faults after which a row of the lesions stands for another lesion, visit or reader."""

NEW_LESION_FAULTS = (*_ROW_FAULTS, "=S04", "L13", "M03")
"""Faults of rows after which a new lesion is not what was meant."""

NON_TARGET_FAULTS = (*NEW_LESION_FAULTS, "S06", "M06")
"""Faults of rows after which a non-target status is not what was meant."""

_VALUE_FAULTS = (
    *("S06", "L06", "M01", "M02", "M03", "M04", "M05", "M06", "M08", "M09", "M10", "M12", "M13"),
    *("M15", "M25", "M26", "M27", "M28", "M29", "M30", "M31", "M32", "M34", "M35", "M36"),
    *("Q03", "Q11", "X13", "X15"),
)
"""Faults after which a target has not the value that was meant, or none."""

SUM_FAULTS = (*_ROW_FAULTS, *_VALUE_FAULTS, "S08", "D08")
"""Faults of rows after which a sum is not what was meant."""

LESION_FAULTS = (*_ROW_FAULTS, *_VALUE_FAULTS, "=S04", "M07", "U06", "X01", "X02", "X09", "X11")
"""Faults of lesion rows after which nothing that is recomputed is what was meant, there and
later.
"""

PART_CHECKS = (
    *("=T01", "=T02", "=T03", "=T04", "=T05", "=T07", "=T08", "=T09"),
    *("=N01", "=N03", "=N04", "=N06", "=N07", "=N09", "=W01", "=W02", "=W03", "=W04"),
    *("=S08", "=S12"),
)
"""Checks of the parts of a visit whose finding there explains one on its overall response."""

VISIT_CHECKS = (
    *("S02", "S04", "S11", "S12", "D01", "D08", "T01", "T02", "T03", "T04", "T05", "T07", "T08"),
    *("N01", "N03", "N04", "N06", "N09", "W01", "W02", "W03", "O01", "O02", "O03", "O06"),
)
"""Checks of single visits whose finding anywhere in the course explains a wrong best response or
date.
"""
