"""The oldest versions that pyproject.toml allows, as constraints for pip.

``python tests/floors.py`` prints ``name==floor`` for every requirement of the library, its extras and
the tests; `.ci/run` installs them once and runs a chosen part of the tests on them.
"""

import pathlib
import re
import tomllib


def requirements(project):
    """Every requirement of the library, its extras, and the group `test`."""
    yield from project["project"]["dependencies"]
    for extra in project["project"]["optional-dependencies"].values():
        yield from extra
    yield from (r for r in project["dependency-groups"]["test"] if isinstance(r, str))


def floors():
    """``name==floor`` of each requirement; the highest where one is named with several."""
    text = (pathlib.Path(__file__).resolve().parent.parent / "pyproject.toml").read_text("utf-8")
    found = {}
    for requirement in requirements(tomllib.loads(text)):
        name, floor = re.fullmatch(
            r"([\w.-]+)(?:\[[\w,]+\])?>=([\d.]+)", requirement.strip()
        ).groups()
        number = tuple(int(part) for part in floor.split("."))
        found[name] = max(found.get(name, ((), "")), (number, floor))
    return [f"{name}=={floor}" for name, (_, floor) in sorted(found.items())]


if __name__ == "__main__":
    print("\n".join(floors()))
