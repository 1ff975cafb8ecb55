"""Settings and flags are one thing, each task has its own, and old runs are read."""

import dataclasses
import math
from pathlib import Path

import pytest
from absl import flags as absl_flags

from tfgen.config import flags, registry
from tfgen.config.data import PhotoConfig, TurntableConfig
from tfgen.config.run import Settings
from tfgen.errors import InputError
from tfgen.papers.catalog import TASKS
from tfgen.training.run_directory import RunDirectory

BEFORE = Path(__file__).parent / "flags_before"  # flags.txt of runs, when all held all settings
PARTS = {type(part) for entry in TASKS.values() for part in entry.settings_class().parts().values()}


def parsed(*arguments):
    values, argv = absl_flags.FlagValues(), ["test", *arguments]
    flags.define(argv, values)
    values(argv)
    return values


def parse(*arguments):
    return flags.from_flags(parsed(*arguments))


@pytest.mark.parametrize("task", TASKS)
def test_without_flags_a_task_has_its_own_defaults(task):
    assert parse(f"--task={task}") == registry.find(task).settings_class()()


def test_defaults_are_the_papers():
    settings = parse()
    assert settings.task == "generator"
    assert settings.optimizer.learning_rate == 5e-4
    assert settings.schedule.steps == 500_000
    assert settings.schedule.batch_size == 128
    assert settings.model.architecture == "1s-S-deep"
    assert parse("--task=autoencoder").model.architecture == "table2"


def test_flags_reach_their_fields():
    settings = parse("--models=7", "--elevations=0,12.5", "--architecture=2s-E", "--steps=20")
    assert settings.data.models == 7
    assert settings.data.elevations == (0.0, 12.5)
    assert settings.model.architecture == "2s-E"
    assert settings.schedule.steps == 20


@pytest.mark.parametrize(
    "given",
    [
        ("--elevations=0,12.5", "--run_dir=a b", "--width=0.1", "--epsilon=1e-9"),
        ("--task=inversion", "--mirror", "--finetune", "--feature=hog", "--precision=float32"),
        ("--task=autoencoder", "--lambda_kl=0.25", "--comparator=", "--average=0.99"),
        ("--task=comparator", "--learn_by=videos", "--photos=a=b"),
    ],
)
def test_text_of_a_run_reads_back_and_holds_only_what_the_run_uses(given):
    settings = parse(*given)
    text = flags.to_text(settings)
    assert flags.from_text(text) == settings
    assert text.startswith(f"--task={settings.task}\n")
    names = [line.partition("=")[0][2:] for line in text.splitlines()]
    assert names == list(settings.flat())
    assert ("lambda_adv" in names) == (settings.task in ("autoencoder", "inversion"))


def test_every_setting_has_a_sentence_of_help():
    for part in PARTS:
        for field in dataclasses.fields(part):
            assert field.metadata["help"].endswith("."), field.name


def test_a_setting_of_several_tasks_has_one_type():
    kinds = {}
    for part in PARTS:
        for field in dataclasses.fields(part):
            assert kinds.setdefault(field.name, type(field.default)) is type(field.default)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--learning_rate=0", "--learning_rate=0.0 is too small"),
        ("--learning_rate=nan", "--learning_rate=nan is not a finite number"),
        ("--width=-1", "--width=-1.0 is too small"),
        ("--image_size=8", "--image_size=8 is too small: give at least 16"),
        ("--batch_size=0", "--batch_size=0 is too small"),
        ("--elevations=20,x", "--elevations=20,x is not a list of numbers"),
        ("--elevations=20,inf", "--elevations=inf is not a finite number"),
        ("--precision=int8", "--precision=int8 is not known"),
        ("--average=1", "--average=1.0 is too large"),
        ("--steps=15", "--steps=15 is no multiple of --steps_per_execution=10"),
        ("--replicas=3", "--batch_size=128 cannot be split over --replicas=3"),
        ("--task=sofas", "--task=sofas is not known: choose one of generator, autoencoder"),
        ("--task=no/such.py", "--task=/"),
        (
            "--lambda_adv=100",
            "--lambda_adv=100 is of no use to --task=generator: it belongs to autoencoder, "
            "inversion.",
        ),
        ("--mirror", "--mirror=True is of no use to --task=generator: it belongs to autoencoder"),
    ],
)
def test_bad_values_are_refused_by_name_with_a_remedy(argument, message):
    with pytest.raises(InputError) as caught:
        parse(argument)
    assert caught.value.for_command_line().startswith(message)
    assert "\n" not in caught.value.for_command_line()


