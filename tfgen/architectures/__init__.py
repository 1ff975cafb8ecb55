"""The papers' architecture tables as plain data. No TensorFlow."""
