"""Scored pairs -> clusters of records; pairs of two registers -> one partner each."""

from linkage.clusters.assignment import one_to_one
from linkage.clusters.components import connected_components
from linkage.clusters.correlation import correlation_clusters

__all__ = ["connected_components", "correlation_clusters", "one_to_one"]
