"""What a version takes goes with it."""

import asyncio
import gc
import weakref

from tfgen.serving.batching_parameters import BatchingParameters
from tfgen.serving.loading import Loader
from tfgen.serving.turns import Threads


def test_an_unloaded_model_leaves_no_graph_behind(slow_model):
    async def main():
        threads = Threads(1)
        loader = Loader(BatchingParameters(), threads)
        loaded = await loader(slow_model)
        graph = weakref.ref(loaded.servable.signature("")._session.graph)
        await loaded.close()
        threads.close()
        loader.close()
        return graph()

    gc.disable()  # else it may come by itself
    try:
        assert asyncio.run(main()) is None
    finally:
        gc.enable()
