"""Cells as values of a field: dates, numbers, phones, people, choices and text."""
