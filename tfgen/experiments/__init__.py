"""The papers' experiments: a trained run or exported model in; numbers and pictures out."""
