"""The search: from a function to all that it can see, without running it.

Its closure, the globals that its code names, its defaults, the object that it is bound to; and from these on, through
the person's own functions, classes, objects and modules. Libraries are taken to stay as they are: only closures of
their functions are looked into, and what their objects wrap.
"""

import functools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import is_dataclass
from io import IOBase
from operator import attrgetter
from random import Random
from types import (
    BuiltinMethodType,
    FunctionType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
    NoneType,
    SimpleNamespace,
)
from typing import Any

import numpy as np

from ...array_likes import has_own_arithmetic
from ...carrier import Carrier
from ...interface import Derivatives
from ...types import Array, Function
from . import places
from .entries import CONTAINERS, Entries, entries_of_array, entries_reader, items_of, length_of
from .libraries import is_library, is_numerical_or_standard, package_of
from .named_in_code import ANY, names_in
from .places import LARGE, Place

SHORT = 8
"""Lists and dicts of so many entries are watched entry by entry, which is fastest."""
LIMIT = 2000
"""The search ends after so many places."""


def reach_of(function: Function) -> "Reach":
    """Find all that a function can see.

    Only attributes that some code names are looked at, and code that is found late may name one of an object found
    early: the search is repeated until it brings no further name.
    """
    names: frozenset[str] = frozenset()
    while True:
        reach = Reach(function, names)
        if reach.names <= names:
            return reach
        names |= reach.names


def innermost(function: Function) -> Function:
    """Give what a bound method, or a function with some arguments given, runs in the end."""
    while isinstance(function, (functools.partial, MethodType)):
        function = function.func if isinstance(function, functools.partial) else function.__func__
    return function


def is_followed(array: Array) -> bool:
    """Say whether an array is given out: not one of Python objects, nor one with an arithmetic of its own."""
    return not (array.dtype.hasobject or has_own_arithmetic(array))


