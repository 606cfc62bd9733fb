"""Import: files of other systems become customers. Read, understand, convert, join, plan, apply."""
