"""What is asked of ``patterns.rate_limits``."""
