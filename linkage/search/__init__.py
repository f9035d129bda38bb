"""Segments and a query -> the records that fit it, how well, and why."""
