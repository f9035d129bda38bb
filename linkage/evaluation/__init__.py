"""Pairs, clusters and the true entities -> precision, recall, F1, B-cubed, calibration."""

from linkage.evaluation.entities import Entities, entity_codes
from linkage.evaluation.partitions import score_clusters
from linkage.evaluation.rows import evaluate_rows
from linkage.evaluation.scores import Curve, Evaluation
from linkage.evaluation.tables import evaluate

__all__ = ["Curve", "Entities", "Evaluation", "entity_codes", "evaluate", "evaluate_rows", "score_clusters"]
