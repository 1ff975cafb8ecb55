"""The folder of a run: what is read back from it."""

from tfgen.training.run_directory import RunDirectory


def test_metrics_are_rows_of_text_by_column(tmp_path):
    directory = RunDirectory(tmp_path)
    assert directory.read_metrics() == []
    directory.metrics.write_text("step,held_out/psnr\n6,21.5\n12,\n", encoding="utf-8")
    assert directory.read_metrics() == [
        {"step": "6", "held_out/psnr": "21.5"},
        {"step": "12", "held_out/psnr": ""},
    ]


def test_damaged_rows_of_metrics_are_left_out_and_counted(tmp_path):
    directory = RunDirectory(tmp_path)
    text = b"step,held_out/psnr\n6,21.5\n1\x00,3\n12\n18,x\n24,1,2\n30,\xff\n36,7\n42,8."
    directory.metrics.write_bytes(text)
    rows, damaged = directory.read_scores()
    assert [row["step"] for row in rows] == ["6", "36"]
    assert damaged == 6


def test_an_export_is_known_by_its_checkpoint_as_long_as_it_is_there(tmp_path):
    directory = RunDirectory(tmp_path)
    (tmp_path / "1").mkdir()
    directory.export.write_text(f"a/ckpt-6\n{tmp_path / '1'}\n", encoding="utf-8")
    assert directory.exported("a/ckpt-6") == tmp_path / "1"
    assert directory.exported("a/ckpt-12") is None
    for damaged in (b"", b"a/ckpt-6", b"a/ckpt-6\n/none\n", b"\xff\n\n\n"):
        directory.export.write_bytes(damaged)
        assert directory.exported("a/ckpt-6") is None
