"""Make one customer of two, and list the groups of likely duplicates."""
