"""What random programs consist of: expressions that take values in [-2, 2] to values in [-2, 2].

So no program overflows, divides by zero or loses digits, however long it is. In a template `{a}` and `{b}` are values,
`{a}` of `{n}` entries; `{number}` has no axes; `{c}` is a constant of three digits, so that no value equals it;
`{axis}` is an axis of `{a}` and `{length}` how long it is. Not every template fits every value: what NumPy refuses, or
leaves the bounds, is drawn anew.
"""

BOUND = 2.0 + 1e-6

ELEMENTWISE = (
    *(f"np.{name}({{a}})" for name in ("sin", "cos", "tanh", "arctan", "arcsinh", "abs", "sinc", "deg2rad")),
    *(f"np.{name}({{a}} + 3)" for name in ("log", "log1p", "log10", "cbrt", "reciprocal")),
    *(f"np.{name}({{a}}) / 2" for name in ("square", "sinh", "cosh")),
    "-{a}",
    "{a} * {c}",
    "{a} + ({c})",
    "{a} / 3 - ({c})",
    "{a}**2 / 2",
    "{a}**3 / 4",
    "2 - np.abs({a}) ** 1.5 / 2",
    "1 / ({a} * {a} + 1)",
    "np.exp({a} - 2)",
    "np.exp2({a} / 2)",
    "np.expm1({a} / 4)",
    "np.log2({a} + 3) / 2",
    "np.sqrt(1 + {a} * {a}) / 2",
    "np.tan({a} / 2)",
    "np.arcsin({a} / 3)",
    "np.arccos({a} / 3) - 1",
    "np.arctanh({a} / 4)",
    "np.arccosh({a} + 4)",
    "np.clip({a}, -1.13, 0.87)",
    "np.maximum({a}, {c})",
    "np.minimum({c}, {a})",
    "np.where({a} < {c}, {a} * {a} / 2, {a} / 3)",
    "np.where(({a} > {c}) & ({a} < 1.71), np.sin({a}), 0.25)",
    "np.remainder({a} + 3, 1.713)",
    "np.floor({a} * 1.37) / 3 + {a} / 4",
    "np.copysign({a}, {c})",
    "np.sign({a} - ({c})) * {a}",
    "{a}.copy()",
)
"""Of the shape of `{a}`, entry by entry."""

ALONG_AXIS = (
    "np.cumsum({a}, axis={axis}) / {length}",
    "np.cumprod({a} / 2, axis={axis})",
    "np.flip({a}, axis={axis})",
    "np.roll({a}, {k}, axis={axis})",
    "np.sort({a} * 0.9 + np.linspace(0, 0.1, {a}.shape[-1], dtype={a}.dtype))",
    "({a} - np.mean({a}, axis={axis}, keepdims=True)) / 2",
    "np.exp({a}) / np.sum(np.exp({a}), axis={axis}, keepdims=True)",
    "{a} / np.sqrt(1 + np.sum({a} * {a}, axis={axis}, keepdims=True))",
    "{a}[..., ::-1]",
    "np.stack([np.sin(row) * {c} for row in {a}])",
    "np.take({a}, np.argsort({a} + np.linspace(0, 0.1, {n}, dtype={a}.dtype)))",
)
"""Of the shape of `{a}`, too."""

TWO_VALUES = (
    "({a} + {b}) / 2",
    "({a} - {b}) / 2",
    "{a} * {b} / 2",
    "{a} / (1 + {b} * {b})",
    "np.hypot({a}, {b} + 3) / 3",
    "np.arctan2({a}, {b} + 3)",
    "np.logaddexp({a}, {b}) / 2",
    "np.maximum({a}, {b} * 0.9 + ({c}) / 10)",
    "np.minimum({a} + ({c}), {b}) / 2",
    "np.where({a} < {c}, {a}, {b})",
    "np.power(np.abs({a}) + 0.5, {b} / 2) / 2",
    "{a} * np.mean({b}) / 2",
    "np.sqrt(1 + {a} * {a} + {b} * {b}) / 2",
    "difflab.gradient(lambda t: np.sum(np.sin(t * {a})), {b})",
    "difflab.gradient(lambda t: np.sum(t * t * {b}) / 4, {a}) / 2",
)
"""Broadcast against each other."""