def test_a_stranger_at_its_default_is_passed_over():
    assert parse("--lambda_adv=0", "--nomirror", "--learn_by=exemplars") == parse()
    with pytest.raises(InputError, match="--models=3 is of no use to --task=comparator: it bel"):
        parse("--task=comparator", "--models=3")


YOUNGER = {
    ("average", 0.0),
    ("comparator_scale", 1),
    ("crop_zoom", 1.0),
    ("decay", "halve"),
    ("discriminator_decay", 4e-6),
    ("discriminator_schedule", "falling"),
    ("evenly", "views"),
    ("free_nats", 0.0),
    ("init_from", ""),
    ("labels", "folders"),
    ("lambda_white", 0.0),
    ("latent_size", 0),
    ("max_megapixels", 100.0),
    ("orientations", ""),
    ("transform_growth", 0.0),
    ("transform_kept", "all"),
    ("transform_start", 0.0),
    ("weight_decay", 0.0),
}


@pytest.mark.parametrize("file", sorted(BEFORE.glob("*.txt")), ids=lambda path: path.stem)
def test_runs_begun_when_all_settings_were_in_one_list_are_read_and_go_on(file, tmp_path):
    text = file.read_text()
    settings = flags.from_text(text)
    assert settings.task == file.stem
    written = dict(line[2:].split("=", 1) for line in text.splitlines())
    assert len(written) == 72
    for name, value in settings.flat().items():
        if name not in written:  # younger
            assert (name, value) in YOUNGER
        else:
            assert f"--{name}={written[name]}\n" in flags.to_text(settings)
    (tmp_path / "flags.txt").write_text(text)
    directory = RunDirectory(tmp_path)
    with directory.opened(dataclasses.replace(settings)):
        pass
    directory.begin(settings, {}, 0)
    _, _, written_now = (tmp_path / "flags.txt").read_text().partition("\n")
    assert written_now == flags.to_text(settings)


def test_an_old_list_of_all_settings_works_as_a_flagfile():
    for file in (BEFORE / "generator.txt", BEFORE / "inversion.txt"):
        assert parse(f"--flagfile={file}") == flags.from_text(file.read_text())


def test_text_with_an_unknown_flag_is_refused():
    with pytest.raises(InputError, match=r"the run's flags cannot be read.*modles"):
        flags.from_text("--modles=3")


def test_only_some_settings_may_change_when_a_run_goes_on(tmp_path):
    run = RunDirectory(tmp_path / "run")
    for extra in ((), ("--steps=20", "--learning_rate=1e-4", "--data_dir=other")):
        settings = parse("--models=3", *extra)
        with run.opened(settings):
            run.begin(settings, {}, 0)
    for argument, message in {
        "--models=4": "holds a run with models=3, not 4",
        "--models=3 --average=0.9": "holds a run with average=0.0, not 0.9",
        "--task=comparator": "holds a run with task=generator, not comparator",
    }.items():
        with pytest.raises(InputError, match=message), run.opened(parse(*argument.split())):
            pass
    assert run.read_settings().schedule.steps == 20


def test_an_experiment_has_the_settings_of_all_tasks_that_it_trains():
    given = ("--architecture=table2-vae", "--exemplars=30", "--lambda_kl=2", "--batch_size=64")
    settings = flags.of_tasks(("autoencoder", "comparator"), parsed(*given, "--task=autoencoder"))
    assert list(settings) == ["autoencoder", "comparator"]
    assert settings["autoencoder"].perceptual.lambda_kl == 2
    assert settings["comparator"].learning.exemplars == 30
    assert all(each.schedule.batch_size == 64 for each in settings.values())
    with pytest.raises(InputError, match="--models=3 is of no use to --task=autoencoder, compara"):
        flags.of_tasks(("autoencoder", "comparator"), parsed("--models=3"))
    with pytest.raises(InputError, match="--task=generator is not trained here: leave it out, or"):
        flags.of_tasks(("inversion",), parsed("--task=generator"))
    with pytest.raises(InputError, match="--steps=20 is of no use here: it belongs to generator"):
        flags.of_tasks((), parsed("--steps=20"))


