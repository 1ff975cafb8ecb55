"""Files of TensorBoard's projector: the style embedding, with names and thumbnails."""

import numpy as np

from tfgen.files import write_text
from tfgen.folders import make
from tfgen.pictures.image_grid import write_png

_MAX_SPRITE = 8192  # pixels a side that browsers take


def write_projector(directory, embedding, names, categories, thumbnails):
    """Writes the projector's files into a log directory.

    Args:
      directory: of the logs.
      embedding: [styles, d] float32.
      names, categories: one a style.
      thumbnails: [styles, h, w, 3] uint8.
    """
    from tensorboard.plugins import projector

    directory = make(directory)
    lines = ["\t".join(f"{x:.6g}" for x in row) for row in embedding]
    write_text(directory / "styles.tsv", "\n".join(lines) + "\n")
    rows = [f"{name}\t{category}" for name, category in zip(names, categories, strict=True)]
    write_text(directory / "styles_names.tsv", "\n".join(["style\tcategory", *rows]) + "\n")
    sprite, size = _sprite(thumbnails)
    write_png(directory / "styles_sprite.png", sprite)

    config = projector.ProjectorConfig()
    entry = config.embeddings.add()
    entry.tensor_name = "style"
    entry.tensor_path = "styles.tsv"
    entry.metadata_path = "styles_names.tsv"
    entry.sprite.image_path = "styles_sprite.png"
    entry.sprite.single_image_dim.extend([size, size])
    projector.visualize_embeddings(str(directory), config)


def _sprite(thumbnails):
    """(all thumbnails in one square grid, side of a thumbnail)."""
    columns = int(np.ceil(np.sqrt(len(thumbnails))))
    shrink = max(1, -(-columns * thumbnails.shape[1] // _MAX_SPRITE))
    thumbnails = thumbnails[:, ::shrink, ::shrink]
    size = thumbnails.shape[1]
    # The projector divides the whole picture by the thumbnail's size: it must be square.
    sprite = np.full((columns * size, columns * size, 3), 255, np.uint8)
    for i, thumbnail in enumerate(thumbnails):
        row, column = divmod(i, columns)
        sprite[row * size : (row + 1) * size, column * size : (column + 1) * size] = thumbnail
    return sprite, size
