"""Complications of the treatments, with the review's figures, and a cohort's rates beside them.

Source: Vogl et al. 2008, sections 2.1, 2.2, 3.1.4, 3.2.1, 3.2.2, 5 and Table 4
(``complications.csv``). The names of the complications are the controlled terms. Most are named
without a figure: a blank is not printed, and never 0.
"""

from nettumor.complications.rates import rates, table

__all__ = ["rates", "table"]
