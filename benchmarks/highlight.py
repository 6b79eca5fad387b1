"""What marking costs: ms of CPU for the title and the passages of one document of 2,000 characters.

    python -m benchmarks.highlight

Texts are those of the demo country joined to 2,000 characters. Queries are pieces of a text by character
position, so that most find something: phrases, short words, several words, long words, words of every text.
Ends with 1 where the mean of all kinds misses the bar.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence

from benchmarks.lab import Bars
from benchmarks.search_corpus import demo_documents
from demo.world import World
from index.highlight import mark_all, passages
from index.query import All, Node, Phrase, Word
from index.tokens import runs

DOCUMENTS, LENGTH, ROUNDS = 300, 2000, 5
BAR = 0.1  # ms
FREQUENT = ("通知", "工作", "有关")
# A title and a text.
Text = tuple[str, str]


def main() -> None:
    """Measure every kind of query."""
    r = random.Random(5)
    texts = list(long_texts())

    def piece(text: Text, least: int, most: int) -> str:
        while True:
            at, size = r.randrange(LENGTH - most), r.randint(least, most)
            if runs(found := text[1][at : at + size]):
                return found

    kinds: dict[str, Callable[[Text], Node]] = {
        "phrase": lambda text: Phrase(piece(text, 4, 12)),
        "word": lambda text: Word(piece(text, 2, 4)),
        "words": lambda text: All(tuple(Word(piece(text, 2, 4)) for _ in range(3))),
        "long word": lambda text: Word(piece(text, 12, 20)),
        "frequent words": lambda text: All(tuple(map(Word, FREQUENT))),
    }
    means = {name: cost([(text, make(text)) for text in texts]) for name, make in kinds.items()}
    for name, mean in means.items():
        print(f"      {name}: {mean:.3f} ms")
    bars, mean = Bars(), sum(means.values()) / len(means)
    bars.check("marks of a document, mean of all kinds", mean <= BAR, f"{mean:.3f} ms", f"{BAR:g} ms")
    bars.end()


def long_texts() -> Iterator[Text]:
    """Titles, each with the texts of so many documents as give its length."""
    body = ""
    for known in demo_documents(World(DOCUMENTS)):
        body += known.document.body + "\n"
        if len(body) >= LENGTH:
            yield known.document.title, body[:LENGTH]
            body = ""


def cost(asked: Sequence[tuple[Text, Node]]) -> float:
    """ms of CPU for each, every one in the best of some rounds."""
    best = [float("inf")] * len(asked)
    for _ in range(ROUNDS):
        for n, ((title, body), tree) in enumerate(asked):
            start = time.thread_time()
            mark_all(title, tree)
            passages(body, tree)
            best[n] = min(best[n], time.thread_time() - start)
    return sum(best) * 1000 / len(asked)


if __name__ == "__main__":
    main()
