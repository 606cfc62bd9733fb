"""The store's past in the customers' words: one customer's story, and what a week or a month brought."""
