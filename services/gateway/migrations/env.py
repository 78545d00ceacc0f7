from gateway.main import SPEC
from service_kit.migrations.env import run

run(SPEC)
