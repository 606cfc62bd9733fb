"""Records as text: strict reading, positions, and edits by splicing."""
