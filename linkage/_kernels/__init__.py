"""Compiled kernels, built from ext/ by setup.py; a missing one is an ImportError, never a slow path."""
