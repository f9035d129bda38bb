"""Names in other letters than Latin ones -> one plain Latin spelling."""
