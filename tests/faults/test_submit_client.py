"""How the paid request leaves: once, alone on its connection, and without anything that could send it again."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import seedance_ui
from tests.fakes.server import Instead, Reply
from tests.faults.world import Phase, World

SOURCES = sorted(Path(seedance_ui.__file__).parent.rglob("*.py"))


def functions(name: str) -> Iterator[tuple[Path, ast.AsyncFunctionDef | ast.FunctionDef]]:
    """Yield every function of this name in the sources."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.AsyncFunctionDef, ast.FunctionDef)) and node.name == name:
                yield path, node


@pytest.mark.parametrize("name", ["submit", "_submit", "_send"])
def test_nothing_on_the_way_of_the_paid_request_repeats(name: str) -> None:
    """A11: no decorator, no loop, no retrying context."""
    found = [(path, node) for path, node in functions(name) if path.parent.name in ("providers", "jobs")]
    assert found
    for path, node in found:
        decorators = {ast.unparse(one) for one in node.decorator_list} - {"abstractmethod"}
        assert not decorators, path
        loops = [one for one in ast.walk(node) if isinstance(one, (ast.For, ast.AsyncFor, ast.While))]
        assert not loops, path
        assert not re.search(r"stamina|retry_context|tenacity", ast.unparse(node)), path


def test_transports_are_httpx_own_and_retry_nothing() -> None:
    """A11: a transport with `retries` would connect again, and one of ours could do anything."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    assert "retries=" not in source
    assert not re.search(r"HTTPTransport|follow_redirects=True", source)


async def test_every_paid_request_has_a_connection_of_its_own(world: World, provider: str) -> None:
    """A11: one that the server has just closed would be an unclear end."""
    requests = [await world.priced(world.text()) for _ in range(3)]
    world.break_at(Phase.SUBMIT, *[Instead(Reply(400, {"message": "no"}))] * 3)
    before, sent = world.fake.connections, len(world.fake.received)
    for request in requests:
        await world.run(request)
    assert [one.method for one in world.fake.received[sent:]] == ["POST"] * 3
    assert world.fake.connections - before == 3


async def test_questions_share_a_connection(world: World, provider: str) -> None:
    """The count above counts what it says."""
    world.fake.steps = ("in-progress",) * 20 + world.fake.steps if provider == "scenario" else (
        ("generating",) * 20 + world.fake.steps
    )  # fmt: skip
    request = await world.priced(world.text())
    before = world.fake.connections
    assert world.is_saved(await world.run(request))
    assert world.sent(Phase.POLL) >= 20
    assert world.fake.connections - before <= 4


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_paid_request_follows_no_redirect(world: World, provider: str, status: int) -> None:
    """A11: neither to another place nor to another method."""
    request = await world.priced(world.text())
    before = len(world.fake.received)
    world.break_at(Phase.SUBMIT, Instead(Reply(status, b"", {"Location": "/again"})))
    snapshot = await world.run(request)
    assert snapshot["state"] == "needs_attention"
    assert not [one for one in world.fake.received[before:] if one.path == "/again"]


async def test_no_idempotency_header_is_sent_where_none_is_documented(world: World, provider: str) -> None:
    """A10: a provider that ignored one would be trusted for nothing; our own id at AIML API is for its log."""
    await world.run(await world.priced(world.text()))
    paid = [one for one in world.fake.received if one.method == "POST"]
    names = {name for one in paid for name in one.headers}
    assert not {name for name in names if "idempot" in name or name in ("x-request-id", "if-match")}
    own = {"x-client-request-id"} if provider == "aimlapi" else set()
    ordinary = {"host", "user-agent", "accept", "accept-encoding", "connection", "content-type", "content-length"}
    assert names == ordinary | {"authorization"} | own
