"""A6 on the wire: what a browser, a proxy or a person sends again is the click that was sent before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

from playwright.sync_api import Request

from tests.app_process import AppProcess
from tests.browser.studio_page import Studio

REPLAYS = 50


def test_a_click_that_is_replayed_fifty_times_at_once_is_one_job(studio: Studio, app: AppProcess) -> None:
    before = app.job_count()
    posts: list[Request] = []
    studio.page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    studio.prompt.fill("Fifty replays, one lighthouse")
    studio.make_it_quick()
    posts.clear()
    job_id = studio.job_made_by(studio.generate_button.click)
    asked = [post for post in posts if "Fifty replays" in (post.post_data or "")]
    [click] = [post for post in asked if "amount" in (post.post_data or "")]  # the others ask for the price

    def replay(_: int) -> bool:
        headers = {"Content-Type": "application/json"}
        with urlopen(HttpRequest(click.url, (click.post_data or "").encode(), headers), timeout=60) as answer:
            return job_id in answer.read().decode()

    with ThreadPoolExecutor(REPLAYS) as threads:
        assert all(threads.map(replay, range(REPLAYS)))
    studio.expect_state("succeeded")
    assert app.job_count() == before + 1
