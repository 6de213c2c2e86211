"""What is asked of ``patterns.web``."""
