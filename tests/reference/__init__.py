"""Slow, literal twins of the vectorised rules: one patient, one visit at a time."""
