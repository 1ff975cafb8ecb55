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
