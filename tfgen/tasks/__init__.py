"""What a user starts: training, exporting. Each wires the other packages together."""
