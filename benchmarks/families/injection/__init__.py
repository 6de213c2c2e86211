"""What is asked of ``patterns.injection``."""
