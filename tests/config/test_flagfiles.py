"""Command lines and flagfiles, as people write them."""

import pytest

from tfgen.config.flagfiles import expanded, place_of, with_home
from tfgen.errors import InputError


@pytest.fixture
def flags_of(tmp_path, monkeypatch):
    """A function of a flagfile's bytes or text to the flags that it gives."""
    monkeypatch.chdir(tmp_path)

    def of(content):
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "my.flags").write_bytes(data)
        argv, _ = expanded(["train.py", "--flagfile=my.flags"])
        return argv[1:]

    return of


USUAL = ["--steps=20", "--mirror"]


@pytest.mark.parametrize(
    "content",
    [
        "--steps=20\n--mirror\n",
        "--steps=20\r\n--mirror\r\n",
        "--steps=20\r--mirror",
        "\ufeff--steps=20\n--mirror",
        "--steps=20\n--mirror".encode("utf-16"),
        "\ufeff--steps=20\n--mirror".encode("utf-16-be"),
        "# M\u00fcller\n--steps=20\n--mirror".encode("latin-1"),
        "# a\n  # b\n// c\n\n  --steps=20\t \n\t--mirror",
        "--steps=20  # twenty\n--mirror # and so",
        "--steps = 20\n--mirror",
        "--steps 20\n--mirror",
        '--steps="20"\n--mirror',
        "'--steps=20'\n--mirror",
    ],
)
def test_flagfiles_as_people_write_them(flags_of, content):
    assert flags_of(content) == USUAL


@pytest.mark.parametrize(
    ("line", "flag"),
    [
        ('--run_dir="runs/a b"', "--run_dir=runs/a b"),
        ('--run_dir="runs/a # b"  # quoted', "--run_dir=runs/a # b"),
        ("--run_dir=runs/a#b", "--run_dir=runs/a#b"),
        ("--run_dir=runs/it's", "--run_dir=runs/it's"),
        ("--photos=", "--photos="),
        ("--set=colour=red", "--set=colour=red"),
        ("-steps=3", "-steps=3"),
        ("--models\n3", "--models 3"),
        ("--models\n\n# of them\n3", "--models 3"),
        ("--yaw\n-3", "--yaw -3"),
        ("--out=C:\\a\\b", "--out=C:\\a\\b"),
    ],
)
def test_values_are_kept_as_they_are_meant(flags_of, line, flag):
    assert " ".join(flags_of(line)) == flag


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("--a=1\nsteps=5", "flagfile=my.flags line 2 is no flag .*as in --steps=5"),
        ("\u2014steps=5", "line 1 is no flag .*as in --steps=5"),
        ('{"steps": 5}', "line 1 is no flag"),
        ("--steps=5 --mirror", "line 1 has two flags"),
        ("--\n--steps=5", "line 1 is no flag"),
        ("--flagfile=my.flags", "puts itself in"),
        ("--flagfile=", "my.flags line 1: --flagfile has no file"),
        ("--flagfile\nother.flags", "my.flags line 1: --flagfile has no file"),
        ("--flagfile=none.flags", "flagfile=none.flags cannot be read"),
        (b"\x7fELF\0\0", "is no text file"),
    ],
)
def test_mistakes_name_file_and_line(flags_of, content, message):
    with pytest.raises(InputError, match=message):
        flags_of(content)


def test_files_put_other_files_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "inner.flags").write_text("--a=1\n--flagfile=deep.flags\n")
    (tmp_path / "sub" / "deep.flags").write_text("--b=2\n")  # beside the one that names it
    (tmp_path / "my.flags").write_text("--flagfile=sub/inner.flags\n--c=3\n--a=4\n")
    argv, places = expanded(["x", "--flagfile", "my.flags", "--d=5", "--", "--flagfile=kept"])
    assert argv == ["x", "--a=1", "--b=2", "--c=3", "--a=4", "--d=5", "--", "--flagfile=kept"]
    assert place_of("a", argv, places) == "my.flags line 3: "
    assert place_of("b", argv, places) == "deep.flags line 1: "
    assert place_of("d", argv, places) == ""
    with pytest.raises(InputError, match="--flagfile has no file"):
        expanded(["x", "--flagfile"])


def test_fifty_files_one_in_the_other_are_read_and_a_thousand_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for i in range(1000):
        (tmp_path / f"{i}.flags").write_text(f"--flagfile={i + 1}.flags\n")
    with pytest.raises(InputError, match="more than 64 files, one in the other"):
        expanded(["x", "--flagfile=0.flags"])
    (tmp_path / "50.flags").write_text("--a=1\n")
    assert expanded(["x", "--flagfile=0.flags"])[0] == ["x", "--a=1"]
    (tmp_path / "50.flags").write_text("--flagfile=7.flags\n")
    with pytest.raises(InputError, match="puts itself in"):
        expanded(["x", "--flagfile=0.flags"])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("~nobody_of_that_name/x", "there is no user nobody_of_that_name"),
        ("~nobody_of_that_name", "there is no user nobody_of_that_name"),
        ("$NONE_OF_THAT_NAME/x", r"the environment has no \$NONE_OF_THAT_NAME: set it"),
        ("${NONE_OF_THAT_NAME}", r"the environment has no \$\{NONE_OF_THAT_NAME\}: set it"),
    ],
)
def test_users_and_variables_that_there_are_not(flags_of, value, reason):
    with pytest.raises(InputError, match=rf"^--out=.*{reason}"):
        expanded(["x", f"--out={value}"])
    with pytest.raises(InputError, match=rf"^my.flags line 2: --out=.*{reason}"):
        flags_of(f"--a=1\n--out={value}")
    with pytest.raises(InputError, match=rf"^my.flags line 1: --flagfile=.*{reason}"):
        flags_of(f"--flagfile={value}")


def test_home_is_what_a_shell_makes_of_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    home = str(tmp_path)
    for value, expected in {
        "~/t": f"{home}/t",
        "~": home,
        "$HOME/t": f"{home}/t",
        "${HOME}/t": f"{home}/t",
        "~/a,~/b": f"{home}/a,{home}/b",
        "image=@~/a.png": f"image=@{home}/a.png",
        "a~/b": "a~/b",
        "runs/~x": "runs/~x",
        "a$": "a$",
        "$5": "$5",
    }.items():
        assert with_home(value) == expected
    (tmp_path / "my.flags").write_text("--run_dir=~/x\n--out=$HOME/y\n")
    argv, _ = expanded(["x", f"--flagfile={tmp_path}/my.flags", "--data_dir=~/d", "~/kept"])
    assert argv[1:] == [f"--run_dir={home}/x", f"--out={home}/y", f"--data_dir={home}/d", "~/kept"]
