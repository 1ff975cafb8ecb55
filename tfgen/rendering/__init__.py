"""Meshes from files, the orbit camera and the ray-cast renderer. No TensorFlow."""
