"""Dynamic batching, with a stand-in for the network whose runs can be held up."""

import asyncio
import threading

import grpc
import numpy as np
import pytest
import tensorflow as tf

from tfgen.serving.batching import Batcher
from tfgen.serving.batching_parameters import BatchingParameters
from tfgen.serving.status import RequestError
from tfgen.serving.turns import Threads


class Doubler:
    """A signature that doubles x, and refuses negative numbers."""

    name = "double"
    inputs = ("x",)
    outputs = ("y",)

    def __init__(self, is_batched=True):
        self.is_batched = is_batched
        self.batches = []
        self.timeouts = []
        self.go = threading.Event()
        self.go.set()

    def __call__(self, arrays, timeout):
        self.timeouts.append(timeout)
        assert self.go.wait(10)
        self.batches.append(arrays["x"].tolist())
        if (arrays["x"] < 0).any():
            raise tf.errors.InvalidArgumentError(None, None, "negative")
        return {"y": arrays["x"] * 2}


def request(*values):
    return {"x": np.array(values)}, len(values)


def run(scenario, signature=None, **parameters):
    """Runs `scenario(batcher, signature)` with a Batcher."""

    async def main():
        parameters.setdefault("num_batch_threads", 1)
        chosen = BatchingParameters(**parameters)
        threads = Threads(chosen.num_batch_threads)
        used = signature or Doubler()
        try:
            return await scenario(Batcher(used, chosen, threads), used)
        finally:
            used.go.set()
            threads.close()

    return asyncio.run(main())


async def start(batcher, *requests):
    """Tasks of requests, all of which have reached the queue."""
    tasks = [asyncio.ensure_future(batcher(*each)) for each in requests]
    await asyncio.sleep(0.05)
    return tasks


def test_what_waits_at_the_same_time_runs_together():
    async def scenario(batcher, doubler):
        doubler.go.clear()
        tasks = await start(batcher, request(1), request(2, 3), request(4), request(5, 6))
        doubler.go.set()
        return [(await task)["y"].tolist() for task in tasks], doubler.batches

    answers, batches = run(scenario, max_batch_size=4)
    assert answers == [[2], [4, 6], [8], [10, 12]]
    assert batches == [[1, 2, 3, 4], [5, 6]]


@pytest.mark.parametrize("signature", [Doubler(is_batched=False), Doubler()])
def test_what_must_not_be_joined_is_not(signature):
    async def scenario(batcher, doubler):
        doubler.go.clear()
        tasks = await start(batcher, request(1), request(2), request(3))
        doubler.go.set()
        await asyncio.gather(*tasks)
        return doubler.batches

    size = 0 if signature.is_batched else 8  # batching off, or a signature that has no batches
    assert run(scenario, signature, max_batch_size=size) == [[1], [2], [3]]


def test_a_bad_request_fails_alone():
    async def scenario(batcher, doubler):
        doubler.go.clear()
        tasks = await start(batcher, request(0), request(1), request(-1), request(2))
        doubler.go.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, bad, third = run(scenario, max_batch_size=8)
    assert [each["y"].tolist() for each in (first, second, third)] == [[0], [2], [4]]
    assert isinstance(bad, RequestError)
    assert (bad.code, bad.message) == (grpc.StatusCode.INVALID_ARGUMENT, "negative")


def test_a_full_queue_refuses_at_once():
    async def scenario(batcher, doubler):
        doubler.go.clear()
        running = await start(batcher, request(1))
        waiting = await start(batcher, request(2, 3), request(4, 5))
        with pytest.raises(RequestError) as refused:
            await asyncio.wait_for(batcher(*request(6)), 0.5)
        doubler.go.set()
        answers = [(await task)["y"].tolist() for task in (*running, *waiting)]
        later = (await batcher(*request(7)))["y"].tolist()
        return refused.value.code, answers, later

    code, answers, later = run(scenario, max_batch_size=2, max_enqueued_batches=2)
    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert answers == [[2], [4, 6], [8, 10]]
    assert later == [14]


