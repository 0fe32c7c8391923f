"""The lake that most questions are asked over."""

from datetime import timedelta

import pytest
from asking import joined, kept

from pipeline.config import Settings


@pytest.fixture(scope="session")
def lake(tmp_path_factory) -> Settings:
    return kept(tmp_path_factory.mktemp("joined"), (joined(), timedelta()))
