"""What each task can be told, beside what all can be (`tfgen.config`); without TensorFlow."""