def test_who_gives_up_leaves_the_queue():
    async def scenario(batcher, doubler):
        doubler.go.clear()
        (running,) = await start(batcher, request(1))
        gone, stays = await start(batcher, request(2), request(3))
        gone.cancel()
        await asyncio.sleep(0.05)
        (also,) = await start(batcher, request(4))  # there is room again
        doubler.go.set()
        await asyncio.gather(running, stays, also)
        return doubler.batches

    batches = run(scenario, max_batch_size=2, max_enqueued_batches=1)
    assert batches == [[1], [3, 4]]


def test_a_batch_waits_for_company_until_its_timeout():
    async def scenario(batcher, doubler):
        first = asyncio.ensure_future(batcher(*request(1)))
        await asyncio.sleep(0.1)
        second = asyncio.ensure_future(batcher(*request(2)))
        await asyncio.gather(first, second)
        before = asyncio.get_running_loop().time()
        await batcher(*request(3))
        return doubler.batches, asyncio.get_running_loop().time() - before

    batches, alone = run(scenario, max_batch_size=3, batch_timeout_micros=400_000)
    assert batches == [[1, 2], [3]]
    assert alone >= 0.4


def test_a_full_batch_does_not_wait():
    async def scenario(batcher, doubler):
        await asyncio.wait_for(asyncio.gather(batcher(*request(1)), batcher(*request(2))), 5)
        return doubler.batches

    assert run(scenario, max_batch_size=2, batch_timeout_micros=60_000_000) == [[1, 2]]


def test_batches_are_padded_to_allowed_sizes():
    async def scenario(batcher, doubler):
        answer = await batcher(*request(1, 2, 3))
        return answer["y"].tolist(), doubler.batches

    answer, batches = run(scenario, max_batch_size=8, allowed_batch_sizes=(1, 4, 8))
    assert answer == [2, 4, 6]
    assert batches == [[1, 2, 3, 3]]


def test_a_request_larger_than_any_batch_runs_in_several():
    async def scenario(batcher, doubler):
        return (await batcher(*request(1, 2, 3, 4, 5)))["y"].tolist(), doubler.batches

    answer, batches = run(scenario, max_batch_size=2)
    assert answer == [2, 4, 6, 8, 10]
    assert batches == [[1, 2], [3, 4], [5]]
    with pytest.raises(RequestError, match=r"batch of 5 is larger.*2") as error:
        run(scenario, max_batch_size=2, enable_large_batch_splitting=False)
    assert error.value.code == grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize("size", [0, 8])
def test_small_requests_have_their_turns_beside_a_large_one(size):
    async def scenario(batcher, doubler):
        doubler.go.clear()
        large, first, second = await start(batcher, request(*range(100)), request(5), request(7))
        second.add_done_callback(lambda _: done.append(len(doubler.batches)))
        doubler.go.set()
        await asyncio.gather(large, first, second)
        return done, doubler.batches

    done = []
    (before,), batches = run(scenario, max_batch_size=size)
    assert before <= 4  # of more than ten batches
    assert max(map(len, batches)) <= 4  # its turns are as long as theirs, here joined with them


def test_two_large_requests_take_turns():
    async def scenario(batcher, doubler):
        doubler.go.clear()
        tasks = await start(batcher, request(*range(96)), request(*range(100, 196)))
        doubler.go.set()
        answers = await asyncio.gather(*tasks)
        return [each["y"].tolist() for each in answers], [batch[0] for batch in doubler.batches]

    answers, firsts = run(scenario)
    assert answers == [[2 * i for i in range(96)], [2 * i for i in range(100, 196)]]
    assert firsts == [0, 100, 32, 132, 64, 164]


