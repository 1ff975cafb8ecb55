"""The viewer in a real browser, headless."""

import shutil
import urllib.request

import numpy as np
import pytest

from tfgen.conditions.description import Condition, Description, value_arrays
from tfgen.conditions.turntable import turntable_description
from tfgen.serving.viewer import description_in, page_facts

BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")

PIXELS = """() => {
  const image = document.getElementById("image");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return Array.from(context.getImageData(0, 0, canvas.width, canvas.height).data);
}"""


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


class Viewer:
    """The page, and what a test does with it."""

    def __init__(self, context, server, address=""):
        self.problems = []
        self.page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._note)
        self.page.on("request", self._only_here)
        self._url = server.url
        self.page.goto(f"{server.url}/{address}")
        self.page.wait_for_selector("#stage[data-drawn]")
        self.settle()

    def _note(self, message):
        if message.type in ("error", "warning"):
            self.problems.append(message.text)

    def _only_here(self, request):
        if not request.url.startswith((self._url, "data:", "blob:")):
            self.problems.append(f"asks {request.url}")

    def settle(self):
        """Waits until the picture shows what the address says."""
        self.wait_until("document.getElementById('stage').dataset.drawn === location.hash")

    def wait_until(self, condition):
        """Waits for a condition in JavaScript; the page's policy forbids to poll inside it."""
        for _ in range(400):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never: {condition}")

    @property
    def shown(self):
        """What the address says, by name."""
        self.page.wait_for_timeout(250)  # the address follows a little later
        self.settle()
        return self.page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")

    @property
    def pixels(self):
        """The picture, [h, w, 4] uint8."""
        self.settle()
        flat = np.array(self.page.evaluate(PIXELS), np.uint8)
        return flat.reshape(64, 64, 4)

    def slide(self, name, value):
        self.page.locator(f"input[name='{name}']").evaluate(
            "(e, x) => { e.value = x; e.dispatchEvent(new Event('input')); }", value
        )

    def drag(self, x, y):
        box = self.page.locator("#stage").bounding_box()
        start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(start[0] + x / 2, start[1] + y / 2)
        self.page.mouse.move(start[0] + x, start[1] + y)
        self.page.mouse.up()


@pytest.fixture
def open_viewer(browser, server):
    context = browser.new_context(has_touch=True, viewport={"width": 1200, "height": 800})
    opened = []

    def open_(address=""):
        opened.append(Viewer(context, server, address))
        return opened[-1]

    yield open_
    problems = [problem for viewer in opened for problem in viewer.problems]
    context.close()
    assert not problems


@needs_browser
def test_the_picture_is_the_models(open_viewer, server):
    from tfgen.serving import Client

    viewer = open_viewer("#model=tiny&styles=3:1&azimuth=75&elevation=10&hue=0.5&rotation=0.1")
    transform = np.zeros((1, 8), np.float32)
    transform[0, 7], transform[0, 2] = 0.5, 0.1
    with Client(server.address, "tiny") as client:
        _, mask = client(np.eye(5)[[3]], azimuth=[75], elevation=[10], transform=transform)
    assert abs(viewer.pixels[..., 3:].astype(int) - mask[0]).max() <= 1
    assert "chairs_0003 · azimuth 75° · elevation 10°" in viewer.page.inner_text("#caption")


@needs_browser
def test_drag_keyboard_and_sliders_turn_the_object(open_viewer):
    viewer = open_viewer("#model=tiny&styles=2:1&azimuth=100&elevation=20")
    first = viewer.pixels
    viewer.drag(-50, 0)
    assert float(viewer.shown["azimuth"]) == pytest.approx(130, abs=2)
    assert (viewer.pixels != first).any()
    viewer.page.focus("#stage")
    viewer.page.keyboard.press("ArrowRight")
    viewer.page.keyboard.press("ArrowUp")
    shown = viewer.shown
    assert float(shown["azimuth"]) == pytest.approx(125, abs=2)
    assert float(shown["elevation"]) == pytest.approx(25, abs=1)
    viewer.slide("azimuth", 200)
    viewer.slide("elevation", 5)
    shown = viewer.shown
    assert (float(shown["azimuth"]), float(shown["elevation"])) == pytest.approx((200, 5), abs=2)
    viewer.page.keyboard.press("Tab")
    viewer.page.focus("#stage")
    viewer.page.keyboard.press("r")
    assert float(viewer.shown["azimuth"]) == 30


