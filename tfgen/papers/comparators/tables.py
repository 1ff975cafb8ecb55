"""Networks whose features images are compared by, and how each wants its images.

AlexNet (Krizhevsky et al., 2012) as Caffe has it; CaffeNet pools before it normalises, and is what
the papers used; "alexnet_owt" is the one without groups of Krizhevsky's "One weird trick" (2014),
of which PyTorch's weights are. Each name's output is that after its layer's last processing step.
"""

import dataclasses

from tfgen.networks.spec import (
    AveragePool,
    Conv,
    Dense,
    Dropout,
    LocalResponseNorm,
    MaxPool,
    NetworkSpec,
    Softmax,
)
from tfgen.papers.comparators.classifiers import (
    efficientnet_lite0,
    googlenet,
    squeezenet,
    vgg16,
)

_POOL = MaxPool(3, 2)
_CAFFE_POOL = MaxPool(3, 2, ceil=True)
_NORM = LocalResponseNorm()


# Standard deviation of photographs' levels, of 255, about.
LEVELS = 64.0


@dataclasses.dataclass(frozen=True)
class ComparatorSpec:
    """A network, and how it wants its images.

    Attributes:
      network: NetworkSpec.
      image_size: height and width that its fully connected layers were made for.
      mean: subtracted, of the channels in RGB order, in units of 1/255 where `scale` is 255.
      deviation: divided by after that.
      scale: what white becomes before the mean is taken off.
      bgr: whether blue comes first.
    """

    network: NetworkSpec
    image_size: int
    mean: tuple
    scale: float = 255.0
    deviation: tuple = (1.0, 1.0, 1.0)
    bgr: bool = True

    @property
    def logits(self):
        """Name of the row before the softmax: one number a class."""
        return list(self.network.rows)[-2]

    @property
    def embedding(self):
        """Name of the last hidden row."""
        return list(self.network.rows)[-3]

    @property
    def first_vector(self):
        """Name of the first row that is no map: FC6 of an AlexNet."""
        starts = {
            n: row[0] if isinstance(row, tuple) else row for n, row in self.network.rows.items()
        }
        return next(n for n, row in starts.items() if isinstance(row, (AveragePool, Dense)))

    @property
    def levels(self):
        """How many times the usual deviation of photographs' inputs is one, at least 1."""
        return max(1.0, LEVELS / self.deviation[0]) if self.scale > 1 else 1.0

    def in_units_of(self, unit):
        """The same for inputs that are divided by a unit besides."""
        return dataclasses.replace(self, deviation=tuple(unit * each for each in self.deviation))

    def narrowed(self, width, classes=None):
        """The same with so many times as many channels and units, and as many classes."""
        network = self.network.narrowed(width)
        if classes:
            rows = network.rows | {self.logits: Dense(classes, activation="none")}
            network = dataclasses.replace(network, rows=rows)
        return dataclasses.replace(self, network=network)


def _fully_connected(classes=1000):
    return {
        "fc6": (Dense(4096), Dropout(0.5)),
        "fc7": (Dense(4096), Dropout(0.5)),
        "fc8": Dense(classes, activation="none"),
        "softmax": Softmax(),
    }


def _alexnet(*after_first):
    """Caffe's AlexNet, with what follows the first two convolutions."""
    rows = {
        "conv1": (Conv(96, 11, stride=4, padding="valid"), *after_first),
        "conv2": (Conv(256, 5, groups=2), *after_first),
        "conv3": Conv(384, 3),
        "conv4": Conv(384, 3, groups=2),
        "conv5": (Conv(256, 3, groups=2), _CAFFE_POOL),
    }
    return rows | _fully_connected()


_CAFFE_MEAN = (123.0, 117.0, 104.0)
COMPARATORS = {
    "alexnet": ComparatorSpec(
        NetworkSpec("Krizhevsky et al., 2012", _alexnet(_NORM, _CAFFE_POOL)), 227, _CAFFE_MEAN
    ),
    "caffenet": ComparatorSpec(
        NetworkSpec("Caffe's reference model", _alexnet(_CAFFE_POOL, _NORM)), 227, _CAFFE_MEAN
    ),
    "alexnet_owt": ComparatorSpec(
        NetworkSpec(
            "Krizhevsky, 2014",
            {
                "conv1": (Conv(64, 11, stride=4, padding=2), _POOL),
                "conv2": (Conv(192, 5), _POOL),
                "conv3": Conv(384, 3),
                "conv4": Conv(256, 3),
                "conv5": (Conv(256, 3), _POOL),
            }
            | _fully_connected(),
        ),
        image_size=224,
        mean=(0.485, 0.456, 0.406),
        scale=1.0,
        deviation=(0.229, 0.224, 0.225),
        bgr=False,
    ),
    "googlenet": ComparatorSpec(googlenet(), 224, _CAFFE_MEAN),
    "squeezenet": ComparatorSpec(squeezenet("1.1"), 227, _CAFFE_MEAN),
    "squeezenet_1.0": ComparatorSpec(squeezenet("1.0"), 227, _CAFFE_MEAN),
    "vgg16": ComparatorSpec(vgg16(), 224, (123.68, 116.779, 103.939)),
    "efficientnet-lite0": ComparatorSpec(
        efficientnet_lite0(), 224, (127.0, 127.0, 127.0), deviation=(128.0,) * 3, bgr=False
    ),
    "exemplar_cnn": ComparatorSpec(
        NetworkSpec(
            "Dosovitskiy et al., Exemplar-CNN, 2015: 64c5-128c5-256c5-512f",
            {
                "conv1": (Conv(64, 5), MaxPool(2, 2)),
                "conv2": (Conv(128, 5), MaxPool(2, 2)),
                "conv3": Conv(256, 5),
                "fc4": (Dense(512), Dropout(0.5)),
                "fc5": Dense(1000, activation="none"),
                "softmax": Softmax(),
            },
        ),
        image_size=32,
        mean=(0.5, 0.5, 0.5),
        scale=1.0,
        bgr=False,
    ),
}
