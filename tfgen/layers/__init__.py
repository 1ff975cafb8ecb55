"""Layers the papers define and Keras lacks."""
