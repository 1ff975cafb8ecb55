"""Files that people give as pictures and that are none that is read: named, with a way out."""

import re

# Suffixes of what cameras write before it is a picture; most are TIFF inside, with a preview.
_RAW = (".dng", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".sr2", ".raf", ".orf")
_RAW += (".rw2", ".pef", ".srw", ".x3f", ".3fr", ".iiq")
RAW = "a camera's raw file: develop it to JPEG or PNG"
_DNG_VERSION, _KIND_OF_IMAGE, _SUB_IMAGES = 50706, 254, 330  # tags of TIFF
_EXPORT = "export it as PNG or JPEG"
HEIC = "HEIC, which is read by another library (pip install pillow-heif)"
_RAW_BEGINNING = rb"(?s)....ftypcrx |II\*\0....CR|FUJIFILMCCD-RAW|II(RO|RS|U\0)|MMOR"
# How files begin -> what they are. Sources: the formats' own specifications.
_BEGINNINGS = (
    (rb"\s*%PDF-", f"a PDF: {_EXPORT}"),
    (rb"%!PS|\xc5\xd0\xd3\xc6", f"PostScript (EPS): {_EXPORT}"),
    (rb"8BP[SB]", f"a document of Photoshop: {_EXPORT}"),
    (rb"gimp xcf", f"a document of GIMP: {_EXPORT}"),
    (rb"(?s)(\xef\xbb\xbf)?\s*(<svg|<(\?xml|!--|!DOCTYPE svg).*?<svg)", f"SVG: {_EXPORT}"),
    (rb"\x1f\x8b", f"compressed by gzip: unpack it, or {_EXPORT}"),
    (rb"(?s)....ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)", HEIC),
    (_RAW_BEGINNING, RAW),
    (
        rb"II\*\0|MM\0\*|II\+\0|MM\0\+",
        f"a TIFF that is cut off or of a kind that is not read: {_EXPORT}",
    ),
)
HEAD = 4096  # bytes from which a kind is told


def foreign(head, name):
    """What a file is that could not be read as a picture, "a PDF: …"; None if it is not known.

    Args:
      head: its first bytes.
      name: of the file, or "".
    """
    if name.lower().endswith(_RAW):
        return RAW
    for beginning, kind in _BEGINNINGS:
        if re.match(beginning, head):
            return kind
    return None


def is_raw(image, head, name):
    """Whether an open image is only the preview within a camera's raw file.

    Args:
      image: of Pillow, not decoded.
      head, name: as `foreign` takes them.
    """
    if image.format != "TIFF":
        return False
    tags = image.tag_v2
    preview = tags.get(_KIND_OF_IMAGE) == 1 and _SUB_IMAGES in tags
    named = name.lower().endswith(_RAW) or bool(re.match(_RAW_BEGINNING, head))
    return named or _DNG_VERSION in tags or preview
