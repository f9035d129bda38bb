"""The public names: each says what its parameters are, what comes back and what it raises; examples run."""

import doctest
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import linkage


def public_functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in linkage.__all__:
        if inspect.isfunction(getattr(linkage, name)):
            yield name, getattr(linkage, name)
    for name, value in inspect.getmembers(linkage.Index, inspect.isfunction):
        if not name.startswith("_"):
            yield f"Index.{name}", value


FUNCTIONS = dict(public_functions())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_what_goes_in_and_what_comes_out(name: str) -> None:
    function = FUNCTIONS[name]
    told = inspect.getdoc(function) or ""
    signature = inspect.signature(function)
    parameters = signature.parameters.keys() - {"self"}
    assert [p for p in parameters if p not in told] == []
    if parameters:
        assert "Parameters\n-------" in told
        assert "Raises\n------" in told
        assert signature.return_annotation == "None" or "Returns\n-------" in told


@pytest.mark.parametrize("name", linkage.__all__)
def test_examples_run(name: str) -> None:
    value = getattr(linkage, name)
    tests = doctest.DocTestFinder(recurse=False).find(value, name, globs={})
    module = inspect.getmodule(value)
    for test in tests:
        test.globs.update(vars(module) if module else {})
        assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.parametrize("name", [n for n in linkage.__all__ if inspect.isclass(getattr(linkage, n))])
def test_a_class_says_what_it_holds(name: str) -> None:
    kind = getattr(linkage, name)
    told = inspect.getdoc(kind) or ""
    assert issubclass(kind, Exception) or "Parameters\n---" in told or "Attributes\n---" in told
