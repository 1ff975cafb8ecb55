"""How fast tfgen is, beside PyTorch and beside plain Keras, in one run."""
