"""Refusals of the tensor engine, as sentences: what was wrong, where, what to write instead."""

from typing import Any

from ..errors import InvalidArgument, NotDifferentiable
from ..primitives.primitive import OUTPUT
from ..user_code import calling_line


def described(tensor: Any) -> str:
    """Describe a tensor, or the outline of one, by dtype and shape."""
    return f"a tensor of shape {tuple(tensor.shape)} and dtype {tensor.dtype}"


def refuse_no_input(number: int, value: Any) -> InvalidArgument:
    """Describe an input of `grad` that requires no gradient."""
    found = described(value) if hasattr(value, "requires_grad") else f"a {type(value).__name__}"
    return InvalidArgument(
        f"Input {number}, {found}, does not require a gradient: make it with Tensor(data, requires_grad=True) before "
        f"the outputs are computed from it."
    )


def refuse_no_record(tensor: Any) -> NotDifferentiable:
    """Describe a sweep from something that nothing was recorded of."""
    if not hasattr(tensor, "requires_grad"):
        return NotDifferentiable(
            f"A sweep was to start from a {type(tensor).__name__}, of which there is no record: compute the outputs "
            f"from tensors, with operators and NumPy functions, and pass one tensor or a list of them."
        )
    return NotDifferentiable(
        f"There is no record to sweep back over from {described(tensor)}: it was made from no tensor that requires a "
        f"gradient, or inside difflab.no_grad(). Make an input with Tensor(data, requires_grad=True), and compute "
        f"outside no_grad."
    )


def refuse_not_scalar(tensor: Any) -> InvalidArgument:
    """Describe a sweep from many numbers without their weights."""
    return InvalidArgument(
        f"A sweep started from {described(tensor)}, and a gradient is that of one number: reduce it first, as "
        f"y.sum().backward() does, or give the weights of its entries, backward(gradient) or grad_outputs=, of its "
        f"shape."
    )


def refuse_seed(gradient: Any, tensor: Any) -> InvalidArgument:
    """Describe weights that do not fit the output they were given for."""
    return InvalidArgument(
        f"The gradient given for {described(tensor)} has shape {tuple(gradient.shape)} and dtype {gradient.dtype}: "
        f"give one of the same shape, of real numbers."
    )


def refuse_grad(gradient: Any, tensor: Any) -> InvalidArgument:
    """Describe something that was set as `.grad` and cannot be it."""
    found = f"a {type(gradient).__name__}" if not hasattr(gradient, "requires_grad") else described(gradient)
    given = "that requires no gradient" if tensor.node is None else "which requires a gradient"
    return InvalidArgument(
        f"The grad of {described(tensor)}, {given}, was set to {found}: set it to None, or to a tensor of the same "
        f"shape and dtype where a gradient is required."
    )


def refuse_hook(changed: Any, gradient: Any) -> InvalidArgument:
    """Describe what a hook returned in place of a gradient."""
    found = f"a {type(changed).__name__}" if not hasattr(changed, "requires_grad") else described(changed)
    return InvalidArgument(
        f"A hook returned {found} in place of the gradient, {described(gradient)}: let it return a tensor of the same "
        f"shape and dtype, or None to leave the gradient as it is."
    )


def refuse_freed(node: Any) -> NotDifferentiable:
    """Describe a second sweep over nodes that the first has let go of."""
    return NotDifferentiable(
        f"A sweep came to {node.primitive.name}, whose saved values an earlier sweep has used and freed: pass "
        f"retain_graph=True to all sweeps but the last (backward and grad free what they use), or run the function "
        f"again."
    )


def refuse_unused(number: int, tensor: Any) -> InvalidArgument:
    """Describe an input that the outputs do not depend on."""
    return InvalidArgument(
        f"The outputs do not depend on input {number}, {described(tensor)}: leave it out, or pass allow_unused=True to "
        f"get None for it."
    )


def refuse_overwritten(node: Any, version: Any) -> NotDifferentiable:
    """Describe a sweep over an operation whose operand or output was written to after it ran."""
    position, storage, _ = version
    what = "its output" if position <= OUTPUT else f"its operand number {position}"
    array = node.output if position <= OUTPUT else node.operands[position]
    shown = "" if isinstance(array, (tuple, list)) else f", {described(array)},"
    return NotDifferentiable(
        f"The gradient of {node.primitive.name} needs {what}{shown} as it was, and that was changed in place "
        f"afterwards, by {storage.changed}. Write y = y + x in place of y += x, or change it after the sweep."
    )


def refuse_another_run(first: Any, second: Any) -> NotDifferentiable:
    """Describe a checkpointed function whose second run gave other outputs than its first."""
    before, after = (", ".join(described(each) for each in outputs) or "nothing" for outputs in (first, second))
    return NotDifferentiable(
        f"A function given to checkpoint returned {before}, and, run again in the sweep, {after}: it must do the same "
        f"in both runs. Pass what changes in between as an argument."
    )


def refuse_stale(tensor: Any) -> NotDifferentiable:
    """Describe the use of a tensor whose memory was changed in place under another name."""
    return NotDifferentiable(
        f"The memory of {described(tensor)} was changed in place under another name, by {tensor.storage.changed}, and "
        f"the record of this one does not know it; it is used after that{calling_line()[0]}. Write y = y + x in place "
        f"of y += x, or take the slice, reshape or transpose anew."
    )


def refuse_leaf_change(tensor: Any) -> NotDifferentiable:
    """Describe a recorded write into a tensor that gradients are taken with respect to."""
    return NotDifferentiable(
        f"{described(tensor).capitalize()}, made with requires_grad=True, was changed in place{calling_line()[0]}: its "
        f"gradient would be that of another value. Write y = y + x in place of y += x; for an update of a parameter, "
        f"put it inside `with difflab.no_grad():`."
    )


def refuse_plain_number(tensor: Any) -> NotDifferentiable:
    """Describe a conversion to a Python number that would cut the derivative without a word."""
    return NotDifferentiable(
        f"{described(tensor).capitalize()} that requires a gradient was turned into a plain number{calling_line()[0]}, "
        f"which carries none: write .item() to read the number, np.sin(x) in place of math.sin(x) to go on with the "
        f"tensor."
    )


def refuse_memory(tensor: Any, how: str) -> NotDifferentiable:
    """Describe the handing out of memory whose changes the record would not see."""
    return NotDifferentiable(
        f"{described(tensor).capitalize()} requires a gradient, and {how} would hand out its memory without the "
        f"record: write .detach() first."
    )


def refuse_no_gradient(dtype: Any) -> InvalidArgument:
    """Describe a gradient with respect to numbers that have no derivative."""
    return InvalidArgument(
        f"A tensor of dtype {dtype} cannot require a gradient, only one of float16, float32 or float64 can: convert it "
        f"with .astype(np.float32), or leave requires_grad out."
    )


def refuse_read_only(tensor: Any) -> InvalidArgument:
    """Describe a write into memory that may not be written to."""
    return InvalidArgument(
        f"{described(tensor).capitalize()} was changed in place{calling_line()[0]}, and its memory is read-only, as "
        f"that of a broadcast array is, whose entries stand for many: write y = y + x in place of y += x, or take a "
        f"copy first."
    )


def refuse_hashing(tensor: Any) -> NotDifferentiable:
    """Describe the use of a tensor as a key of a dictionary or as a member of a set."""
    return NotDifferentiable(
        f"{described(tensor).capitalize()} was used as a key of a dictionary or a member of a set{calling_line()[0]}, "
        f"and tensors are compared entry by entry: use id(tensor) for the tensor itself, .item() for its number."
    )
