"""Files of every kind, Arrow streams, DataFrames, dicts -> sources of records."""
