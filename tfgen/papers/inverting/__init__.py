"""Dosovitskiy and Brox, "Inverting Visual Representations with Convolutional Networks"."""
