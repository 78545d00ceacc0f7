"""Load, floors, systems to measure and reports, shared by the benchmarks."""
