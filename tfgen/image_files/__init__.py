"""Picture files as people have them: finding them in folders, reading them as pixels."""
