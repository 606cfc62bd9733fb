"""Meanings of the columns of a sheet: header rows, profiles, saved mappings, names of the schema."""
