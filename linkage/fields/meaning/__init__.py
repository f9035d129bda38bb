"""Headers and sampled values -> what each column means: a schema, and the column of each field."""
