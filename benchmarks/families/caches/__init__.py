"""What is asked of ``patterns.caches``."""
