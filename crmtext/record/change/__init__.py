"""A change of a record: decided, written, committed."""