class Reach:
    """What was found.

    Args:
        function: where the search begins.
        names: the attributes that it looks at.
    """

    def __init__(self, function: Function, names: frozenset[str]):
        self.places: list[Place] = []
        self.arrays: list[tuple[str, Array]] = []
        """Those NumPy arrays that `is_followed` lets in, each once, and where they were found first; likewise below."""
        self.on_devices: list[str] = []
        """Where arrays were found of libraries that compute on devices; what they hold is not watched."""
        self.mentions: list[int] = []
        """For each time that an array was met, its number in `arrays`."""
        self.sources: list[tuple[str, Any]] = []
        """Generators of random numbers."""
        self.files: list[tuple[str, IOBase]] = []
        self.iterators: list[tuple[str, Any]] = []
        self.names: set[str] = set()
        """The attributes that the code found names."""
        self._wanted = names
        self._wants_any = not names.isdisjoint(ANY)
        self._seen: dict[int, Any] = {}
        self._holders: dict[int, Any] = {}
        """Namespaces, cells and classes that were looked into, without themselves being found as a value."""
        self._classes: set[tuple[type, bool]] = set()
        self._numbers: dict[int, int] = {}
        self._function = function
        self._root = innermost(function)
        self._package = package_of(getattr(self._root, "__module__", ""))
        self._queue: deque[tuple[Any, str]] = deque([(function, getattr(self._root, "__name__", "self"))])
        while self._queue and len(self.places) < LIMIT:
            self._visit(*self._queue.popleft())

    @property
    def is_whole(self) -> bool:
        """Whether the search came to its end within the limit."""
        return not self._queue

    def knows(self, holder: Any) -> bool:
        """Say whether an object, or a namespace, was looked into."""
        return id(holder) in self._seen or id(holder) in self._holders

    def _visit(self, value: Any, path: str) -> None:
        kind = type(value)  # isinstance might run code of the value
        is_new = id(value) not in self._seen
        self._seen[id(value)] = value
        if issubclass(kind, np.ndarray):
            self._array(value, path, is_new=is_new)
        elif is_new and hasattr(kind, "__cuda_array_interface__"):
            self.on_devices.append(path)
        elif is_new:
            visit = next((visit for kinds, visit in _VISITS if issubclass(kind, kinds)), Reach._object)
            visit(self, value, path)

    def _read(self, words: str, test: str, holder: Any, key: Any, value: Any, path: str) -> None:
        """Watch a place, and look into what is there."""
        self.places.append(Place(words, test, holder, key, value))
        self._queue.append((value, path))

    def _is_own(self, module: Any) -> bool:
        """Say whether a module is the person's, or of the package of the function, be it installed."""
        package = package_of(module)
        return not is_library(package) or (package == self._package and not is_numerical_or_standard(package))

    def _is_wanted(self, name: str) -> bool:
        return name in self._wanted or (self._wants_any and not name.startswith("__"))

    def _visit_function(self, function: FunctionType, path: str) -> None:
        self.places.append(Place(f"the code of `{path}`", places.CODE, function, None, function.__code__))
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            self._cell(cell, name)
        for kind, test in (("__defaults__", places.DEFAULTS), ("__kwdefaults__", places.KEYWORD_DEFAULTS)):
            defaults = getattr(function, kind)
            if defaults is not None:
                self._read(f"`{path}.{kind}`", test, function, None, defaults, f"{path}.{kind}")
        if function is self._root or self._is_own(function.__globals__.get("__name__")):
            self._code(function)
            if vars(function):
                self._attributes(function, path)

    def _cell(self, cell: Any, name: str) -> None:
        self._holders[id(cell)] = cell
        try:
            value = cell.cell_contents
        except ValueError:  # it has none yet
            return
        if name == "__class__":  # for `super`
            self._methods(value, is_called=False)
        else:
            self._read(f"the closure variable `{name}`", places.CELL, cell, None, value, name)

    def _code(self, function: FunctionType) -> None:
        names = names_in(function.__code__)
        self.names |= names.attributes
        self._namespace(function.__globals__, names.globals, "")
        self._queue += [(module, module.__name__) for module in names.modules(function.__globals__)]

    def _module(self, module: ModuleType, path: str) -> None:
        if self._is_own(module.__name__):
            self._namespace(vars(module), sorted(self._wanted), f"{path}.")

    def _namespace(self, namespace: dict[str, Any], names: Iterable[str], prefix: str) -> None:
        self._holders[id(namespace)] = namespace
        for name in names:
            if name in namespace:
                value, path = namespace[name], prefix + name
                if issubclass(type(value), ModuleType):
                    self._queue.append((value, path))
                else:
                    words = f"`{path}`" if prefix else f"the global `{path}`"
                    self._read(words, places.ITEM, namespace, name, value, path)

    def _class(self, cls: type, path: str) -> None:
        self._methods(cls, is_called=True)

    def _methods(self, cls: type, *, is_called: bool) -> None:
        """Look at the attributes of a class that code names, and at the methods that operators and calls find.

        What makes an object counts only where the class may be called: it names all attributes.
        """
        for base in cls.__mro__:
            self._holders[id(base)] = base
            for makes in (False, True) if is_called else (False,):
                if self._is_own(base.__module__) and (base, makes) not in self._classes:
                    self._classes.add((base, makes))
                    for name, member in list(vars(base).items()):
                        if self._is_read(name, member) and _makes(base, name, member) == makes:
                            self._attribute(places.ATTRIBUTE, base, name, member, f"{base.__name__}.{name}")

    def _is_read(self, name: str, member: Any) -> bool:
        return self._is_wanted(name) or (name.startswith("__") and isinstance(member, _METHODS))

    def _object(self, value: Any, path: str) -> None:
        cls = type(value)
        if self._is_own(cls.__module__):
            self._attributes(value, path)
            self._slots(value, path)
            self._methods(cls, is_called=not self._wanted.isdisjoint(_OWN_CLASS))
        elif issubclass(cls, SimpleNamespace):
            self._attributes(value, path)
        elif issubclass(cls, Iterator):
            self.iterators.append((path, value))
        elif callable(value) and package_of(cls.__module__) != "numba":  # whose functions change when they compile
            for name, member in list((_attributes_of(value) or {}).items()):
                if not name.startswith("_"):
                    self._attribute(places.ATTRIBUTE, value, name, member, f"{path}.{name}")

    def _attributes(self, value: Any, path: str) -> None:
        attributes = _attributes_of(value)
        if attributes is None:
            return
        self.places.append(Place("", places.COUNT, value, None, len(attributes)))  # a new one may hide the class's
        for name, member in list(attributes.items()):
            if self._is_wanted(name):
                self._attribute(places.ATTRIBUTE, value, name, member, f"{path}.{name}")

    def _slots(self, value: Any, path: str) -> None:
        own = [base for base in type(value).__mro__ if self._is_own(base.__module__)]
        for name, slot in [item for base in own for item in vars(base).items()]:
            if isinstance(slot, MemberDescriptorType) and self._is_wanted(name):
                try:
                    member = slot.__get__(value)
                except AttributeError:  # it has no value yet
                    continue
                self._attribute(places.SLOT, value, slot, member, f"{path}.{name}")

    def _attribute(self, test: str, holder: Any, key: Any, value: Any, path: str) -> None:
        self._read(f"`{path}`", test, holder, key, value, path)

    def _array(self, array: Array, path: str, *, is_new: bool) -> None:
        if is_followed(array):
            if is_new:
                layout = array.shape, array.dtype
                self.places.append(Place(f"the shape or dtype of `{path}`", places.LAYOUT, array, None, layout))
                self._numbers[id(array)] = len(self.arrays)
                self.arrays.append((path, array))
            self.mentions.append(self._numbers[id(array)])
        elif array.dtype.hasobject and is_new and array.size <= LARGE:
            self._content(array, path, entries_of_array)

    def _container(self, value: Any, path: str) -> None:
        read = entries_reader(value)
        length = length_of(value)
        is_short = length <= SHORT and type(value) in (list, dict)
        if is_short or length > LARGE:
            self.places.append(Place(f"the content of `{path}`", places.LENGTH, value, None, length))
        if is_short:
            keys = value if type(value) is dict else range(length)
            for key, (where, item) in zip(keys, items_of(value, read(value)), strict=True):
                self._attribute(places.ITEM, value, key, item, path + where)
        elif length <= LARGE:
            self._content(value, path, read)
        if self._is_own(type(value).__module__):
            self._object(value, path)

    def _content(self, value: Any, path: str, read: Callable[[Any], Entries]) -> None:
        entries = read(value)
        if not issubclass(type(value), (tuple, frozenset)):
            self.places.append(Place(f"the content of `{path}`", places.CONTENT, value, read, entries))
        self._queue += [(item, path + where) for where, item in items_of(value, entries)]

    def _wrapper(self, wrapper: Any, path: str) -> None:
        attributes = next(attributes for kind, attributes in _WRAPPERS.items() if isinstance(wrapper, kind))
        for attribute in attributes:
            owner = "self" if wrapper is self._function else f"{path}.__self__"
            inner = {"__self__": owner, "args": f"{path}.args", "keywords": f"{path}.keywords"}.get(attribute, path)
            self._queue.append((attrgetter(attribute)(wrapper), inner))

    def _source(self, source: Any, path: str) -> None:
        self.sources.append((f"`{path}`", source))

    def _file(self, file: IOBase, path: str) -> None:
        self.files.append((path, file))

    def _nothing(self, value: Any, path: str) -> None:
        """Plain values hold nothing else, and what carries an outer derivative is left to that."""


