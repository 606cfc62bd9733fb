"""Access rights, views, retention, disclosures and backups."""
