"""Words for fields, values, amounts and people."""
