"""Networks that judge: they read named factors from pictures, and know how well they do.

A judge is trained on real renderings or labelled pictures alone, and scored on some that it never
saw: what it reads from a generator's pictures means no more than that score.
"""
