"""The topic map as SVG."""
