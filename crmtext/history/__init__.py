"""The store's past: a customer's history, and what changed in a week or a month."""
