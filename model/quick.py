"""Frozen dataclasses that are made as fast as others."""

from dataclasses import fields, make_dataclass
from typing import Any, TypeVar

T = TypeVar("T", bound=type)


def quick(cls: T) -> T:
    """A frozen dataclass that only the type checker keeps from being changed.

    Python keeps watch over each field by setting it through a call, also when an instance is made:
    with five fields that takes fourteen times as long. For what is made for every comment, or for
    every word of one.
    """
    known: Any = cls
    twin: Any = make_dataclass(cls.__name__, [(it.name, it.type, it) for it in fields(known)])
    known.__init__ = twin.__init__
    del known.__setattr__, known.__delattr__
    return cls
