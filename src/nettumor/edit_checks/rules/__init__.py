"""The checks: a module a subject, one pure function a check, its facts in the file of that name beside
it.

A new check goes here and nowhere else; `nettumor.edit_checks` says how.
"""

from __future__ import annotations

import importlib
import pkgutil

from nettumor.edit_checks.engine.register import publish


def import_rules() -> None:
    """Import every module of checks, which registers them."""
    for name in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{name}")
    publish()
