"""Pictures and numbers from a trained network: arrays in, arrays out."""
