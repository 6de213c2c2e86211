"""Measurements of the measuring itself: how sharp it is, what it costs, and how often it is wrong."""
