"""Merge of two versions of a record: decided on data, written with both sides' lines, verified by reading again."""
