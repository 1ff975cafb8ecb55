"""VLFeat itself, called through ctypes: `apt-get install libvlfeat1`."""

import ctypes

import numpy as np

LIBRARY = "libvl.so.1"
_UOCTTI, _UNIFORM = 1, 0
_FLOATS = np.ctypeslib.ndpointer(np.float32, flags="C")
_POINTER, _SIZE, _INT, _BOOL = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int


class Keypoint(ctypes.Structure):
    """VlSiftKeypoint."""

    _fields_ = [
        *((name, ctypes.c_int) for name in ("o", "ix", "iy", "i_s")),
        *((name, ctypes.c_float) for name in ("x", "y", "s", "sigma")),
    ]


def opened():
    """The library, its functions declared with their types; OSError if it is not installed."""
    library = ctypes.CDLL(LIBRARY)
    signatures = {
        "vl_hog_new": (_POINTER, (_INT, _SIZE, _BOOL)),
        "vl_hog_delete": (None, (_POINTER,)),
        "vl_hog_put_image": (None, (_POINTER, _FLOATS, _SIZE, _SIZE, _SIZE, _SIZE)),
        "vl_hog_get_width": (_SIZE, (_POINTER,)),
        "vl_hog_get_height": (_SIZE, (_POINTER,)),
        "vl_hog_get_dimension": (_SIZE, (_POINTER,)),
        "vl_hog_extract": (None, (_POINTER, _FLOATS)),
        "vl_lbp_new": (_POINTER, (_INT, _BOOL)),
        "vl_lbp_delete": (None, (_POINTER,)),
        "vl_lbp_get_dimension": (_SIZE, (_POINTER,)),
        "vl_lbp_process": (None, (_POINTER, _FLOATS, _FLOATS, _SIZE, _SIZE, _SIZE)),
        "vl_sift_new": (_POINTER, (_INT,) * 5),
        "vl_sift_delete": (None, (_POINTER,)),
        "vl_sift_process_first_octave": (_INT, (_POINTER, _FLOATS)),
        "vl_sift_process_next_octave": (_INT, (_POINTER,)),
        "vl_sift_detect": (None, (_POINTER,)),
        "vl_sift_calc_keypoint_orientations": (
            _INT,
            (_POINTER, np.ctypeslib.ndpointer(np.float64), ctypes.POINTER(Keypoint)),
        ),
        "vl_sift_calc_keypoint_descriptor": (
            None,
            (_POINTER, _FLOATS, ctypes.POINTER(Keypoint), ctypes.c_double),
        ),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def hog(vl, image):
    """[rows, columns, 31] of an image [h, w] float32."""
    extractor = vl.vl_hog_new(_UOCTTI, 9, 0)
    vl.vl_hog_put_image(extractor, image, image.shape[1], image.shape[0], 1, 8)
    size = vl.vl_hog_get_width(extractor), vl.vl_hog_get_height(extractor)
    found = np.zeros((vl.vl_hog_get_dimension(extractor), size[1], size[0]), np.float32)
    vl.vl_hog_extract(extractor, found)
    vl.vl_hog_delete(extractor)
    return np.moveaxis(found, 0, -1)


def lbp(vl, image):
    """[rows, columns, 58] of an image [h, w] float32."""
    extractor = vl.vl_lbp_new(_UNIFORM, 0)
    size = image.shape[0] // 16, image.shape[1] // 16
    found = np.zeros((vl.vl_lbp_get_dimension(extractor), *size), np.float32)
    vl.vl_lbp_process(extractor, found, image, image.shape[1], image.shape[0], 16)
    vl.vl_lbp_delete(extractor)
    return np.moveaxis(found, 0, -1)


def sift(vl, image):
    """[n, 132] of an image: x, y, sigma, angle, descriptor of length one."""
    height, width = image.shape
    extractor = vl.vl_sift_new(width, height, -1, 3, 0)
    found, failed = [], vl.vl_sift_process_first_octave(extractor, image)
    while not failed:
        vl.vl_sift_detect(extractor)
        for keypoint in _keypoints(extractor):
            angles = np.zeros(4)
            count = vl.vl_sift_calc_keypoint_orientations(extractor, angles, keypoint)
            for angle in angles[:count]:
                descriptor = np.zeros(128, np.float32)
                vl.vl_sift_calc_keypoint_descriptor(extractor, descriptor, keypoint, angle)
                place = keypoint.x, keypoint.y, keypoint.sigma, angle
                found.append(np.concatenate([np.float32(place), descriptor]))
        failed = vl.vl_sift_process_next_octave(extractor)
    vl.vl_sift_delete(extractor)
    return np.stack(found)


def _keypoints(extractor):
    """The keypoints of the present octave; VLFeat's accessors are inline, so from its struct."""

    class Filter(ctypes.Structure):
        _fields_ = [
            ("sigman", ctypes.c_double),
            ("sigma0", ctypes.c_double),
            ("sigmak", ctypes.c_double),
            ("dsigma0", ctypes.c_double),
            *(
                (name, _INT)
                for name in ("width", "height", "O", "S", "o_min", "s_min", "s_max", "o_cur")
            ),
            *((name, _POINTER) for name in ("temp", "octave", "dog")),
            ("octave_width", _INT),
            ("octave_height", _INT),
            ("gaussFilter", _POINTER),
            ("gaussFilterSigma", ctypes.c_double),
            ("gaussFilterWidth", _SIZE),
            ("keys", ctypes.POINTER(Keypoint)),
            ("nkeys", _INT),
        ]

    state = ctypes.cast(extractor, ctypes.POINTER(Filter)).contents
    return [state.keys[i] for i in range(state.nkeys)]
