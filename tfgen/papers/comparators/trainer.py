"""How comparators learn: by classes, of images or of exemplars, or by ranking frames of videos."""

import tensorflow as tf

from tfgen.training.players import Player
from tfgen.training.trainer import Trainer


class ClassTrainer(Trainer):
    """Classification by softmax.

    Args:
      comparator: `comparator.Comparator`, up to the logits.
      seed: of dropout.

    Batches: dicts of image [b, s, s, 3] float32 in [0, 1] and label [b] int64.
    """

    def __init__(self, comparator, seed, **kwargs):
        names = ("loss", "accuracy")
        players = {"network": Player(comparator.network)}
        super().__init__(players, names, names, seed=seed, **kwargs)
        self.network = comparator.network
        self._prepare = (comparator.prepare,)

    def prepared(self, images):
        """Images as the network wants them."""
        return self._prepare[0](images)

    def terms(self, batch, key):
        """Losses and scores of a batch: name -> [b]; with a key, dropout is on."""
        logits = self.network(self.prepared(batch["image"]), training=key is not None, key=key)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=batch["label"], logits=logits)
        right = tf.cast(tf.equal(tf.argmax(logits, axis=-1), batch["label"]), tf.float32)
        return {"loss": loss, "accuracy": right}

    def losses(self, batch):
        """The terms with dropout."""
        return self.terms(batch, self.step_key())

    def scores(self, batch):
        """The terms without."""
        return self.terms(batch, None)


class VideoTrainer(ClassTrainer):
    """Ranking: a neighbouring frame is to be nearer than any frame of another video.

    Wang and Gupta, "Unsupervised Learning of Visual Representations using Videos" (2015), section
    4.2: cosine distances, a margin, and the hardest of the other videos in the batch.

    Args:
      comparator: `comparator.Comparator`, up to its embedding.
      margin: of the ranking loss.
      seed: of dropout.

    Batches: dicts of image and neighbour [b, s, s, 3] float32 in [0, 1], frames and the ones after
    them, and video [b] int64. Accuracy is the share of frames whose neighbour is nearer than all
    frames of other videos.
    """

    def __init__(self, comparator, margin, seed, **kwargs):
        super().__init__(comparator, seed, **kwargs)
        self.margin = margin

    def terms(self, batch, key):
        """Losses and scores of a batch: name -> [b]."""
        frames = tf.concat([batch["image"], batch["neighbour"]], axis=0)
        both = self.network(self.prepared(frames), training=key is not None, key=key)
        a, b = tf.split(tf.nn.l2_normalize(both, axis=-1), 2, axis=0)
        distances = 1.0 - tf.matmul(a, b, transpose_b=True)  # [frames, neighbours]
        near = tf.linalg.diag_part(distances)
        others = tf.not_equal(batch["video"][:, None], batch["video"][None])
        # Cosine distances are at most 2: a frame without others has nothing to be ranked by.
        far = tf.reduce_min(tf.where(others, distances, 4.0), axis=-1)
        loss = tf.nn.relu(near - far + self.margin)
        return {"loss": loss, "accuracy": tf.cast(near < far, tf.float32)}
