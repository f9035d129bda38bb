"""Columns, of one table or of two, that say the same in several ways -> columns that say it in one."""
