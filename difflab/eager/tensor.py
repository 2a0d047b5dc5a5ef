"""The tensor that people hold: an array that records what is done to it.

>>> import numpy as np
>>> from difflab import Tensor
>>> x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
>>> y = np.sum(x**2)
>>> y.backward()
>>> x.grad
Tensor([2., 4., 6.])
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from .. import arrays
from ..engines.dispatch import EAGER, Value, apply
from ..engines.dual import rebuild
from ..engines.node import Parent
from ..engines.refusals import refuse_in_place, refuse_lost
from ..engines.surface import NUMBERS, ArrayValue
from ..errors import InvalidArgument
from ..primitives.indexing import REPLACE, split_index
from ..primitives.primitive import OUTPUT, Fused, Primitive, has_loops_for
from ..types import Array
from ..user_code import calling_line
from .node import EagerNode, Version
from .observing import Observer, observer
from .outward import Outward
from .recording import recording
from .refusals import (
    refuse_grad,
    refuse_leaf_change,
    refuse_memory,
    refuse_no_gradient,
    refuse_no_record,
    refuse_read_only,
    refuse_stale,
)
from .storage import Outline, Storage


class Tensor(Outward):
    """An array with NumPy's operators, methods and functions, which records what is computed from it.

    Args:
        data: an array, a number, nested lists of numbers, or a tensor (whose array is taken, not its record).
        dtype: of the entries; by default, NumPy's choice for the data.
        requires_grad: whether gradients with respect to this tensor are wanted.
        device: "cpu" or a CUDA device; by default, where the data is.
        copy: whether to copy the data; without, writes into the array that was given are not seen by the record.

    Raises:
        InvalidArgument: the data are no numbers, or no real floating-point ones though a gradient is wanted.
        DeviceUnavailable: the device cannot be used here; the message says why.

    >>> x = Tensor([[1.0, 2.0]], dtype=np.float32, requires_grad=True)
    >>> (x @ x.T).shape, x.dtype, x.device
    ((1, 1), dtype('float32'), 'cpu')
    """

    __slots__ = ("data", "node", "slot", "storage", "version")

    level = EAGER  # one for all tensors, in place of the slot

    def __init__(
        self, data: Any, dtype: Any = None, requires_grad: bool = False, device: str | None = None, copy: bool = True
    ):
        self.data: Array = _array_of(data.data if isinstance(data, Tensor) else data, dtype, device, copy)
        self.node: EagerNode | None = None
        self.slot: int | None = None
        """Which output of its node this is, where the primitive returns several; else None."""
        shares_memory = isinstance(data, Tensor) and self.data is data.data
        self.storage = data.storage if shares_memory else Storage()
        self.version = self.storage.version
        """How often the memory had been written to when this tensor was made, or last changed itself."""
        if requires_grad:
            self.requires_grad = True
        if (seen := observer.get()) is not None:
            seen.made(self)

    # What it is

    @property
    def underlying(self) -> Array:
        """The array."""
        return self.data

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis."""
        shape: tuple[int, ...] = self.data.shape
        return shape

    @property
    def device(self) -> str:
        """Where the entries are: "cpu", "cuda:0", …."""
        return arrays.device_of(concrete(self.data))

    @property
    def requires_grad(self) -> bool:
        """Whether what is computed from this tensor is recorded; may be set on one that was not itself computed."""
        return self.node is not None

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if wanted and self.dtype.kind != "f":
            raise refuse_no_gradient(self.dtype)
        if not self.is_leaf:
            if not wanted:
                raise InvalidArgument("requires_grad was set to False on a computed tensor: write .detach() instead.")
        elif wanted != self.requires_grad:
            self.node = EagerNode(None, (), {}, None, ()) if wanted else None

    @property
    def is_leaf(self) -> bool:
        """Whether this tensor was made from data, not computed from tensors that require gradients."""
        return self.node is None or self.node.primitive is None

    # Gradients

    @property
    def grad(self) -> "Tensor | None":
        """The gradient that sweeps have added up here; None before the first. Set it to None to start anew."""
        watch = self.node.watch if self.node else None
        return watch.grads.get(self.slot) if watch else None

    @grad.setter
    def grad(self, gradient: "Tensor | None") -> None:
        if self.node is not None and (gradient is None or fits(gradient, self)):
            if (seen := observer.get()) is not None:
                seen.gradient_set(self.node)
            self.node.watched().grads[self.slot] = gradient
        elif gradient is not None:
            raise refuse_grad(gradient, self)

    def retain_grad(self) -> None:
        """Ask for `.grad` of a computed tensor too; raises `NotDifferentiable` if nothing was recorded of it."""
        self._recorded_node().watched().retained.add(self.slot)

    def register_hook(self, hook: Callable[["Tensor"], "Tensor | None"]) -> Callable[[], None]:
        """Call `hook` with the gradient that arrives here in each sweep; what it returns, if not None, takes its place.

        Returns:
            a function that takes the hook off again.

        >>> x = Tensor(3.0, requires_grad=True)
        >>> remove = x.register_hook(lambda gradient: gradient * 10)
        >>> (x * 2).backward()
        >>> x.grad.item()
        20.0
        """
        hooks = self._recorded_node().watched().hooks.setdefault(self.slot, [])
        hooks.append(hook)
        return lambda: hooks.remove(hook)

    def backward(self, gradient: Any = None, retain_graph: bool = False, create_graph: bool = False) -> None:
        """Sweep back from this tensor, and add what arrives to `.grad` of the tensors that it was computed from.

        Each saved value and each adjoint is freed as soon as it has been used.

        Args:
            gradient: the weight of each entry, of this tensor's shape; not needed for one number.
            retain_graph: keep the record for another sweep.
            create_graph: record the sweep itself, so that `.grad` can be differentiated; keeps the record too.

        Raises:
            NotDifferentiable: there is no record, it was freed by an earlier sweep, or something that it needs has been
                changed in place since.
            InvalidArgument: `gradient` is missing for a tensor that is not one number, or does not fit it.
        """
        from .backward import backward

        backward(self, gradient, retain_graph, create_graph)

    def detach(self) -> "Tensor":
        """Give a tensor of the same memory without the record."""
        return _tensor(self.data, self.storage)

    def _recorded_node(self) -> EagerNode:
        if self.node is None:
            raise refuse_no_record(self)
        return self.node

    # Changes in place

    def is_rebound(self) -> bool:
        """Say no: an augmented assignment changes a tensor for all its names, also one without axes."""
        return False

    def change(self, result: Array) -> None:
        """Take on the content of `result`: in memory, and, while operations are recorded, in the record."""
        recorded = recording.get() is not None
        if recorded and self.node is not None and self.is_leaf:
            raise refuse_leaf_change(self)
        self.require_current()
        source = result if isinstance(result, Tensor) else _tensor(result, Storage())
        try:
            if (seen := observer.get()) is not None:
                self.data = seen.overwritten(self, source.data)
            else:
                self.data = arrays.overwritten(self.data, source.data)
        except ValueError:
            arrays.require_one_device("A change in place", [concrete(self.data), concrete(source.data)])
            raise refuse_read_only(self) from None
        self.storage.write(f"the line{calling_line()[0]}", recorded and source.node is not None)
        if recorded:
            self.node, self.slot = source.node, source.slot
        if recorded or self.is_leaf:
            self.version = self.storage.version

    def written(self, by: str) -> None:
        """Tell the record that the array behind this tensor, which must not be a computed one, was written to.

        Args:
            by: what did it, for messages: "the step of Adam".
        """
        self.storage.write(by)
        self.version = self.storage.version

    def __setitem__(self, index: Any, value: Any) -> None:
        template, positions = split_index(index)
        values = value if isinstance(value, ArrayValue) else self._as_values(value)
        if isinstance(values, Tensor) and self._was_current_before(values, index):
            self.version = self.storage.version
        result = apply(REPLACE, (self, values, *positions), {"template": template})
        if isinstance(result, Value) and result.level > self.level:
            raise refuse_in_place("it belongs to an outer derivative, the other operand to an inner one")
        self.change(result)

    def _as_values(self, value: Any) -> Array:
        """Give what is assigned as an array: numbers and lists where this tensor is, arrays where they are."""
        place = value if type(value) is np.ndarray else arrays.place_of(self)
        return np.asarray(value, self.dtype, like=place)

    def _was_current_before(self, part: "Tensor", index: Any) -> bool:
        """Say whether only `part`, a view of the entries at `index`, has been written to: so begins `y[index] += x`."""
        only = self.storage is part.storage and self.version + 1 == part.version == part.storage.version
        return only and arrays.are_same_entries(self.data[index], part.data)

    def require_current(self) -> None:
        """Raise `NotDifferentiable` if the memory was changed under another name in a way that the record misses."""
        computed = self.node is not None and self.node.primitive is not None
        if self.version < (self.storage.version if computed else self.storage.recorded):
            raise refuse_stale(self)

    # Recording

    def takes(self, primitive: Primitive, operands: Sequence[Array]) -> bool:
        """Say whether to record a primitive as one node, not as those of its definition: where it has loops."""
        if not isinstance(primitive, Fused):
            return True
        return has_loops_for([concrete(x.data if isinstance(x, Tensor) else x) for x in operands])

    def process(self, primitive: Primitive, operands: Sequence[Array], parameters: Mapping[str, Any]) -> Any:
        """Apply a primitive to the arrays, and remember it in a node if one of them requires a gradient."""
        degree = recording.get()
        if (seen := observer.get()) is not None:
            primitive = self._told(seen, primitive, operands)
        plain = []
        parents: list[Parent] = []
        moving = 0
        for position, operand in enumerate(operands):
            if isinstance(operand, Tensor):
                if operand.version != operand.storage.version:
                    operand.require_current()
                plain.append(operand.data)
                if operand.node is not None:
                    parents.append((position, operand.node, operand.slot))
                    moving |= 1 << position
            else:
                plain.append(operand)
        try:
            if not parents or degree is None or not primitive.differentiable:
                results = _results(primitive, primitive.evaluate(plain, parameters), operands, plain)
            else:
                reads = _reads(primitive, moving)
                results = _recorded(primitive, operands, plain, parameters, parents, reads, degree)
        except (TypeError, ValueError) as error:
            arrays.explain(primitive.name, map(concrete, plain), error)
            raise
        if seen is not None:
            for result in results if primitive.multiple else (results,):
                seen.made(result)
        return results

    def _told(self, seen: Observer, primitive: Primitive, operands: Sequence[Array]) -> Primitive:
        """Tell who watches of a primitive; gives what to apply in its place."""
        if arrays.is_on_gpu(concrete(self.data)):
            seen.refuse("Its tensors are on a CUDA device, and steps are compiled for the CPU.")
        return seen.stand_in(primitive, operands)

    def guard(self) -> Array:
        """Give the array to code that looks at it: which entries a mask selects, say."""
        return self.data

    # Other devices, other libraries, copies

    def to(self, device: str) -> "Tensor":
        """Give this tensor on a device, itself if it is there; raises `DeviceUnavailable`, with the reason.

        >>> Tensor([1.0]).to("cpu").device
        'cpu'
        """
        if arrays.same_device(self.device, device):
            return self
        if not self.is_leaf:
            raise refuse_memory(self, f".to({device!r})")
        return Tensor(arrays.array(self.data, None, device, False), requires_grad=self.requires_grad, copy=False)

    @classmethod
    def from_dlpack(cls, array: Any) -> "Tensor":
        """Take over an array of another library, by the DLPack protocol, without a copy.

        >>> Tensor.from_dlpack(np.arange(3.0))
        Tensor([0., 1., 2.])
        """
        return cls(arrays.from_dlpack(array), copy=False)

    __copy__ = ArrayValue.copy

    def __deepcopy__(self, memo: Any) -> "Tensor":
        if not self.is_leaf:
            raise refuse_memory(self, "a deep copy")
        twin = _tensor(self.data.copy(), Storage(), type(self))
        twin.requires_grad = self.requires_grad
        memo[id(self)] = twin
        return twin

    def __reduce_ex__(self, protocol: Any) -> Any:
        if not self.is_leaf:
            raise refuse_memory(self, "a pickle")
        return _restored, (type(self), self.data, self.requires_grad)


