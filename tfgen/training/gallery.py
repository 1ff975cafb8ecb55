"""What a run shows of itself after each epoch."""

import abc


class Gallery(abc.ABC):
    """Pictures of what a trainer has learned; with its moving averages, if it has any."""

    @abc.abstractmethod
    def pictures(self, step):
        """After an epoch: name -> [h, w, 3] uint8.

        Args:
          step: number of steps trained.
        """

    def finish(self, directory):
        """At the end of a run: whatever else belongs into its folder; here, nothing.

        Args:
          directory: `training.run_directory.RunDirectory`.
        """
        del directory
