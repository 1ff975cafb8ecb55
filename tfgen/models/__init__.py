"""Networks only: tensors in, named tensors out; no objective, no files."""
