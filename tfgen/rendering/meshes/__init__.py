"""Readers of mesh files, one a format, behind the table in `meshes/readers.py`."""
