"""Views for reading: a store with only what a role may see, made from a commit."""
