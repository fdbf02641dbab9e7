"""The size of the model's inputs, and what else featurize says of them."""

from claims.data.anomaly_labels import Anomalies
from claims.features.extractor import FeatureExtractor
from claims.features.labels import count_labels
from claims.results.featurize import FeaturizeMetrics, Staleness


def summarise(
    extractor: FeatureExtractor, history: dict[str, Staleness], labels: dict[str, Anomalies]
) -> FeaturizeMetrics:
    """Put the sizes of the model's inputs beside what standing still costs and the labels that there are."""
    return FeaturizeMetrics(
        codes=dict(zip(extractor.code_names, extractor.sizes, strict=True)),
        embedding_rows=extractor.rows,
        numbers=len(extractor.number_names),
        history=history,
        anomaly={name: count_labels(label) for name, label in labels.items()} or None,
    )
