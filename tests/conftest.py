"""Hypothesis profiles: ``fast`` while writing, ``ci`` by default, ``deep`` for long runs."""

import os

import pytest
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
_PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci")
settings.load_profile(_PROFILE)


_AT_THE_RIM = [
    "crf",
    "edit",
    "evidence",
    "assessment",
    "door",
    "examples",
    "command",
    "readme",
    "soak",
]
"""How the names of the tests of what stands at the rim go on."""


def pytest_collection_modifyitems(items):
    """Generated cases and the tests at the rim run without a measurement of coverage, which doubles
    their time: the links are covered by the cases that have a name.
    """
    for item in items:
        is_generated = hasattr(getattr(item, "obj", None), "hypothesis")
        if is_generated or item.path.stem.startswith(tuple(f"test_{w}" for w in _AT_THE_RIM)):
            item.add_marker("no_cover")
        if item.get_closest_marker("deep") and _PROFILE != "deep":
            item.add_marker(pytest.mark.skip(reason="a long run: HYPOTHESIS_PROFILE=deep"))
