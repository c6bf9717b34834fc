"""Commonweal: an open platform for sector-led improvement in public health."""

from commonweal.errors import CommonwealError

__version__ = "0.1.0"
__all__ = ["CommonwealError", "__version__"]
