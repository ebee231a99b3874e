"""A real Chromium that notices whatever a stored text does on a page: scripts, dialogs, requests, markup, reports."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, Dialog, Page, Request

# Whatever runs says so on the console, which outlives the page; what our policy refused says so too.
SENTINEL = """
(() => {
    const tell = what => console.error("ran: " + what);
    Object.defineProperty(window, "ln_hit", {set: () => tell("ln_hit"), get: () => 0});
    for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = () => tell(name);
    addEventListener("securitypolicyviolation", event =>
        console.error("report: " + event.violatedDirective + " " + event.blockedURI + " " + event.sample));
})();
"""
# What the templates themselves are made of; a script there has an address of ours, and only parts are fetched.
ELEMENTS = [
    "a",
    "b",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "code",
    "datalist",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "footer",
    "form",
    "g",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "html",
    "i",
    "img",
    "input",
    "label",
    "legend",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "noscript",
    "ol",
    "optgroup",
    "option",
    "p",
    "picture",
    "script",
    "section",
    "select",
    "source",
    "span",
    "strong",
    "summary",
    "table",
    "tbody",
    "td",
    "textarea",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "svg",
    "path",
    "circle",
    "rect",
    "line",
    "text",
    "clipPath",
    "defs",
    "tspan",
    "iframe",
]
MARKUP = """elements => {
    const found = [];
    const own = node => !node.src || new URL(node.src).origin === location.origin;
    for (const node of document.querySelectorAll("*")) {
        const is = condition => { if (condition) found.push(node.outerHTML.slice(0, 300)); };
        is(!elements.includes(node.localName) || node.localName === "iframe");
        is(node.localName === "script" && !(node.getAttribute("src") || "").startsWith("/static/"));
        is(!own(node));
        for (const {name, value} of node.attributes) {
            is(name.startsWith("on") || name === "srcdoc" || /^(data-)?hx-(on|vals|ext|boost|post)/.test(name));
            is(/^(data-)?hx-get$/.test(name) && !node.matches(".part"));
            is(["href", "src", "action", "formaction", "srcset"].includes(name)
                && !/^([/?#]|http:\\/\\/127\\.0\\.0\\.1:8080\\/demo\\/chat\\?)/.test(value));
            is(name.includes('"') || name.includes("<") || (name === "style" && node.namespaceURI.endsWith("xhtml")));
        }
        is(node.localName === "meta" && node.httpEquiv && !/^0; url=\\/staff/.test(node.content));
    }
    return found;
}"""
# Everything that a person, or a reader of pages aloud, could be told: texts, and the values of attributes.
TEXTS = """() => {
    const found = [];
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.nodeType === Node.TEXT_NODE) found.push(node.data);
        else for (const {value} of node.attributes) found.push(value);
    }
    return found.join("\\n\\u0002\\n");
}"""
LINKS = """() => [...document.querySelectorAll("a[href], source[srcset], img[src]")].map(
    node => node.getAttribute("href") || node.getAttribute("srcset") || node.getAttribute("src"))"""
OK = 200
REFUSED = "Failed to load resource: the server responded with a status of 4"


class Watch:
    """`troubles` is everything that should not have been; `shown` what stood on the pages; `links` where they lead."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.troubles: list[str] = []
        self.texts: list[str] = []
        self.links: set[str] = set()
        self.opened = 0
        self.forms = {f"{address}/staff/sign-in"}

    def listen(self, page: Page) -> None:
        page.on("console", lambda message: self.note(message.text))
        page.on("pageerror", lambda error: self.note(f"fault: {error}"))
        page.on("request", self.note_request)
        page.on("dialog", self.refuse_dialog)
        page.on("popup", lambda other: self.note(f"popup: {other.url}"))
        page.on("download", lambda file: self.note(f"download: {file.url}"))

    def note(self, what: str) -> None:
        # A question that no page answers is a refusal, and refusals are pages too.
        if not what.startswith(REFUSED):
            self.troubles.append(what)

    def note_request(self, request: Request) -> None:
        is_form = request.method == "POST" and request.url in self.forms
        if not request.url.startswith(f"{self.address}/") or (request.method != "GET" and not is_form):
            self.note(f"request: {request.method} {request.url}")
        if request.url.endswith("/static/x"):
            self.note("htmx followed a stored address")

    async def refuse_dialog(self, dialog: Dialog) -> None:
        self.note(f"dialog: {dialog.message}")
        await dialog.dismiss()

    async def look(self, page: Page, path: str) -> int:
        """Opens a page, notes what is on it and what it did; its status."""
        response = await page.goto(f"{self.address}{path}")
        assert response is not None
        await self.read(page, path)
        return response.status

    async def read(self, page: Page, path: str) -> None:
        self.opened += 1
        self.troubles += [f"markup at {path}: {found}" for found in await page.evaluate(MARKUP, ELEMENTS)]
        self.texts.append(await page.evaluate(TEXTS))
        self.links |= set(await page.evaluate(LINKS))

    async def look_through(self, page: Page, path: str) -> None:
        """A page and those that follow it."""
        following: str | None = path
        while following:
            assert await self.look(page, following) == OK, following
            further = page.locator("a[rel=next]")
            following = await further.get_attribute("href") if await further.count() else None


@asynccontextmanager
async def open_watch(
    browser: Browser, address: str, cookies: Mapping[str, str] | None = None
) -> AsyncGenerator[tuple[Watch, Page]]:
    """A page of a person who is signed in by `cookies`."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    await context.add_init_script(SENTINEL)
    context.set_default_timeout(30_000)
    secure = address.replace("http:", "https:")
    for name, value in (cookies or {}).items():
        await context.add_cookies([{"name": name, "value": value, "url": secure, "secure": True}])
    watch = Watch(context, address)
    page = await context.new_page()
    watch.listen(page)
    try:
        yield watch, page
    finally:
        await context.close()


def list_unseen(texts: Iterable[str], shown: str) -> list[str]:
    """Those that stood on none of the pages; a browser reads every end of a line as one sign."""
    return [text for text in texts if text.replace("\r\n", "\n").replace("\r", "\n") not in shown]
