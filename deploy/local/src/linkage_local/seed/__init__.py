"""Demo and load data: the villages as published, with an invented population of exactly that size."""

from linkage_local.seed.demo_loader import load_demo
from linkage_local.seed.region_loader import load_regions
from linkage_local.seed.scale_loader import load_scale

__all__ = ["load_demo", "load_regions", "load_scale"]
