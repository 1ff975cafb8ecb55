"""Weights of published networks, from the files that people have."""
