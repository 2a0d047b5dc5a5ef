"""The tests of difflab; the folders mirror the package."""
