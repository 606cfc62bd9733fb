"""Set up and maintain a store: init, settings, hooks, doctor."""
