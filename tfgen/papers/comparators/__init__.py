"""Networks to compare images by, read from published weights or trained here (DeePSiM, 3.1)."""
