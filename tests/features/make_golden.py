"""Makes `golden.npz` with VLFeat itself, called through ctypes.

    apt-get install libvlfeat1
    python tests/features/make_golden.py

The photographs are scikit-learn's samples china.jpg and flower.jpg (by danielbuechele and by
vultilion, Creative Commons Attribution 2.0), shrunk by half, cut, gray; the arrays were made
with VLFeat 0.9.21 (Debian 12).
"""

from pathlib import Path

import cv2
import numpy as np
from sklearn.datasets import load_sample_images

from tfgen.benchmark import vlfeat


def main():
    """Writes the arrays."""
    vl = vlfeat.opened()
    found = {}
    for name, image in zip(("china", "flower"), load_sample_images().images, strict=True):
        half = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        cut = cv2.cvtColor(half, cv2.COLOR_RGB2GRAY)[40:168, 80:220]
        found[name] = cut
        gray = np.ascontiguousarray(cut, np.float32)
        found |= {f"{name}_hog": vlfeat.hog(vl, gray), f"{name}_lbp": vlfeat.lbp(vl, gray)}
        found[f"{name}_sift"] = vlfeat.sift(vl, gray)
        found[f"{name}_crop_sift"] = vlfeat.sift(vl, np.ascontiguousarray(gray[-64:, :64]))
    np.savez_compressed(Path(__file__).with_name("golden.npz"), **found)


if __name__ == "__main__":
    main()
