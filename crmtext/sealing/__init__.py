"""What may be shown of a record: masked values."""
