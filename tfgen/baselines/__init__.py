"""Other ways to invert features, that the papers compare with."""
