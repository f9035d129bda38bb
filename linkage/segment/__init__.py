"""Records in, one immutable file out; the file in, its records and their runs out."""
