"""Parametric chairs, tables and cars: seeded meshes with named parts and keypoints. NumPy only."""
