"""Workbooks for editing that come back: exactly the cells that a colleague changed."""