@needs_browser
def test_touch_turns_the_object(open_viewer, browser):
    viewer = open_viewer("#model=tiny&styles=2:1&azimuth=100&elevation=20")
    box = viewer.page.locator("#stage").bounding_box()
    x, y = box["x"] + 200, box["y"] + 200
    touch = viewer.page.context.new_cdp_session(viewer.page)
    for kind, points in (
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x + 20, "y": y}]),
        ("touchMove", [{"x": x + 50, "y": y}]),
        ("touchEnd", []),
    ):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert float(viewer.shown["azimuth"]) == pytest.approx(70, abs=3)


@needs_browser
def test_styles_are_chosen_and_mixed_by_their_thumbnails(open_viewer):
    viewer = open_viewer()
    page = viewer.page
    viewer.wait_until("[...document.querySelectorAll('#gallery img')].every(i => i.src)")
    assert page.locator("#gallery > div").count() == 5
    page.get_by_role("button", name="chairs_0004", exact=True).click()
    assert viewer.shown["styles"] == "4:1"
    page.get_by_role("button", name="mix in chairs_0001").click()
    assert viewer.shown["styles"] == "4:0.5,1:0.5"
    half = viewer.pixels
    viewer.slide("chairs_0004 → chairs_0001", 0.8)
    assert viewer.shown["styles"] == "4:0.2,1:0.8"
    assert (viewer.pixels != half).any()
    page.get_by_role("button", name="chairs_0002", exact=True).click(modifiers=["Shift"])
    assert viewer.shown["styles"] == "4:0.333,1:0.333,2:0.333"
    viewer.slide("chairs_0001", 0)
    assert viewer.shown["styles"] == "4:0.333,1:0,2:0.333"
    page.get_by_role("button", name="leave out chairs_0001").click()
    assert viewer.shown["styles"] == "4:0.5,2:0.5"
    page.fill("#search", "0003")
    assert page.locator("#gallery > div:visible").count() == 1


@needs_browser
def test_every_transformation_has_a_slider(open_viewer, labels):
    viewer = open_viewer("#model=tiny&styles=1:1")
    plain = viewer.pixels
    for name, (_, high) in labels.transform_ranges.items():
        viewer.slide(name.replace("_", " "), high)
        assert float(viewer.shown[name]) == pytest.approx(high, abs=0.01), name
        assert (viewer.pixels != plain).any(), name
        viewer.slide(name.replace("_", " "), 0)


@needs_browser
def test_a_link_shows_the_same_picture_again(open_viewer):
    viewer = open_viewer()
    viewer.page.get_by_role("button", name="mix in chairs_0003").click()
    viewer.slide("azimuth", 222)
    viewer.slide("hue", 1)
    assert viewer.shown["hue"]
    again = open_viewer(viewer.page.url.split("/")[-1])
    np.testing.assert_array_equal(again.pixels, viewer.pixels)
    np.testing.assert_array_equal(open_viewer("#model=nope&styles=99:x").pixels.shape, (64, 64, 4))


@needs_browser
def test_spinning_goes_on_by_itself(open_viewer):
    viewer = open_viewer("#model=tiny&styles=2:1&azimuth=100&elevation=20")
    viewer.page.get_by_role("button", name="Spin").click()
    viewer.page.wait_for_timeout(800)
    viewer.page.get_by_role("button", name="Spin").click()
    assert float(viewer.shown["azimuth"]) > 105


@needs_browser
def test_what_goes_wrong_is_told(open_viewer):
    viewer = open_viewer()
    viewer.page.route("**/v1/models/**", lambda route: route.abort())
    viewer.slide("azimuth", 99)
    viewer.page.wait_for_selector("#message:not([hidden])")
    assert "No picture" in viewer.page.inner_text("#message")
    viewer.problems.clear()  # the browser reports the failed request too


