"""Runnable measurements of the whole system, each beside the floor it is judged against."""