def _tensor(data: Array, storage: Storage, kind: type[Tensor] = Tensor) -> Tensor:
    """Make a tensor of an array as it is."""
    tensor: Tensor = object.__new__(kind)
    tensor.data = data
    tensor.node = None
    tensor.slot = None
    tensor.storage = storage
    tensor.version = storage.version
    return tensor


def as_tensor(value: Any) -> Tensor:
    """Give a tensor as it is, and wrap an array."""
    if isinstance(value, Tensor):
        return value
    tensor = _tensor(value, Storage())
    if (seen := observer.get()) is not None:
        seen.made(tensor)
    return tensor


def alias_of(tensor: Tensor) -> Tensor:
    """Give another name of a tensor; a change in place by one name is refused to the other, if it is recorded."""
    return with_node(tensor.data, tensor.node, tensor.slot, tensor.storage, tensor.version)


def _array_of(data: Any, dtype: Any, device: str | None, copy: bool) -> Array:
    if isinstance(data, ArrayValue) and data.stands_for_array:
        recorded: Array = data.astype(np.dtype(dtype or data.dtype), copy=copy)
        return recorded
    made: Array = arrays.array(data, dtype, device, copy)
    return made


def concrete(data: Array) -> Array:
    """Give an array, also of one that stands in for it while a step is recorded."""
    return data.underlying if isinstance(data, ArrayValue) else data


