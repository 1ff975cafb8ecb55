"""How comparators learn: by classes, of images or of exemplars, or by ranking frames of videos."""

import keras
import tensorflow as tf

from tfgen.training.trainer import Trainer


class ClassTrainer(Trainer):
    """Classification by softmax.

    Args:
      comparator: `models.comparator.Comparator`, up to the logits.
      seed: of dropout.

    Data: (images [b, s, s, 3] float32 in [0, 1], labels [b] int64).
    """

    objective_names = ("loss", "accuracy")
    score_names = ("loss", "accuracy")

    def __init__(self, comparator, seed, **kwargs):
        super().__init__(**kwargs)
        self.network = comparator.network
        self._prepare = (comparator.prepare,)
        self.seed = seed
        self.trackers = {name: keras.metrics.Mean(name=name) for name in self.objective_names}

    def networks(self):
        """Name -> network, as checkpoints hold them."""
        return {"network": self.network}

    def trained_variables(self):
        """All of the network's."""
        return self.network.trainable_variables

    def prepared(self, images):
        """Images as the network wants them."""
        return self._prepare[0](images)

    def terms(self, data, key):
        """Losses and scores of a batch: name -> [b]; with a key, dropout is on."""
        images, labels = data
        logits = self.network(self.prepared(images), training=key is not None, key=key)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        right = tf.cast(tf.equal(tf.argmax(logits, axis=-1), labels), tf.float32)
        return {"loss": loss, "accuracy": right}

    def train_step(self, data):
        """One step of the optimizer."""
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        with tf.GradientTape() as tape:
            terms = self.terms(data, self.step_key())
            share = tf.reduce_mean(terms["loss"]) / replicas
        variables = self.trained_variables()
        gradients = tape.gradient(share, variables)
        self.optimizer.apply_gradients(list(zip(gradients, variables, strict=True)))
        return self.track(**terms)

    def test_step(self, data):
        """Scores of a batch."""
        return self.track(**self.terms(data, None))


class VideoTrainer(ClassTrainer):
    """Ranking: a neighbouring frame is to be nearer than any frame of another video.

    Wang and Gupta, "Unsupervised Learning of Visual Representations using Videos" (2015), section
    4.2: cosine distances, a margin, and the hardest of the other videos in the batch.

    Args:
      comparator: `models.comparator.Comparator`, up to its embedding.
      margin: of the ranking loss.
      seed: of dropout.

    Data: (frames [b, s, s, 3], neighbours [b, s, s, 3], videos [b] int64). Accuracy is the share of
    frames whose neighbour is nearer than all frames of other videos.
    """

    def __init__(self, comparator, margin, seed, **kwargs):
        super().__init__(comparator, seed, **kwargs)
        self.margin = margin

    def terms(self, data, key):
        """Losses and scores of a batch: name -> [b]."""
        frames, neighbours, videos = data
        both = self.network(
            self.prepared(tf.concat([frames, neighbours], axis=0)),
            training=key is not None,
            key=key,
        )
        a, b = tf.split(tf.nn.l2_normalize(both, axis=-1), 2, axis=0)
        distances = 1.0 - tf.matmul(a, b, transpose_b=True)  # [frames, neighbours]
        near = tf.linalg.diag_part(distances)
        others = tf.not_equal(videos[:, None], videos[None])
        # Cosine distances are at most 2: a frame without others has nothing to be ranked by.
        far = tf.reduce_min(tf.where(others, distances, 4.0), axis=-1)
        loss = tf.nn.relu(near - far + self.margin)
        return {"loss": loss, "accuracy": tf.cast(near < far, tf.float32)}
