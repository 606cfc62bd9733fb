"""What differs between two moments of a store, in the customers' words."""
