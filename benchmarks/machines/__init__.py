"""Comparisons on several machines: each goes whole to one host, which measures nothing else meanwhile."""
