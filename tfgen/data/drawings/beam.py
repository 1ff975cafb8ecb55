"""Work spread by Apache Beam: over one machine's processes, or over a cluster."""

import importlib.util

from tfgen.data.drawings.builder import examples_of
from tfgen.errors import InputError, one_line
from tfgen.rendering.turntable import Failure


class Beam:
    """How and where to run; `builder.prepare` takes it too.

    Args:
      runner: name of a Beam runner: "DirectRunner", "FlinkRunner".
      options: its options, as name=value, joined by commas.

    Raises:
      InputError: Beam is not installed, or the runner or an option is none.
    """

    def __init__(self, runner, options=""):
        if not importlib.util.find_spec("apache_beam"):
            raise InputError(
                f"`runner`={runner} needs Apache Beam: pip install -e '.[beam]', or leave it out."
            )
        from apache_beam.options.pipeline_options import PipelineOptions
        from apache_beam.runners import create_runner

        arguments = []
        for option in filter(None, options.split(",")):
            name, equals, value = option.partition("=")
            if not equals:
                raise InputError(f"`options`={option} is no option: give name=value.")
            arguments.append(f"--{name.strip()}={value.strip()}")
        try:
            self._runner = create_runner(runner)
        except (ImportError, AttributeError, ValueError) as error:
            raise InputError(f"`runner`={runner} cannot be used: {one_line(error)}") from None
        self._options = PipelineOptions(arguments)

    def download_options(self):
        """Arguments of `tfds.download.DownloadConfig`."""
        return {"beam_runner": self._runner, "beam_options": self._options}

    def for_each(self, function, tasks):
        """Calls a picklable function on many tasks; what it returns is lost."""
        import apache_beam

        with apache_beam.Pipeline(self._runner, self._options) as pipeline:
            _ = (
                pipeline
                | "tasks" >> apache_beam.Create(list(tasks))
                | "spread" >> apache_beam.Reshuffle()
                | "work" >> apache_beam.Map(function)
            )

    @staticmethod
    def examples(models, task, style, views):
        """The transform that TFDS writes: each model is rendered by some worker.

        Args:
          models: picklable, with name and category.
          task: picklable function of a model to its Frames or a Failure.
          style, views: as `builder.examples_of` takes them.
        """
        import apache_beam

        return (
            "models" >> apache_beam.Create(list(models))
            | "spread" >> apache_beam.Reshuffle()
            | "render" >> apache_beam.FlatMap(_examples, task, style, views)
        )


def _examples(model, task, style, views):
    frames = task(model)
    if isinstance(frames, Failure):
        raise RuntimeError(f"{model.name} cannot be rendered ({frames.reason}): leave it out.")
    return list(examples_of(model, frames, style, views))
