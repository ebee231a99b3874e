from tests.journeys.conftest import *
from tests.journeys.phone import open_phone
async def test_probe(program, browser):
    async with open_phone(browser, program, language="en") as phone:
        await phone.open_in_language("/U/32041")
        await phone.page.set_viewport_size({"width":320,"height":640})
        await phone.page.screenshot(path="/tmp/u320.png", full_page=True)
        await phone.page.set_viewport_size({"width":360,"height":640})
        await phone.open("/Q/000000024"); await phone.page.screenshot(path="/tmp/desk.png", full_page=True)
        await phone.page.context.set_offline(True); await phone.tap_face(3); await phone.page.wait_for_selector("#waiting:visible"); await phone.page.screenshot(path="/tmp/wait.png", full_page=True)
        await phone.page.context.set_offline(False); await phone.read_receipt();  await phone.page.screenshot(path="/tmp/thanks.png", full_page=True)
        await phone.press_and_wait("receipt.more") if False else None
