"""Each paper in a room of its own: settings, tables, networks, losses, task, experiments."""
