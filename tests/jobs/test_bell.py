"""A bell that is rung in one thread wakes listeners in the loops of others."""

from __future__ import annotations

import asyncio
import threading

from seedance_ui.jobs.bell import Bell, wait_at_most


async def test_ring_from_another_thread_wakes_every_listener_of_that_job() -> None:
    bell = Bell()
    with bell.listen("a") as first, bell.listen("a") as second, bell.listen("b") as other:
        threading.Thread(target=bell.ring, args=("a",)).start()
        await asyncio.wait_for(asyncio.gather(first.wait(), second.wait()), 10)
        assert not other.is_set()


async def test_ring_after_a_listener_left_is_harmless() -> None:
    bell = Bell()
    with bell.listen("a") as event:
        pass
    bell.ring("a")
    await asyncio.sleep(0)
    assert not event.is_set()


def test_ring_for_a_loop_that_was_closed_is_harmless() -> None:
    bell = Bell()
    loop = asyncio.new_event_loop()

    async def enter() -> None:
        bell.listen("a").__enter__()

    loop.run_until_complete(enter())
    loop.close()
    bell.ring("a")


async def test_wait_at_most_ends_with_the_event_or_the_time() -> None:
    event = asyncio.Event()
    await wait_at_most(event, 0.01)
    asyncio.get_running_loop().call_soon(event.set)
    await asyncio.wait_for(wait_at_most(event, 3600), 10)
    assert event.is_set()
