"""The main job: turntables in, a generator of objects out."""

import dataclasses

import numpy as np

from tfgen.conditions.description import Condition, Description
from tfgen.conditions.turntable import SWEEPS, THETA
from tfgen.data.drawings import datasets
from tfgen.data.drawings.collection import collect, describe, joint_conditions
from tfgen.data.drawings.feed import drawing_feed
from tfgen.data.drawings.transform_draws import TransformRanges, transforming
from tfgen.data.feed import make_feed
from tfgen.errors import InputError
from tfgen.export.labels import Labels
from tfgen.papers.chairs.gallery import GeneratorGallery
from tfgen.papers.chairs.networks import make_generator, spec_of
from tfgen.papers.chairs.signatures import generator_signatures
from tfgen.papers.chairs.trainer import GeneratorTrainer
from tfgen.papers.chairs.variational_trainer import VariationalTrainer
from tfgen.runs import check
from tfgen.runs.start import by_names
from tfgen.runs.task import Prepared, Task
from tfgen.training.evaluation import example_scorer

_TIMED_EXAMPLES = 512


class GeneratorTask(Task):
    """Up-convolutional generators of Dosovitskiy et al., by equation (1) or (5)."""

    kind = "generator"

    def __init__(self, settings):
        super().__init__(settings)
        spec_of(settings.model, settings.data.image_size)  # mistakes are told before the work
        objective = settings.objective
        if objective.lambda_white and settings.model.style_stream == "variational":
            raise InputError(
                f"`lambda_white`={objective.lambda_white:g} is no part of equation (5): "
                "leave it at 0 with `style_stream`=variational."
            )
        self._ranges = None
        if objective.transform_strength:
            self._ranges = TransformRanges.of_strength(
                objective.transform_strength,
                kept=objective.transform_kept,
                growth=objective.transform_growth,
                start=objective.transform_start,
            )

    def prepare(self, devices, dry=False):
        """Renders or finds the data sets; see `runs.task.Task`."""
        data, holdout = self.settings.data, self.settings.holdout
        builders = datasets.builders(data)
        if dry and not all(builder.is_prepared() for builder in builders):
            return self._surveyed(devices, builders)
        with devices.chief_first():
            collection = collect(datasets.prepare(data), holdout)
        feed = drawing_feed(
            collection, self.settings.schedule, *self._transformation(), evenly=data.evenly
        )
        description = collection.description(self._transform())
        held_out = collection.held_out_values("azimuth")
        return self._prepared(devices, feed, description, check.describe_data(collection), held_out)

    def _surveyed(self, devices, builders):
        """With random examples, to time steps before the real ones have been rendered."""
        lines, conditions, count = [], [], 0
        for builder in builders:
            told, of_builder, examples = check.describe_unprepared(builder, self.settings.holdout)
            lines += told
            conditions.append(of_builder)
            count += examples
        size, joint = self.settings.data.image_size, joint_conditions(conditions)
        examples = check.random_examples(_TIMED_EXAMPLES, size, joint)
        steps, randoms = self._transformation()
        feed = make_feed(examples, self.settings.schedule, {}, steps, randoms)
        feed = dataclasses.replace(feed, trained_examples=count, in_memory=count * size**2 * 4)
        description = describe((*joint, self._transform()), builders[0].streams)
        return self._prepared(devices, feed, description, lines, np.zeros(0))

    def _transformation(self):
        """(steps of the input pipeline, random numbers that they need)."""
        if self._ranges is None:
            return (), 0
        return (transforming(self._ranges),), self._ranges.randoms

    def _transform(self):
        """The condition that theta is."""
        ranges = self._ranges.of_theta() if self._ranges else dict.fromkeys(THETA, (0.0, 0.0))
        return Condition(
            "transform",
            "vector",
            len(THETA),
            names=tuple(THETA),
            ranges=tuple(ranges.values()),
            sweeps=SWEEPS,
        )

    def _prepared(self, devices, feed, description, lines, held_out_azimuths):
        facts = {"description": description.to_dict()}
        with devices.building():
            generator = self.networks(facts, devices.precision)["generator"]
            trainer = self.compile(self._trainer(generator))
        size = self.settings.schedule.batch_size
        scorers = {
            split: example_scorer(trainer, examples, size)
            for split, examples in feed.scored.items()
        }
        gallery = GeneratorGallery(generator, feed.scored, held_out_azimuths)
        return Prepared(feed, trainer, scorers, gallery, facts, [*lines, self._told(generator)])

    def _trainer(self, generator):
        objective, seed = self.settings.objective, self.settings.schedule.seed
        if self.settings.model.style_stream == "variational":
            weights = objective.pixel_sigma, objective.lambda_kl, seed, objective.free_nats
            return VariationalTrainer(generator, *weights)
        lambda_mask = objective.lambda_mask or generator.spec.lambda_mask
        return GeneratorTrainer(generator, lambda_mask, objective.lambda_white)

    def _told(self, generator):
        return (
            f"{self.settings.model.architecture}: {generator.count_params() / 1e6:.2f}M parameters "
            f"({generator.spec.expanding_parameters / 1e6:.2f}M of them in the expanding part), "
            f"{generator.precision}"
        )

    def networks(self, facts, dtype="float32"):
        """The generator."""
        description = Description.from_dict(facts["description"])
        size = self.settings.data.image_size
        return {"generator": make_generator(self.settings.model, size, description, dtype)}

    def signatures(self, networks, facts):
        """Drawings by number, by weights, as PNG, of random codes."""
        del facts
        return generator_signatures(networks["generator"])

    def manifest(self, networks, facts):
        """What it is described by."""
        description = Description.from_dict(facts["description"])
        return {"image_size": self.settings.data.image_size, "description": description}

    def earlier_facts(self, directory):
        """From labels.json."""
        path = directory.path / "labels.json"
        if not path.is_file():
            return None
        labels = Labels.from_json(path.read_text(encoding="utf-8"))
        return {"description": labels.description.to_dict()}

    def adopted(self, name, earlier, value, earlier_facts, facts):
        """Weights of the styles that both know, by their names; new styles start at random."""
        del name
        before, now = (
            Description.from_dict(each["description"]).style.names
            for each in (earlier_facts, facts)
        )
        return by_names(earlier, value, before, now)
