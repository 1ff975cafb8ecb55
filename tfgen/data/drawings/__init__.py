"""Data sets of drawings by conditions: rendered, held out, transformed, in memory or streamed."""