def test_help_groups_flags_by_the_tasks_that_have_them():
    values, argv = absl_flags.FlagValues(), ["test"]
    flags.define(argv, values)
    every, *groups = flags.help_text(argv, values).split("settings of --task=")
    assert "--learning_rate" in every
    assert "--models" not in every
    heads = {group.partition(":\n")[0]: group for group in groups}
    assert "--models" in heads["generator"]
    assert "--lambda_adv" in heads["autoencoder, inversion"]
    values, argv = absl_flags.FlagValues(), ["test", "--task=inversion"]
    flags.define(argv, values)
    text = flags.help_text(argv, values)
    assert "--feature:" in text
    assert "--models" not in text
    assert "1s-S-deep" not in text


TOY = """
import dataclasses

from tfgen.config.data import PhotoConfig, TurntableConfig
from tfgen.config.registry import Entry
from tfgen.config.run import OptimizerConfig, Settings
from tfgen.config.settings import Part, setting


@dataclasses.dataclass(frozen=True)
class WordConfig(Part):
    word: str = setting("red", "Word to draw.", choices=("red", "green"))
    models: str = setting("", "Not the number that the generator has.")


@dataclasses.dataclass(frozen=True)
class ToySettings(Settings):
    task: str = "toy"
    data: PhotoConfig = PhotoConfig(image_size=32)
    words: WordConfig = WordConfig()
    optimizer: OptimizerConfig = OptimizerConfig(beta_1=0.5)


TASK = Entry(settings=ToySettings, task="json:JSONDecoder")
"""


def test_a_task_may_come_from_a_file_outside_the_package(tmp_path, monkeypatch):
    (tmp_path / "toy.py").write_text(TOY)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.flags").write_text("--task=toy.py\n--models=many\n")
    settings = parse("--flagfile=toy.flags", "--word=green", "--steps=20")
    assert settings.task == str(tmp_path / "toy.py")
    assert (settings.words.word, settings.words.models) == ("green", "many")
    assert (settings.data.image_size, settings.optimizer.beta_1) == (32, 0.5)
    assert registry.find(settings.task).task_class().__name__ == "JSONDecoder"
    monkeypatch.chdir("/")
    assert flags.from_text(flags.to_text(settings)) == settings
    assert "toy.py" not in TASKS
    with pytest.raises(InputError, match=r"--samples=3 is of no use to --task=.*toy.py: it belong"):
        parse(f"--task={tmp_path}/toy.py", "--samples=3")
    with pytest.raises(absl_flags.Error, match="Unknown command line flag 'word'"):
        parse("--word=red")


def test_a_registered_task_is_one_among_the_others(monkeypatch):
    monkeypatch.setattr(registry, "tasks", lambda known=dict(TASKS): known)

    @dataclasses.dataclass(frozen=True)
    class FacesSettings(Settings):
        task: str = "faces"
        data: PhotoConfig = PhotoConfig(image_size=128)  # noqa: RUF009

    registry.register("faces", registry.Entry(FacesSettings, "tfgen.errors:InputError"))
    assert parse("--task=faces").data.image_size == 128
    with pytest.raises(InputError, match=r"--photos=a is of no use to --task=generator: .*faces"):
        parse("--photos=a")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("TASK = 3", "defines no TASK: let it say TASK = Entry"),
        ("1 / 0", "fails: ZeroDivisionError: division by zero"),
        (TOY.replace("word: str", "width: str").replace("toy", "bad"), None),
        (
            TOY.replace(
                'setting("red", "Word to draw.", choices=("red", "green"))', "WIDTH"
            ).replace("word: str = WIDTH", 'seed: int = setting(1, "Another seed.")'),
            "has two settings of the name seed, in the parts words and schedule: rename one",
        ),
    ],
)
def test_mistakes_of_such_files_are_told(tmp_path, text, message):
    (tmp_path / "bad.py").write_text(text)
    if message is None:  # another type than elsewhere is no mistake: the task's own counts
        assert parse(f"--task={tmp_path}/bad.py", "--width=red").words.width == "red"
        return
    with pytest.raises(InputError, match=message):
        parse(f"--task={tmp_path}/bad.py")


def test_configuration_cannot_be_misspelt():
    with pytest.raises(TypeError):
        TurntableConfig(modles=3)


def test_a_finite_check_covers_every_float():
    for cls in PARTS:
        for field in dataclasses.fields(cls):
            if isinstance(field.default, float):
                with pytest.raises(InputError, match=f"{field.name}=nan"):
                    cls(**{field.name: math.nan})
