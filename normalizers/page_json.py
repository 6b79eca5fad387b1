"""Detail pages that are JSON: the markup of the body at the path that the platform names."""

import msgspec

MAX_STEPS = 12


def markup_at(data: bytes, path: str) -> str | None:
    """The text at a dotted path (`data.results.0.contentHtml`) of a JSON answer; None where there is none."""
    try:
        value: object = msgspec.json.decode(data)
    except msgspec.DecodeError:
        return None
    for step in path.split(".")[:MAX_STEPS]:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value if isinstance(value, str) else None
