"""Features are described beside the libraries that are installed, on the same images."""

from tfgen.benchmark import features


def test_each_feature_is_timed_beside_others(monkeypatch):
    monkeypatch.setattr(features, "BATCHES", {64: 2})
    done = []
    rows = features.measure_features(rounds=2, seconds=0.01, progress=lambda: done.append(1))
    assert len(done) == features.measurements(rounds=2)
    ours = [row for row in rows if row["by"] == features.OURS]
    assert [row["feature"] for row in ours] == ["hog", "lbp", "sift"]
    assert all(row["tfgen is so many times as fast"] == 1 for row in ours)
    assert any(row["by"] == "OpenCV" for row in rows)
    assert all(row["images/s"] > 0 for row in rows)