def fits(gradient: Any, tensor: Tensor) -> bool:
    """Say whether something can be the gradient of a tensor: one of its shape and dtype."""
    return isinstance(gradient, Tensor) and gradient.shape == tensor.shape and gradient.dtype == tensor.dtype


def _restored(kind: type[Tensor], data: Array, requires_grad: bool) -> Tensor:
    """Make a tensor that was pickled."""
    tensor = _tensor(data, Storage(), kind)
    tensor.requires_grad = requires_grad
    return tensor


def with_node(data: Array, node: EagerNode | None, slot: int | None, storage: Storage, version: int) -> Tensor:
    """Give the tensor that a node's operand or output was when the node was made."""
    tensor = _tensor(data, storage)
    tensor.node, tensor.slot, tensor.version = node, slot, version
    return tensor


def _results(primitive: Primitive, output: Any, operands: Sequence[Array], plain: Sequence[Array]) -> Any:
    """Wrap what a primitive returned."""
    if not primitive.multiple:
        return _tensor(output, _memory(output, operands, plain))
    return rebuild(output, [_tensor(each, _memory(each, operands, plain)) for each in output])


def _memory(output: Array, operands: Sequence[Array], plain: Sequence[Array]) -> Storage:
    """Give the memory of an output: that of the operand that it is a view of, or its own."""
    may_be_view = output.base is not None
    for position, array in enumerate(plain):
        if array is output or (may_be_view and arrays.share_memory(output, array)):
            operand = operands[position]
            if isinstance(operand, Tensor):
                return operand.storage
    return Storage()


