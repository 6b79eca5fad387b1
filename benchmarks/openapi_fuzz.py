"""The API against its own description: generated requests, sound and unsound, to every operation of it.

    python -m benchmarks.openapi_fuzz [--examples 400] [--seed 1]

Served is a portal over 120 made-up policies. Of every operation so many sound and so many unsound requests are
made by schemathesis, each half of them with ids and numbers that exist. Bars: no answer of 5xx; every answer,
errors too, has a status, a media type, headers and a body that the description tells of.
"""

import argparse
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from benchmarks.index import make_policies
from benchmarks.lab import Bars, workshop
from benchmarks.portal import serving
from benchmarks.portal_world import store
from benchmarks.search import SEEN
from index.sync import sync_index
from index.tantivy_engine import TantivyEngine
from normalizers.policy import Policy
from pipelines.catalogue import Catalogue
from pipelines.clock import system_clock
from pipelines.runs import count_results, finish_run, start_run

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
POLICIES = 120
# What the description says of a parameter that may be any word.
WORD = {"type", "title", "description"}
PATIENCE = 60  # seconds for an answer


@dataclass(slots=True)
class Fuzzed:
    """What came of all requests: how many of each status, and the failures with the request that shows them."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def fuzz(address: str, examples: int, chance: int, known: Mapping[str, str]) -> Fuzzed:
    """Ask every operation of a portal; `known` are values of parameters of paths that lead to something."""
    found = Fuzzed()
    description = schemathesis.openapi.from_url(f"{address}/openapi.json", timeout=PATIENCE)
    description.config.update(base_url=address)
    with requests.Session() as session:
        for operation in _operations(description):
            there = {one.name: known[one.name] for one in operation.path_parameters}
            for parameters in (None, there) if there else (None,):
                for mode in _modes(operation, parameters or {}):
                    _ask(operation, mode, parameters, session, found, examples=examples, chance=chance)
    return found


def _modes(operation: Any, fixed: Mapping[str, str]) -> Iterator[GenerationMode]:
    """Sound, and unsound where that can be: any word is a sound piece of a path as far as the description goes."""
    yield GenerationMode.POSITIVE
    free = [one for one in operation.path_parameters if one.name not in fixed]
    words = all(
        set(one.definition["schema"]) <= WORD and one.definition["schema"]["type"] == "string" for one in free
    )
    if list(operation.query) or not words:
        yield GenerationMode.NEGATIVE


def _operations(description: Any) -> Iterator[Any]:
    return (one.ok() for one in description.get_all_operations())


def _ask(
    operation: Any,
    mode: GenerationMode,
    parameters: Mapping[str, str] | None,
    session: requests.Session,
    found: Fuzzed,
    *,
    examples: int,
    chance: int,
) -> None:
    """Ask one operation until something is wrong with an answer."""
    fixed = {"path_parameters": dict(parameters)} if parameters else {}

    @seed(chance)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(case=operation.as_strategy(generation_mode=mode, **fixed))
    def ask(case: Any) -> None:
        answer = case.call(session=session, timeout=PATIENCE)
        found.statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    try:
        ask()
    except Exception as error:  # noqa: BLE001  whatever it is goes into the list
        found.failures.append(f"{operation.label} ({mode.value}): {error}")


def known_values(policy: Policy) -> dict[str, str]:
    """What leads to a policy in the paths of the API; a run and a site of it where there are any."""
    return {
        "policy_id": policy.id,
        "number": policy.doc_number or "",
        "site_id": policy.site,
        "run_id": "1",
    }


@contextmanager
def portal(data: Path) -> Iterator[tuple[str, Policy]]:
    """The address of a portal over made-up policies and one run, and one of the policies."""
    policies = list(make_policies(POLICIES))
    with closing(Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")) as catalogue:
        store(catalogue, policies)
        with catalogue.write() as connection:
            run = start_run(connection, "crawl", SEEN.date(), system_clock)
            count_results(connection, run, {(policies[0].site, "政策文件", "new"): POLICIES})
            finish_run(connection, run, 0, "", system_clock)
        sync_index(catalogue, TantivyEngine(data / "index"))
    with serving(data) as (port, _):
        yield f"http://127.0.0.1:{port}", policies[0]


def main() -> None:
    """Fuzz a portal on this machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with workshop() as folder, portal(folder) as (address, policy):
        found = fuzz(address, options.examples, options.seed, known_values(policy))
    for failure in found.failures:
        print(failure)
    bars = Bars()
    asked = sum(found.statuses.values())
    bars.check("answers of 5xx", not any(s >= 500 for s in found.statuses), str(dict(found.statuses)), "none")
    bars.check("answers beside the description", not found.failures, f"{len(found.failures)} of {asked}", "0")
    bars.end()


if __name__ == "__main__":
    main()
