"""What setup.cfg cannot say: which modules are compiled. Where there is no compiler the program does without them."""

from pathlib import Path

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(f"ingest.compiled.{source.stem}", [str(source)], extra_compile_args=["-O3", "-g0"], optional=True)
        for source in sorted(Path("ingest", "compiled").glob("*.pyx"))
    ]
)
