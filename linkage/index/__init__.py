"""Segments, a journal and tombstones in one folder: commits that are atomic, snapshots that never change."""
