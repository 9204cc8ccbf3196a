"""What is declared of this part."""

from typing import Final

from tidegate.graph.model import Part

PART: Final = Part()
