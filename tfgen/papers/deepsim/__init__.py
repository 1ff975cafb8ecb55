"""Dosovitskiy and Brox, "Generating Images with Perceptual Similarity Metrics" (DeePSiM)."""
