from files_sample import SPEC
from service_kit.migrations.env import run

run(SPEC)
