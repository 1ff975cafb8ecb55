"""From a run to a SavedModel that TensorFlow Serving loads."""
