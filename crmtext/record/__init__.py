"""Commands that change records: each decides its change as data and writes it in one last step."""
