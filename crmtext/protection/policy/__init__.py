"""Access rights: who may change what, by the settings `[access]` and `[team]`."""
