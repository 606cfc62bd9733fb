"""Finding customers by any text in their records."""
