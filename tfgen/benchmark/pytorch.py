"""The same networks and objectives in PyTorch, from the same tables, as its users make them fast.

Channels last, autocast to bfloat16 where tfgen computes in it, the fused Adam, gradients set to
none. No TensorFlow is imported.
"""

import contextlib
import itertools
import math

import torch
from torch import nn
from torch.nn import functional

from tfgen.benchmark.batches import random_batch
from tfgen.benchmark.cases import COMPARATOR, INPUT_SIZES
from tfgen.benchmark.peer_rows import check_plain, known_rows, slope
from tfgen.networks import spec as rows
from tfgen.papers.chairs import tables as chairs
from tfgen.papers.comparators.tables import COMPARATORS
from tfgen.papers.deepsim import tables as deepsim

_EPSILON = 1e-7  # Keras' default


class UpConvGenerator(nn.Module):
    """A row of the table of generators.

    Args:
      spec: `papers.chairs.spec.GeneratorSpec`.
      styles: length of the style vector.
    """

    def __init__(self, spec, styles):
        super().__init__()
        self.spec = spec
        lengths = {"style": styles} | INPUT_SIZES
        self.fc12 = nn.ModuleDict(
            {n: _fully_connected((lengths[n], *w), spec.slope) for n, w in spec.inputs.items()}
        )
        joint = sum(widths[-1] for widths in spec.inputs.values())
        self.fc34 = _fully_connected((joint, *spec.trunk), spec.slope)
        self.streams = nn.ModuleList(self._stream(stream) for stream in spec.streams)

    def _stream(self, stream):
        *space, channels = stream.fc5
        shape = (channels, *space)
        parts = [
            nn.Linear(self.spec.trunk[-1], math.prod(shape)),
            nn.Unflatten(1, shape),
            nn.LeakyReLU(self.spec.slope, inplace=True),
        ]
        outputs = sum(row.channels for row in stream.outputs.values())
        (kernel,) = {row.kernel for row in stream.outputs.values()}
        for row in stream.layers:
            parts += [_convolution(row, channels), nn.LeakyReLU(self.spec.slope, inplace=True)]
            channels = row.channels
        parts.append(_convolution(rows.UpConv(outputs, kernel), channels))
        return nn.Sequential(*parts)

    def forward(self, inputs):
        """Image [b, 3, s, s] and what the mask is made of, [b, c, s, s]."""
        code = torch.cat([self.fc12[name](inputs[name]) for name in self.spec.inputs], dim=1)
        code = self.fc34(code)
        drawn = torch.cat([stream(code) for stream in self.streams], dim=1)
        return drawn[:, :3], drawn[:, 3:]


class Network(nn.Module):
    """A `networks.spec.NetworkSpec`, on [b, c, h, w]; `shape` is (height, width, channels)."""

    def __init__(self, spec, shape):
        super().__init__()
        parts = []
        for row, build in known_rows(spec, _ROWS, "the peer in PyTorch"):
            if isinstance(row, rows.Weighted):
                check_plain(row, "the peer in PyTorch")
            modules, shape = build(row, shape)
            parts += modules
            if isinstance(row, rows.Weighted) and slope(row) is not None:
                parts.append(nn.LeakyReLU(slope(row), inplace=True))
        self.body = nn.Sequential(*parts)
        self.shape = shape

    def forward(self, x):
        """Applies the rows."""
        return self.body(x)


