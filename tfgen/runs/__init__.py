"""What every run does, whatever it trains: the loop, checkpoints, exports, and the way back."""
