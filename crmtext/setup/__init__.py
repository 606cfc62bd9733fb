"""A store made and kept in order: init, settings, hooks, doctor."""
