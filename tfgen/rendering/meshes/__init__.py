"""Readers of mesh files, one a format, behind the table in `readers.py`."""
