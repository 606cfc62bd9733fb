"""Two versions of a record made one."""
