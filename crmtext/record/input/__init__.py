"""What people type for a record."""
