"""Cluster detection: arrays or frames in, frames and small result objects out. No files, no network, no web."""