def _recorded(
    primitive: Primitive,
    operands: Sequence[Array],
    plain: list[Array],
    parameters: Mapping[str, Any],
    parents: Sequence[Parent],
    reads: frozenset[int],
    degree: int,
) -> Any:
    """Run a primitive and remember it."""
    kept, versions = _kept(operands, plain, reads)
    saved = None
    if type(primitive) is Fused:
        output, saved = primitive.forward(*plain, **parameters)
    else:
        output = primitive.evaluate(plain, parameters)
    if primitive.multiple:
        node = EagerNode(primitive, kept, parameters, output, parents, saved, versions, degree)
        return _several(node, output, operands, plain, OUTPUT in reads)
    storage = _memory(output, operands, plain)
    if output.dtype.kind != "f":
        refuse_lost(output.dtype)
        return _tensor(output, storage)
    result = _tensor(output, storage)
    if OUTPUT in reads:
        versions.append((OUTPUT, storage, storage.version))
    else:
        output = Outline(output)
    result.node = EagerNode(primitive, kept, parameters, output, parents, saved, versions, degree)
    return result


def _several(
    node: EagerNode, outputs: Sequence[Array], operands: Sequence[Array], plain: Sequence[Array], are_read: bool
) -> Any:
    """Give the several results of a node as the kind of tuple that the function returned."""
    results = [_tensor(each, _memory(each, operands, plain)) for each in outputs]
    for slot, result in enumerate(results):
        if result.dtype.kind == "f":
            result.node, result.slot = node, slot
    if are_read:
        node.versions = [
            *node.versions,
            *((OUTPUT - slot, result.storage, result.version) for slot, result in enumerate(results)),
        ]
    return rebuild(outputs, results)


def _kept(operands: Sequence[Array], plain: list[Array], reads: frozenset[int]) -> tuple[list[Array], list[Version]]:
    """Give what a node keeps of its operands, and which memory must stay as it is for that.

    A person's own array, which may be written to later, is copied; the operation then takes the copy.
    """
    kept: list[Array] = []
    versions: list[Version] = []
    for position, operand in enumerate(operands):
        if isinstance(operand, Tensor):
            if position in reads:
                kept.append(operand.data)
                versions.append((position, operand.storage, operand.storage.version))
            else:
                kept.append(Outline(operand.data))
        elif type(operand) in NUMBERS or not hasattr(operand, "dtype"):
            kept.append(operand)
        elif position in reads:
            plain[position] = operand.copy()
            kept.append(plain[position])
        else:
            kept.append(Outline(operand))
    return kept, versions


@cache
def _reads(primitive: Primitive, moving: int) -> frozenset[int]:
    """Say which operands the rules of a primitive read on the way to those whose bits are set in `moving`."""
    positions = [position for position in range(moving.bit_length()) if moving >> position & 1]
    return frozenset().union(*(primitive.reads(position) for position in positions))
