"""Where a team's own templates run."""
