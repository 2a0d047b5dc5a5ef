"""Passes from graph to graph that leave its results and its guards as they are: one a file."""
