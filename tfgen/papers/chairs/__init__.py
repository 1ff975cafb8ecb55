"""Dosovitskiy et al., "Learning to Generate Chairs, Tables and Cars"."""
