"""Trainers, runs, checkpoints, distribution and TensorBoard."""