class Autoencoder(nn.Module):
    """A `papers.deepsim.tables.AutoencoderSpec`."""

    def __init__(self, spec, size):
        super().__init__()
        self.variational = spec.variational
        self.encoder = Network(spec.encoder, (size, size, 3))
        *space, channels = self.encoder.shape
        self.decoder = Network(
            spec.decoder, (*space, channels // 2 if spec.variational else channels)
        )

    def forward(self, image):
        """The image drawn again, and the divergence of its code from the prior, [b] or 0."""
        code, divergence = self.encoder(image - 0.5), 0.0
        if self.variational:
            mean, log_variance = code.float().chunk(2, dim=1)
            code = mean
            if self.training:
                code = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
            terms = 1 + log_variance - mean.square() - log_variance.exp()
            divergence = -0.5 * terms.flatten(1).sum(dim=1)
        return self.decoder(code) + 0.5, divergence


class PyTorch:
    """A case as PyTorch trains it.

    Args:
      case: `cases.Case`.
      precision: "float32" or "mixed_bfloat16".
    """

    def __init__(self, case, precision):
        torch.manual_seed(0)
        self.case = case
        self._precision = precision
        self._inputs = {case.batch_size: _tensors(random_batch(case))}
        if case.task == "generator":
            spec = chairs.generator_spec(case.architecture, case.image_size, 1.0, 1.0, None)
            self.network = UpConvGenerator(spec, case.styles)
        else:
            self.network = Autoencoder(deepsim.autoencoder_spec(case.architecture), case.image_size)
        self.network.to(memory_format=torch.channels_last)
        self._optimizer = _adam(self.network)
        if case.deepsim:
            size = case.image_size
            name, layer = COMPARATOR.split(":")
            self._compare = Network(COMPARATORS[name].network.until(layer), (size, size, 3))
            self._compare.to(memory_format=torch.channels_last).requires_grad_(False)
            table = deepsim.discriminator_spec(size)
            convolutions = Network(table.convolutions, (size, size, 3))
            self._judge = nn.Sequential(convolutions, Network(table.judgement, convolutions.shape))
            self._judge.to(memory_format=torch.channels_last)
            self._of_judge = _adam(self._judge)

    def _autocast(self):
        if self._precision == "float32":
            return contextlib.nullcontext()
        return torch.autocast("cpu", dtype=torch.bfloat16)

    def train(self):
        """Trains a step; returns the number of steps."""
        self.network.train()
        batch = self._inputs[self.case.batch_size]
        self._optimizer.zero_grad(set_to_none=True)
        with self._autocast():
            if self.case.task == "generator":
                loss = self._generator_loss(*batch)
            elif self.case.deepsim:
                loss, drawn = self._deepsim_loss(batch)
            else:
                drawn, divergence = self.network(batch)
                loss = 2e-6 * _squared(255.0 * (drawn.float() - batch))
                loss = loss + 1e-3 * divergence.mean()
        loss.backward()
        self._optimizer.step()
        if self.case.deepsim:
            self._train_discriminator(batch, drawn.detach())
        float(loss.detach())
        return 1

    def _generator_loss(self, inputs, targets):
        image, mask = self.network(inputs)
        loss = _squared(image.float() - targets["image"])
        if mask.shape[1] == 1:
            of_mask = _squared(mask.float() - targets["mask"])
        else:
            labels = torch.cat([1.0 - targets["mask"], targets["mask"]], dim=1)
            of_mask = functional.cross_entropy(mask.float(), labels)
        return loss + self.network.spec.lambda_mask * of_mask

    def _deepsim_loss(self, image):
        drawn, _ = self.network(image)
        loss = 2e-6 * _squared(255.0 * (drawn.float() - image))
        with torch.no_grad():
            wanted = self._compare(image - 0.5)
        loss = loss + 0.01 * _squared((self._compare(drawn - 0.5) - wanted).float())
        # Only what is drawn learns from this; the discriminator's gradients are its own.
        self._judge.requires_grad_(False)
        judged = self._judge(drawn - 0.5).float()
        self._judge.requires_grad_(True)
        return loss + 100.0 * functional.cross_entropy(judged, _labels(judged, 0)), drawn

    def _train_discriminator(self, real, generated):
        self._of_judge.zero_grad(set_to_none=True)
        with self._autocast():
            a, b = self._judge(real - 0.5).float(), self._judge(generated - 0.5).float()
            loss = functional.cross_entropy(a, _labels(a, 0))
            loss = loss + functional.cross_entropy(b, _labels(b, 1))
        loss.backward()
        self._of_judge.step()

    def draw(self, count):
        """Draws so many images."""
        self.network.eval()
        if count not in self._inputs:
            self._inputs[count] = _tensors(random_batch(self.case, count))
        batch = self._inputs[count]
        with torch.inference_mode(), self._autocast():
            image = self.network(batch[0] if self.case.task == "generator" else batch)[0]
        return image.float().numpy()


def _convolution(row, channels):
    """A row as a layer whose map is twice, or a stride's part of, the one before."""
    if isinstance(row, rows.UpConv):
        padding, more = (row.kernel - 1) // 2, row.kernel % 2
        return nn.ConvTranspose2d(
            channels, row.channels, row.kernel, 2, padding=padding, output_padding=more
        )
    padding = {"same": row.kernel // 2, "valid": 0}.get(row.padding, row.padding)
    return nn.Conv2d(
        channels, row.channels, row.kernel, row.stride, padding=padding, groups=row.groups
    )


def _map(row, shape):
    layer = _convolution(row, shape[-1])
    with torch.no_grad():
        tried = layer(torch.zeros(1, shape[-1], *shape[:2])).shape
    return [layer], (*tried[2:], row.channels)


def _dense(row, shape):
    return [nn.Flatten(), nn.Linear(math.prod(shape), row.units)], (row.units,)


def _reshape(row, shape):
    *space, channels = row.shape
    return [nn.Unflatten(1, (channels, *space))], row.shape


def _max_pool(row, shape):
    pool = nn.MaxPool2d(row.window, row.stride, row.padding, ceil_mode=row.ceil)
    return [pool], (*map(row.windows, shape[:2]), shape[2])


# Row type -> function of a row and a shape (height, width, channels) to modules and their shape.
_ROWS = {
    rows.Dense: _dense,
    rows.Conv: _map,
    rows.UpConv: _map,
    rows.Reshape: _reshape,
    rows.MaxPool: _max_pool,
    rows.AveragePool: lambda row, shape: (
        [nn.AdaptiveAvgPool2d(1), nn.Flatten()],
        (shape[-1],),
    ),
    rows.Dropout: lambda row, shape: ([nn.Dropout(row.rate)], shape),
}


def _fully_connected(widths, slope):
    parts = []
    for inputs, outputs in itertools.pairwise(widths):
        parts += [nn.Linear(inputs, outputs), nn.LeakyReLU(slope, inplace=True)]
    return nn.Sequential(*parts)


def _adam(network):
    return torch.optim.Adam(network.parameters(), lr=5e-4, eps=_EPSILON, fused=True)


def _squared(difference):
    """Half the sum of squares, the mean over the batch."""
    return 0.5 * difference.square().flatten(1).sum(dim=1).mean()


def _labels(logits, label):
    return torch.full((len(logits),), label)


def _tensors(batch):
    """Arrays as tensors, images channels first in name and last in memory."""
    if isinstance(batch, tuple):
        return tuple(_tensors(part) for part in batch)
    if isinstance(batch, dict):
        return {name: _tensors(part) for name, part in batch.items()}
    tensor = torch.from_numpy(batch)
    return tensor.permute(0, 3, 1, 2) if tensor.ndim == 4 else tensor
