"""How people write things: one reader for each subject, a table of spellings as data beside it.

Which question: what does a word mean that stands in a cell, an argument or a command? Roles, states,
responses, yes and no, visits, organs, regions, methods, evaluators, names of criteria, missing
words, dates, units and numbers. Everything that reads a word reads it here, so that two readers
cannot disagree. Each module has ``read(word)``, which gives a code (or a name), and `UNKNOWN` for a
word that it does not know: nothing is guessed, and an unknown word is somebody's to count.

Single words and sequences of distinct words come in; columns, tables and rows are not known here.
What must not go in: what a word is worth in an assessment. Read by all; reads nothing but `errors`
and NumPy, so that `nettumor.terminology` can read it.
"""

from __future__ import annotations

from nettumor.words.missing import UNKNOWN, is_missing, tidy

__all__ = ["UNKNOWN", "is_missing", "tidy"]
