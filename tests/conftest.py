"""Hypothesis profiles: ``fast`` while writing, ``ci`` by default, ``deep`` for long runs."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("fast", max_examples=25, deadline=None)
settings.register_profile(
    "ci",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "deep", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


_AT_THE_RIM = ("crf", "edit", "evidence", "assessment", "door", "examples", "command", "readme")
"""How the names of the tests of what stands at the rim go on."""


def pytest_collection_modifyitems(items):
    """Generated cases and the tests at the rim run without a measurement of coverage, which doubles
    their time: the links are covered by the cases that have a name.
    """
    for item in items:
        is_generated = hasattr(getattr(item, "obj", None), "hypothesis")
        if is_generated or item.path.stem.startswith(tuple(f"test_{w}" for w in _AT_THE_RIM)):
            item.add_marker("no_cover")
