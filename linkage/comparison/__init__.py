"""Two encoded values -> ordered levels; a schema -> the scorer that compares whole rows."""
