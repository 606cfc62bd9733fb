"""Writing: what would change is decided as data; putting it on the disk is one last step."""
