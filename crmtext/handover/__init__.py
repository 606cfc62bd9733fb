"""Customers who change hands: what would change, a booklet to take over from, and the one commit that does it."""
