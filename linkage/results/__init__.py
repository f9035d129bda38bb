"""Scored pairs -> the answer of a run: Arrow tables, and a summary of what came in and what was found."""
