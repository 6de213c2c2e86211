"""What is asked of ``patterns.lifecycle``."""