@pytest.mark.parametrize("end", ["deadline", "cancelled"])
def test_nobody_waits_any_more_and_the_work_ends(end):
    async def scenario(batcher, doubler):
        doubler.go.clear()
        large = asyncio.ensure_future(batcher(*request(*range(100)), 0.2))
        await asyncio.sleep(0.05)
        if end == "cancelled":
            large.cancel()
        await asyncio.sleep(0.2)
        doubler.go.set()
        (error,) = await asyncio.gather(large, return_exceptions=True)
        await batcher(*request(7))  # the thread is free
        return error, doubler.batches

    error, batches = run(scenario)
    assert batches == [list(range(32)), [7]]
    if end == "deadline":
        assert error.code == grpc.StatusCode.DEADLINE_EXCEEDED
        assert "32 of 100 examples" in error.message


def test_a_large_request_waits_for_one_batch_only():
    """What a queue may hold are batches: one of thousands of examples is not refused for them."""

    async def scenario(batcher, doubler):
        doubler.go.clear()
        tasks = [*await start(batcher, request(*range(50)))]
        tasks += await start(batcher, request(*range(50)))
        with pytest.raises(RequestError, match="wait already"):
            await batcher(*request(1))
        doubler.go.set()
        return [len(each["y"]) for each in await asyncio.gather(*tasks)]

    assert run(scenario, max_batch_size=2, max_enqueued_batches=1) == [50, 50]


def test_an_answer_that_grows_too_large_ends():
    async def scenario(batcher, doubler):
        with pytest.raises(
            RequestError, match=r"512 bytes after 64 of 100.*max_answer_mb"
        ) as error:
            await batcher(*request(*range(100)), most_bytes=300)
        return error.value.code, len(doubler.batches)

    assert run(scenario) == (grpc.StatusCode.RESOURCE_EXHAUSTED, 2)


@pytest.mark.parametrize("size", [0, 4])
def test_outputs_that_are_no_rows_are_those_of_the_whole_request(size):
    class Sums(Doubler):
        def __call__(self, arrays, timeout):
            super().__call__(arrays, timeout)
            return {"y": arrays["x"].sum(keepdims=True)}

    async def scenario(batcher, doubler):
        doubler.go.clear()
        tasks = await start(batcher, request(1), request(*range(100)), request(2), request(3))
        doubler.go.set()
        return [each["y"].tolist() for each in await asyncio.gather(*tasks)]

    assert run(scenario, Sums(), max_batch_size=size) == [[1], [sum(range(100))], [2], [3]]


def test_several_batches_run_at_once():
    both = threading.Barrier(2, timeout=10)

    class Meeting(Doubler):
        def __call__(self, arrays, timeout):
            both.wait()  # passes only if two are here at the same time
            return super().__call__(arrays, timeout)

    async def scenario(batcher, doubler):
        return await asyncio.gather(batcher(*request(1)), batcher(*request(2)))

    answers = run(scenario, Meeting(), max_batch_size=1, num_batch_threads=2)
    assert [each["y"].tolist() for each in answers] == [[2], [4]]


def test_a_batch_has_the_time_of_its_most_patient_request():
    async def scenario(batcher, doubler):
        await asyncio.gather(batcher(*request(1), 5.0), batcher(*request(2), 60.0))
        await asyncio.gather(batcher(*request(3), 5.0), batcher(*request(4)))
        return doubler.timeouts

    first, second = run(scenario, max_batch_size=4)
    assert 55 < first <= 60
    assert second is None


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"max_batch_size": -1}, "max_batch_size is -1"),
        ({"num_batch_threads": 0}, "num_batch_threads is 0"),
        ({"max_enqueued_batches": 0}, "max_enqueued_batches is 0"),
        ({"max_batch_size": 4, "allowed_batch_sizes": (4, 2)}, "increasing"),
        ({"max_batch_size": 4, "allowed_batch_sizes": (1, 2)}, "max_batch_size, 4"),
    ],
)
def test_parameters_that_make_no_sense(wrong, expected):
    with pytest.raises(ValueError, match=expected):
        BatchingParameters(**wrong)
