"""What the tests of renderers share."""

import pytest
from hypothesis import settings

# A slow machine is no fault of a renderer: no test here asserts a time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def regenerate(pytestconfig: pytest.Config) -> bool:
    """Whether goldens are to be written anew."""
    return bool(pytestconfig.getoption("--regenerate"))
