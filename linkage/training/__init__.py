"""Encoded records and blocks -> the model that explains them, learned without labels or with them."""
