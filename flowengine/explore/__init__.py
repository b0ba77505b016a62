"""Exploration: everything that can happen, for every pool, before it happens to anybody."""
