"""What drawings are described by, and how a generator is told; without TensorFlow."""
