from monitoring_api.main import SPEC
from service_kit.migrations.env import run

run(SPEC)
