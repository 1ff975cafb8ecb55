"""Image metrics as the papers report them."""
