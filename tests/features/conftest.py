"""The feature path fitted on small demo claims. Properties may take their time: the cores are shared."""

from typing import Any

import pytest
from hypothesis import settings

from claims.columns.batch import Batch
from claims.features.extractor import FeatureExtractor, Inputs

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def extractor(fitted: Any) -> FeatureExtractor:
    return fitted.extractor


@pytest.fixture(scope="session")
def served(extractor: FeatureExtractor, batch: Batch) -> Inputs:
    """The demo claims as serving encodes them, all at once."""
    return extractor.transform(batch)
