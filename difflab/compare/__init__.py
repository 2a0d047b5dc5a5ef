"""The main job: every method on real functions, compared by accuracy, swell, run time and memory."""
