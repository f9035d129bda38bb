"""Seeded tables of generated people of many countries, unlike each other: `tables.TABLES`."""
