"""How generated photographs compare with real ones, one by one and as a set.

Euclidean errors prefer blurred images: the statistics here are what natural images share, whatever
they show. All take NumPy arrays in [0, 1].
"""

import cv2
import numpy as np

_BINS = 32


def pairwise_normaliser(x):
    """Mean Euclidean distance between different images, by which errors are divided.

    Dosovitskiy and Brox (DeePSiM), section 4: an error of 1 is that of an image drawn from the set.

    Args:
      x: [n, …], n at least 2.
    """
    x = np.asarray(x, np.float64).reshape(len(x), -1)
    squares = (x**2).sum(axis=1)
    distances = np.sqrt(np.maximum(squares[:, None] + squares - 2 * x @ x.T, 0))
    return float(distances.sum() / (len(x) * (len(x) - 1)))


def normalised_error(target, drawn):
    """Mean Euclidean distance to the targets over their `pairwise_normaliser`.

    Args:
      target, drawn: [n, …], n at least 2.
    """
    return float(errors(target, drawn).mean())


def errors(target, drawn, scale=None):
    """The same of each image: [n], whose mean is `normalised_error`.

    Args:
      target, drawn: [n, …].
      scale: by which they are divided; None for the targets' `pairwise_normaliser`.
    """
    a, b = (np.asarray(x, np.float64).reshape(len(x), -1) for x in (target, drawn))
    return np.linalg.norm(a - b, axis=1) / (scale or pairwise_normaliser(target))


def common_detail(images):
    """Share of images' detail that is the same in all of them, in [0, 1]: a pattern of the network.

    Detail is what a blur by three pixels takes off; the share of its energy that lies in the mean
    over images, less what would lie there if no two had anything in common.

    Args:
      images: [n, h, w, 3], n at least 2.
    """
    detail = _detail(images)
    n, energy = len(detail), np.square(detail).mean()
    share = np.square(detail.mean(axis=0)).mean() / max(energy, 1e-12)
    return float(np.clip((n * share - 1) / (n - 1), 0, 1))


def without_common_detail(images):
    """Images less the detail that all of them have: what sharpness is to be measured of."""
    images = np.asarray(images, np.float64)
    return images - _detail(images).mean(axis=0)


def gradient_distance(real, drawn):
    """Distance of the distributions of gradient magnitudes, relative to the real mean.

    The area between the two distribution functions (earth mover's distance): 0 where edges are as
    frequent and as strong, towards 1 where there are none.

    Args:
      real, drawn: [n, h, w, 3].
    """
    a, b = (np.sort(_gradients(x).reshape(-1)) for x in (real, drawn))
    quantiles = np.linspace(0, 1, 4096)
    a, b = (np.quantile(x, quantiles) for x in (a, b))
    return float(np.abs(a - b).mean() / a.mean())


def gradient_distances(real, drawn):
    """How far each drawing's distribution of gradients is from that of all real images: [n].

    As `gradient_distance`; real images themselves are at some distance, too.
    """
    quantiles = np.linspace(0, 1, 512)
    pooled = np.quantile(_gradients(real), quantiles)
    each = np.quantile(_gradients(drawn).reshape(len(drawn), -1), quantiles, axis=1).T
    return np.abs(each - pooled).mean(axis=1) / pooled.mean()


def spectrum_distance(real, drawn):
    """Root mean squared difference of mean power spectra in decibels, over rings of frequency.

    Args:
      real, drawn: [n, s, s, 3].
    """
    a, b = power_spectrum(real), power_spectrum(drawn)
    return float(np.sqrt(np.mean((a - b) ** 2)))


GRADIENTS, SPECTRA, COMMON = "gradients' distance", "spectra's distance dB", "detail common to all"


def statistics(real, drawn):
    """Columns of a table: how natural pictures are, and what pattern they share.

    Gradients and spectra are of pictures less the detail that all of them have: a lattice is as
    sharp as can be, and no picture's sharpness.

    Args:
      real, drawn: [n, s, s, 3], n at least 2.
    """
    a, b = (without_common_detail(x) for x in (real, drawn))
    return {
        GRADIENTS: gradient_distance(a, b),
        SPECTRA: spectrum_distance(a, b),
        COMMON: common_detail(drawn),
    }


def power_spectrum(images):
    """Mean power by frequency, in decibels: [rings], from low to high; the mean is left out.

    Args:
      images: [n, s, s, 3].
    """
    return _decibels(_rings(images).mean(axis=0))


def spectrum_distances(real, drawn):
    """How far each drawing's spectrum is from the mean of real images' spectra, in decibels: [n].

    Real images themselves are at some distance, too: give others of them to compare with.

    Args:
      real: [m, s, s, 3].
      drawn: [n, s, s, 3].
    """
    a, b = (_decibels(_rings(x)) for x in (real, drawn))
    return np.sqrt(np.square(b - a.mean(axis=0)).mean(axis=1))


def _decibels(power):
    return 10 * np.log10(power + 1e-12)


def _rings(images):
    """Power by frequency of each image: [n, rings]."""
    gray = np.asarray(images, np.float64).mean(axis=-1)
    size = gray.shape[1]
    window = np.hanning(size)
    # A window, for an image's opposite edges do not fit together.
    gray = (gray - gray.mean(axis=(1, 2), keepdims=True)) * np.outer(window, window)
    power = np.abs(np.fft.fft2(gray)) ** 2
    frequency = np.hypot(*np.meshgrid(*[np.fft.fftfreq(size)] * 2))
    ring = np.minimum((frequency / 0.5 * _BINS).astype(int), _BINS)
    inside = (ring < _BINS) & (frequency > 0)
    count = np.bincount(ring[inside], minlength=_BINS)
    member = np.eye(_BINS)[ring[inside]][:, count > 0]
    return power[:, inside] @ member / count[count > 0]


def lattice(x, period=2):
    """Strength of what repeats every `period` pixels, as up-convolutions leave it.

    What varies slowly is taken off; then, over the whole image, the root mean square of the means
    of each kind of pixels: what does not repeat averages out.

    Args:
      x: [n, h, w], h and w multiples of the period.
      period: in pixels; n up-convolutions leave one of 2^n.
    """
    x = np.asarray(x, np.float32)
    n, height, width = x.shape
    detail = x - np.stack([cv2.blur(image, (period, period)) for image in x])
    kinds = detail.reshape(n, height // period, period, width // period, period)
    return float(np.sqrt(np.square(kinds.mean(axis=(1, 3))).mean()))


def _detail(images):
    images = np.asarray(images, np.float64)
    return images - np.stack([cv2.GaussianBlur(image, (0, 0), 3) for image in images])


def _gradients(images):
    gray = np.asarray(images, np.float64).mean(axis=-1)
    down, right = np.gradient(gray, axis=(1, 2))
    return np.hypot(down, right)
