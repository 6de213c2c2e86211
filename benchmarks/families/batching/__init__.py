"""What is asked of ``patterns.batching``."""
