"""Where arrays live. The only file that may name cupy."""

from .errors import DeviceUnavailable


def unavailable_reason(device: str | None) -> str | None:
    """Say why `device` ("cpu", "cuda", "cuda:1") cannot be used here, or None if it can."""
    if device in (None, "cpu"):
        return None
    if not (device or "").startswith("cuda"):
        return f"there is no device {device!r}: use 'cpu' or 'cuda'"
    return "difflab does not run on CUDA devices yet: use 'cpu'"


def require_device(device: str | None) -> None:
    """Raise `DeviceUnavailable`, with the reason, if `device` cannot be used here."""
    if reason := unavailable_reason(device):
        raise DeviceUnavailable(f"The device {device!r} cannot be used: {reason}.")
