"""Pictures of what networks draw: grids, turns, morphs, curves, maps."""
