"""Compile each ext/<name>.pyx to linkage._kernels.<name>; LINKAGE_DEBUG=1 adds checks and sanitizers."""

import os
import platform
import runpy
from pathlib import Path

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup

DEBUG = os.environ.get("LINKAGE_DEBUG") == "1"
# AVX2 and BMI are on every server since 2013; all scoring is integer arithmetic, so bits never differ.
MARCH = os.environ.get("LINKAGE_MARCH", "x86-64-v3" if platform.machine() == "x86_64" else "")

compile_args = ["-O1", "-g", "-fno-omit-frame-pointer"] if DEBUG else ["-O3"]
link_args = []
if DEBUG:
    compile_args += ["-fsanitize=address,undefined"]
    link_args += ["-fsanitize=address,undefined"]
if MARCH:
    compile_args.append(f"-march={MARCH}")

only = set(filter(None, os.environ.get("LINKAGE_ONLY", "").split(",")))

LETTERS, SHORT_NAMES = (Path(f"build/include/{name}_table.h") for name in ("letters", "short_names"))
made = runpy.run_path("ext/letters.py")
made["write_table"](LETTERS)
made["write_text"](SHORT_NAMES, runpy.run_path("ext/short_names.py")["table_in_c"]())

texts = (str(p) for folder in ("ext", "linkage/_kernels") for p in Path(folder).glob("*.pxd"))
headers = [str(LETTERS), str(SHORT_NAMES), *sorted(texts)]

extensions = [
    Extension(
        f"linkage._kernels.{path.stem}",
        [str(path)],
        include_dirs=[numpy.get_include(), "ext", str(LETTERS.parent)],
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION")],
        extra_compile_args=compile_args,
        extra_link_args=link_args,
        depends=headers,
    )
    for path in sorted(Path("ext").glob("*.pyx"))
    if not only or path.stem in only
]

setup(
    options={"build_ext": {"parallel": os.cpu_count()}},
    ext_modules=cythonize(
        extensions,
        include_path=["ext", "."],
        build_dir="build/cython",
        nthreads=os.cpu_count() or 1,
        compiler_directives={
            "language_level": 3,
            "boundscheck": DEBUG,
            "wraparound": False,
            "cdivision": True,
            "initializedcheck": DEBUG,
            "freethreading_compatible": True,
        },
    ),
)
