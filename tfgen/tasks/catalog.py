"""All tasks by name; a new one is a module and a row here."""

import importlib

# Value of --task -> module of tfgen.tasks and class in it.
TASKS = {
    "generator": ("generator", "GeneratorTask"),
    "autoencoder": ("autoencoder", "AutoencoderTask"),
    "inversion": ("inversion", "InversionTask"),
    "comparator": ("comparator", "ComparatorTask"),
}


def task_class(name):
    """The `task.Task` of a name."""
    module, cls = TASKS[name]
    return getattr(importlib.import_module(f"tfgen.tasks.{module}"), cls)
