"""Files as sheets of cells: text files, workbooks, cards, JSON, folders and zips."""
