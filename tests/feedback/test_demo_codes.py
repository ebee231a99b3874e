"""The demo's page of codes on a phone, in a real browser."""

from pathlib import Path

import uvicorn
from playwright.async_api import Browser

from feedback.accounts.powers import ROLES
from feedback.demo.codes_page import make_codes_routes
from feedback.demo.people import DemoPerson, make_proof, write_proofs
from feedback.settings import read_settings
from feedback.web.app import create_app
from tests.feedback.conftest import serve
from tests.journeys.phone import HEIGHT, LISTEN, WIDTH, WORDINGS, Phone
from tests.journeys.program import Program


async def test_nobody_stumbles_on_the_page_of_codes(browser: Browser, database_url: str, tmp_path: Path) -> None:
    write_proofs(tmp_path, [make_proof(DemoPerson(f"mau-{n}", f"Người mẫu {n} (mẫu)", r)) for n, r in enumerate(ROLES)])
    app = create_app(read_settings({}), database_url, more_routes=make_codes_routes(tmp_path))
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False)  # pyright: ignore[reportArgumentType]
    async for address in serve(uvicorn.Server(config)):
        context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        await context.add_init_script(LISTEN)
        phone = Phone(await context.new_page(), Program(address, database_url, tmp_path), WORDINGS["vi"])
        for language in ("vi", "en"):
            assert (await phone.open(f"/demo/codes?lang={language}")).status == 200
            assert await phone.list_troubles() == []
            assert await phone.page.locator("section").count() == len(ROLES)
        await phone.check_manners()
        await context.close()
