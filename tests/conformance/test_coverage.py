"""Whatever class is not on the conformance list is named here."""

from tests.conformance import registry
from tfgen.networks.row_layers import BUILDERS


def _names(classes):
    return sorted(f"{each.__module__}.{each.__name__}" for each in classes)


def test_every_network_layer_and_trainer_is_on_the_list():
    made = {type(entry.shared) for entry in registry.NETWORKS + registry.TRAINERS}
    known = made | set(registry.BASES) | set(registry.PARTS)
    missing = _names(set(registry.classes()) - known)
    assert not missing, f"add an entry to a table, tests/…/*_entries.py, for {missing}"


def test_parts_are_made_by_entries_and_bases_are_built_upon():
    parts = set().union(*(registry.parts_of(entry.shared) for entry in registry.NETWORKS))
    assert not _names(set(registry.PARTS) - parts)
    listed = registry.classes()
    for base in registry.BASES:
        assert any(issubclass(each, base) and each is not base for each in listed), base


def test_names_are_told_apart():
    for entries in (registry.NETWORKS, registry.TRAINERS):
        names = [entry.name for entry in entries]
        assert len(set(names)) == len(names)
        assert all(name.isidentifier() for name in names)


def test_every_row_is_in_a_network_of_the_list():
    from tests.conformance.network_entries import ROWS
    from tfgen.networks.spec import as_tuple

    used = {type(row) for several in ROWS.rows.values() for row in as_tuple(several)}
    assert not _names(BUILDERS.keys() - used)


def test_a_new_class_would_be_seen(monkeypatch):
    from tfgen.networks import layered

    stranger = type("Stranger", (layered.LayeredNetwork,), {"__module__": layered.__name__})
    monkeypatch.setattr(layered, "Stranger", stranger, raising=False)
    assert stranger in registry.classes()
