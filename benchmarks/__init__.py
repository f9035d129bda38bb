"""Measurements of linkage, and of Splink on the same rows."""
