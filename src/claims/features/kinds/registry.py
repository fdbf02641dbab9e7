"""The registry of feature kinds: what learns and computes each kind that a contract can declare."""

from collections.abc import Mapping
from typing import Any

from claims.contract import features, line_features
from claims.contract.feature import Feature
from claims.features.kinds.age import Age
from claims.features.kinds.band import Band
from claims.features.kinds.calendar import Calendar
from claims.features.kinds.column import ColumnFeature
from claims.features.kinds.cross import Cross
from claims.features.kinds.days_between import DaysBetween
from claims.features.kinds.first_item import FirstItem
from claims.features.kinds.item_count import ItemCount
from claims.features.kinds.items import Items, ItemVocabulary
from claims.features.kinds.kind import Kind
from claims.features.kinds.line_share import LineShare, ShareTable
from claims.features.kinds.line_tail import LineTail, TailTable
from claims.features.kinds.line_target import LineTarget
from claims.features.kinds.lines import Lines
from claims.features.kinds.log import Log
from claims.features.kinds.prefix import Prefix
from claims.features.kinds.prior_count import PriorCount, VolumeTable
from claims.features.kinds.prior_rate import PriorRate, RateTable
from claims.features.kinds.ratio import Ratio
from claims.features.kinds.target import Target
from claims.features.means import TargetTable

KINDS: Mapping[type[Feature], type[Kind[Any, Any]]] = {
    features.ColumnFeature: ColumnFeature,
    features.DaysBetween: DaysBetween,
    features.Calendar: Calendar,
    features.Age: Age,
    features.Log: Log,
    features.Ratio: Ratio,
    features.Prefix: Prefix,
    features.Band: Band,
    features.ItemCount: ItemCount,
    features.FirstItem: FirstItem,
    features.Items: Items,
    features.Cross: Cross,
    features.Target: Target,
    features.PriorCount: PriorCount,
    features.PriorRate: PriorRate,
    line_features.Lines: Lines,
    line_features.LineTarget: LineTarget,
    line_features.LineShare: LineShare,
    line_features.LineTail: LineTail,
}

Fitted = ItemVocabulary | TargetTable | VolumeTable | RateTable | ShareTable | TailTable
"""What the kinds that learn have learned; ``kind`` tells them apart in the model file."""


def kind_of(feature: Feature) -> Kind[Any, Any]:
    """Make the kind of a declared feature."""
    return KINDS[type(feature)](feature)
