"""Which versions of a model are served, with a stand-in for loading."""

import asyncio
import shutil

import grpc
import pytest
from tensorflow_serving.apis import model_pb2
from tensorflow_serving.config import model_server_config_pb2

from tfgen.serving.models import Models
from tfgen.serving.status import RequestError
from tfgen.serving.versions import State


class Loaded:
    """What stands for a version in memory."""

    class servable:  # noqa: N801
        signatures = ("serving_default", "view")

    def __init__(self, path):
        self.path = path
        self.closed = False

    async def close(self):
        self.closed = True


class Disk:
    """A folder of models, and a loader that fails for folders with a file "broken"."""

    def __init__(self, base):
        self.base = base
        self.loads = []

    def add(self, number, model="chairs", broken=False):
        path = self.base / model / str(number)
        path.mkdir(parents=True)
        (path / ("broken" if broken else "saved_model.pb")).touch()
        return path

    async def load(self, path):
        self.loads.append(int(path.name))
        await asyncio.sleep(0)
        if (path / "broken").exists():
            raise OSError("no model there")
        return Loaded(path)

    def config(self, policy="", model="chairs", labels=()):
        config = model_server_config_pb2.ModelServerConfig()
        entry = config.model_config_list.config.add(name=model, base_path=str(self.base / model))
        if policy == "all":
            entry.model_version_policy.all.SetInParent()
        elif policy:
            kind, *numbers = policy.split()
            if kind == "latest":
                entry.model_version_policy.latest.num_versions = int(numbers[0])
            else:
                entry.model_version_policy.specific.versions.extend(map(int, numbers))
        for label, number in labels:
            entry.version_labels[label] = number
        return config


@pytest.fixture
def disk(tmp_path):
    return Disk(tmp_path)


def spec(name="chairs", version=None, label=None):
    message = model_pb2.ModelSpec(name=name)
    if version is not None:
        message.version.value = version
    if label:
        message.version_label = label
    return message


def served(models, name="chairs"):
    return models.model(spec(name)).available


def states(models):
    return {n: v.state for n, v in models.model(spec()).versions.items()}


async def settle(models):
    await models.refresh()
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("", [10]),
        ("latest 2", [9, 10]),
        ("all", [1, 2, 9, 10]),
        ("specific 2 9 77", [2, 9]),
    ],
)
def test_the_policy_says_which_versions(disk, policy, expected):
    for number in (1, 2, 9, 10):
        disk.add(number)
    disk.add("not_a_version")

    async def main():
        models = Models(disk.load)
        await models.configure(disk.config(policy))
        return served(models)

    assert asyncio.run(main()) == expected


def test_a_new_version_takes_over_and_the_old_one_waits_for_its_last_request(disk):
    disk.add(1)

    async def main():
        models = Models(disk.load)
        await models.configure(disk.config())
        with models.use(spec()) as old:
            disk.add(2)
            await settle(models)
            assert served(models) == [2]
            assert states(models) == {1: State.UNLOADING, 2: State.AVAILABLE}
            assert not old.loaded.closed
            with models.use(spec()) as new:
                assert new.version == 2
            with pytest.raises(RequestError, match=r"Specific\(chairs, 1\).*served are 2"):
                models.use(spec(version=1)).__enter__()
        await settle(models)
        assert old.loaded.closed
        assert states(models) == {1: State.END, 2: State.AVAILABLE}

    asyncio.run(main())


def test_a_broken_version_leaves_the_old_one_at_work_until_it_is_mended(disk):
    disk.add(1)

    async def main():
        models = Models(disk.load)
        await models.configure(disk.config())
        path = disk.add(2, broken=True)
        await settle(models)
        await settle(models)
        assert served(models) == [1]
        assert disk.loads == [1, 2]  # not tried again as it is
        assert "no model there" in models.model(spec()).versions[2].error.message
        (path / "broken").rename(path / "saved_model.pb")
        await settle(models)
        assert served(models) == [2]
        assert models.model(spec()).versions[2].error is None

    asyncio.run(main())


def test_deleting_the_newest_version_rolls_back(disk):
    disk.add(1)
    newest = disk.add(2)

    async def main():
        models = Models(disk.load)
        await models.configure(disk.config())
        shutil.rmtree(newest)
        await settle(models)
        assert served(models) == [1]
        disk.add(2)
        await settle(models)
        assert served(models) == [2]
        shutil.rmtree(disk.base / "chairs")
        await settle(models)
        assert served(models) == [2]  # a folder that vanished stops nothing

    asyncio.run(main())


def test_models_come_and_go_with_the_configuration(disk):
    disk.add(1)
    disk.add(1, "tables")

    async def main():
        models = Models(disk.load)
        await models.configure(disk.config())
        with models.use(spec()) as chairs:
            reconfigured = asyncio.ensure_future(models.configure(disk.config(model="tables")))
            await asyncio.sleep(0.01)
            assert models.names() == ["tables"]
            with pytest.raises(RequestError, match=r"Latest\(chairs\): models are tables"):
                models.use(spec()).__enter__()
            assert not chairs.loaded.closed
        await reconfigured
        assert chairs.loaded.closed

    asyncio.run(main())


