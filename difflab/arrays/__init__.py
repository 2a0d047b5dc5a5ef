"""Where arrays live: devices, moving between them, waiting for them, measuring on them."""

from .clock import Elapsed, synchronize, timed
from .cuda import current, special_functions
from .default import default_device, device
from .describing import described
from .detection import require_device, unavailable_reason
from .explaining import explain
from .memory import Memory, measured_memory
from .places import (
    MAKERS,
    are_same_entries,
    array,
    as_array,
    assign,
    beside,
    device_of,
    from_dlpack,
    host_copy,
    is_host,
    is_on_gpu,
    made_beside,
    moved,
    on_the_cpu,
    overwritten,
    place_of,
    require_one_device,
    same_device,
    share_memory,
    to_gpu_of,
    to_host,
)
from .uploads import Uploads

__all__ = [
    "MAKERS",
    "Elapsed",
    "Memory",
    "Uploads",
    "are_same_entries",
    "array",
    "as_array",
    "assign",
    "beside",
    "current",
    "default_device",
    "described",
    "device",
    "device_of",
    "explain",
    "from_dlpack",
    "host_copy",
    "is_host",
    "is_on_gpu",
    "made_beside",
    "measured_memory",
    "moved",
    "on_the_cpu",
    "overwritten",
    "place_of",
    "require_device",
    "require_one_device",
    "same_device",
    "share_memory",
    "special_functions",
    "synchronize",
    "timed",
    "to_gpu_of",
    "to_host",
    "unavailable_reason",
]
