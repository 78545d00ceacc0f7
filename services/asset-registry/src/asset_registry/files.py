"""What takes files here."""

from __future__ import annotations

from service_kit.attachments import Subject, located_in

from asset_registry.assets.models import Asset

SUBJECTS = {
    "asset": Subject(title="资产", read="assets.assets:read", write="assets.assets:write", locate=located_in(Asset)),
}