def test_a_model_that_stays_keeps_its_versions(disk):
    disk.add(1)

    async def main():
        models = Models(disk.load)
        await models.configure(disk.config())
        both = disk.config("all")
        disk.add(1, "tables")
        both.MergeFrom(disk.config(model="tables"))
        await models.configure(both)
        return sorted(models.names()), disk.loads

    assert asyncio.run(main()) == (["chairs", "tables"], [1, 1])


BAD_CONFIGURATIONS = {
    "nothing": (lambda disk: model_server_config_pb2.ModelServerConfig(), "model_config_list"),
    "no folder": (lambda disk: disk.config(model="nope"), "model nope has base_path .*no folder"),
}


@pytest.mark.parametrize("name", BAD_CONFIGURATIONS)
def test_a_configuration_that_makes_no_sense_changes_nothing(disk, name):
    make, expected = BAD_CONFIGURATIONS[name]
    disk.add(1)

    async def main():
        models = Models(disk.load)
        await models.configure(disk.config())
        with pytest.raises(RequestError, match=expected) as error:
            await models.configure(make(disk))
        assert error.value.code == grpc.StatusCode.INVALID_ARGUMENT
        assert served(models) == [1]

    asyncio.run(main())


def test_a_model_without_a_version_is_told(disk):
    (disk.base / "chairs").mkdir()

    async def main():
        models = Models(disk.load)
        with pytest.raises(RequestError, match="has no version to serve"):
            await models.configure(disk.config())
        disk.add(1, broken=True)
        with pytest.raises(RequestError, match=r"version 1 cannot be served: .*no model there"):
            await models.configure(disk.config())

    asyncio.run(main())


def test_labels_and_version_zero(disk):
    for number in (1, 2):
        disk.add(number)

    async def main():
        models = Models(disk.load, version_zero_is_latest=True)
        await models.configure(disk.config("all", labels=[("stable", 1)]))
        with models.use(spec(label="stable")) as handle:
            assert handle.version == 1
        with pytest.raises(RequestError, match="label: canary"):
            models.use(spec(label="canary")).__enter__()
        with models.use(spec(version=0)) as handle:
            assert handle.version == 2

    asyncio.run(main())


def test_labels_stand_for_versions_that_are_served(disk):
    for number in (1, 2):
        disk.add(number)

    async def main(may_wait):
        models = Models(disk.load, labels_may_wait=may_wait)
        with pytest.raises(RequestError, match="label stable; served are 1, 2"):
            await Models(disk.load).configure(disk.config("all", labels=[("stable", 7)]))
        await models.configure(disk.config("all", labels=[("stable", 1)]))
        other = disk.config("latest 1", labels=[("stable", 7)])  # the policy is refused with it
        disk.add(1, "tables")
        other.MergeFrom(disk.config(model="tables"))
        with pytest.raises(
            RequestError, match="assign label to version 7 of model chairs"
        ) as error:
            await models.configure(other)
        assert error.value.code == grpc.StatusCode.FAILED_PRECONDITION
        await settle(models)
        assert models.names() == ["chairs"]
        with models.use(spec(label="stable")) as handle:
            assert handle.version == 1
        await models.configure(disk.config("all", labels=[("stable", 2)]))
        with models.use(spec(label="stable")) as handle:
            assert handle.version == 2
        new = disk.config("all", labels=[("stable", 2), ("next", 3)])
        if not may_wait:
            with pytest.raises(RequestError, match="label next"):
                await models.configure(new)
            return
        await models.configure(new)
        with pytest.raises(RequestError, match=r"Specific\(chairs, 3\)"):
            models.use(spec(label="next")).__enter__()
        disk.add(3)
        await settle(models)
        with models.use(spec(label="next")) as handle:
            assert handle.version == 3

    asyncio.run(main(may_wait=False))
    shutil.rmtree(disk.base / "tables")
    asyncio.run(main(may_wait=True))


def test_version_zero_is_a_version_unless_told_otherwise(disk):
    disk.add(1)

    async def main():
        models = Models(disk.load)
        await models.configure(disk.config())
        with pytest.raises(RequestError, match=r"Specific\(chairs, 0\)"):
            models.use(spec(version=0)).__enter__()

    asyncio.run(main())


def test_every_signature_is_a_model_of_its_own(disk):
    disk.add(1)
    disk.add(1, "chairs.view")

    async def main():
        models = Models(disk.load)
        await models.configure(disk.config())
        with models.use(spec("chairs.view")) as handle:
            assert handle.default_signature == "view"
        with pytest.raises(RequestError, match="not found"):
            models.use(spec("chairs.nope")).__enter__()
        await models.configure(disk.config(model="chairs.view"))
        with models.use(spec("chairs.view")) as handle:  # a real model of that name comes first
            assert handle.default_signature == "serving_default"

    asyncio.run(main())
