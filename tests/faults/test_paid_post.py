"""The paid request: every fault of the table, from the click to the job that a person sees, for every provider."""

from __future__ import annotations

import pytest

from tests.fakes.server import Fault
from tests.faults.table import (
    BEFORE_A_CONNECTION,
    BEHIND_THE_HEAD,
    IN_AN_EXCHANGE,
    PAID_ROWS,
    UNKNOWN,
    UPLOAD_ROWS,
    Row,
    all_of_httpx,
)
from tests.faults.world import Breaks, Phase, World


def test_the_table_knows_every_exception_of_httpx() -> None:
    """A new one of a new httpx must be judged first: was the request taken or not?"""
    assert set(all_of_httpx()) == BEFORE_A_CONNECTION | IN_AN_EXCHANGE
    assert not BEFORE_A_CONNECTION & IN_AN_EXCHANGE


@pytest.mark.parametrize("row", PAID_ROWS, ids=lambda row: row.name)
async def test_fault_of_the_paid_request_ends_as_the_table_says(world: World, row: Row) -> None:
    """A2, A3, A4: the state, whether it cost, and never a request too many."""
    assert row.end is not None
    request = await world.priced(world.text())
    sent, taken = world.sent(Phase.SUBMIT), len(world.fake.bill)
    world.break_at(Phase.SUBMIT, *[row.fault] * row.end.times)

    snapshot = await world.run(request)

    error = snapshot["error"]
    assert (snapshot["state"], error["code"], error["charged"]) == (row.end.state, row.end.code, row.end.charged)
    assert error["next_step"].endswith(".")
    assert world.sent(Phase.SUBMIT) - sent == row.end.times
    assert len(world.fake.bill) - taken == row.taken
    assert snapshot["cost"]["amount"] == 0 or row.end.charged == "unknown"


@pytest.mark.parametrize("fault", BEHIND_THE_HEAD.values(), ids=BEHIND_THE_HEAD)
async def test_paid_answer_that_breaks_behind_its_head_loses_no_id_that_stands_there(
    world: World, provider: str, fault: Fault | Breaks
) -> None:
    """A2, B3: AIML API names the id in a header as well; Scenario does not, and the question stays open."""
    request = await world.priced(world.text())
    taken = len(world.fake.bill)
    world.break_at(Phase.SUBMIT, fault)

    snapshot = await world.run(request)

    assert len(world.fake.bill) - taken == 1
    if provider == "aimlapi":
        assert world.is_saved(snapshot)
        assert snapshot["remote_id"] == world.fake.bill[-1]
    else:
        error = snapshot["error"]
        assert (snapshot["state"], error["code"]) == (UNKNOWN.state, UNKNOWN.code)


@pytest.mark.parametrize("provider", ["scenario"])
@pytest.mark.parametrize("row", UPLOAD_ROWS, ids=lambda row: row.name)
async def test_fault_of_an_upload_costs_nothing(world: World, row: Row) -> None:
    """A3, A4: uploads are free and tried again; no paid request goes out without its files."""
    assert row.end is not None
    request = await world.priced(world.with_files())
    sent, paid = world.sent(row.phase), world.sent(Phase.SUBMIT)
    world.break_at(row.phase, *[row.fault] * row.end.times)

    snapshot = await world.run(request)

    error = snapshot["error"]
    assert (snapshot["state"], error["code"], error["charged"]) == (row.end.state, row.end.code, row.end.charged)
    assert error["next_step"].endswith(".")
    assert world.sent(row.phase) - sent == row.end.times
    assert world.sent(Phase.SUBMIT) == paid