REDUCTIONS = (
    "np.sum({a}, axis={axes}, keepdims={keep}) / {n}",
    "np.mean({a}, axis={axes}, keepdims={keep})",
    "np.max({a}, axis={axes}, keepdims={keep})",
    "np.min({a}, axis={axes}, keepdims={keep})",
    "np.prod({a} / 2, axis={axes}, keepdims={keep})",
    "np.var({a}, axis={axes}) / 2",
    "np.std({a} + np.linspace(0, 1, {a}.shape[-1], dtype={a}.dtype), axis=-1) / 2",
    "np.linalg.norm({a} + 3) / (5 * {n})",
    "np.median({a}, axis={axis})",
    "sum(entry * entry for entry in {a}) / (2 * {n})",
    "np.sum({a}[{a} > {c}]) / {n}",
    "np.sum(np.sort({a}, axis=None)[:2]) / 2",
    "np.log(np.sum(np.exp({a}))) / (2 + np.log({n}))",
    "{a}.ravel()[np.argmax({a})]",
    "max({a}.ravel())",
    "np.sum({a}[:0]) + ({c})",
)

SHAPING = (
    "np.reshape({a}, {divided})",
    "np.ravel({a})",
    "{a}.T",
    "np.transpose({a}, {order})",
    "np.moveaxis({a}, {axis}, 0)",
    "np.expand_dims({a}, {axis})",
    "np.squeeze({a})",
    "np.concatenate([{a}, {b}], axis={axis})",
    "np.concatenate([{a}.ravel(), {b}.ravel()])",
    "np.stack([{a}, {b}], axis={axis})",
    "np.stack([{number}, {number} / 2, {c}])",
    "np.repeat({a}, 2, axis={axis})",
    "np.tile({a}, 2)",
    "np.broadcast_to({a}, (2, *{a}.shape))",
    "np.pad({a}, 1)",
    "np.diff({a}, axis={axis}) / 2",
    "np.tril({a})",
    "np.diag({a})",
    "np.outer({a}, {b}) / 2",
    "sum(np.array([{number}, {number} * {number} / 2])) / 2",
    "np.concatenate([{a}[:0], {a}])",
)

INDEXING = (
    "{a}[{index}]",
    "{a}[{index}]",
    "{a}[::-{stride}]",
    "{a}[..., 1:] - {a}[..., :-1]",
    "{a}[None, ..., 0]",
    "{a}[[0, -1, 0]]",
    "{a}[..., np.array([[0, -1], [-1, 0]])]",
    "np.take({a}, [0, 0, -1], axis={axis}, mode='wrap')",
    "{a}[np.arange({a}.shape[0]) % 2 == 0]",
    "{a}[[0, -1], [-1, 0]]",
    "{a}[int(np.abs({number}))]",
    "{a}.ravel()[:3]",
)

PRODUCTS = (
    "{a} @ {b} / (2 * {n})",
    "{a} @ {a}.T / (2 * {n})",
    "np.dot({b}, {a}) / (2 * {n})",
    "np.einsum('ij,kj->ik', {a}, {b}) / (2 * {n})",
    "np.einsum('ij,ij->i', {a}, {b}) / (2 * {n})",
    "np.einsum('i,j->ij', {a}, {b}) / 2",
    "np.einsum('...i,i->...', {a}, {b}) / (2 * {n})",
    "np.tensordot({a}, {b}, 1) / (2 * {n})",
    "np.inner({a}, {b}) / (2 * {n})",
    "np.trace({a} @ {a}.T) / (2 * {n})",
    "np.linalg.solve({a} + 6 * {n} * np.eye({a}.shape[-1]), {b})",
    "np.linalg.det({a} / {n} + 2 * np.eye(2)) / 16",
)

OTHERS = (
    "{a} * extra / 2",
    "{a} * float(extra) / 2",
    "helper({a}, {number})",
    "(lambda t: np.tanh(t) * {number} / 2)({a})",
    "{a} * rate / 2",
    "({a} + weights[0]) / 2",
    "{a}[..., :2] * weights[:2] / 2",
    "{{'one': {a}, 'two': [{b}, ({number},)]}}['two'][0]",
    "[{number}, {a}][-1] * {number} / 2",
    "difflab.derivative(lambda t: t * t * {number} / 8, {number})",
    "np.float32(0.5) * {a}",
    "{a}.astype(np.float32)",
)

ALIKE = (*ELEMENTWISE, *ALONG_AXIS, *TWO_VALUES)
"""Those that can keep the shape of `{a}`."""
KINDS = (ELEMENTWISE, ALONG_AXIS, TWO_VALUES, REDUCTIONS, SHAPING, INDEXING, PRODUCTS, OTHERS)
