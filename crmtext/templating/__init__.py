"""Run a team's own templates in a sandbox."""
