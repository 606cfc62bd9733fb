"""Two versions of a record made one: decided on the data, written with both sides' lines, proven by reading again."""
