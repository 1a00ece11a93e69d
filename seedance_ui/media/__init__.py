"""Bytes: sniff, probe, stills and storyboard drawing. Pixels are touched in a worker process only."""
