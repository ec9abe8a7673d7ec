"""Parameters of a test that are left to `.ci/long`."""

from functools import partial

import pytest

long = partial(pytest.param, marks=pytest.mark.long)
