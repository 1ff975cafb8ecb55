"""What images are described by, as batched functions: HOG, LBP, SIFT, and whatever a user adds."""
