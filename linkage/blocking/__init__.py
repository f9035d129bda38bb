"""Encoded rows and rules -> blocks of candidate pairs, each pair once."""