def _makes(cls: type, name: str, member: Any) -> bool:
    """Say whether a method makes or describes objects, or was generated to compare them: it reads all attributes."""
    code = getattr(member, "__code__", None)
    is_generated = name in _COMPARISONS and is_dataclass(cls) and code and code.co_filename == "<string>"
    return name in _MAKERS or bool(is_generated)


def _attributes_of(value: Any) -> dict[str, Any] | None:
    """Give an object's attributes; None if it has slots instead."""
    try:
        attributes: dict[str, Any] = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return attributes


_PLAIN = (int, float, complex, str, bytes, NoneType, slice, range, np.generic, np.dtype, np.ufunc, Carrier)
_METHODS = (FunctionType, staticmethod, classmethod, property)
_MAKERS = frozenset(("__init__", "__new__", "__post_init__", "__init_subclass__", "__set_name__", "__repr__"))
_COMPARISONS = frozenset(("__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__replace__"))
_OWN_CLASS = frozenset(("type", "__class__"))
"""By these names code finds the class of an object, and may make another one."""
_WRAPPERS: dict[Any, tuple[str, ...]] = {
    functools.partial: ("func", "args", "keywords"),
    functools.partialmethod: ("func", "args", "keywords"),
    functools.cached_property: ("func",),
    type(functools.cache(len)): ("__wrapped__",),
    MethodType: ("__func__", "__self__"),
    BuiltinMethodType: ("__self__",),
    staticmethod: ("__func__",),
    classmethod: ("__func__",),
    property: ("fget", "fset"),
    Derivatives: ("signature.function",),
}
"""What can be called, or looked up, and stands for something else: by which attributes it leads there."""
_VISITS: tuple[tuple[Any, Callable[[Reach, Any, str], None]], ...] = (
    (_PLAIN, Reach._nothing),
    (FunctionType, Reach._visit_function),
    (ModuleType, Reach._module),
    (type, Reach._class),
    (CONTAINERS, Reach._container),
    ((np.random.Generator, np.random.RandomState, np.random.BitGenerator, Random), Reach._source),
    (IOBase, Reach._file),
    (tuple(_WRAPPERS), Reach._wrapper),
)
