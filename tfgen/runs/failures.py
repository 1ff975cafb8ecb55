"""What ends a training from outside of it, in a sentence: data, disks, memory, other hosts."""

import contextlib

import tensorflow as tf

from tfgen.data import pipeline
from tfgen.errors import InputError, one_line
from tfgen.files import is_of_disk, unwritable


@contextlib.contextmanager
def told(feed, checkpoints, directory):
    """Around training: errors of TensorFlow's become InputErrors, whose causes they are.

    Args:
      feed: `data.feed.Feed`.
      checkpoints: `training.checkpoints.Checkpoints`.
      directory: `training.run_directory.RunDirectory`.
    """
    try:
        with pipeline.telling():
            yield
    except tf.errors.OpError as error:
        if is_of_disk(error):
            raise unwritable(f"`run_dir`={directory.path}", error) from error
        feed.refuse()
        raise InputError(_told(error, checkpoints)) from error


def _told(error, checkpoints):
    resumes = f"the same command resumes from step {max(checkpoints.saved, default=0)}"
    reason = one_line(error)
    if isinstance(error, tf.errors.ResourceExhaustedError):
        return f"there is too little memory ({reason}): give a smaller `batch_size`."
    return (
        f"training failed after step {checkpoints.step} ({type(error).__name__}: {reason}): if "
        f"that has been mended, {resumes}."
    )
