"""The feature path fitted on small demo claims."""

from typing import Any

import pytest

from claims.data.batch import Batch
from claims.features.extractor import FeatureExtractor, ModelInputs


@pytest.fixture(scope="session")
def extractor(fitted: Any) -> FeatureExtractor:
    return fitted.extractor


@pytest.fixture(scope="session")
def served(extractor: FeatureExtractor, batch: Batch) -> ModelInputs:
    """The demo claims as serving encodes them, all at once."""
    return extractor.transform(batch)
