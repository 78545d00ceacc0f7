"""What one service publishes another can take."""

from __future__ import annotations

from typing import Any


class TestEvents:
    def test_every_subscriber_consumes_the_event(self, specs: dict[str, Any]) -> None:
        for name, spec in specs.items():
            for event, subscribers in spec.subscribers.items():
                for subscriber in subscribers:
                    assert event in specs[subscriber].consumers, f"{name} → {subscriber}: {event}"

    def test_every_consumed_event_is_published_to_the_consumer(self, specs: dict[str, Any]) -> None:
        for name, spec in specs.items():
            for event, (model, _) in spec.consumers.items():
                publisher = specs[model.source]
                assert name in publisher.subscribers.get(event, ()), f"{publisher.name} → {name}: {event}"

    def test_consumers_are_filed_under_their_events_own_type(self, specs: dict[str, Any]) -> None:
        for spec in specs.values():
            assert all(model.type == event for event, (model, _) in spec.consumers.items())

    def test_regions_reach_every_service(self, specs: dict[str, Any]) -> None:
        assert set(specs["gateway"].subscribers["region.changed"]) == {"monitoring", "assets", "funds"}
