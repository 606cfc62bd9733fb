"""What the columns of a sheet mean: header rows, profiles, saved mappings, names of the schema."""
