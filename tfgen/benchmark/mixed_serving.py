"""Small requests beside a large one: how long they wait for it, and what memory it takes.

A server is asked for single views, first alone, then until a request of many rows is answered that
came beside them. The large one asks for masks only, the smallest output.
"""

import asyncio
import contextlib
import mmap
import time
from pathlib import Path

from tfgen.benchmark.serving import Kind, connected, make_request, measure_server, prepare
from tfgen.benchmark.serving import running_server as server
from tfgen.errors import InputError

_LOOK_SECONDS = 0.02


def measure_mixed(base, signature, load, script, rows):
    """Measures a model's newest version.

    Args:
      base, signature, load, script: see `serving.measure_serving`; a single client is alone for
        `load.rounds` times `load.seconds`.
      rows: views in the large request.

    Returns:
      list of dicts by column, two a kind: small requests alone, and beside the large one.

    Raises:
      InputError: as `measure_serving`; the server refuses the large request.
    """
    _, command = prepare(base, signature, load, script)
    small, large = make_request(signature), make_request("view", rows, ["mask"])
    table = []
    for name, options in (("one client", ()), ("one client, batching", ("--enable_batching",))):
        with server(*command, *options) as (address, process):
            alone, beside = asyncio.run(_measure(address, process, small, large, load))
        table.append(alone.row(name) | alone.memory)
        table.append(beside.row(f"{name}, beside {rows} rows") | beside.memory)
    return table


class _Measured(Kind):
    """A Kind with what the server's memory was, and how long the large request took."""

    def __init__(self, address):
        super().__init__(1, address)
        self.memory = {"memory MiB": 0.0, "large s": ""}


async def _measure(address, process, small, large, load):
    alone, beside = _Measured(address), _Measured(address)
    seconds = load.seconds * load.rounds
    async with _memory_watched(process, alone):
        await measure_server(alone, small, seconds.__gt__)
    async with _memory_watched(process, beside), connected(address) as predict:
        answer = asyncio.ensure_future(_timed(predict(large), beside))
        await measure_server(beside, small, lambda _: not answer.done())
        await answer
    return alone, beside


async def _timed(call, kind):
    import grpc

    start = time.perf_counter()
    try:
        await call
    except grpc.RpcError as error:
        raise InputError(
            f"`rows`: the server refused the large request: {error.details()}"
        ) from None
    kind.memory["large s"] = time.perf_counter() - start


@contextlib.asynccontextmanager
async def _memory_watched(process, kind):
    """Keeps the most MiB that a process has meanwhile."""
    statm = Path(f"/proc/{process}/statm")

    async def watch():
        while True:
            used = int(statm.read_text().split()[1]) * mmap.PAGESIZE / 2**20
            kind.memory["memory MiB"] = max(kind.memory["memory MiB"], used)
            await asyncio.sleep(_LOOK_SECONDS)

    task = asyncio.ensure_future(watch())
    try:
        yield
    finally:
        task.cancel()
