"""Reading of what people type about a record."""
