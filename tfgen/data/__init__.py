"""Data sets (TFDS builders), held-out splits, random transforms and the input pipeline."""
