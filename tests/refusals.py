"""What every refusal must be: an `InputError` that names its argument, says what it was, and how to
repair it.
"""

import pytest

import nettumor as nt


def refused(call, message):
    """The error of a call: its message matches, its ``argument`` is the one in the message, a
    repair stands last.
    """
    with pytest.raises(nt.InputError, match=message) as caught:
        call()
    error, said = caught.value, str(caught.value)
    assert error.argument, said
    assert f"`{error.argument}`" in said
    assert said.endswith((".", "?")), said
    assert said.count(". ") + said.count("? ") >= 1, f"no sentence of repair: {said}"
    return error