@pytest.fixture(scope="module")
def lamps(tmp_path_factory):
    """(a server of a model of other conditions, its generator)."""
    from tests.serving.conftest import ServerProcess
    from tests.serving.lamps import save_lamps

    base = tmp_path_factory.mktemp("lamps")
    generator = save_lamps(base / "lamps" / "1")
    log = tmp_path_factory.mktemp("log") / "lamps.log"
    server = ServerProcess(f"--model_base_path={base}", "--viewer", log=log)
    server.wait_for("viewer: open")
    yield server, generator
    assert server.stop() == 0


@needs_browser
def test_other_conditions_have_their_panels(browser, lamps):
    from tests.descriptions import LAMPS
    from tfgen.papers.chairs.drawing import draw_with_alpha

    server, generator = lamps
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    viewer = Viewer(context, server)
    page = viewer.page
    assert page.locator("#panels legend").all_inner_texts() == ["Choices", "Angles", "Pose"]
    sliders = page.locator("#panels input").evaluate_all("all => all.map(e => e.name)")
    assert sliders == ["light", "lean", "bend"]  # twist was not trained on
    assert not page.locator("#spin").is_visible()  # the light does not go round
    viewer.wait_until("[...document.querySelectorAll('#gallery img')].every(i => i.src)")
    red = page.locator("#gallery img").first.get_attribute("src")
    page.get_by_label("colour").select_option("blue")
    page.wait_for_timeout(500)
    assert page.locator("#gallery img").first.get_attribute("src") != red
    page.get_by_role("button", name="mix in wall").click()
    viewer.slide("lean", 0.5)
    viewer.drag(-50, 0)
    shown = viewer.shown
    assert shown == {
        **{"model": "lamps", "styles": "0:0.5,2:0.5", "colour": "1"},
        **{"light": "60", "lean": "0.5"},
    }
    values = {"shape": [[0.5, 0, 0.5]], "colour": [1], "light": [60.0], "pose": [[0.5, 0, 0]]}
    arrays = value_arrays(LAMPS, values)
    expected = draw_with_alpha(generator, arrays).numpy()[0, ..., 3:].astype(int)
    assert abs(viewer.pixels[..., 3:] - expected).max() <= 1
    assert "desk + wall · blue · light 60°" in page.inner_text("#caption")
    again = Viewer(context, server, page.url.split("/")[-1].replace("colour=1", "colour=blue"))
    np.testing.assert_array_equal(again.pixels, viewer.pixels)
    page.focus("#stage")
    page.keyboard.press("r")
    assert viewer.shown["light"] == "30"
    assert viewer.shown["colour"] == "1"
    assert not viewer.problems + again.problems
    context.close()


def test_dragging_turns_azimuth_and_elevation_or_the_first_two_angles():
    chairs = page_facts(turntable_description(["a", "b"], (), range(0, 360, 30), [20, 30]))
    assert (chairs["style"], chairs["drag"]) == ("style", ["azimuth", "elevation"])
    azimuth, elevation = chairs["conditions"][1:3]
    assert (azimuth["round"], azimuth["low"], azimuth["high"]) == (True, 0, 360)
    assert [elevation[k] for k in ("usual", "low", "high", "least", "most")] == [30, 0, 50, -90, 90]
    angles = [Condition(name, "angle", ranges=[(-10, 10)]) for name in ("tilt", "sun", "elevation")]
    facts = page_facts(Description(angles, {"all": [a.name for a in angles]}))
    assert (facts["style"], facts["drag"]) == (None, ["tilt", "elevation"])
    assert facts["conditions"][1]["low"] == -30


def test_what_describes_no_generator_is_left_out(tmp_path):
    with pytest.raises(FileNotFoundError):
        description_in(tmp_path)
    (tmp_path / "labels.json").write_text('{"style_names": ["a"]}')
    with pytest.raises(ValueError, match="describes no generator"):
        description_in(tmp_path)
    (tmp_path / "model.json").write_text('{"kind": "autoencoder"}')
    assert description_in(tmp_path) is None


def test_the_page_comes_without_the_rest(server):
    with urllib.request.urlopen(server.url + "/") as response:
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert "tfgen viewer" in response.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(server.url + "/viewer/server.py")
