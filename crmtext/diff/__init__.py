"""Differences between two states of a store, customer by customer."""
