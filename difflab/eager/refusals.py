"""Refusals of the tensor engine, as sentences: what was wrong, where, what to write instead."""

from typing import Any

from ..errors import InvalidArgument, NotDifferentiable
from ..primitives.primitive import OUTPUT
from ..user_code import calling_line


def described(tensor: Any) -> str:
    """Describe a tensor, or the outline of one, by dtype and shape."""
    return f"a tensor of shape {tuple(tensor.shape)} and dtype {tensor.dtype}"


def refuse_no_record(tensor: Any) -> NotDifferentiable:
    """Describe a sweep from a tensor that nothing was recorded of."""
    return NotDifferentiable(
        f"There is no record to sweep back over from {described(tensor)}: it was made from no tensor that requires a "
        f"gradient, or inside difflab.no_grad(). Make an input with Tensor(data, requires_grad=True), and compute outside "
        f"no_grad."
    )


def refuse_not_scalar(tensor: Any) -> InvalidArgument:
    """Describe a sweep from many numbers without their weights."""
    return InvalidArgument(
        f"A sweep started from {described(tensor)}, and a gradient is that of one number: reduce it first, as "
        f"y.sum().backward() does, or give the weights of its entries, backward(gradient) or grad_outputs=, of its shape."
    )


def refuse_seed(gradient: Any, tensor: Any) -> InvalidArgument:
    """Describe weights that do not fit the output they were given for."""
    return InvalidArgument(
        f"The gradient given for {described(tensor)} has shape {tuple(gradient.shape)} and dtype {gradient.dtype}: give one "
        f"of the same shape, of real numbers."
    )


def refuse_freed(node: Any) -> NotDifferentiable:
    """Describe a second sweep over nodes that the first has let go of."""
    return NotDifferentiable(
        f"A sweep came to {node.primitive.name}, whose saved values an earlier sweep has used and freed: pass "
        f"retain_graph=True to all sweeps but the last (backward and grad free what they use), or run the function again."
    )


def refuse_unused(number: int, tensor: Any) -> InvalidArgument:
    """Describe an input that the outputs do not depend on."""
    return InvalidArgument(
        f"The outputs do not depend on input {number}, {described(tensor)}: leave it out, or pass allow_unused=True to get "
        f"None for it."
    )


def refuse_overwritten(node: Any, version: Any) -> NotDifferentiable:
    """Describe a sweep over an operation whose operand or output was written to after it ran."""
    position, storage, _ = version
    what = "its output" if position <= OUTPUT else f"its operand number {position}"
    array = node.output if position <= OUTPUT else node.operands[position]
    shown = "" if isinstance(array, (tuple, list)) else f", {described(array)},"
    return NotDifferentiable(
        f"The gradient of {node.primitive.name} needs {what}{shown} as it was, and that was changed in place afterwards, by "
        f"{storage.changed}. Write y = y + x in place of y += x, or change it after the sweep."
    )


def refuse_stale(tensor: Any) -> NotDifferentiable:
    """Describe the use of a tensor whose memory was changed in place under another name."""
    return NotDifferentiable(
        f"The memory of {described(tensor)} was changed in place under another name, by {tensor.storage.changed}, and the "
        f"record of this one does not know it; it is used after that{calling_line()[0]}. Write y = y + x in place of y += x, "
        f"or take the slice, reshape or transpose anew."
    )


def refuse_leaf_change(tensor: Any) -> NotDifferentiable:
    """Describe a recorded write into a tensor that gradients are taken with respect to."""
    return NotDifferentiable(
        f"{described(tensor).capitalize()}, made with requires_grad=True, was changed in place{calling_line()[0]}: its "
        f"gradient would be that of another value. Write y = y + x in place of y += x; for an update of a parameter, put it "
        f"inside `with difflab.no_grad():`."
    )


def refuse_plain_number(tensor: Any) -> NotDifferentiable:
    """Describe a conversion to a Python number that would cut the derivative without a word."""
    return NotDifferentiable(
        f"{described(tensor).capitalize()} that requires a gradient was turned into a plain number{calling_line()[0]}, which "
        f"carries none: write .item() to read the number, np.sin(x) in place of math.sin(x) to go on with the tensor."
    )


def refuse_memory(tensor: Any, how: str) -> NotDifferentiable:
    """Describe the handing out of memory whose changes the record would not see."""
    return NotDifferentiable(
        f"{described(tensor).capitalize()} requires a gradient, and {how} would hand out its memory without the record: "
        f"write .detach() first."
    )


def refuse_no_gradient(dtype: Any) -> InvalidArgument:
    """Describe a gradient with respect to numbers that have no derivative."""
    return InvalidArgument(
        f"A tensor of dtype {dtype} cannot require a gradient, only one of float16, float32 or float64 can: convert it with "
        f".astype(np.float32), or leave requires_grad out."
    )


def refuse_read_only(tensor: Any) -> InvalidArgument:
    """Describe a write into memory that may not be written to."""
    return InvalidArgument(
        f"{described(tensor).capitalize()} was changed in place{calling_line()[0]}, and its memory is read-only, as that of a "
        f"broadcast array is, whose entries stand for many: write y = y + x in place of y += x, or take a copy first."
    )


def refuse_hashing(tensor: Any) -> NotDifferentiable:
    """Describe the use of a tensor as a key of a dictionary or as a member of a set."""
    return NotDifferentiable(
        f"{described(tensor).capitalize()} was used as a key of a dictionary or a member of a set{calling_line()[0]}, and "
        f"tensors are compared entry by entry: use id(tensor) for the tensor itself, .item() for its number."
    )
