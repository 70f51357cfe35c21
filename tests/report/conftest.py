"""What the tests of renderers share."""

import pytest


@pytest.fixture
def regenerate(pytestconfig: pytest.Config) -> bool:
    """Whether goldens are to be written anew."""
    return bool(pytestconfig.getoption("--regenerate"))
